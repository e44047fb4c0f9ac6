"""Settings: every one documented, every bad one refused by name."""

import re
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.config import SECTIONS, CameraConfig, Config, LightConfig, ModelConfig, load_config
from device.errors import ConfigError
from device.pose.region import Region

TEMPLATE = Path(__file__).parents[2] / "deploy" / "treadlight.toml"
SETTINGS = [(table, f.name) for table, section in SECTIONS.items() for f in fields(section)]
REGION = [("region", f.name) for f in fields(Region)]


def written(folder: Path, text: str) -> Path:
    path = folder / "treadlight.toml"
    path.write_text(text, "utf-8")
    return path


def uncommented(text: str) -> str:
    return re.sub(r"^# (?=\[region\]$|\w+ = )", "", text, flags=re.MULTILINE)


def test_no_file_gives_the_defaults() -> None:
    assert load_config(None) == Config()


def test_the_template_loads_and_shows_the_defaults() -> None:
    assert load_config(TEMPLATE) == Config()


@pytest.mark.parametrize(("table", "name"), SETTINGS + REGION)
def test_the_template_names_every_setting(table: str, name: str) -> None:
    assert name in tomllib.loads(uncommented(TEMPLATE.read_text("utf-8")))[table]


def test_the_settings_that_the_template_comments_out_are_valid(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, uncommented(TEMPLATE.read_text("utf-8"))))
    assert config.region == Region(0.2, 0.05, 0.6, 0.9)
    assert config.web.access_code is not None


@pytest.mark.parametrize(("table", "name"), SETTINGS)
def test_every_setting_is_explained_where_it_is_declared(table: str, name: str) -> None:
    explained = re.findall(r"^ *((?:\w+, )*\w+): ", SECTIONS[table].__doc__ or "", re.MULTILINE)
    assert name in ", ".join(explained).split(", ")


def test_every_setting_can_be_given(tmp_path: Path) -> None:
    text = """
    camera = {source = "run.mp4", width = 640, height = 480, fps = 30, shutter_s = 0.001, rotation = 90,
              mirrored = true, loop = true}
    model = {name = "thunder", runtime = "litert", threads = 2}
    light = {kind = "mock", pin = 4, active_high = false, brightness = 1}
    web = {host = "127.0.0.1", port = 80, access_code = "open sesame", viewers = 2}
    storage = {folder = "data", keep_pose_log = false}
    region = {x = 0, y = 0.1, width = 1, height = 0.5}
    """.replace(",\n", ",")
    config = load_config(written(tmp_path, text))
    assert config.camera == CameraConfig("run.mp4", 640, 480, 30.0, 0.001, 90, True, True)
    assert isinstance(config.camera.fps, float)
    assert config.model == ModelConfig("thunder", "litert", 2)
    assert config.light == LightConfig("mock", 4, False, 1.0)
    assert (config.web.access_code, config.storage.folder) == ("open sesame", Path("data"))
    assert config.region == Region(0, 0.1, 1, 0.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("camrea = {}", ["camrea", "camera"]),
        ("[camera]\nwidht = 5", ["camera.widht", "width"]),
        ("[camera]\nwidth = 5", ["camera.width", "5", "160 to 4096"]),
        ("[camera]\nwidth = true", ["camera.width", "True", "whole number"]),
        ("[camera]\nwidth = 640.0", ["camera.width", "whole number"]),
        ("[camera]\nfps = 'fast'", ["camera.fps", "'fast'", '"auto"', "5 to 240"]),
        ("[camera]\nfps = nan", ["camera.fps", "nan"]),
        ("[camera]\nfps = 0x" + "F" * 9000, ["camera.fps", "beyond"]),
        ("[camera]\nrotation = 45", ["camera.rotation", "0, 90, 180, 270"]),
        ("[camera]\nrotation = 90.0", ["camera.rotation", "0, 90, 180, 270"]),
        ("[camera]\nmirrored = 1", ["camera.mirrored", "true or false"]),
        ("[camera]\nsource = ''", ["camera.source", "picamera"]),
        ("[model]\nname = 'Lightning'", ["model.name", '"lightning"', '"thunder"']),
        ("[model]\nthreads = 0", ["model.threads", "1 to 16"]),
        ("[light]\npin = 28", ["light.pin", "0 to 27"]),
        ("[light]\nbrightness = 0", ["light.brightness", "0.05 to 1"]),
        ("[light]\nkind = ['gpio']", ["light.kind", "a list"]),
        ("[web]\nport = 65536", ["web.port", "65535"]),
        ("[web]\naccess_code = 'short'", ["web.access_code", "6 to 64"]),
        ("[web]\naccess_code = ' spaced out'", ["web.access_code", "no spaces at the ends"]),
        ('[storage]\nfolder = "a\\u0000b"', ["storage.folder", "path"]),
        ("storage = 'here'", ["storage", "[storage]"]),
        ("[region]\nx = 0.1", ["region.y", "missing"]),
        ("[region]\nx = '0'\ny = 0\nwidth = 1\nheight = 1", ["region.x", "'0'"]),
        ("[region]\nx = 0.5\ny = 0\nwidth = 0.8\nheight = 1", ["region", "not inside"]),
        ("[region]\nx = 0\ny = 0\nwidth = 1\nheight = 1\ndepth = 1", ["region.depth", "width"]),
        ("width = ", ["not a TOML file"]),
        ("a = " + "[" * 5000, ["not a TOML file"]),
        ("a = " + "9" * 9000, ["not a TOML file"]),
    ],
)
def test_bad_settings_are_refused_by_name(tmp_path: Path, text: str, said: list[str]) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as refused:
        load_config(path)
    for word in [str(path), *said]:
        assert word in str(refused.value)
    assert len(str(refused.value)) < 400 + len(str(path))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    for name in ("absent.toml", ".", "latin.toml"):
        with pytest.raises(ConfigError, match=re.escape(str(tmp_path / name))):
            load_config(tmp_path / name)


def test_a_setting_changed_in_the_program_is_held_to_the_same_rules() -> None:
    with pytest.raises(ConfigError, match=r"light\.pin"):
        replace(Config().light, pin=99)


def test_automatic_threads_leave_a_core_and_never_pass_four() -> None:
    assert 1 <= ModelConfig().thread_count <= 4
    assert ModelConfig(threads=3).thread_count == 3


VALUES = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["auto", "picamera", "gpio", "thunder", "litert", "x" * 80]),
    st.text(alphabet="ab \t\u2028é", max_size=5),
    st.just([]),
    st.just({}),
)


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\u{ord(c):04x}" for c in value) + '"'
    return str(value)


@settings(max_examples=150, deadline=None)
@given(given_settings=st.dictionaries(st.sampled_from(SETTINGS + REGION), VALUES, max_size=3))
def test_any_value_loads_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, given_settings: dict[tuple[str, str], object]
) -> None:
    lines = [f"{table}.{name} = {toml(value)}" for (table, name), value in given_settings.items()]
    path = written(tmp_path_factory.getbasetemp(), "\n".join(lines))
    try:
        config = load_config(path)
    except ConfigError as refused:
        assert str(path) in str(refused)
    else:
        for (table, name), value in given_settings.items():
            kept = getattr(getattr(config, table), name)
            assert kept == (Path(str(value)) if isinstance(kept, Path) else value)


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(codec="utf-8")) | st.binary().map(lambda b: b.decode("latin-1")))
def test_any_text_loads_or_is_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    try:
        assert isinstance(load_config(written(tmp_path_factory.getbasetemp(), text)), Config)
    except ConfigError as refused:
        assert "treadlight.toml" in str(refused)

"""Secrets are made anew on each device, readable by the service alone, and nothing is open by default."""

import re
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from app.device_parts import BlackCamera

from device.app import build
from device.config import CameraConfig, Config, LightConfig, StorageConfig, WebConfig
from device.gait.types import RunSetup
from device.host.access import access_code, signing_key
from device.upkeep.last_good import load_or_last_good

ROOT = Path(__file__).parents[2]


def config(folder: Path, host: str = "127.0.0.1", https: bool | str = True) -> Config:
    return Config(
        camera=CameraConfig(source="from the test"),
        light=LightConfig(kind="mock"),
        web=WebConfig(host=host, port=0, https=https, plain_port=0),
        storage=StorageConfig(folder=folder),
    )


def readable_by_others(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        inside_private = any(
            not parent.stat().st_mode & 0o077 for parent in path.parents if parent != folder.parent
        )
        if path.is_file() and not inside_private and path.stat().st_mode & stat.S_IROTH:
            yield str(path.relative_to(folder))


def test_what_a_device_keeps_is_its_own(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    settings = tmp_path / "treadlight.toml"
    settings.write_text('[web]\naccess_code = "a secret code"\n')
    load_or_last_good(settings, data)
    device = build(config(data), RunSetup(), open_camera=BlackCamera)
    device._pipeline.start_session("AB", "")
    device.start()
    device.stop()
    names = {path.name for path in data.rglob("*")}
    assert {"sessions.sqlite3", "clinic.sqlite3", "access-code", "signing-key", "last-good.toml"} <= names
    secret = {"access-code", "signing-key", "last-good.toml", "sessions.sqlite3", "clinic.sqlite3"}
    assert secret & set(readable_by_others(data)) == set()
    keys = [
        path for path in (data / "tls").rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()
    ]
    assert keys
    assert all(not path.stat().st_mode & 0o077 for path in keys)
    assert "session-000001.csv" not in " ".join(readable_by_others(data))


def test_no_two_devices_share_a_secret(tmp_path: Path) -> None:
    one, other = config(tmp_path / "1"), config(tmp_path / "2")
    assert access_code(one) != access_code(other)
    assert signing_key(one) != signing_key(other)
    assert len(access_code(one)) >= 10


def test_nothing_that_is_shipped_holds_a_password() -> None:
    word = r"(?im)^\s*(?:password|passwd|passphrase|psk|secret|token|access_code)\s*[=:]\s*"
    for path in (ROOT / "device").rglob("*.py"):
        assert not re.findall(word + r"[\"'][^\"']+[\"']\s*$", path.read_text("utf-8")), path
    for path in (ROOT / "deploy").rglob("*"):
        if path.is_file() and path.suffix in {".toml", ".conf", ".service", ".nmconnection", ".yml", ".acl"}:
            assert not re.findall(word + r"[\"']?\w+", path.read_text("utf-8")), path


def test_a_new_device_has_nobody_to_log_in_as(tmp_path: Path) -> None:
    from device.clinic.store import ClinicStore

    device = build(config(tmp_path), RunSetup(), open_camera=BlackCamera)
    with closing(device._recorder):
        assert ClinicStore(tmp_path).users.all() == []
    device.stop()

"""The manifest and the files it names: only the very file that was measured is loaded."""

import hashlib
import shutil

import pytest

from device.errors import ModelError
from device.pose.models import MODELS_DIR, find


@pytest.fixture
def folder(tmp_path):
    """A copy of the models folder that a test may damage."""
    for path in [MODELS_DIR / "manifest.toml", *MODELS_DIR.glob("*.tflite")]:
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.mark.parametrize(("name", "input_size"), [("lightning", 192), ("thunder", 256)])
def test_shipped_model_is_found_and_is_the_one_in_the_manifest(name, input_size):
    model = find(name)
    assert (model.name, model.input_size) == (name, input_size)
    assert hashlib.sha256(model.path.read_bytes()).hexdigest() == model.sha256


def test_changed_file_is_refused_naming_both_hashes(folder):
    model = find("lightning", folder)
    content = bytearray(model.path.read_bytes())
    content[len(content) // 2] ^= 1
    model.path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        find("lightning", folder)
    assert model.sha256 in str(caught.value)
    assert hashlib.sha256(content).hexdigest() in str(caught.value)


def test_truncated_file_is_refused_naming_its_length(folder):
    model = find("lightning", folder)
    size = model.path.stat().st_size
    model.path.write_bytes(model.path.read_bytes()[:1000])
    with pytest.raises(ModelError, match=f"has 1000 bytes, not {size}"):
        find("lightning", folder)


def test_swapped_files_are_refused(folder):
    lightning, thunder = find("lightning", folder), find("thunder", folder)
    shutil.copy(thunder.path, lightning.path)
    with pytest.raises(ModelError, match=thunder.sha256):
        find("lightning", folder)


def test_missing_file_is_refused_with_a_fix(folder):
    find("thunder", folder).path.unlink()
    with pytest.raises(ModelError, match=r"cannot be read .* Restore the models folder"):
        find("thunder", folder)


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(ModelError, match="lightning or thunder"):
        find("multipose")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[model.lightning]", "[model.lightning", "is damaged"),
        ("sha256 =", "sha512 =", "damaged at 'sha256'"),
        ("input_size = 192", 'input_size = "wide"', "damaged at .*wide"),
    ],
)
def test_damaged_manifest_is_refused(folder, old, new, message):
    manifest = folder / "manifest.toml"
    manifest.write_text(manifest.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ModelError, match=message):
        find("lightning", folder)


def test_missing_manifest_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"manifest\.toml cannot be read"):
        find("lightning", tmp_path)

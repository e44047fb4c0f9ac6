"""The pose models that come with treadlight, each checked against its hash before use."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from device.errors import ModelError

MODELS_DIR = Path(__file__).resolve().parents[2] / "models"
_FIX = "Restore the models folder from the release (git checkout -- models), or rebuild it: models/build."


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One quantized MoveNet.

    name: "lightning" (fast) or "thunder" (larger, slower).
    sha256: of the file, hexadecimal; stored with every session.
    input_size: width and height of its square input in pixels.
    """

    name: str
    path: Path
    sha256: str
    input_size: int


def find(name: str, models_dir: Path = MODELS_DIR) -> ModelFile:
    """Give the named model after checking that the file is the one in the manifest.

    Raises ModelError when the name or file is unknown, missing, truncated or has another hash.
    """
    manifest = _manifest(models_dir)
    if name not in manifest:
        raise ModelError(f"There is no pose model named {name!r}. Use {' or '.join(sorted(manifest))}.")
    entry = manifest[name]
    try:
        path = models_dir / str(entry["file"])
        expected, size = str(entry["sha256"]), int(str(entry["bytes"]))
        model = ModelFile(name, path, expected, int(str(entry["input_size"])))
    except (KeyError, ValueError) as error:
        raise ModelError(f"The model manifest's entry {name!r} is damaged at {error}. {_FIX}") from error
    _check(path, expected, size)
    return model


def _check(path: Path, expected: str, size: int) -> None:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"The model file {path.name} cannot be read ({error.strerror}). {_FIX}") from error
    actual = hashlib.sha256(content).hexdigest()
    if actual == expected:
        return
    length = "" if len(content) == size else f" and it has {len(content)} bytes, not {size}"
    raise ModelError(
        f"The model file {path.name} is not the one in the manifest: "
        f"its SHA-256 is {actual}, expected {expected}{length}. {_FIX}"
    )


def _manifest(models_dir: Path) -> dict[str, dict[str, object]]:
    path = models_dir / "manifest.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"The model manifest {path} cannot be read ({error.strerror}). {_FIX}") from error
    except ValueError as error:
        raise ModelError(f"The model manifest {path} is damaged ({error}). {_FIX}") from error
    return {name: entry for name, entry in content.get("model", {}).items() if isinstance(entry, dict)}

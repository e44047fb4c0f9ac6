"""The lock files: every package pinned with hashes, and in step with what the project says it needs."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "requirements"
PYTHONS = ("3.11", "3.12", "3.13")
LOCKS = sorted(FOLDER.glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def entries(lock: Path) -> Iterator[str]:
    """Each pinned package with its continuation lines as one text, comments left out."""
    text = "\n".join(
        line for line in lock.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")
    )
    yield from filter(None, text.replace("\\\n", " ").splitlines())


def pins(lock: Path) -> dict[str, Version]:
    found: dict[str, Version] = {}
    for entry in entries(lock):
        name, version = entry.split()[0].split("==")
        found[canonicalize_name(name)] = Version(version)
    return found


def lock_of(kind: str, python: str) -> Path:
    return FOLDER / f"{kind}{python.replace('.', '')}.txt"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_package_is_pinned_with_hashes_and_no_address(lock: Path) -> None:
    found = list(entries(lock))
    assert found
    for entry in found:
        assert re.fullmatch(r"[\w.-]+==[\w.+!-]+(\s+--hash=sha256:[0-9a-f]{64})+", entry.strip()), entry
    assert "://" not in lock.read_text("utf-8")


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("kind", "extras"), [("py", ["litert"]), ("test-py", ["litert", "test"])])
def test_lock_satisfies_the_project(python: str, kind: str, extras: list[str]) -> None:
    optional = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *(line for extra in extras for line in optional[extra])]
    pinned = pins(lock_of(kind, python))
    for requirement in map(Requirement, wanted):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, (
            f"{requirement.name} is not in {kind}{python}: run deploy/requirements/relock.sh"
        )
        assert version in requirement.specifier, (
            f"{requirement} but {version}: run deploy/requirements/relock.sh"
        )


@pytest.mark.parametrize("python", PYTHONS)
def test_test_lock_holds_the_run_time_lock(python: str) -> None:
    run_time, test = pins(lock_of("py", python)), pins(lock_of("test-py", python))
    assert run_time.items() <= test.items()


def test_packages_fit_the_camera_software_of_raspberry_pi_os() -> None:
    bookworm, trixie = pins(lock_of("py", "3.11")), pins(lock_of("py", "3.13"))
    assert bookworm["numpy"] < Version("2"), "bookworm's picamera2 is built against numpy 1"
    assert Version("2.2") <= trixie["numpy"] < Version("2.3")
    assert all(lock["opencv-python-headless"] < Version("4.12") for lock in (bookworm, trixie))
    assert bookworm["gpiozero"].base_version >= "2.0.1"
    assert bookworm["gpiozero"] >= Version("2.0.1.post3"), "a Raspberry Pi 5 needs its renumbered gpiochip"

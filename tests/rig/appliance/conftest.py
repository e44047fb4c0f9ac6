"""Containers for this rig's tests: made and booted once for each suite of Debian."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from machine import Clinic, Machine, why_not
from packages import repository_for
from pictures import FPS, write_pictures

INSTALL_S = 900.0
CLIP = """
[camera]
source = "/opt/treadlight/current/device/demo/runner.mp4"
loop = true
[light]
kind = "mock"
[web]
port = 8443
plain_port = 8080
"""
"""Settings for a machine without a camera: setup.sh keeps what it finds."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.rig)
            # A machine is made and everything installed in the first test that asks for it.
            item.add_marker(pytest.mark.timeout(INSTALL_S + 300))


def installed(suite: str, python: str, settings: str = "") -> Iterator[Clinic]:
    """Install the device in an empty Debian, with one command, as Raspberry Pi OS would let it."""
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    machine = empty_debian(suite, repository_for(python))
    cadence = write_pictures(machine.tree / "var" / "rig" / "pictures")
    # As on Raspberry Pi OS: this group, and the firmware's tool.
    with (machine.tree / "etc" / "group").open("a") as groups:
        groups.write("gpio:x:986:\n")
    environment = "LIBCAMERA_PIPELINES_MATCH_LIST=virtual LIBCAMERA_LOG_LEVELS=*:FATAL"
    machine.write(
        "etc/systemd/system/treadlight.service.d/rig.conf", f"[Service]\nEnvironment={environment}\n"
    )
    if settings:
        machine.write("etc/treadlight/treadlight.toml", settings)
    try:
        boot_or_skip(machine)
        done = machine.run("/src/setup.sh install", check=False, timeout_s=INSTALL_S)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
        # The pictures are made for this rate: at another one the runner would be faster or slower.
        machine.run(f"sed -i 's/^fps = .*/fps = {FPS}/' /etc/treadlight/treadlight.toml")
        machine.run("systemctl restart treadlight", timeout_s=100)
        yield Clinic(machine, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout), cadence)
    finally:
        machine.off()


def empty_debian(suite: str, repository: Path) -> Machine:
    """Make the machine; skip where Debian's packages cannot be had, which says nothing of the device."""
    try:
        return Machine(suite, repository)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"an empty Debian {suite} cannot be made here: {error}")


def boot_or_skip(machine: Machine) -> None:
    """Boot what is still plain Debian; skip where this computer lets no container boot."""
    try:
        machine.boot(own_network=False)
    except AssertionError as error:
        pytest.skip(f"plain Debian does not boot in a container here: {error}")


@pytest.fixture(scope="module")
def trixie() -> Iterator[Clinic]:
    yield from installed("trixie", "3.13")


@pytest.fixture(scope="module")
def bookworm() -> Iterator[Clinic]:
    yield from installed("bookworm", "3.11", CLIP)

"""The device on Debian bookworm: Python 3.11, and the older numpy that its camera software is built on."""

import re

from machine import Clinic, Machine


def python(machine: Machine, code: str) -> str:
    return machine.run(f"cd /opt/treadlight/current && .venv/bin/python -c '{code}'").stdout.strip()


def test_one_command_installs_a_device_that_serves(bookworm: Clinic) -> None:
    said = bookworm.printed
    for line in (r"ok +runtime +ai-edge-litert", r"ok +dashboard +answers on port 443", r"Python 3\.11\.\d+"):
        assert re.search(line, said), f"{line}\n{said}"
    assert bookworm.machine.run("systemctl is-active treadlight").stdout.strip() == "active"


def test_numpy_is_the_one_that_the_systems_packages_are_built_on(bookworm: Clinic) -> None:
    versions = python(bookworm.machine, "import numpy, cv2; print(numpy.__version__, cv2.__version__)")
    numpy, opencv = versions.split()
    assert int(numpy.partition(".")[0]) < 2
    assert tuple(map(int, opencv.split(".")[:2])) < (4, 12)
    assert python(bookworm.machine, "import simplejpeg; print(simplejpeg.__name__)") == "simplejpeg"


def test_units_are_accepted_and_little_is_exposed(bookworm: Clinic) -> None:
    verdict = bookworm.machine.run(
        "cd /etc/systemd/system; systemd-analyze verify --man=no treadlight*.service treadlight*.path 2>&1"
    ).stdout
    assert "treadlight" not in verdict, verdict
    security = bookworm.machine.run("systemd-analyze security --no-pager treadlight").stdout.splitlines()[-1]
    assert float(re.findall(r"level.*: ([\d.]+)", security)[0]) <= 2.5, security

"""The device on Debian bookworm: Python 3.11, and the older numpy that its camera software is built on."""

import re

from machine import Clinic, Machine, wait_for


def python(machine: Machine, code: str) -> str:
    return machine.run(f"cd /opt/treadlight/current && .venv/bin/python -c '{code}'").stdout.strip()


def test_one_command_installs_a_device_that_serves(bookworm: Clinic) -> None:
    said = bookworm.printed
    for line in (
        r"ok +runtime +ai-edge-litert",
        r"ok +dashboard +answers on port 8443",
        r"Python 3\.11\.\d+",
    ):
        assert re.search(line, said), f"{line}\n{said}"
    assert bookworm.machine.run("systemctl is-active treadlight").stdout.strip() == "active"


def test_the_clip_is_measured(bookworm: Clinic) -> None:
    def stats() -> str:
        log = bookworm.machine.run("journalctl --unit treadlight --output cat --no-pager").stdout
        return "".join(
            line for line in log.splitlines() if re.search(r"stats fps=[\d.]+ .*steps=[1-9]", line)
        )

    wait_for(stats, 150, "steps in the log")


def test_numpy_is_the_one_that_the_systems_packages_are_built_on(bookworm: Clinic) -> None:
    versions = python(bookworm.machine, "import numpy, cv2; print(numpy.__version__, cv2.__version__)")
    numpy, opencv = versions.split()
    assert int(numpy.partition(".")[0]) < 2
    assert tuple(map(int, opencv.split(".")[:2])) < (4, 12)
    assert python(bookworm.machine, "import simplejpeg; print(simplejpeg.__name__)") == "simplejpeg"


def test_the_camera_software_is_real_and_finds_no_camera_here(bookworm: Clinic) -> None:
    """picamera2 and libcamera with Python 3.11 and numpy 1; this libcamera has no virtual camera yet."""
    machine = bookworm.machine
    known = "len(libcamera.CameraManager.singleton().cameras)"
    found = python(machine, f"import libcamera, picamera2; print(libcamera.__file__, {known})").splitlines()[
        -1
    ]
    assert found.startswith("/usr/lib/python3/dist-packages/libcamera/")
    assert found.endswith(" 0")
    machine.run(
        "sed 's/^source = .*/source = \"picamera\"/' /etc/treadlight/treadlight.toml > /run/picamera.toml"
    )
    said = machine.run(
        "cd /tmp; treadlight check --config /run/picamera.toml", check=False, timeout_s=120
    ).stdout
    assert re.search(r"fail +camera +No camera was found\.", said), said


def test_units_are_accepted_and_little_is_exposed(bookworm: Clinic) -> None:
    verdict = bookworm.machine.run(
        "cd /etc/systemd/system; systemd-analyze verify --man=no treadlight*.service treadlight*.path 2>&1"
    ).stdout
    assert "treadlight" not in verdict, verdict
    security = bookworm.machine.run("systemd-analyze security --no-pager treadlight").stdout.splitlines()[-1]
    assert float(re.findall(r"level.*: ([\d.]+)", security)[0]) <= 2.5, security


def test_where_litert_does_not_run_its_predecessor_does(bookworm: Clinic) -> None:
    machine = bookworm.machine
    part = "find /opt/treadlight/current/.venv/lib/ -name '*pywrap_litert_interpreter*.so'"
    machine.run(f'library=$({part}); test -n "$library"; rm $library; echo broken > $library')
    done = machine.run("/src/setup.sh update", check=False, timeout_s=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "LiteRT does not run here" in done.stdout
    said = machine.run(
        "cd /tmp; treadlight check --config /etc/treadlight/treadlight.toml", check=False
    ).stdout
    assert re.search(r"ok +runtime +tflite-runtime 2\.14", said), said


def test_the_own_wifi_is_known_to_the_network_manager(bookworm: Clinic) -> None:
    """There is no radio here: what NetworkManager makes of the profile, cut off from other networks."""
    machine = bookworm.machine
    machine.run("systemctl mask --now NetworkManager; apt-get install -qq --yes --no-install-recommends "
                "network-manager", timeout_s=200)  # fmt: skip
    machine.off()
    machine.boot(own_network=True)
    machine.run("systemctl unmask NetworkManager; systemctl start NetworkManager")
    said = machine.run("/src/setup.sh hotspot on").stdout
    password = re.findall(r"^Password +(\S+)$", said, re.MULTILINE)[0]
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", password)
    fields = "802-11-wireless.mode,802-11-wireless-security.key-mgmt,ipv4.method,802-11-wireless.ssid"
    shown = machine.run(f"nmcli --get-values {fields} connection show treadlight-hotspot").stdout.split()
    assert sorted(shown) == sorted(["ap", "wpa-psk", "shared", "treadlight"])
    assert password in machine.run("/src/setup.sh hotspot on").stdout, "it stays the same"
    machine.run("/src/setup.sh hotspot off")
    assert "treadlight-hotspot" not in machine.run("nmcli --terse connection show").stdout

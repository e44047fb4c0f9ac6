"""What only a real Raspberry Pi shows: on the installed device, its service stopped, pytest -m pi as root.

Each test works with the installed environment, which has the system's camera and GPIO software.
"""

import grp
import itertools
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.pi, pytest.mark.timeout(300)]

PYTHON = Path("/opt/treadlight/current/.venv/bin/python")
MODEL = Path("/proc/device-tree/model")
CAMERA_S = 20
LOAD_S = 60

CAMERA = f"""
import json, time
from device.parts import invoke_ms, open_network
from device.camera.picam import PiCamera, sustainable_fps
from device.config import ModelConfig
fps = sustainable_fps(invoke_ms(open_network(ModelConfig())))
camera = PiCamera((1280, 720), fps, 0.002)
frames = camera.frames()
first = next(frames)
times, ends = [], time.monotonic() + {CAMERA_S}
for frame in frames:
    times.append(frame.t)
    if time.monotonic() > ends:
        break
exposure = camera._camera.capture_metadata(wait=2)["ExposureTime"]
shape = [list(first.image.shape), list(first.picture.shape)]
print(json.dumps({{"asked": camera.fps, "times": times, "exposure_us": exposure, "shapes": shape}}))
camera.close()
"""
LIGHT = """
import json, subprocess, sys
from device.feedback.indicator import Light
from device.feedback.types import LightState
import time
def level():
    said = subprocess.run(["pinctrl", "get", sys.argv[1]], capture_output=True, text=True, check=True).stdout
    return "hi" if "| hi" in said else "lo"
light = Light(int(sys.argv[1]))
seen = [level()]
for state in (LightState.CUE, LightState.OFF):
    light.show(state)
    time.sleep(0.5)
    seen.append(level())
light.show(LightState.CUE)
time.sleep(0.2)
light.close()
print(json.dumps(seen + [level()]))
"""
LOAD = f"""
import json, time
from device.parts import open_network
from device.config import ModelConfig
net = open_network(ModelConfig())
times, ends = [], time.monotonic() + {LOAD_S}
while time.monotonic() < ends:
    begun = time.perf_counter()
    net.interpreter.invoke()
    times.append(1000 * (time.perf_counter() - begun))
from device.host.health import temperature_c, throttle_flags
print(json.dumps({{"ms": sorted(times)[len(times) // 2], "late_ms": sorted(times[-200:])[100],
                  "temperature_c": temperature_c(), "flags": throttle_flags()}}))
"""


@pytest.fixture(autouse=True, scope="module")
def _a_raspberry_pi() -> None:
    if not MODEL.exists() or "Raspberry Pi" not in MODEL.read_text("utf-8"):
        pytest.skip("this is no Raspberry Pi")
    if not PYTHON.exists() or os.geteuid() != 0:
        pytest.skip("run as root on the installed device: sudo ./setup.sh install first")
    if run("systemctl", "is-active", "treadlight", check=False) == "active":
        pytest.skip("the service holds camera and light: sudo systemctl stop treadlight")


def run(*command: str, check: bool = True) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert not check or done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


def on_the_device(code: str, *arguments: str) -> Any:
    """Run a program in the installed environment; gives the JSON of its last line."""
    os.chdir("/opt/treadlight/current")
    return json.loads(run(str(PYTHON), "-c", code, *arguments).splitlines()[-1])


def test_the_camera_keeps_its_rate_and_its_short_shutter() -> None:
    told = on_the_device(CAMERA)
    times = told["times"]
    spacing = [later - earlier for earlier, later in itertools.pairwise(times)]
    measured = len(spacing) / (times[-1] - times[0])
    print(f"asked {told['asked']:.1f} fps, got {measured:.2f}, longest gap {max(spacing) * 1000:.0f} ms")
    assert measured == pytest.approx(told["asked"], rel=0.03)
    assert max(spacing) < 4 / told["asked"]
    assert told["exposure_us"] == pytest.approx(2000, rel=0.1)
    assert told["shapes"] == [[360, 640, 3], [720, 1280, 3]]


def test_the_light_s_pin_follows() -> None:
    settings = Path("/etc/treadlight/treadlight.toml").read_text("utf-8")
    pin = re.findall(r"^pin = (\d+)", settings, re.MULTILINE)[0]
    assert on_the_device(LIGHT, pin) == ["lo", "hi", "lo", "lo"]


def test_a_minute_at_full_speed_neither_throttles_nor_overheats() -> None:
    told = on_the_device(LOAD)
    print(told)
    assert told["ms"] < 25
    assert told["late_ms"] < 1.3 * told["ms"], "it slows down as it warms up"
    assert told["temperature_c"] < 80
    assert told["flags"] == 0, "under-voltage or throttling: supply and cooling"


def test_the_hardware_watchdog_is_armed() -> None:
    assert Path("/dev/watchdog").exists()
    assert run("systemctl", "show", "--property=RuntimeWatchdogUSec", "--value") == "14s"


def test_the_service_s_user_may_use_camera_and_pins() -> None:
    for group in ("video", "render", "gpio"):
        assert "treadlight" in grp.getgrnam(group).gr_mem, group


def test_a_killed_service_goes_dark_and_comes_back() -> None:
    run("systemctl", "start", "treadlight")
    try:
        run("systemctl", "kill", "--signal=KILL", "--kill-whom=main", "treadlight")
        run("systemctl", "start", "treadlight")
        assert run("systemctl", "is-active", "treadlight") == "active"
    finally:
        run("systemctl", "stop", "treadlight")
    settings = Path("/etc/treadlight/treadlight.toml").read_text("utf-8")
    pin = re.findall(r"^pin = (\d+)", settings, re.MULTILINE)[0]
    assert "| lo" in run("pinctrl", "get", pin)

"""The light begins dark, and however the device ends, it ends dark: stopped, broken, killed or hung."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from app.device_processes import Process
from gpiozero.pins.mock import MockFactory, MockPWMPin

from device.config import LightConfig
from device.feedback.indicator import Light
from device.light import open_light
from device.sessions.store import SessionStore

SCRIPT = Path(__file__).parent / "device_in_trouble.py"
WAIT_S = 60.0


class Device:
    def __init__(self, folder: Path, way: str) -> None:
        self.data, self.pins = folder / "data", folder / "pins"
        self.process = Process(["-W", "ignore", str(SCRIPT), str(self.data), str(self.pins), way], folder)
        self.process.line()
        ends = time.monotonic() + WAIT_S
        while not self.states.endswith("1"):
            assert time.monotonic() < ends, self.process.errors
            time.sleep(0.05)

    @property
    def states(self) -> str:
        return self.pins.read_text() if self.pins.exists() else ""

    def trouble(self) -> None:
        (self.data / "now").touch()

    def sessions(self) -> list[str]:
        return [str(session.status) for session in SessionStore(self.data).list_sessions()]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[type[Device]]:
    started: list[Device] = []

    def begin(way: str) -> Device:
        started.append(Device(tmp_path, way))
        return started[-1]

    yield begin
    for device in started:
        device.process.close()


def test_a_start_goes_dark_whatever_the_pin_was_left_at() -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    pin = factory.pin(17)
    pin.function, pin.state = "output", 1.0
    light = Light(17, pin_factory=factory)
    assert pin.state == 0
    light.close()


def test_a_simulated_light_does_not_remember_every_blink() -> None:
    light = open_light(LightConfig(kind="mock"))
    pin = light._led.pin  # type: ignore[union-attr]
    for state in (0, 1) * 50:
        pin.state = state
    assert len(pin.states) == 1
    light.close()


@pytest.mark.parametrize(
    ("way", "says"),
    [("breaks", "ZeroDivisionError"), ("no_memory", "Unable to allocate")],
)
def test_a_crash_goes_dark_closes_the_session_and_asks_to_be_started_anew(start, way: str, says: str) -> None:
    device = start(way)
    device.trouble()
    assert device.process.end() == 1
    assert device.states.endswith("0")
    assert says in device.process.errors
    assert device.sessions() == ["finished"]


def test_a_stop_goes_dark(start) -> None:
    device = start("runs")
    device.process.process.send_signal(signal.SIGTERM)
    assert device.process.end() == 0
    assert device.states.endswith("0")
    assert device.sessions() == ["finished"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_what_systemd_runs_after_a_kill_or_its_watchdog_goes_dark(start, tmp_path: Path, number: int) -> None:
    device = start("runs")
    device.process.process.send_signal(number)
    assert device.process.end() == -number
    assert device.states.endswith("1")
    after = Process(["-W", "ignore", str(SCRIPT), str(device.data), str(device.pins), "dark"], tmp_path / "b")
    assert after.end() == 0
    after.close()
    assert device.states.endswith("0")
    unit = (Path(__file__).parents[2] / "deploy" / "system" / "treadlight.service").read_text()
    assert any(line.startswith("ExecStopPost=-") and " dark " in f"{line} " for line in unit.splitlines()), (
        sys.platform
    )

"""Cameras that are absent, fall silent, hang or break, before whole devices in processes of their own."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from device_processes import Process

from device.sessions.store import SessionStore

SCRIPT = Path(__file__).parent / "device_with_a_bad_camera.py"
WAYS = ("absent", "silent", "hangs", "breaks")


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Process, Path]]]:
    """All at once, for each spends most of its time waiting."""
    folders = {way: tmp_path_factory.mktemp(way) for way in WAYS}
    started = {
        way: (Process([str(SCRIPT), way, str(folder / "data")], folder), folder / "data")
        for way, folder in folders.items()
    }
    yield started
    for process, _ in started.values():
        process.close()


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("silent", "no picture for 2 s"),
        ("hangs", "There has been no frame for"),
        ("breaks", "The device has a fault and starts anew"),
    ],
)
def test_a_fatal_fault_is_told_dark_and_ends_the_process(
    devices: dict[str, tuple[Process, Path]], way: str, words: str
) -> None:
    process, data = devices[way]
    assert "port" in json.loads(process.line())
    fault = json.loads(process.line())
    assert words in fault["error"]
    assert fault["light"] == "off"
    assert process.end() == 1
    (session,) = SessionStore(data).list_sessions()
    assert session.status == "finished"
    assert ("ZeroDivisionError" in process.errors) == (way == "breaks")


def test_an_absent_camera_is_no_fault_of_the_service(devices: dict[str, tuple[Process, Path]]) -> None:
    process, data = devices["absent"]
    assert "port" in json.loads(process.line())
    fault = json.loads(process.line())
    assert "No camera was found" in fault["error"]
    assert fault["light"] == "off"
    process.told_systemd("READY=1")
    process.told_systemd("WATCHDOG=1")
    process.told_systemd("WATCHDOG=1")
    process.process.send_signal(signal.SIGTERM)
    process.told_systemd("STOPPING=1")
    assert process.end() == 0
    (session,) = SessionStore(data).list_sessions()
    assert session.status == "finished"

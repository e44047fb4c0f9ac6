"""The wall clock jumps by hours, the network comes and goes: measuring, recording and light do not notice."""

import http.client
import json
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from app.device_processes import Process

from device.sessions.store import SessionStore

HERE = Path(__file__).parent
SCRIPT = HERE / "device_in_trouble.py"
WAIT_S = 60.0


@pytest.fixture(scope="module")
def wall_clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("clock") / "wallclock.so"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-o", str(made), str(HERE / "wallclock.c"), "-ldl"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("no C compiler (gcc) on this machine: the wall clock cannot be moved")
    return made


def ping(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == 200
    finally:
        connection.close()


def poses(folder: Path) -> int:
    log = folder / "poses" / "session-000001.csv"
    return log.read_bytes().count(b"\n") if log.exists() else 0


def wait_for_poses(folder: Path, more: int) -> None:
    begun, ends = poses(folder), time.monotonic() + WAIT_S
    while poses(folder) < begun + more:
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_wall_clock_that_jumps_by_hours_changes_labels_only(
    wall_clock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours, data = tmp_path / "hours", tmp_path / "data"
    hours.write_text("-9000")  # no battery: the device wakes up a year ago
    monkeypatch.setenv("LD_PRELOAD", str(wall_clock))
    monkeypatch.setenv("WALLCLOCK", str(hours))
    device = Process(["-W", "ignore", str(SCRIPT), str(data), str(tmp_path / "pins"), "runs"], tmp_path)
    monkeypatch.delenv("LD_PRELOAD")
    try:
        port = json.loads(device.line())["port"]
        begun_s = time.monotonic()
        device.told_systemd("READY=1")
        wait_for_poses(data, 10)
        for jump in ("0", "7", "-7", "9000", "0"):
            hours.write_text(jump)
            wait_for_poses(data, 15)
            device.told_systemd("WATCHDOG=1")
            assert ping(port)
        lasted_s = time.monotonic() - begun_s
        device.process.terminate()
        assert device.end() == 0
    finally:
        device.close()
    (session,) = SessionStore(data).list_sessions()
    assert session.status == "finished"
    assert datetime.now(UTC) - session.started_at > timedelta(hours=8990)
    assert 0 < session.duration_s < lasted_s + 5


@pytest.fixture
def device(tmp_path: Path) -> Iterator[tuple[Process, int, Path]]:
    arguments = ["-W", "ignore", str(SCRIPT), str(tmp_path / "data"), str(tmp_path / "pins"), "runs"]
    process = Process(arguments, tmp_path)
    yield process, json.loads(process.line())["port"], tmp_path / "data"
    process.close()


def drop(port: int) -> None:
    """Ask for a page and vanish: without a word, in the middle of the request or of the answer."""
    for sent in (b"", b"GET /live/str", b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"):
        with socket.socket() as gone:
            gone.settimeout(WAIT_S)
            gone.connect(("127.0.0.1", port))
            gone.sendall(sent)
            # Closing now sends a reset, as a network that went away does at last.
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_connections_that_come_and_go_leave_nothing_behind(device: tuple[Process, int, Path]) -> None:
    process, port, data = device
    look = psutil.Process(process.process.pid)
    drop(port)
    assert ping(port)
    handles, threads = look.num_fds(), look.num_threads()
    waves = [threading.Thread(target=lambda: [drop(port) for _ in range(10)]) for _ in range(4)]
    for wave in waves:
        wave.start()
    for wave in waves:
        wave.join()
    wait_for_poses(data, 10)
    assert ping(port)
    ends = time.monotonic() + WAIT_S
    while look.num_fds() > handles + 2 and time.monotonic() < ends:
        time.sleep(0.1)
    assert look.num_fds() <= handles + 2
    assert look.num_threads() <= threads
    assert process.process.poll() is None

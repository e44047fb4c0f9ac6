"""The computer's own health and the messages to systemd, on real files, sockets and processes."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.host import health
from device.host.health import Health, Notifier, stats_line

HEALTH = Health(51.5, 0x50000, 12_300_000_000, 98_000_000, 3_000_000_000, 7200.0)


def vcgencmd(folder: Path, script: str) -> str:
    program = folder / "vcgencmd"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_health_of_this_machine_is_plausible(tmp_path: Path) -> None:
    found = health.read_health(tmp_path / "not" / "made" / "yet")
    assert 5e6 < found.rss_bytes < 4e9
    assert found.available_bytes > 1e7
    assert found.disk_free_bytes is not None
    assert found.disk_free_bytes > 0
    assert found.uptime_s >= time.monotonic() - 1
    assert found.temperature_c is None or -20 < found.temperature_c < 120


def test_throttling_is_read_from_the_firmware_tool(tmp_path: Path) -> None:
    flags = health.throttle_flags(vcgencmd(tmp_path, '[ "$1" = get_throttled ] && echo throttled=0x50005'))
    assert flags == 0x50005
    assert health.flag_words(flags) == ["under-voltage", "throttled"]
    assert health.flag_words(flags >> health.SINCE_BOOT) == ["under-voltage", "throttled"]


@pytest.mark.parametrize("script", ["echo nonsense", "exit 1", "echo throttled=", "exec sleep 20"])
def test_a_firmware_tool_that_fails_means_unknown(tmp_path: Path, script: str) -> None:
    start_s = time.monotonic()
    assert health.throttle_flags(vcgencmd(tmp_path, script)) is None
    assert time.monotonic() - start_s < 5


def test_no_firmware_tool_means_unknown(tmp_path: Path) -> None:
    assert health.throttle_flags(str(tmp_path / "absent")) is None


@given(st.integers(0, 15), st.integers(0, 15))
def test_flags_now_and_since_boot_are_kept_apart(now: int, before: int) -> None:
    flags = now | before << health.SINCE_BOOT
    assert len(health.flag_words(flags)) == now.bit_count()
    assert len(health.flag_words(flags >> health.SINCE_BOOT)) == before.bit_count()


def test_stats_are_one_line_of_pairs_without_spaces_in_values() -> None:
    line = stats_line(HEALTH, {"fps": 29.97, "state": "no runner", "p95_ms": None, "frames": 1200})
    word, *pairs = line.split(" ")
    assert word == "stats"
    assert dict(pair.split("=") for pair in pairs) == {
        "fps": "30.0",
        "state": "no_runner",
        "p95_ms": "-",
        "frames": "1200",
        "temp_c": "51.5",
        "throttled": "0x50000",
        "disk_free_gb": "12.3",
        "rss_mb": "98.0",
        "avail_mb": "3000.0",
        "uptime_h": "2.0",
    }


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket that listens as systemd does, and its address as systemd writes it."""
    address = str(tmp_path / "notify") if request.param == "path" else f"@treadlight-test-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address.replace("@", "\0", 1))
        listener.settimeout(30)
        yield listener, address


def test_notifications_are_what_systemd_expects(systemd: tuple[socket.socket, str]) -> None:
    listener, address = systemd
    notifier = Notifier(address)
    notifier.ready("measuring")
    notifier.alive()
    notifier.status("camera silent\nsecond line")
    notifier.stopping()
    received = [listener.recv(1000).decode() for _ in range(4)]
    assert received == ["READY=1\nSTATUS=measuring", "WATCHDOG=1", "STATUS=camera silent", "STOPPING=1"]


def test_systemd_not_reading_never_holds_the_heartbeat(systemd: tuple[socket.socket, str]) -> None:
    _, address = systemd
    notifier = Notifier(address)
    start_s = time.monotonic()
    for _ in range(5000):
        notifier.alive()
    assert time.monotonic() - start_s < 10


@pytest.mark.parametrize("address", [None, "", "/nowhere/at/all"])
def test_nobody_listening_is_harmless(address: str | None) -> None:
    notifier = Notifier(address)
    # What systemd does not hear must never end the device: an exception would fail this test.
    notifier.ready()
    notifier.alive()


def test_address_comes_from_systemd(
    systemd: tuple[socket.socket, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listener, address = systemd
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    Notifier.from_systemd().alive()
    assert listener.recv(100) == b"WATCHDOG=1"

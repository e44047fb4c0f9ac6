"""How the computer itself is doing, and telling systemd about it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

UNDER_VOLTAGE = 1 << 0
FREQUENCY_CAPPED = 1 << 1
THROTTLED = 1 << 2
SOFT_TEMPERATURE_LIMIT = 1 << 3
SINCE_BOOT = 16
"""Each flag shifted by this tells that it was raised at some time since boot."""

_FLAG_WORDS = {
    UNDER_VOLTAGE: "under-voltage",
    FREQUENCY_CAPPED: "frequency capped",
    THROTTLED: "throttled",
    SOFT_TEMPERATURE_LIMIT: "soft temperature limit",
}
_CPU_SENSORS = ("cpu_thermal", "coretemp", "k10temp", "acpitz")


@dataclass(frozen=True, slots=True)
class Health:
    """The computer at one moment; None where the machine does not say.

    temperature_c: of the processor. throttle_flags: the Raspberry Pi firmware's `get_throttled` bits.
    disk_free_bytes: where sessions are kept. rss_bytes: memory this process holds.
    available_bytes: memory that programs could still get. uptime_s: since boot, suspend included.
    """

    temperature_c: float | None
    throttle_flags: int | None
    disk_free_bytes: int | None
    rss_bytes: int
    available_bytes: int
    uptime_s: float


def read_health(data_folder: Path) -> Health:
    """Look at the computer; takes some milliseconds, at most 1 s.

    data_folder: where sessions are kept; it need not exist yet.
    """
    return Health(
        temperature_c=temperature_c(),
        throttle_flags=throttle_flags(),
        disk_free_bytes=disk_free_bytes(data_folder),
        rss_bytes=psutil.Process().memory_info().rss,
        available_bytes=psutil.virtual_memory().available,
        uptime_s=time.clock_gettime(time.CLOCK_BOOTTIME),
    )


def temperature_c() -> float | None:
    """Give the processor's temperature in degrees Celsius."""
    sensors = psutil.sensors_temperatures()
    for name in _CPU_SENSORS:
        if sensors.get(name):
            return float(sensors[name][0].current)
    return None


def throttle_flags(command: str = "vcgencmd") -> int | None:
    """Give the firmware's throttling bits (see the constants above), None off a Raspberry Pi.

    Source: Raspberry Pi documentation, `vcgencmd get_throttled`.
    """
    try:
        answer = subprocess.run(
            [command, "get_throttled"], capture_output=True, text=True, timeout=0.9, check=True
        )
        return int(answer.stdout.strip().removeprefix("throttled="), 16)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def flag_words(flags: int) -> list[str]:
    """Name the raised flags of the low four bits; shift by SINCE_BOOT first for those since boot."""
    return [words for flag, words in _FLAG_WORDS.items() if flags & flag]


def disk_free_bytes(folder: Path) -> int | None:
    """Give the free space for ordinary users where `folder` is or would be made."""
    for place in (folder, *folder.absolute().parents):
        try:
            return shutil.disk_usage(place).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None


def network_addresses() -> list[str]:
    """Give this machine's IPv4 addresses that others can reach, without loopback and link-local ones."""
    return [
        entry.address
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family == socket.AF_INET and not entry.address.startswith(("127.", "169.254."))
    ]


def stats_line(health: Health, figures: Mapping[str, float | str | None]) -> str:
    """Make the one line for the log: the given figures, then the computer's; "-" where not measured."""
    throttled = health.throttle_flags
    every: dict[str, float | str | None] = {
        **figures,
        "temp_c": health.temperature_c,
        "throttled": None if throttled is None else hex(throttled),
        "disk_free_gb": None if health.disk_free_bytes is None else health.disk_free_bytes / 1e9,
        "rss_mb": health.rss_bytes / 1e6,
        "avail_mb": health.available_bytes / 1e6,
        "uptime_h": health.uptime_s / 3600,
    }
    return "stats " + " ".join(f"{name}={_shown(value)}" for name, value in every.items())


def _shown(value: float | str | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value.replace(" ", "_")
    return f"{value:.1f}" if isinstance(value, float) else str(value)


class Notifier:
    """Tells systemd how the service is; silent when systemd does not listen.

    address: path of systemd's datagram socket, with "@" first for an abstract one; None for nobody.
    Source: sd_notify(3).
    """

    def __init__(self, address: str | None) -> None:
        self._address = None if not address else address.replace("@", "\0", 1)

    @classmethod
    def from_systemd(cls) -> "Notifier":
        """Use the socket that systemd hands to a unit of Type=notify."""
        return cls(os.environ.get("NOTIFY_SOCKET"))

    def ready(self, status: str = "running") -> None:
        """Say once that the service is up."""
        self._send(f"READY=1\nSTATUS={status}")

    def alive(self) -> None:
        """Feed systemd's watchdog; without this for WatchdogSec the service is restarted."""
        self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        """Set the line that `systemctl status` shows."""
        self._send(f"STATUS={text.splitlines()[0] if text else ''}")

    def stopping(self) -> None:
        """Say that the service is ending on purpose."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if self._address is None:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            # Blocking here would stop the heartbeat; a lost message is made good by the next one.
            channel.setblocking(False)
            try:
                channel.sendto(message.encode(), self._address)
            except OSError:
                return

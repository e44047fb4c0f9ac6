#!/usr/bin/python3 -u
"""The first process of the emulated Raspberry Pi: mounts what Linux needs, runs the tests, ends."""

import ctypes
import os
import subprocess
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
RESTART = 0x01234567
"""This machine has no way to switch itself off; qemu ends at a restart (-no-reboot)."""
MOUNTS = {
    "proc": "/proc",
    "sysfs": "/sys",
    "devtmpfs": "/dev",
    "tmpfs": "/tmp",
    "debugfs": "/sys/kernel/debug",
}


def main() -> None:
    """Do the one job this machine has."""
    for kind, place in MOUNTS.items():
        Path(place).mkdir(parents=True, exist_ok=True)
        if LIBC.mount(kind.encode(), place.encode(), kind.encode(), 0, None):
            print("not mounted:", place, os.strerror(ctypes.get_errno()))
    console = os.open("/dev/console", os.O_RDWR)
    for stream in range(3):
        os.dup2(console, stream)
    os.chdir("/tmp")
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "GPIOZERO_PIN_FACTORY": "lgpio"}
    environment["PYTHONPATH"] = "/src:/src/tests/feedback:/opt/wheels"
    subprocess.run(["/usr/bin/python3", "-u", "/src/inside.py"], env=environment, check=False)
    os.sync()
    LIBC.reboot(RESTART)


if __name__ == "__main__":
    main()

"""Devices in processes of their own: what they print, what they tell systemd, how they end."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from queue import Queue
from threading import Thread

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 60.0


class Process:
    """One started program; its standard output comes line by line, systemd's part is played by a socket."""

    def __init__(self, arguments: list[str], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._errors = (folder / "stderr.txt").open("w+")
        address = folder / "notify"
        self._systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._systemd.bind(str(address))
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "NOTIFY_SOCKET": str(address), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def line(self, within_s: float = WAIT_S) -> str:
        """Wait for the next printed line."""
        return self._lines.get(timeout=within_s)

    def told_systemd(self, word: str) -> list[str]:
        """Wait until systemd is told `word`; give all that it was told since the last call."""
        told: list[str] = []
        ends = time.monotonic() + WAIT_S
        while not any(word in message for message in told):
            self._systemd.settimeout(max(0.01, ends - time.monotonic()))
            told.append(self._systemd.recv(4096).decode())
        return told

    def end(self) -> int:
        """Wait for the end and give the exit status."""
        return self.process.wait(WAIT_S)

    @property
    def errors(self) -> str:
        """What was printed on standard error so far."""
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> None:
        """Kill what still runs and let go of everything."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WAIT_S)
        self._reader.join(WAIT_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()
        self._systemd.close()

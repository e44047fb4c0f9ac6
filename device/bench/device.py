"""A whole device with and without four dashboards watching, measured from outside."""

import http.client
import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlencode

from device.bench.setting import NAME, PIN
from device.clinic.store import ClinicStore
from device.clinic.types import Role
from device.errors import TreadlightError

VIEWERS = 4
ROUNDS = 3


def live_figures(folder: Path, frames: Path, seconds: float) -> dict[str, Any]:
    """Give memory, cold start and the cost of four viewers, from alternating stretches of `seconds` in all.

    folder: for the device's data. frames: n x height x width x 3, RGB, a .npy file.
    """
    # A login is needed to watch; the code that would make the first one is typed by people only.
    ClinicStore(folder / "data").users.add(NAME, Role.ADMINISTRATOR, PIN)
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "device.bench.child", str(folder), str(frames)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as child:
        told, asked = cast(IO[str], child.stdout), cast(IO[str], child.stdin)
        hello = _answer(told)
        alone, watched = [], []
        for _ in range(ROUNDS):
            alone.append(_stretch(told, asked, seconds / ROUNDS / 2))
            with _Audience(int(hello["port"])):
                watched.append(_stretch(told, asked, seconds / ROUNDS / 2))
        asked.write("quit\n")
        asked.flush()
        child.wait(20.0)
    return {
        "rss_mb": max(s["rss_mb"] for s in watched),
        "cold_start_s": hello["first_light_t"] - begun,
        "viewers4": {
            "cpu_core_fraction": _mean(watched, "cpu") - _mean(alone, "cpu"),
            "fps_ratio": _mean(watched, "fps") / _mean(alone, "fps"),
            "p95_ratio": _mean(watched, "p95_ms") / _mean(alone, "p95_ms"),
        },
    }


def _stretch(told: IO[str], asked: IO[str], seconds: float) -> dict[str, float]:
    """Let the device run for a while and ask how it was; what came before is thrown away."""
    for wait_s in (0.5, seconds):
        time.sleep(wait_s)
        asked.write("sample\n")
        asked.flush()
        figures = _answer(told)
    return figures


def _answer(told: IO[str]) -> dict[str, float]:
    line = told.readline()
    if not line:
        raise TreadlightError("The measured device ended early. Run `treadlight check` to see what is wrong.")
    return cast(dict[str, float], json.loads(line))


def _mean(figures: list[dict[str, float]], key: str) -> float:
    return sum(f[key] for f in figures) / len(figures)


class _Audience:
    """Four dashboards that read the live stream as fast as it comes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open = True
        self._threads = [threading.Thread(target=self._watch, daemon=True) for _ in range(VIEWERS)]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *exc: object) -> None:
        self._open = False
        for thread in self._threads:
            thread.join(5.0)

    def _watch(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        cookie = _log_in(connection)
        connection.request("GET", "/live/stream", headers={"Cookie": cookie})
        response = connection.getresponse()
        while self._open and response.read1(65536):
            pass
        connection.close()


def _log_in(connection: http.client.HTTPConnection) -> str:
    connection.request("GET", "/login")
    response = connection.getresponse()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', response.read().decode())
    cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
    if token is None:
        raise TreadlightError("The dashboard's login page is not as expected. Reinstall treadlight.")
    body = urlencode({"other": NAME, "secret": PIN, "csrf_token": token.group(1)})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", body, headers)
    response = connection.getresponse()
    response.read()
    given = [v for name, v in response.getheaders() if name == "Set-Cookie" and v.startswith("treadlight=")]
    if not given:
        raise TreadlightError("The measured dashboard let nobody in. Reinstall treadlight.")
    return given[-1].partition(";")[0]

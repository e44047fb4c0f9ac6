"""Hours of running with somebody at the dashboard: memory, file handles and threads stay as they were."""

import json
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from app.device_processes import Process
from survival.long_run import NAME, PIN, TOKEN
from web.web_client import Visitor

from device.sessions.store import SessionStore

SCRIPT = Path(__file__).parent / "long_run.py"
GROWTH_BYTES = 6_000_000
CONNECTIONS = 4
"""What the tablet may have open at the moment of a look, and a session's file of keypoints."""
PAGES = ("/", "/health", "/patients", "/sessions")


@dataclass(frozen=True)
class Look:
    """The device at one moment of the simulated day."""

    hours: float
    rss_bytes: int
    handles: int
    threads: int
    steps: int
    inferences: int
    dropped: int
    processor_s: float

    def __str__(self) -> str:
        return (
            f"{self.hours:5.2f} h {self.rss_bytes / 1e6:6.1f} MB {self.handles:3d} handles {self.threads:3d} "
            f"threads {self.steps:6d} steps {self.inferences:6d} inferences {self.processor_s:6.0f} s"
        )


class Tablet:
    """Comes and goes: watches some pictures, opens pages, lets Prometheus ask."""

    def __init__(self, port: int) -> None:
        self._visitor = Visitor(port)
        assert self._visitor.log_in(PIN, name=NAME).status == 302
        self.visits = 0
        self.trouble: Exception | None = None
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._come_and_go)
        self._thread.start()

    def _come_and_go(self) -> None:
        while not self._gone.wait(1.0):
            try:
                self._visit()
            except (OSError, AssertionError) as trouble:
                if not self._gone.wait(5.0):
                    self.trouble = trouble
                return
            self.visits += 1

    def _visit(self) -> None:
        with self._visitor.stream() as stream:
            assert all(picture.startswith(b"\xff\xd8") for _, picture in stream.states(20))
        page = PAGES[self.visits % len(PAGES)]
        assert self._visitor.get(page).status == 200, page
        assert self._visitor.get("/metrics", Authorization=f"Bearer {TOKEN}").status == 200

    def leave(self) -> None:
        self._gone.set()
        self._thread.join()
        assert self.trouble is None, self.trouble


def live_through(
    folder: Path,
    hours: float,
    every_h: float,
    session_s: float,
    looked_at_s: float,
    tell: Callable[[str], object] = print,
) -> list[Look]:
    """Run the device for so many hours of the runner's time; gives a look every so often."""
    data = folder / "data"
    data.mkdir()
    arguments = [str(data), str(hours), str(every_h), str(session_s), str(looked_at_s)]
    device = Process(["-W", "ignore", str(SCRIPT), *arguments], folder)
    try:
        tablet = Tablet(json.loads(device.line())["port"])
        looks: list[Look] = []
        while not looks or looks[-1].hours < hours:
            looks.append(Look(**json.loads(device.line(3600.0))))
            tell(str(looks[-1]))
        tablet.leave()
        tell(f"{tablet.visits} visits of the tablet")
        assert tablet.visits > 0
        assert device.end() == 0, device.errors
    finally:
        device.close()
    return looks


def flat(looks: list[Look], settled_h: float, growth_bytes: int) -> None:
    settled = [look for look in looks if look.hours >= settled_h]
    first, last = settled[0], settled[-1]
    assert last.steps > first.steps > 0
    assert last.inferences > 0
    assert last.dropped == 0
    handles = [look.handles for look in settled]
    assert max(handles) - min(handles) <= CONNECTIONS
    assert max(look.threads for look in settled) == min(look.threads for look in settled)
    assert last.rss_bytes - first.rss_bytes < growth_bytes


def test_minutes_of_running_leave_nothing_behind(tmp_path: Path) -> None:
    flat(live_through(tmp_path, 0.12, 0.02, session_s=80.0, looked_at_s=10.0), 0.05, GROWTH_BYTES)


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
def test_a_day_of_running_leaves_nothing_behind(tmp_path: Path) -> None:
    looks = live_through(
        tmp_path,
        24.0,
        1.0,
        session_s=1500.0,
        looked_at_s=60.0,
        tell=lambda line: print(line, file=sys.__stderr__, flush=True),
    )
    flat(looks, 1.0, 2 * GROWTH_BYTES)
    sessions = SessionStore(tmp_path / "data").list_sessions()
    assert len(sessions) == 56
    # The day ends ten minutes into the last one.
    steps = sorted(session.steps for session in sessions)
    assert steps[0] > 1500
    assert steps[1] > 4000

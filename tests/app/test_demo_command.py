"""The command `treadlight demo` as a visitor and systemd see it, from start to a cut of the power."""

import signal
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from device_processes import Process
from web.web_client import Visitor

from device.sessions.store import SessionStore
from device.sessions.types import SessionStatus

COMMAND = ["-m", "device", "demo", "--port", "0", "--host", "127.0.0.1", "--data"]


class Demo:
    """A started demo and somebody who has logged in to its dashboard."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.process = Process([*COMMAND, str(data)], folder)
        address, login = self.process.line().split(), self.process.line().split()
        assert address[0] == "Dashboard:"
        assert [*login[:3], login[4]] == ["Log", "in", "as:", "PIN:"]
        self.visitor = Visitor(int(address[1].rstrip("/").rpartition(":")[2]))
        assert self.visitor.get("/live/stream").status in {302, 401}
        assert self.visitor.log_in(login[5], name=login[3]).status == 302

    def post(self, path: str, **values: object) -> dict[str, Any]:
        answer = self.visitor.post(path, values)
        assert answer.status == 200, answer.text
        return dict(answer.json)

    def see(self, count: int) -> list[dict[str, Any]]:
        """Watch so many frames of the stream."""
        with self.visitor.stream("skeleton") as stream:
            return [header for header, _ in stream.states(count)]

    def see_until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Watch until a frame shows something; at most 600 frames."""
        with self.visitor.stream("skeleton") as stream:
            for header, _ in islice(stream.messages(), 600):
                if header["kind"] == "state" and holds(header):
                    return header
        raise AssertionError("not seen in 600 frames")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture
def demo(data: Path, tmp_path: Path) -> Iterator[Demo]:
    started = Demo(tmp_path, data)
    yield started
    started.process.close()


def test_a_visit_and_a_cut_of_the_power(demo: Demo, data: Path) -> None:
    demo.process.told_systemd("READY=1")
    demo.process.told_systemd("WATCHDOG=1")
    first = demo.post("/api/session/start", label="AB", note="first")["id"]
    demo.post("/api/cue", metric="cadence_spm", low=165, high=185)
    demo.post("/api/mark", label="feels easy")
    state = demo.see_until(lambda state: bool(state["session"]["marks"]))
    assert state["error"] is None
    assert state["session"]["id"] == first
    assert state["cue"]["metric"] == "cadence_spm"
    assert [label for _, label in state["session"]["marks"]] == ["feels easy"]
    demo.post("/api/session/stop")
    second = demo.post("/api/session/start", label="CD")["id"]
    assert second == first + 1
    # The recorder writes within a second; then the plug is pulled.
    demo.see_until(lambda s: s["session"]["id"] == second and s["session"]["elapsed_s"] > 1.5)
    demo.process.process.send_signal(signal.SIGKILL)
    assert demo.process.end() == -signal.SIGKILL
    record = SessionStore(data).load_session(first)
    assert record.summary.status is SessionStatus.FINISHED
    assert [mark.label for mark in record.marks] == ["feels easy"]
    assert record.meta.label == "AB"


def test_after_the_cut_it_starts_again_and_stops_when_told(demo: Demo, data: Path) -> None:
    store = SessionStore(data)
    assert [s.status for s in store.list_sessions()] == [SessionStatus.INTERRUPTED, SessionStatus.FINISHED]
    frames = demo.see(5)
    assert [b["seq"] > a["seq"] for a, b in zip(frames, islice(frames, 1, None), strict=False)] == [True] * 4
    demo.post("/api/session/start", label="EF")
    demo.process.process.send_signal(signal.SIGTERM)
    demo.process.told_systemd("STOPPING=1")
    assert demo.process.end() == 0, demo.process.errors
    assert store.list_sessions()[0].status is SessionStatus.FINISHED
    assert "Traceback" not in demo.process.errors

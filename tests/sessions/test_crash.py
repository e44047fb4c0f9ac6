"""Killed at any moment: at most the last second is gone, and the session says so."""

import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from session_parts import META

from device.errors import PoseLogError
from device.pose.log import read_pose_log
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.sessions.types import SessionStatus

HERE = Path(__file__).parent
KILLS = 12


def record_and_kill(folder: Path, after_s: float) -> tuple[float, float]:
    """Record in a process of its own and kill it; gives the times of the first and last frame handed over."""
    command = [sys.executable, str(HERE / "record_until_killed.py"), str(folder)]
    paths = {"PYTHONPATH": f"{HERE}:{HERE.parents[1]}", "PATH": ""}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=paths) as process:
        assert process.stdout is not None
        first = t = float(process.stdout.readline())
        while t < first + after_s:
            t = float(process.stdout.readline())
        process.kill()
        rest = process.stdout.read().splitlines(keepends=True)
        assert process.wait() == -signal.SIGKILL
    return first, max([t, *(float(line) for line in rest if line.endswith(b"\n"))])


def last_pose_t(log: Path, first_t: float) -> float:
    """Read a pose log whole; before its first commit there is none, or none with a head."""
    try:
        return max((p.t for p in read_pose_log(log).poses), default=first_t)
    except PoseLogError:
        return first_t


def test_a_kill_at_any_moment_loses_at_most_the_last_second(tmp_path: Path) -> None:
    moments = random.Random(7)
    folders = [tmp_path / str(k) for k in range(KILLS)]
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(record_and_kill, folders, [moments.uniform(0, 2.5) for _ in folders]))
    for folder, (first_t, last_t) in zip(folders, sent, strict=True):
        store = SessionStore(folder)
        recorder = Recorder(store)
        store.check()
        sessions = store.list_sessions()
        if not sessions:
            assert last_t - first_t < 1.0
            recorder.close()
            continue
        (session,) = sessions
        assert session.status is SessionStatus.INTERRUPTED
        record = store.load_session(session.id)
        assert last_t - record.ended_t <= 1.0
        assert all(a.t < b.t for a, b in zip(record.form, record.form[1:], strict=False))
        assert last_t - last_pose_t(store.pose_log(session.id), first_t) <= 1.0
        assert recorder.start(replace(META, label="next")) == session.id + 1
        recorder.close()

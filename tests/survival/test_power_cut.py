"""The plug pulled at any byte: databases open, at most the last second is gone, keypoints are readable."""

import bisect
import os
import random
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from survival.power_cuts import Change, build, disk_after, read_account

from device.errors import PoseLogError
from device.pose.log import read_pose_log
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.upkeep.rescue import set_aside_damaged

HERE = Path(__file__).parent
RUNS_S = 4.0
LOST_S = 1.0


@dataclass(frozen=True)
class Recording:
    """frames: monotonic seconds at which each frame was handed over."""

    changes: list[Change]
    frames: list[float]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    folder = tmp_path_factory.mktemp("powercut")
    keeper = build(folder)
    if keeper is None:
        pytest.skip("no C compiler (gcc) on this machine: writes cannot be accounted for")
    data = folder / "data"
    environment = {
        **os.environ,
        "PYTHONPATH": f"{HERE.parent}:{HERE.parent / 'sessions'}:{HERE.parents[1]}",
        "LD_PRELOAD": str(keeper),
        "POWERCUT_FOLDER": str(data),
        "POWERCUT_LOG": str(folder / "account"),
    }
    script = [sys.executable, str(HERE.parent / "sessions" / "record_until_killed.py"), str(data)]
    frames: list[float] = []
    with subprocess.Popen(script, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            frames.append(float(line))
            if frames[-1] > frames[0] + RUNS_S:
                break
        process.kill()
    return Recording(read_account(folder / "account", data), frames)


def cut_power(recording: Recording, folder: Path, seed: int) -> None:
    """Cut the power once and look at what a start finds."""
    chance = random.Random(seed)
    moment = chance.randint(1, len(recording.changes))
    cut_t = recording.changes[moment - 1].t
    for name, content in disk_after(recording.changes, moment, chance).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert set_aside_damaged(folder) == ()
    store = SessionStore(folder)
    with closing(Recorder(store)):
        store.check()
    handed = recording.frames[: bisect.bisect(recording.frames, cut_t)]
    before = handed[-1] if handed else cut_t
    sessions = store.list_sessions()
    if not sessions:
        assert not handed or before - handed[0] <= LOST_S
        return
    (session,) = sessions
    record = store.load_session(session.id)
    assert session.status == "interrupted"
    assert before - record.ended_t <= LOST_S
    try:
        poses = [pose.t for pose in read_pose_log(store.pose_log(session.id)).poses]
    except PoseLogError:
        poses = []  # before its first commit there is none, or none with a head
    assert before - max(poses, default=handed[0]) <= LOST_S


def test_a_power_cut_at_any_byte(recording: Recording, tmp_path: Path) -> None:
    assert len(recording.changes) > 100
    for seed in range(20):
        cut_power(recording, tmp_path / str(seed), seed)


@pytest.mark.slow
def test_200_power_cuts(recording: Recording, tmp_path: Path) -> None:
    for seed in range(100, 300):
        cut_power(recording, tmp_path / str(seed), seed)

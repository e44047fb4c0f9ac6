"""The standing calibration asked for from the tablet: progress, result, refusal, and where it is kept."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from device_parts import SIZE, Replay

from device.camera.frame import Frame
from device.current_runner import CurrentRunner, Origin
from device.errors import ConfigError
from device.feedback.cue import CueController
from device.feedback.indicator import NoLight
from device.gait.types import Facing, RunSetup
from device.live import LiveState
from device.pipeline import Pipeline
from device.pose.types import Keypoint, Pose
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore

SETUP = RunSetup(speed_mps=2.9, height_cm=176.0, facing=Facing.RIGHT)
HEIGHTS = {"nose": 75, "eye": 70, "ear": 72, "shoulder": 110, "elbow": 175, "wrist": 230}
HEIGHTS |= {"hip": 225, "knee": 320, "ankle": 410}
FPS = 30


def standing(seconds: float, walk_pxps: float = 0.0) -> list[Pose]:
    """Somebody who stands still and upright, seen from the side; or is carried along."""
    rng = np.random.default_rng(3)
    points = np.array([[320.0, HEIGHTS[k.name.lower().rpartition("_")[2]]] for k in Keypoint])
    points[Keypoint.NOSE, 0] += 30
    poses = []
    for k in range(round(seconds * FPS)):
        xy = points + rng.normal(0, 0.6, points.shape) + [walk_pxps * k / FPS, 0.0]
        poses.append(Pose(k / FPS, xy.astype(np.float32), np.full(len(Keypoint), 0.9, np.float32)))
    return poses


class Stood:
    """A pipeline fed with poses, frame by frame."""

    def __init__(self, folder: Path, poses: list[Pose]) -> None:
        self.store = SessionStore(folder)
        self.recorder = Recorder(self.store)
        runner = CurrentRunner(self.recorder, Origin("none", "", "none", "replay"))
        self.poses = poses
        self.pipeline = Pipeline(SIZE, SETUP, None, Replay(poses), CueController(), NoLight(), runner)

    def steps(self, first: int, last: int) -> list[LiveState]:
        width, height = SIZE
        frames = [Frame(pose.t, np.zeros((height, width, 3), np.uint8)) for pose in self.poses[first:last]]
        return [self.pipeline.step(frame) for frame in frames]


@pytest.fixture
def stood(tmp_path: Path) -> Iterator[Stood]:
    made = Stood(tmp_path, standing(14.0))
    yield made
    made.recorder.close()


def test_ten_seconds_of_standing_are_applied_shown_and_kept(stood: Stood) -> None:
    stood.steps(0, 30)
    stood.pipeline.capture_standing(10.0, 0.0)
    states = stood.steps(30, 14 * FPS)
    progress = [s.session.standing_progress for s in states if s.session.standing_progress is not None]
    assert progress == sorted(progress)
    assert progress[-1] > 0.9
    found = states[-1].session.standing
    assert found is not None
    assert states[-1].session.standing_progress is None
    assert stood.pipeline.setup.standing == found
    assert stood.pipeline.setup.lean_offset_deg == pytest.approx(found.lean_offset_deg)
    assert stood.pipeline.analyzer.setup.standing == found
    session_id = stood.pipeline.start_session("AB", "")
    stood.pipeline.runner.stop()
    assert stood.pipeline.runner.state.standing == found
    assert stood.recorder.flush()
    assert stood.store.load_session(session_id).meta.setup == stood.pipeline.setup


def test_it_is_forgotten_for_the_next_runner(stood: Stood) -> None:
    stood.pipeline.capture_standing(3.0, 0.0)
    stood.steps(0, 4 * FPS)
    assert stood.pipeline.setup.standing is not None
    stood.pipeline.forget_standing()
    assert stood.pipeline.setup == SETUP
    assert stood.pipeline.runner.state.standing is None


def test_a_refusal_says_why_and_changes_nothing(tmp_path: Path) -> None:
    stood = Stood(tmp_path, standing(14.0, walk_pxps=45.0))
    stood.pipeline.capture_standing(4.0, 0.0)
    last = stood.steps(0, 14 * FPS)[-1]
    stood.recorder.close()
    assert last.session.standing is None
    assert last.session.standing_progress is None
    assert "standing_moved" in {notice.code for notice in last.session.notices}
    assert stood.pipeline.setup == SETUP


def test_too_short_is_refused_at_once(stood: Stood) -> None:
    with pytest.raises(ConfigError, match="3 to 60 s"):
        stood.pipeline.capture_standing(1.0, 0.0)


def test_another_speed_keeps_it(stood: Stood) -> None:
    stood.pipeline.capture_standing(3.0, 0.0)
    stood.steps(0, 4 * FPS)
    setup = stood.pipeline.setup
    stood.pipeline.set_run(replace(setup, speed_mps=3.4))
    assert stood.pipeline.runner.state.standing == setup.standing

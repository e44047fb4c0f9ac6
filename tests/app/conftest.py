"""The demo clip, taken once through the whole device at full speed."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from device_parts import DemoRun

from device.app import MODEL_SIZE
from device.camera.frame import Frame
from device.camera.video import VideoCamera
from device.commands import DEMO_CUE, demo_region
from device.config import LightConfig
from device.current_runner import CurrentRunner, Origin
from device.demo.clip import DemoTruth, demo_clip, load_truth
from device.feedback.cue import CueController
from device.gait.types import Facing, RunSetup
from device.light import open_light
from device.pipeline import Pipeline
from device.pose.models import find
from device.pose.movenet import MoveNet
from device.pose.region import Region
from device.pose.tracker import PoseTracker
from device.pose.types import Pose
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore

AFTER_THE_SEAM_S = 6.5


class Remembering:
    """A pose tracker that keeps what it gave."""

    def __init__(self, tracker: PoseTracker) -> None:
        self._tracker = tracker
        self.poses: list[Pose] = []

    def estimate(self, frame: Frame) -> Pose:
        self.poses.append(self._tracker.estimate(frame))
        return self.poses[-1]

    def set_region(self, region: Region | None) -> None:
        self._tracker.set_region(region)


@pytest.fixture(scope="session")
def truth() -> DemoTruth:
    return load_truth()


@pytest.fixture(scope="session")
def demo_setup(truth: DemoTruth) -> RunSetup:
    return RunSetup(speed_mps=truth.belt_speed_mps, height_cm=truth.stature_cm, facing=Facing(truth.facing))


@pytest.fixture(scope="session")
def demo_run(truth: DemoTruth, demo_setup: RunSetup, tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    store = SessionStore(tmp_path_factory.mktemp("demo"))
    recorder = Recorder(store)
    light = open_light(LightConfig(kind="mock"))
    cues = CueController()
    cues.set(DEMO_CUE)
    region = demo_region(truth)
    net = MoveNet(find("lightning"))
    tracker = Remembering(PoseTracker(net, region))
    runner = CurrentRunner(recorder, Origin(net.model.name, net.model.sha256, net.runtime.name, "demo"))
    pipeline = Pipeline(MODEL_SIZE, demo_setup, region, tracker, cues, light, runner)
    camera = VideoCamera(demo_clip(), paced=False, loop=True)
    session_id = pipeline.start_session("demo", "")
    count = round((truth.duration_s + AFTER_THE_SEAM_S) * truth.fps)
    states = [
        # Without its picture: a thousand of them would fill the memory.
        replace(pipeline.step(frame), frame=Frame(frame.t, np.zeros((1, 1, 3), np.uint8)))
        for frame in islice(camera.frames(), count)
    ]
    runner.stop()
    camera.close()
    light.close()
    recorder.close()
    assert recorder.dropped == 0
    return DemoRun(truth, demo_setup, states, tracker.poses, store.load_session(session_id))


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """Fails a test after which a thread of the device still runs."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(30.0)
    assert not [thread.name for thread in left if thread.is_alive()]

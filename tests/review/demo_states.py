"""What the device publishes for the demo clip, with the clip's own landmarks in the network's place."""

from dataclasses import replace

import numpy as np

from device.camera.frame import Frame
from device.camera.video import VideoCamera
from device.demo.clip import DemoTruth, demo_clip
from device.feedback.types import CueState, LightState
from device.gait.analyzer import GaitAnalyzer
from device.gait.types import Facing, RunSetup
from device.live import LiveState, SessionState
from device.pose.region import Region
from device.pose.types import Pose
from device.review.rolling import Rolling

SIZE = (640, 480)
REGION = Region(0.15, 0.02, 0.7, 0.96)
IDLE = CueState(None, None, None, 0, None, LightState.ALIVE, None)


def demo_states(truth: DemoTruth, setup: RunSetup, seconds: float) -> list[LiveState]:
    """Give the first seconds of the clip as they would be published, with their pictures."""
    analyzer = GaitAnalyzer(SIZE, setup)
    score = np.full(17, 0.8, np.float32)
    states = []
    for i, frame in enumerate(VideoCamera(str(demo_clip()), paced=False).frames()):
        if i >= 60 * seconds:
            break
        pose = Pose(i / 60, truth.frames.landmarks_px[i].astype(np.float32), score)
        gait = analyzer.update(pose)
        states.append(
            LiveState(
                seq=i,
                frame=Frame(pose.t, frame.image),
                pose=pose,
                swapped=gait.swapped,
                near=analyzer.near,
                tracking=gait.tracking,
                cue=IDLE,
                tiles=(),
                steps=0,
                events=gait.events,
                deviations=(),
                session=SessionState(),
                fps=60.0,
                latency_s=0.02,
                recent_events=gait.events,
                recent_form=gait.form,
            )
        )
    return states


def demo_setup(truth: DemoTruth) -> RunSetup:
    return RunSetup(speed_mps=truth.belt_speed_mps, height_cm=truth.stature_cm, facing=Facing(truth.facing))


def filled(states: list[LiveState], *, pictures: bool, until_s: float = 1e9) -> Rolling:
    """Give the rolling memory after these states."""
    rolling = Rolling(lambda: pictures)
    for state in states:
        if state.frame.t <= until_s:
            rolling.add(state, REGION)
    return rolling


def later(state: LiveState, t: float) -> LiveState:
    """Give the same frame at another time."""
    return replace(state, frame=Frame(t, state.frame.image), pose=replace(state.pose, t=t))

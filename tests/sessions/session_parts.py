"""What the session tests record: a runner at 170 steps a minute, frame by frame."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from device.feedback.types import Band, CueSetting, CueState, LightState
from device.gait.types import (
    Activity,
    EventKind,
    Facing,
    FormMetrics,
    GaitEvent,
    GaitUpdate,
    RunSetup,
    Side,
    Stride,
    Tracking,
    View,
)
from device.pose.region import Region
from device.pose.types import N_KEYPOINTS, Pose
from device.sessions.types import SessionMeta

META = SessionMeta(
    label="A. B.",
    note="left knee",
    started_t=100.0,
    size=(640, 480),
    setup=RunSetup(speed_mps=2.8, grade_pct=1.0, height_cm=178.0, facing=Facing.RIGHT),
    region=Region(0.1, 0.0, 0.8, 1.0),
    software="0.1.0",
    model="lightning",
    model_sha256="ab" * 32,
    runtime="LiteRT 2.3.0",
    camera="clip",
)
TRACKING = Tracking(True, Activity.RUNNING, View.LEFT, Facing.RIGHT, 1.0, 12, 0, 2.8, False)
SETTING = CueSetting("cadence_spm", Band(165.0, None))
IN_BAND = CueState(SETTING, 170.0, 2.0, 10, None, LightState.ALIVE, 1.0)
BELOW = replace(IN_BAND, value=160.0, outside="below", light=LightState.CUE)
STEP_S = 60 / 170

Frame = tuple[Pose, GaitUpdate, CueState]


def pose(t: float) -> Pose:
    xy = 200 + 50 * np.sin(t + np.arange(2 * N_KEYPOINTS, dtype=np.float32)).reshape(-1, 2)
    return Pose(t, xy.astype(np.float32), np.full(N_KEYPOINTS, 0.75, np.float32))


def form(t: float, cadence_spm: float = 170.0, side: Side = Side.LEFT) -> FormMetrics:
    return FormMetrics(t=t, side=side, near=side is Side.LEFT, cadence_spm=cadence_spm, step_time_s=STEP_S)


def running(start_t: float, duration_s: float, fps: float = 60.0) -> Iterator[Frame]:
    """Give frames after `start_t`; every 20th brings a step, every 40th a stride."""
    for k in range(1, round(duration_s * fps) + 1):
        t = start_t + k / fps
        gait = GaitUpdate(t, TRACKING)
        if k % 20 == 0:
            side = Side.LEFT if k % 40 == 0 else Side.RIGHT
            strides = (Stride(side, True, t - 2 * STEP_S, t - STEP_S, t),) if k % 40 == 0 else ()
            event = GaitEvent(EventKind.INITIAL_CONTACT, side, t - 0.05, side is Side.LEFT)
            gait = replace(gait, events=(event,), strides=strides, form=(form(t, side=side),))
        yield pose(t), gait, IN_BAND

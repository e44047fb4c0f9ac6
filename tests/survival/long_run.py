"""A runner on the treadmill for hours, as fast as the machine allows: everything after the network.

Recorded keypoints go through analyzer, cue, light, visit and recorder; sessions begin and end, the
stream is described for a viewer. Only camera, network and HTTP are left out.
"""

import gc
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from oracle.runner import Runner
from oracle.view import SIZE, View, times

from device.app import open_light
from device.camera.frame import Frame
from device.config import LightConfig
from device.feedback.cue import CueController
from device.feedback.types import Band, CueSetting
from device.gait.types import RunSetup
from device.live import LiveState
from device.pipeline import Pipeline
from device.pose.region import Region
from device.pose.types import Pose
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.visit import Origin, Visit
from device.web.trends import Trends
from device.web.wire import describe, message

FPS = 30.0
LOOP_S = 40.0
PAUSE_S = 60.0


@dataclass(frozen=True)
class Look:
    """The process at one moment of the simulated day."""

    hours: float
    rss_bytes: int
    handles: int
    threads: int
    steps: int


class Loop:
    """Keypoints of a synthetic runner, over and over."""

    def __init__(self) -> None:
        t = times(LOOP_S, FPS, 0.0)
        noise = np.random.default_rng(1).normal(0, 1.0, (len(t), 17, 2))
        self._xy = (View().pixels(Runner().keypoints(t)) + noise).astype(np.float32)
        self._score = np.full(17, 0.9, np.float32)
        self.running = True
        self._next = 0

    def estimate(self, frame: Frame) -> Pose:
        if not self.running:
            return Pose.missing(frame.t)
        self._next = (self._next + 1) % len(self._xy)
        return Pose(frame.t, self._xy[self._next], self._score)

    def set_region(self, region: Region | None) -> None:
        pass


def live_through(folder: Path, hours: float, look_every_h: float, session_s: float) -> Iterator[Look]:
    """Run for so many hours of the runner's time; gives a look at the process now and then.

    session_s: length of each recording; a minute without a runner follows.
    """
    store = SessionStore(folder)
    recorder, light, poses = Recorder(store), open_light(LightConfig(kind="mock")), Loop()
    cues = CueController()
    cues.set(CueSetting("cadence_spm", Band(172.0, None)))
    visit = Visit(recorder, Origin("lightning", "0" * 64, "replay", "oracle"))
    clock = {"t": 1000.0}
    pipeline = Pipeline(SIZE, RunSetup(2.8), None, poses, cues, light, visit, now=lambda: clock["t"])
    trends, image = Trends(), np.zeros((1, 1, 3), np.uint8)
    process, next_look_s = psutil.Process(), 0.0
    try:
        for number in range(round(hours * 3600 * FPS)):
            since_s = number / FPS
            clock["t"] = 1000.0 + since_s
            into_s = since_s % (session_s + PAUSE_S)
            poses.running = into_s < session_s
            if number % round(FPS) == 0:
                _begin_or_end(pipeline, into_s, session_s)
            state = pipeline.step(Frame(clock["t"], image))
            if number % 150 == 0:
                _show(trends, state, pipeline)
                assert recorder.flush(60.0)
            if since_s >= next_look_s:
                next_look_s += 3600 * look_every_h
                gc.collect()
                yield Look(
                    since_s / 3600,
                    process.memory_info().rss,
                    process.num_fds(),
                    threading.active_count(),
                    visit.steps,
                )
        visit.stop()
        assert recorder.flush(60.0)
        assert recorder.dropped == 0
    finally:
        light.close()
        recorder.close()


def _begin_or_end(pipeline: Pipeline, into_s: float, session_s: float) -> None:
    recording = pipeline.visit.state.id is not None
    if into_s < session_s and not recording:
        pipeline.start_session("AB", "")
        pipeline.visit.capture_baseline(60.0)
    elif into_s >= session_s and recording:
        pipeline.visit.stop()
    elif recording and round(into_s) % 300 == 0:
        pipeline.visit.mark(pipeline.t, "five minutes")


def _show(trends: Trends, state: LiveState, pipeline: Pipeline) -> None:
    trends.add(state)
    message(describe(state, pipeline.setup, pipeline.region, state.frame.t))
    message(trends.header())

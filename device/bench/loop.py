"""Bare `invoke` against the whole loop, taken in turn so that both see the same machine."""

import gc
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from device.bench.clip import SIZE, Clip
from device.camera.frame import Frame, Image
from device.current_runner import CurrentRunner, Origin
from device.errors import IndicatorError
from device.feedback.cue import CueController
from device.feedback.types import Band, CueSetting, LightState
from device.pipeline import Pipeline
from device.pose.models import find
from device.pose.movenet import MoveNet
from device.pose.tracker import PoseTracker
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore

WARM_UP = 30


class LitAt:
    """A light that only remembers when it was last told something."""

    def __init__(self) -> None:
        self.t = 0.0
        self.fault: IndicatorError | None = None

    def show(self, state: LightState) -> None:
        """Note the time."""
        self.t = time.perf_counter()

    def close(self) -> None:
        """Do nothing."""


def loop_figures(clip: Clip, model: str, runtime: str) -> dict[str, Any]:
    """Time every frame of the clip: bare invoke, whole step, and frame in memory to light decision; ms.

    `overhead_ratio_cpu` is step against invoke in processor time of this thread: what other programs do
    disturbs it less than the clock.
    """
    cv2.setNumThreads(1)
    net = MoveNet(find(model), threads=1, runtime=runtime)
    light = LitAt()
    with tempfile.TemporaryDirectory(prefix="treadlight-bench-") as folder:
        recorder = Recorder(SessionStore(Path(folder)))
        pipeline = _pipeline(clip, net, light, recorder)
        pipeline.start_session("bench", "")
        buffer = np.empty_like(clip.frames[0])
        # As the device does at its start.
        gc.collect()
        gc.freeze()
        times = np.array(
            [
                _time_frame(pipeline, net, light, Frame(i * clip.period_s, buffer), image)
                for i, image in enumerate(clip.frames)
            ]
        )
        gc.unfreeze()
        recorder.close()
    invoke, step, lit, invoke_cpu, step_cpu = 1000.0 * times[WARM_UP:].T
    return {
        "invoke_ms": float(np.median(invoke)),
        "loop_ms": float(np.median(step)),
        "overhead_ratio": float(np.median(step) / np.median(invoke)),
        "overhead_ratio_cpu": float(np.median(step_cpu) / np.median(invoke_cpu)),
        "frame_to_light_ms": {
            "p50": float(np.percentile(lit, 50)),
            "p95": float(np.percentile(lit, 95)),
        },
        "frames": len(step),
    }


def _pipeline(clip: Clip, net: MoveNet, light: LitAt, recorder: Recorder) -> Pipeline:
    cues = CueController()
    cues.set(CueSetting("trunk_lean_deg", Band(2.5, 10.0)))
    runner = CurrentRunner(recorder, Origin(net.model.name, net.model.sha256, net.runtime.name, "bench"))
    return Pipeline(SIZE, clip.setup, clip.region, PoseTracker(net, clip.region), cues, light, runner)


def _time_frame(
    pipeline: Pipeline, net: MoveNet, light: LitAt, frame: Frame, picture: Image
) -> tuple[float, float, float, float, float]:
    """Give seconds of one bare invoke, one whole step, frame to light; then CPU seconds of the first two.

    picture: copied into the frame first, as a camera has just done when it gives one.
    """
    start, start_cpu = time.perf_counter(), time.thread_time()
    net.interpreter.invoke()
    invoked, invoked_cpu = time.perf_counter(), time.thread_time()
    np.copyto(frame.image, picture)
    begun, begun_cpu = time.perf_counter(), time.thread_time()
    pipeline.step(frame)
    end, end_cpu = time.perf_counter(), time.thread_time()
    return invoked - start, end - begun, light.t - begun, invoked_cpu - start_cpu, end_cpu - begun_cpu

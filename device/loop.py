"""The pose thread: frames in, the operator's wishes carried out between two frames."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from device.camera.frame import Camera
from device.errors import TreadlightError
from device.feedback.light_test import LightSeen
from device.feedback.training import RunPlan
from device.feedback.types import Band, CueSetting
from device.gait.catalog import METRICS
from device.gait.types import RunSetup
from device.live import LiveState, Newest
from device.pipeline import Pipeline
from device.pose.region import Region

T = TypeVar("T")
ANSWER_WITHIN_S = 2.0


class FrameLoop:
    """Runs the pipeline over a camera in a thread of its own and implements `DeviceControl`.

    Every change asked for from another thread waits for the gap between two frames, so nothing in the
    pipeline needs a lock. keep_region: stores what the operator drew.
    """

    def __init__(self, pipeline: Pipeline, keep_region: Callable[[Region | None], None]) -> None:
        self._pipeline = pipeline
        self._keep_region = keep_region
        self._wishes: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._region_order = threading.Lock()
        self.frames = 0
        """Frames processed so far; the main thread's heartbeat watches it rise."""
        self.fps_asked: float | None = None
        """Frames a second that the camera in use was asked for."""

    def run(self, camera: Camera) -> None:
        """Process frames until the camera ends or is closed.

        Raises CameraError when the camera fails; the caller decides whether to try again.
        """
        self.fps_asked = camera.fps
        step, wishes = self._pipeline.step, self._wishes
        for frame in camera.frames():
            while wishes:
                self._carry_out()
            step(frame)
            self.frames += 1

    def idle(self) -> bool:
        """Carry out wishes while there is no camera; tells whether there were any."""
        asked = bool(self._wishes)
        while self._wishes:
            self._carry_out()
        return asked

    def _carry_out(self) -> None:
        wish, answer = self._wishes.popleft()
        if not answer.set_running_or_notify_cancel():
            return
        try:
            answer.set_result(wish())
        # Whoever asked is told, whatever it was; the runner's frames go on.
        except Exception as error:  # noqa: BLE001
            answer.set_exception(error)

    def _between_frames(self, wish: Callable[[], T]) -> T:
        answer: Future[T] = Future()
        self._wishes.append((wish, answer))
        try:
            return answer.result(ANSWER_WITHIN_S)
        except TimeoutError:
            if not answer.cancel():
                # It was begun at the last moment, so it is being done and its answer is near.
                return answer.result(ANSWER_WITHIN_S)
            raise TreadlightError(
                "The camera gives no picture, so nothing was changed. Check the camera and try again."
            ) from None

    @property
    def live(self) -> Newest[LiveState]:
        """The newest frame with everything known about it."""
        return self._pipeline.live

    @property
    def setup(self) -> RunSetup:
        """Speed, grade, height and direction in use."""
        return self._pipeline.setup

    @property
    def region(self) -> Region | None:
        """Where the treadmill is in the picture."""
        return self._pipeline.region

    def start_session(self, label: str, note: str = "") -> int:
        """Begin recording for `label`; gives the session's id."""
        return self._between_frames(lambda: self._pipeline.start_session(label, note))

    def stop_session(self) -> None:
        """End the recording; harmless when none runs."""
        self._between_frames(self._pipeline.runner.stop)

    def set_cue(self, metric: str, band: Band) -> None:
        """Let the light follow one metric; refused when the band is narrower than today's noise."""
        self._between_frames(lambda: self._pipeline.cues.set(CueSetting(metric, band)))

    def noises(self) -> dict[str, float]:
        """Give the SD of one value of each metric today."""
        return self._between_frames(lambda: {name: self._pipeline.cues.noise(name) for name in METRICS})

    def show_cue(self, shown: bool) -> None:
        """Give or withhold the cue."""
        self._between_frames(lambda: self._pipeline.cues.show(shown))

    def clear_cue(self) -> None:
        """Follow no metric."""
        self._between_frames(lambda: self._pipeline.cues.set(None))

    def start_run(self, plan: RunPlan) -> None:
        """Begin a feedback run."""
        self._between_frames(lambda: self._pipeline.start_run(plan))

    def pause_run(self, paused: bool) -> None:
        """Stop the feedback run or go on with it."""
        self._between_frames(lambda: self._pipeline.runner.pause_run(paused))

    def skip_block(self) -> None:
        """End the present block of the run now."""
        self._between_frames(self._pipeline.runner.skip_block)

    def end_run(self) -> None:
        """End the feedback run; harmless when there is none."""
        self._between_frames(self._pipeline.end_run)

    def capture_baseline(self, duration_s: float = 60.0) -> None:
        """Begin to capture this runner's own values over `duration_s` of valid running."""
        self._between_frames(lambda: self._pipeline.runner.capture_baseline(duration_s))

    def capture_standing(self, duration_s: float = 10.0, neutral_deg: float = 0.0) -> None:
        """Begin the standing calibration."""
        self._between_frames(lambda: self._pipeline.capture_standing(duration_s, neutral_deg))

    def forget_standing(self) -> None:
        """Measure without a standing calibration."""
        self._between_frames(self._pipeline.forget_standing)

    def test_light(self) -> None:
        """Blink a code and look for it in the picture."""
        self._between_frames(self._pipeline.test_light)

    @property
    def light_test(self) -> tuple[float | None, LightSeen | None]:
        """Share done of the test of the light that runs, None without; and what the last one found."""
        test = self._pipeline.light_test
        return None if test is None else test.progress, self._pipeline.light_seen

    def mark(self, label: str) -> None:
        """Set a named mark at the newest frame's time."""
        self._between_frames(lambda: self._pipeline.runner.mark(self._pipeline.t, label))

    def set_run(self, setup: RunSetup) -> None:
        """Change speed, grade, height or direction."""
        self._between_frames(lambda: self._pipeline.set_run(setup))

    def set_region(self, region: Region | None) -> None:
        """Say where the treadmill is in the picture; kept for the next start."""
        # Two tablets drawing at once: the one that is used is the one that is kept.
        with self._region_order:
            self._between_frames(lambda: self._pipeline.set_region(region))
            self._keep_region(region)

"""What happens to one frame: pose, gait, cue, light; then everything that may wait."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import numpy as np

from device.camera.frame import Frame
from device.current_runner import CurrentRunner
from device.errors import IndicatorError, TreadlightError
from device.feedback.cue import CueController
from device.feedback.light_test import LightSeen, LightTest
from device.feedback.training import RunPlan
from device.feedback.types import CueState, LightState
from device.gait.analyzer import GaitAnalyzer
from device.gait.standing import StandingCapture, standing_setup
from device.gait.types import FormMetrics, GaitEvent, GaitUpdate, RunSetup, Standing
from device.live import LiveState, Newest, SeenPose
from device.pose.region import Region
from device.pose.types import Pose
from device.rate import Rate

RECENT = 16
"""Events, steps and strides (two seconds' worth) and poses (a quarter) published again with each frame."""


class PoseEstimator(Protocol):
    """Anything that says where the runner's joints are in a frame."""

    def estimate(self, frame: Frame) -> Pose:
        """Give the runner's pose, or `Pose.missing` when there is no runner to trust."""

    def set_region(self, region: Region | None) -> None:
        """Look for the runner here only."""


class Indicator(Protocol):
    """Anything that shows one of the four light states."""

    fault: IndicatorError | None
    """Why it no longer shows them; None while it does."""

    def show(self, state: LightState) -> None:
        """Show a state; costs next to nothing when it is already shown."""

    def close(self) -> None:
        """Go dark and let go of the hardware."""


class Pipeline:
    """Takes one frame from picture to light, then publishes and records what it learned.

    Not thread-safe: everything here belongs to the thread that calls `step`.
    """

    def __init__(
        self,
        size: tuple[int, int],
        setup: RunSetup,
        region: Region | None,
        estimator: PoseEstimator,
        cues: CueController,
        light: Indicator,
        runner: CurrentRunner,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.size = size
        self.setup = setup
        self.region = region
        self.estimator = estimator
        self.analyzer = GaitAnalyzer(size, setup)
        self.cues = cues
        self.light = light
        self.runner = runner
        self.live: Newest[LiveState] = Newest()
        self.t = 0.0
        """Time of the newest frame, seconds."""
        self._rate = Rate()
        self._now = now
        self._seq = 0
        self._recent_events: tuple[GaitEvent, ...] = ()
        self._recent_form: tuple[FormMetrics, ...] = ()
        self._recent_poses: tuple[SeenPose, ...] = ()
        self._standing: StandingCapture | None = None
        self.light_test: LightTest | None = None
        """The test of the light that runs now."""
        self.light_seen: LightSeen | None = None
        """What the last test of the light found."""

    def step(self, frame: Frame) -> LiveState:
        """Carry one frame from picture to light; the light comes before anything that may wait."""
        pose = self.estimator.estimate(frame)
        gait = self.analyzer.update(pose)
        run = self.runner.advance(frame.t)
        if run is not None:
            self.cues.show(run.lit)
        cue = self.cues.update(gait)
        self.light.show(cue.light if self.light_test is None else self._test(self.light_test, frame))
        self._rate.add(frame.t, self._now() - frame.t)
        self.runner.update(pose, gait, cue, self.setup)
        if self._standing is not None:
            self._follow_standing(self._standing, pose)
        state = self._state(frame, pose, gait, cue)
        self.live.put(state)
        return state

    def test_light(self) -> None:
        """Blink a code and look for it in the picture. Raises TreadlightError while a session is recorded."""
        if self.runner.state.id is not None:
            raise TreadlightError(
                "The light is needed for the recording. End the recording, then test the light."
            )
        self.light_test = LightTest()

    def _test(self, test: LightTest, frame: Frame) -> LightState:
        shown = test.look(frame.t, frame.image)
        if test.result is not None:
            self.light_seen, self.light_test = test.result, None
        return shown

    def begin(self, size: tuple[int, int]) -> None:
        """Prepare for frames of this width and height, after a camera was opened."""
        if size != self.size:
            self.size = size
            self.analyzer = GaitAnalyzer(size, self.setup)

    def set_run(self, setup: RunSetup) -> None:
        """Use another speed, slope, height or direction from the next frame on."""
        self.setup = setup
        self.analyzer.set_setup(setup)
        self.cues.blank(self.t)
        self.runner.set_run(self.t, setup)

    def capture_standing(self, duration_s: float, neutral_deg: float) -> None:
        """Begin the standing calibration. Raises ConfigError when it would be too short."""
        self._standing = StandingCapture(self.setup, duration_s, neutral_deg)
        self.runner.stands(self._standing)

    def forget_standing(self) -> None:
        """Measure without a standing calibration."""
        self._standing = None
        self._stand(None)

    def _follow_standing(self, capture: StandingCapture, pose: Pose) -> None:
        capture.update(pose)
        self.runner.stands(capture)
        if capture.standing is not None:
            self._stand(capture.standing)
        if capture.done:
            self._standing = None

    def _stand(self, standing: Standing | None) -> None:
        self.runner.stood(standing)
        self.set_run(standing_setup(self.setup, standing))

    def set_region(self, region: Region | None) -> None:
        """Look for the runner in this part of the picture only, from the next frame on."""
        self.region = region
        self.estimator.set_region(region)

    def start_session(self, label: str, note: str) -> int:
        """Begin recording; gives the session's id. Raises StoreError when one is running already."""
        return self.runner.start(label, note, self.t, self.size, self.setup, self.region)

    def start_run(self, plan: RunPlan) -> None:
        """Begin a feedback run. Raises TreadlightError when no cue is chosen."""
        if self.cues.setting is None:
            raise TreadlightError("No cue is chosen. Choose one measure and its band, then start the run.")
        self.runner.start_run(plan, self.t)

    def end_run(self) -> None:
        """End the feedback run; the cue is then withheld. Harmless when there is none."""
        if self.runner.state.run is not None:
            self.runner.end_run()
            self.cues.show(False)

    def fail(self, message: str, t: float) -> None:
        """Go dark and say on every screen why there are no frames; `t` is now, in seconds of the frame clock.

        Called again, it also shows what the operator has changed meanwhile.
        """
        self.light.show(LightState.OFF)
        last = self.live.latest() or self._blank(t)
        self._seq += 1
        self.live.put(
            replace(
                last,
                seq=self._seq,
                tracking=replace(last.tracking, measuring=False),
                cue=CueState(self.cues.setting, None, None, 0, None, LightState.OFF, None),
                tiles=(),
                session=self.runner.state,
                error=message,
            )
        )

    def _blank(self, t: float) -> LiveState:
        """Give what is known before the first frame: nothing."""
        width, height = self.size
        pose = Pose.missing(t)
        gait = self.analyzer.update(pose)
        return self._state(
            Frame(t, np.zeros((height, width, 3), np.uint8)), pose, gait, self.cues.update(gait)
        )

    def _state(self, frame: Frame, pose: Pose, gait: GaitUpdate, cue: CueState) -> LiveState:
        self.t = frame.t
        self._seq += 1
        seen = SeenPose(pose, gait.swapped, gait.tracking.measuring)
        self._recent_poses = (*self._recent_poses[1 - RECENT :], seen)
        if gait.events or gait.form:
            self._recent_events = (*self._recent_events, *gait.events)[-RECENT:]
            self._recent_form = (*self._recent_form, *gait.form)[-RECENT:]
        return LiveState(
            seq=self._seq,
            frame=frame,
            pose=pose,
            swapped=gait.swapped,
            near=self.analyzer.near,
            tracking=gait.tracking,
            cue=cue,
            tiles=self.runner.tiles,
            steps=self.runner.steps,
            events=gait.events,
            deviations=self.runner.deviations,
            session=self.runner.state,
            fps=self._rate.fps,
            latency_s=self._rate.latency_s,
            latency_p95_s=self._rate.latency_p95_s,
            light_fault=None if self.light.fault is None else str(self.light.fault),
            recent_events=self._recent_events,
            recent_form=self._recent_form,
            recent_poses=self._recent_poses,
        )

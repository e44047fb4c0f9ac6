"""A device that runs without a camera: a drawn runner, real types, real publishing, real thread."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from device.camera.frame import Frame, Image
from device.errors import ConfigError, TreadlightError
from device.feedback.light_test import LightSeen
from device.feedback.schedule import ScheduledRun
from device.feedback.training import RunPlan
from device.feedback.types import Band, Baseline, CueSetting, CueState, Deviation, LightState
from device.gait.catalog import METRICS
from device.gait.types import Activity, Facing, Notice, RunSetup, Side, Stat, Tracking, View
from device.live import LiveState, Newest, SessionState, Tile
from device.pose.region import Region
from device.pose.types import Pose

Picture = Callable[[float], tuple[Image, NDArray[np.float32]]]
VALUES = {
    "trunk_lean_deg": (7.0, 0.6),
    "cadence_spm": (162.0, 1.2),
    "knee_flexion_contact_deg": (17.0, 2.0),
    "hip_bounce_cm": (8.9, 0.3),
    "knee_excursion_deg": (28.0, 3.0),
    "overstride_pct": (24.0, 1.5),
}
OWN = {
    "trunk_lean_deg": Stat(4.0, 0.5, 46),
    "cadence_spm": Stat(161.0, 2.0, 140),
    "knee_flexion_contact_deg": Stat(16.5, 1.7, 70),
    "hip_bounce_cm": Stat(9.2, 0.42, 70),
    "knee_excursion_deg": Stat(28.0, 2.0, 70),
    "overstride_pct": Stat(24.0, 1.0, 70),
}
SWAPS = Notice(
    "swaps",
    "Left and right swapped 6 times in 20 s. Put the dark band on the near thigh, or add light from the "
    "camera side; measuring restarts by itself after 5 clean strides.",
)
OVER_UPRIGHT = Deviation(
    "over_upright", "Over-upright trunk", "posture", "individual", True, "4.0°, falls 2°", "clinical picture"
)


def drawn_runner(t: float) -> tuple[Image, NDArray[np.float32]]:
    """Give a 640x480 picture of a stick runner and its keypoints at time t."""
    image = np.full((480, 640, 3), (70, 84, 96), np.uint8)
    cv2.rectangle(image, (120, 430), (520, 470), (30, 34, 38), -1)
    swing = math.sin(2 * math.pi * 1.35 * t)
    hip, shoulder = np.array([310.0, 230 + 8 * swing]), np.array([330.0, 110 + 8 * swing])
    xy = np.full((17, 2), np.nan, np.float32)
    for side, phase in ((0, 1.0), (1, -1.0)):
        thigh, knee = 0.5 * swing * phase, 0.6 - 0.5 * swing * phase
        joint = hip + 90 * np.array([math.sin(thigh), math.cos(thigh)])
        ankle = joint + 95 * np.array([math.sin(thigh - knee), math.cos(thigh - knee)])
        elbow = shoulder + 60 * np.array([-math.sin(0.6 * swing * phase), 1.0])
        points = (shoulder, elbow, elbow + np.array([45.0, -12]), hip, joint, ankle)
        for row, point in zip((5, 7, 9, 11, 13, 15), points, strict=True):
            xy[row + side] = point
        for start, end in ((0, 1), (1, 2), (0, 3), (3, 4), (4, 5)):
            ends = [tuple(int(v) for v in points[i]) for i in (start, end)]
            cv2.line(image, ends[0], ends[1], (206, 170, 140) if side else (160, 120, 96), 22)
    return image, xy


class ScriptedDevice:
    """Implements DeviceControl; tests set `measuring`, `values` or `silent` and see what the tablet shows."""

    def __init__(self, picture: Picture = drawn_runner, fps: float = 30.0) -> None:
        self.live: Newest[LiveState] = Newest()
        self._picture = picture
        self._period_s = 1.0 / fps
        self._fps = fps
        self._seq = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scripted", daemon=True)
        self.reset()

    def reset(self) -> None:
        """Be as at first: measuring, no session, no cue."""
        self.setup = RunSetup(speed_mps=2.8, height_cm=175)
        self.region: Region | None = None
        self.values = dict(VALUES)
        self.measuring = True
        self.silent = False
        self.error: str | None = None
        self.light_fault: str | None = None
        self.deviations: tuple[Deviation, ...] = ()
        self.calls: list[tuple[object, ...]] = []
        self._cue: CueSetting | None = None
        self._session = SessionState()
        self.tested = False
        self._baseline_since: float | None = None
        self._run_of: ScheduledRun | None = None

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(2.0)

    def _run(self) -> None:
        while not self._stop.wait(self._period_s):
            if not self.silent:
                self.step(time.monotonic())

    def step(self, t: float) -> None:
        """Publish one frame of time t."""
        progress = self._run_of.update(t) if self._run_of else None
        if progress is not None and self._cue is not None:
            self._cue = replace(self._cue, shown=progress.lit)
        image, xy = self._picture(t)
        found = np.isfinite(xy[:, 0])
        score = np.where(found, np.float32(0.8), np.float32(0)).astype(np.float32)
        if not self.measuring:
            score[13:] = np.where(found[13:], 0.1, 0)
        self._seq += 1
        self.live.put(
            LiveState(
                seq=self._seq,
                frame=Frame(t, image),
                pose=Pose(t, xy.astype(np.float32), score),
                swapped=False,
                near=Side.RIGHT,
                tracking=self._tracking(),
                cue=self._cue_state(t),
                tiles=tuple(self._tile(name, t) for name in self.values),
                steps=int(t * 2.7),
                events=(),
                deviations=self.deviations,
                session=replace(self._session_at(t), run=progress),
                fps=self._fps,
                latency_s=0.031,
                error=self.error,
                light_fault=self.light_fault,
            )
        )

    def _value(self, name: str, t: float) -> float:
        mean, sd = self.values[name]
        step = int(t * 2.7)
        return mean + 0.35 * sd * (math.sin(0.37 * step) + math.sin(0.11 * step + mean))

    def _tracking(self) -> Tracking:
        good = self.measuring
        return Tracking(
            measuring=good,
            activity=Activity.RUNNING,
            view=View.RIGHT,
            facing=Facing.RIGHT,
            valid_fraction=0.98 if good else 0.41,
            points=12 if good else 9,
            swaps=0 if good else 6,
            speed_mps=self.setup.speed_mps,
            speed_estimated=False,
            notices=() if good else (SWAPS,),
        )

    def _cue_state(self, t: float) -> CueState:
        cue = self._cue
        idle = LightState.ALIVE if self.measuring else LightState.NOT_MEASURING
        if cue is None or not self.measuring:
            return CueState(cue, None, None, 0, None, idle, None if cue is None else 0.82)
        value, (_, sd) = self._value(cue.metric, t), self.values[cue.metric]
        below = cue.band.low is not None and value < cue.band.low
        above = cue.band.high is not None and value > cue.band.high
        light = LightState.CUE if cue.shown and (below or above) else idle
        outside = "below" if below else "above" if above else None
        return CueState(cue, value, sd, 10, outside, light, 0.71 if outside else 0.82)

    def _tile(self, name: str, t: float) -> Tile:
        value, (_, sd) = self._value(name, t), self.values[name]
        own = OWN[name] if self._session.baseline else None
        return Tile(name, Stat(value, sd, 10) if self.measuring else None, value, own)

    def _session_at(self, t: float) -> SessionState:
        if self._baseline_since is not None:
            done = (t - self._baseline_since) / 60
            if done < 1:
                return replace(self._session, baseline_progress=done)
            self._baseline_since = None
            self.finish_baseline()
        return self._session

    def settle(self) -> None:
        """Wait until a frame that began after the change is out, as the real loop does."""
        version = 0
        # The newest, which is there already; the one that may have begun before; the one that is meant.
        for _ in range(3):
            version, _state = self.live.wait(version, 1.0)

    def finish_baseline(self) -> None:
        self._baseline_since = None
        self._session = replace(self._session, baseline=Baseline(time.monotonic(), 60.0, 2.8, OWN))

    def refuse_baseline(self, notice: Notice) -> None:
        self._baseline_since = None
        self._session = replace(self._session, notices=(notice,))

    def start_session(self, label: str, note: str = "") -> int:
        if label == "full":
            raise TreadlightError("The disk is full. Delete old recordings, then start again.")
        self.calls.append(("start", label, note))
        self._session = replace(self._session, id=1, started_t=time.monotonic(), label=label)
        self.settle()
        return 1

    def stop_session(self) -> None:
        self._run_of = None
        self._session = SessionState()
        self.settle()

    def set_cue(self, metric: str, band: Band) -> None:
        if band.low is not None and band.high is not None and band.high - band.low < 0.5:
            raise ConfigError("The band is narrower than the runner now varies. Make it at least 0.5 wide.")
        self.calls.append(("cue", metric, band))
        self._cue = CueSetting(metric, band)
        self.settle()

    def noises(self) -> dict[str, float]:
        return {name: metric.noise for name, metric in METRICS.items()}

    def show_cue(self, shown: bool) -> None:
        if self._cue:
            self._cue = replace(self._cue, shown=shown)
        self.settle()

    def clear_cue(self) -> None:
        self._cue = None
        self.settle()

    def capture_baseline(self, duration_s: float = 60.0) -> None:
        self._baseline_since = time.monotonic()
        self.settle()

    def start_run(self, plan: RunPlan) -> None:
        if self._cue is None:
            raise TreadlightError("No cue is chosen. Choose one measure and its band, then start the run.")
        self.calls.append(("run", plan))
        self._run_of = ScheduledRun(plan.blocks, time.monotonic())
        self._session = replace(self._session, plan=plan)
        self.settle()

    def pause_run(self, paused: bool) -> None:
        if self._run_of is None:
            raise TreadlightError("No feedback run is in progress. Choose a cue and start one.")
        self._run_of.pause(paused)
        self.settle()

    def skip_block(self) -> None:
        if self._run_of is None:
            raise TreadlightError("No feedback run is in progress. Choose a cue and start one.")
        self._run_of.skip()
        self.settle()

    def end_run(self) -> None:
        self._run_of = None
        self._session = replace(self._session, plan=None, run=None)
        self.settle()

    def test_light(self) -> None:
        self.tested = True

    @property
    def light_test(self) -> tuple[float | None, LightSeen | None]:
        return None, LightSeen(True, 0.05, 40.0, (0.8, 0.2)) if self.tested else None

    def capture_standing(self, duration_s: float = 10.0, neutral_deg: float = 0.0) -> None:
        self.calls.append(("standing", duration_s, neutral_deg))

    def forget_standing(self) -> None:
        self.calls.append(("standing forgotten",))

    def mark(self, label: str) -> None:
        marks = (*self._session.marks, (time.monotonic(), label))
        self._session = replace(self._session, marks=marks)
        self.settle()

    def set_run(self, setup: RunSetup) -> None:
        self.setup = setup

    def set_region(self, region: Region | None) -> None:
        self.region = region

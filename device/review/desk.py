"""What the review screens look at, for one device: the last seconds, the camera's level, what is held."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from device.control import DeviceControl
from device.errors import TreadlightError
from device.feedback.types import Baseline, CueSetting
from device.gait.summary import summarize
from device.gait.types import RunSetup, Stat
from device.live import LiveState
from device.pose.region import Region
from device.review.camera_check import CameraCheck, examine
from device.review.framing import propose_region
from device.review.keyframes import key_frames
from device.review.level import LevelMeter
from device.review.moments import Moments, stage_of
from device.review.rolling import Rolling
from device.review.types import Frozen, KeyFrames

ASK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What was held still, with the means of form it is judged by.

    over: baseline when the means are the baseline's minute, recent when they are the last seconds'.
    """

    frozen: Frozen
    frames: KeyFrames
    over: str
    stats: dict[str, Stat]
    setup: RunSetup
    speed_mps: float | None
    baseline: Baseline | None
    target: CueSetting | None


class Desk:
    """Follows the device for the review screens.

    may_picture: whether pictures of this runner may be kept in memory. keep: stores key frames as far as
    consent allows. whose: tells runners apart; when it changes all that was left of the last one goes.
    `follow` belongs to the picture thread, the rest to the web's.
    """

    def __init__(
        self,
        may_picture: Callable[[], bool] = lambda: False,
        keep: Callable[[KeyFrames], object] = lambda frames: None,
        whose: Callable[[], object] = lambda: None,
    ) -> None:
        self._whose, self._last = whose, whose()
        self._asked_t = float("-inf")
        self.rolling = Rolling(may_picture)
        self.moments = Moments(self.rolling, keep)
        self._meter = LevelMeter()
        self._lock = threading.Lock()
        self._held: Held | None = None

    @property
    def whose(self) -> object:
        """Whose seconds are kept here, as far as was noticed."""
        return self._last

    @property
    def held(self) -> Held | None:
        """What is held still, None when nothing is or when consent to its pictures was withdrawn."""
        held = self._held
        return held if held is not None and self.rolling.frozen is held.frozen else None

    def follow(self, state: LiveState, region: Region | None) -> None:
        """Take one frame."""
        now_t = time.monotonic()
        if now_t - self._asked_t > ASK_EVERY_S:
            self._asked_t = now_t
            self._notice_the_next_runner()
        self.moments.add(state, region)

    def _notice_the_next_runner(self) -> None:
        try:
            whose = self._whose()
        except TreadlightError:
            # Records that cannot be read now are read again soon; the picture thread must go on.
            return
        if whose != self._last:
            self._last = whose
            self.forget()

    def freeze(self, control: DeviceControl) -> Held:
        """Hold the last seconds still, in place of what was held before."""
        state = control.live.latest()
        with self._lock:
            frozen = self.rolling.freeze()
            session = state.session if state is not None else None
            baseline = session.baseline if session is not None else None
            fresh = baseline is not None and session is not None and session.run is None
            recent = summarize(frozen.form)
            self._held = Held(
                frozen=frozen,
                frames=key_frames(
                    frozen, _kind(state), usual=baseline.metrics if fresh and baseline is not None else None
                ),
                over="baseline" if fresh else "recent",
                stats=dict(baseline.metrics) if fresh and baseline is not None else recent,
                setup=control.setup,
                speed_mps=state.tracking.speed_mps if state is not None else None,
                baseline=None if fresh else baseline,
                target=state.cue.setting if state is not None else None,
            )
        return self._held

    def release(self) -> None:
        """Let go of what is held still."""
        self._held = None
        self.rolling.release()

    def forget(self) -> None:
        """Drop everything of one runner before the next comes."""
        self._held = None
        self.moments.forget()

    def check(self, control: DeviceControl) -> CameraCheck:
        """Look at the camera's picture now."""
        shots = self.rolling.snapshot().shots
        return examine(control.live.latest(), shots, control.setup, control.region, self._meter)

    def propose_region(self) -> Region | None:
        """Give a region round where the runner has lately been; None when nobody was seen."""
        seen = self.rolling.snapshot()
        return propose_region(seen.shots, seen.size)


def _kind(state: LiveState | None) -> str:
    stage = None if state is None else stage_of(state)
    return "review" if stage is None else stage[0]

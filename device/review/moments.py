"""Key frames by themselves at the end of a baseline and of each block of a feedback run."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping

from device.errors import TreadlightError
from device.feedback.types import Baseline
from device.gait.types import Stat
from device.live import LiveState
from device.pose.region import Region
from device.review.keyframes import key_frames
from device.review.rolling import Rolling
from device.review.types import Frozen, KeyFrames

LEAST_S = 8.0
"""A stretch shorter than this has no key frames of its own."""
REMEMBERED = 16

Stage = tuple[str, int | None]

log = logging.getLogger(__name__)


class Moments:
    """Follows the frames in the picture thread; key frames are worked out and kept in a thread of their own.

    keep: stores a set of key frames as far as consent allows; its refusals are logged.
    """

    def __init__(self, rolling: Rolling, keep: Callable[[KeyFrames], object]) -> None:
        self.rolling = rolling
        self._keep = keep
        self._stage: Stage | None = None
        self._since_t = 0.0
        self._baseline: Baseline | None = None
        self._lock = threading.Lock()
        self._recent: deque[KeyFrames] = deque(maxlen=REMEMBERED)

    @property
    def recent(self) -> tuple[KeyFrames, ...]:
        """The key frames of this visit so far, in memory, oldest first."""
        with self._lock:
            return tuple(self._recent)

    def add(self, state: LiveState, region: Region | None) -> None:
        """Take one frame."""
        stage = stage_of(state)
        if stage != self._stage:
            ended, since_t = self._stage, self._since_t
            self._stage, self._since_t = stage, state.frame.t
            if ended is not None and self._whole(ended, state, since_t):
                # Of the seconds before this frame: it belongs to what comes next.
                usual = (
                    state.session.baseline.metrics
                    if state.session.baseline and ended[0] == "baseline"
                    else {}
                )
                self._take(self.rolling.snapshot(), ended, usual)
        self._baseline = state.session.baseline
        self.rolling.add(state, region)

    def forget(self) -> None:
        """Drop everything, as when the next runner comes."""
        with self._lock:
            self._recent.clear()
        self.rolling.forget()

    def remember(self, frames: KeyFrames) -> None:
        """Add key frames that were taken by hand, and keep them."""
        with self._lock:
            self._recent.append(frames)
        try:
            self._keep(frames)
        except TreadlightError as error:
            log.warning("Key frames were not kept: %s", error)

    def _whole(self, ended: Stage, state: LiveState, since_t: float) -> bool:
        if ended[0] == "baseline":
            return state.session.baseline is not None and state.session.baseline is not self._baseline
        return state.frame.t - since_t >= LEAST_S

    def _take(self, frozen: Frozen, ended: Stage, usual: Mapping[str, Stat]) -> None:
        def work() -> None:
            found = key_frames(frozen, *ended, usual=usual)
            if found.refusal is None:
                self.remember(found)

        threading.Thread(target=work, name="key frames", daemon=True).start()


def stage_of(state: LiveState) -> Stage | None:
    """Name what is going on: the baseline, or a block of the run and its place; None for neither."""
    session = state.session
    if session.baseline_progress is not None:
        return "baseline", None
    run = session.run
    if run is None or run.finished or run.paused:
        return None
    return str(run.block.kind), run.index

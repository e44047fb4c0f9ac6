"""Smoothing by a centred quadratic fit over a short stretch of time, values and velocities at once.

Zero phase, a known lag, no assumption of an even frame rate: the fit uses the frames' own times
(Savitzky and Golay 1964, doi:10.1021/ac60214a047, for uneven sampling).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan, nan

import numpy as np
from numpy.typing import NDArray

from device.gait.legs import LegFrame
from device.gait.rows import Rows
from device.gait.signals import Point
from device.pose.types import Keypoint

CORE = ("hip", "shoulder", "left_knee", "right_knee", "left_ankle", "right_ankle")
"""Points whose gaps matter to events and strides, in the order of their columns."""

_OTHERS = (
    Keypoint.LEFT_SHOULDER,
    Keypoint.RIGHT_SHOULDER,
    Keypoint.LEFT_ELBOW,
    Keypoint.RIGHT_ELBOW,
    Keypoint.LEFT_WRIST,
    Keypoint.RIGHT_WRIST,
    Keypoint.LEFT_EAR,
    Keypoint.RIGHT_EAR,
    Keypoint.LEFT_EYE,
    Keypoint.RIGHT_EYE,
)

POINTS: dict[str, int] = {
    name: index for index, name in enumerate((*CORE, *(k.name.lower() for k in _OTHERS)))
}
"""Where each point is found among the columns: x at twice this number, y one further."""

WIDTH = 2 * len(POINTS)


def _leg_columns(*sides: str) -> list[int]:
    return [
        2 * POINTS[f"{side}_{joint}"] + axis
        for joint in ("knee", "ankle")
        for side in sides
        for axis in (0, 1)
    ]


_LEGS = _leg_columns("left", "right")
_LEGS_MIRRORED = _leg_columns("right", "left")
_N_CORE = 2 * len(CORE)
_LOST = (nan, nan)

MAX_GAP_S = 0.1
"""A point lost for longer is not made up."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Smoothed core points at one instant: pixels and pixels per second, `CORE` order, NaN where lost."""

    t: float
    xy: list[float]
    velocity: list[float]


class Smoother:
    """Fits a quadratic to the frames within `HALF_S` of each frame (at least two either side).

    For the rates one frame either side will do when it is `FAR_S` away: at 30 frames a second two would
    double the stretch of time, which flattens the foot's arrest at contact and dates it 4 to 10 ms early.
    """

    HALF_S = 0.0335
    LEAST = 2
    FAR_S = 0.025
    MAX_HALF_S = 0.11
    LOPSIDED_S = 0.025

    def __init__(self) -> None:
        self._rows = Rows(WIDTH, 64)
        self._next = 0

    def update(self, frame: LegFrame) -> list[tuple[float, NDArray[np.float64]]]:
        """Take one frame; give the instants that can now be smoothed: t, and values over velocities."""
        self._rows.append(frame.body.t, _row(frame))
        ready = []
        end = self._rows.end
        while self._next < end and self._reaches(self._next):
            ready.append(self._smooth(self._next))
            self._next += 1
        return ready

    def finish(self) -> list[tuple[float, NDArray[np.float64]]]:
        """Smooth what is left, but for the last frames, whose windows would be too lopsided; start anew."""
        rows = self._rows
        last = rows.time(rows.end - 1) - self.LOPSIDED_S if rows.end else 0.0
        left = [self._smooth(i) for i in range(self._next, rows.end) if rows.time(i) <= last]
        self._rows = Rows(WIDTH, 64)
        self._next = 0
        return left

    def mirror(self) -> None:
        """Exchange the left and right leg in the frames kept."""
        mirror_legs(self._rows, 0)

    def _reaches(self, index: int) -> bool:
        """Tell whether the frames after `index` suffice."""
        newest = self._rows.end - 1
        span = self._rows.time(newest) - self._rows.time(index)
        return span > self.MAX_HALF_S or (newest - index >= self.LEAST and span >= self.HALF_S - 2e-3)

    def _smooth(self, index: int) -> tuple[float, NDArray[np.float64]]:
        wide, narrow = self._window(index, inf), self._window(index, self.FAR_S)
        smoothed = self._fitted(index, wide)
        if narrow != wide and narrow[0] < index < narrow[1]:
            smoothed[1] = self._fitted(index, narrow)[1]
        return self._rows.time(index), smoothed

    def _fitted(self, index: int, frames: tuple[int, int]) -> NDArray[np.float64]:
        """Values over rates of all columns at one frame, from the first to the last of `frames`."""
        rows, t = self._rows, self._rows.time(index)
        taus = [rows.time(i) - t for i in range(frames[0], frames[1] + 1)]
        window = rows.values(frames[0], frames[1] + 1)
        smoothed: NDArray[np.float64] = np.array(_weights(taus)) @ window
        core = smoothed[0, :_N_CORE].tolist()
        # A sum is known only if all of its terms are.
        for column in range(_N_CORE) if isnan(sum(core)) else ():
            if isnan(core[column]):
                smoothed[:, column] = _fit_known(taus, window[:, column].tolist())
        return smoothed

    def _window(self, index: int, far_s: float) -> tuple[int, int]:
        """First and last frame of the fit at `index`; a frame `far_s` away spares its side a second one."""
        rows, t = self._rows, self._rows.time(index)

        def end(step: int, limit: int) -> int:
            at, span = index, 0.0
            while at != limit:
                following = abs(rows.time(at + step) - t)
                lacking = abs(at - index) < self.LEAST and span < far_s and following <= self.MAX_HALF_S
                if not (lacking or following <= self.HALF_S + 2e-3):
                    break
                at, span = at + step, following
            return at

        return end(-1, rows.start), end(1, rows.end - 1)


def mirror_legs(rows: Rows, offset: int) -> None:
    """Exchange left and right knees and ankles in all rows, where the points begin at column `offset`."""
    rows.exchange([offset + c for c in _LEGS], [offset + c for c in _LEGS_MIRRORED])


def _row(frame: LegFrame) -> list[float]:
    body = frame.body
    points = body.points
    row: list[float] = []
    core: tuple[Point | None, ...] = (frame.hip, frame.shoulder, *frame.knees, *frame.ankles)
    for point in (*core, *[points[k] for k in _OTHERS]):
        row += point or _LOST
    return row


def _weights(taus: Sequence[float]) -> tuple[list[float], list[float]]:
    """Weights that give value and slope at tau = 0 of the least-squares quadratic through points at `taus`.

    With fewer than three points: a line, and with one point its value and no slope.
    """
    n = len(taus)
    if n == 1:
        return [1.0], [nan]
    s1 = s2 = s3 = s4 = 0.0
    for tau in taus:
        square = tau * tau
        s1 += tau
        s2 += square
        s3 += square * tau
        s4 += square * square
    if n == 2:
        det = n * s2 - s1 * s1
        return [(s2 - s1 * tau) / det for tau in taus], [(n * tau - s1) / det for tau in taus]
    c00, c01, c02 = s2 * s4 - s3 * s3, s2 * s3 - s1 * s4, s1 * s3 - s2 * s2
    c11, c12 = n * s4 - s2 * s2, s1 * s2 - n * s3
    det = n * c00 + s1 * c01 + s2 * c02
    return (
        [(c00 + c01 * tau + c02 * tau * tau) / det for tau in taus],
        [(c01 + c11 * tau + c12 * tau * tau) / det for tau in taus],
    )


def _fit_known(taus: list[float], values: list[float]) -> tuple[float, float]:
    """Value and slope at tau = 0 from the known values only; NaN in a long gap or at its edge."""
    known = [(tau, value) for tau, value in zip(taus, values, strict=True) if not isnan(value)]
    before = max((tau for tau, _ in known if tau <= 0), default=-inf)
    after = min((tau for tau, _ in known if tau >= 0), default=inf)
    if after - before > MAX_GAP_S:
        return _LOST
    value_weights, slope_weights = _weights([tau for tau, _ in known])
    return (
        sum(w * value for w, (_, value) in zip(value_weights, known, strict=True)),
        sum(w * value for w, (_, value) in zip(slope_weights, known, strict=True)),
    )

"""One quantity over one stride: read between samples, averaged, and searched for its extremes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAX_GAP_S = 0.075
"""Longest hole between samples that is read across; a longer one is "not measured"."""
_SLACK_S = 1e-6


class Curve:
    """Samples y at times t (s), NaN left out; every answer is None where the samples do not reach.

    Values between samples are from the cubic through the two neighbours on either side, or the chord where
    there is a hole; extremes are refined by the parabola through three samples.
    """

    def __init__(self, t: Array, y: Array) -> None:
        known = np.isfinite(y)
        self.t: Array = t[known]
        self.y: Array = y[known]
        self._holes = np.concatenate([[0], np.cumsum(np.diff(self.t) > MAX_GAP_S)])

    def covers(self, start: float, end: float) -> bool:
        """Tell whether samples run from start to end without a hole."""
        t = self.t
        if len(t) < 2 or t[0] > start + _SLACK_S or t[-1] < end - _SLACK_S:
            return False
        first = max(int(np.searchsorted(t, start + _SLACK_S)) - 1, 0)
        last = min(int(np.searchsorted(t, end - _SLACK_S)), len(t) - 1)
        return bool(self._holes[last] == self._holes[first])

    def at(self, instant: float) -> float | None:
        """Read the value at an instant."""
        if not self.covers(instant, instant):
            return None
        return self._at(instant)

    def sample(self, instants: NDArray[np.floating[Any]]) -> Array | None:
        """Read the values at rising instants, all or nothing."""
        if not self.covers(float(instants[0]), float(instants[-1])):
            return None
        return self._read(np.asarray(instants, np.float64))

    def mean(self, start: float, end: float) -> float | None:
        """Give the mean over time from start to end."""
        if end <= start or not self.covers(start, end):
            return None
        inside = (self.t > start) & (self.t < end)
        t = np.concatenate([[start], self.t[inside], [end]])
        y = np.concatenate([[self._at(start)], self.y[inside], [self._at(end)]])
        return float(np.sum((y[1:] + y[:-1]) * np.diff(t)) / 2 / (end - start))

    def highest(self, start: float, end: float, over_s: float = 0.0) -> float | None:
        """Give the largest value between start and end, both included.

        over_s: half the time over which the parabola of the peak is fitted, by least squares; where that
        takes in more than three samples, noise lifts the peak less.
        """
        if end <= start or not self.covers(start, end):
            return None
        best = max(self._at(start), self._at(end))
        first, stop = np.searchsorted(self.t, [start, end])
        if stop <= first:
            return best
        i = int(first + np.argmax(self.y[first:stop]))
        if self.y[i] < best:
            return best
        fitted = self._fitted_peak(i, over_s)
        return self._vertex(i) if fitted is None else fitted

    def lowest(self, start: float, end: float, over_s: float = 0.0) -> float | None:
        """Give the smallest value between start and end, both included; `over_s` as in `highest`."""
        value = self.negative().highest(start, end, over_s)
        return None if value is None else -value

    def negative(self) -> "Curve":
        """Give the same curve upside down."""
        return Curve(self.t, -self.y)

    def _fitted_peak(self, i: int, over_s: float) -> float | None:
        """Peak of the least-squares parabola through the samples round i; None where it has none there."""
        reach = over_s + _SLACK_S
        first, stop = np.searchsorted(self.t, [self.t[i] - reach, self.t[i] + reach])
        if stop - first <= 3 or self._holes[stop - 1] != self._holes[first]:
            return None
        bend, slope, height = np.polyfit(self.t[first:stop] - self.t[i], self.y[first:stop], 2).tolist()
        if bend >= 0 or abs(slope) > -2 * bend * over_s:
            return None
        return float(height - slope**2 / (4 * bend))

    def _vertex(self, i: int) -> float:
        """Peak of the parabola through samples i-1, i and i+1."""
        t, y = self.t, self.y
        if i == 0 or i == len(t) - 1:
            return float(y[i])
        before, after = t[i] - t[i - 1], t[i + 1] - t[i]
        down_before, down_after = (y[i] - y[i - 1]) / before, (y[i] - y[i + 1]) / after
        curvature = (down_before + down_after) / (before + after)
        if curvature <= 0:
            return float(y[i])
        slope = (down_before * after - down_after * before) / (before + after)
        return float(y[i] + slope**2 / (4 * curvature))

    def _at(self, x: float) -> float:
        """Read one value; the same as `_read`, without its cost for many."""
        if len(self.t) < 4:
            return float(np.interp(x, self.t, self.y))
        i = min(max(int(np.searchsorted(self.t, x)) - 2, 0), len(self.t) - 4)
        if self._holes[i + 3] != self._holes[i]:
            return float(np.interp(x, self.t, self.y))
        a, b, c, d = (x - self.t[i : i + 4]).tolist()
        p, q, r, s = self.y[i : i + 4].tolist()
        return float(
            p * b * c * d / ((b - a) * (c - a) * (d - a))
            + q * a * c * d / ((a - b) * (c - b) * (d - b))
            + r * a * b * d / ((a - c) * (b - c) * (d - c))
            + s * a * b * c / ((a - d) * (b - d) * (c - d))
        )

    def _read(self, x: Array) -> Array:
        t, y = self.t, self.y
        if len(t) < 4:
            return np.interp(x, t, y)
        i = np.clip(np.searchsorted(t, x) - 2, 0, len(t) - 4)
        a, b, c, d = (x - t[i + k] for k in range(4))
        p, q, r, s = (y[i + k] for k in range(4))
        smooth = (
            p * b * c * d / ((b - a) * (c - a) * (d - a))
            + q * a * c * d / ((a - b) * (c - b) * (d - b))
            + r * a * b * d / ((a - c) * (b - c) * (d - c))
            + s * a * b * c / ((a - d) * (b - d) * (c - d))
        )
        return np.where(self._holes[i + 3] == self._holes[i], smooth, np.interp(x, t, y))

"""One quantity over one stride: read between samples, averaged, and searched for its extremes."""

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

    def covers(self, start: float, end: float) -> bool:
        """Tell whether samples run from start to end without a hole."""
        t = self.t
        if len(t) < 2 or t[0] > start + _SLACK_S or t[-1] < end - _SLACK_S:
            return False
        first = max(int(np.searchsorted(t, start + _SLACK_S)) - 1, 0)
        last = min(int(np.searchsorted(t, end - _SLACK_S)), len(t) - 1)
        return bool((np.diff(t[first : last + 1]) <= MAX_GAP_S).all())

    def at(self, instant: float) -> float | None:
        """Read the value at an instant."""
        if not self.covers(instant, instant):
            return None
        return float(self._read(np.array([instant]))[0])

    def sample(self, instants: Array) -> Array | None:
        """Read the values at rising instants, all or nothing."""
        if not self.covers(float(instants[0]), float(instants[-1])):
            return None
        return self._read(instants)

    def mean(self, start: float, end: float) -> float | None:
        """Give the mean over time from start to end."""
        if end <= start or not self.covers(start, end):
            return None
        inside = (self.t > start) & (self.t < end)
        ends = self._read(np.array([start, end]))
        t = np.concatenate([[start], self.t[inside], [end]])
        y = np.concatenate([ends[:1], self.y[inside], ends[1:]])
        return float(np.sum((y[1:] + y[:-1]) * np.diff(t)) / 2 / (end - start))

    def highest(self, start: float, end: float) -> float | None:
        """Give the largest value between start and end, both included."""
        if end <= start or not self.covers(start, end):
            return None
        best = float(self._read(np.array([start, end])).max())
        first, stop = np.searchsorted(self.t, [start, end])
        if stop <= first:
            return best
        i = int(first + np.argmax(self.y[first:stop]))
        if self.y[i] < best:
            return best
        return self._vertex(i)

    def lowest(self, start: float, end: float) -> float | None:
        """Give the smallest value between start and end, both included."""
        value = self.negative().highest(start, end)
        return None if value is None else -value

    def negative(self) -> "Curve":
        """Give the same curve upside down."""
        return Curve(self.t, -self.y)

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

    def _read(self, x: Array) -> Array:
        t, y = self.t, self.y
        if len(t) < 4:
            return np.interp(x, t, y)
        i = np.clip(np.searchsorted(t, x) - 2, 0, len(t) - 4)
        taps = t[i[:, None] + np.arange(4)]
        values = y[i[:, None] + np.arange(4)]
        smooth = np.zeros(len(x))
        for k in range(4):
            weight = np.ones(len(x))
            for j in range(4):
                if j != k:
                    weight = weight * (x - taps[:, j]) / (taps[:, k] - taps[:, j])
            smooth += weight * values[:, k]
        holed = (np.diff(taps, axis=1) > MAX_GAP_S).any(axis=1)
        return np.where(holed, np.interp(x, t, y), smooth)

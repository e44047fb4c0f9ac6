"""Where both legs were one stride ago: the runner's own pattern, by which the legs are known again.

Constant velocity says nothing after a gap between pictures, and a pose network may label the legs wrongly
from one passing to the next. But on a treadmill each leg is where it was one stride earlier, and the other
leg is not.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from math import inf

import numpy as np
from numpy.typing import NDArray

from device.gait.signals import Point, distance

Legs = tuple[Point | None, Point | None, Point | None, Point | None]
"""Left knee, right knee, left ankle, right ankle: cm relative to mid-hip."""


class StrideMemory:
    """Remembers settled legs for two strides and finds the stride time by which they repeat."""

    KEPT_S = 2.7
    LEARN_EVERY_S = 0.25
    LEAST_S = 1.3
    GRID_S = 0.02
    LEAST = 12
    """So many instants of that grid must be comparable."""
    STRIDE_S = (0.45, 1.2)
    ALIKE = 0.45
    """Legs repeat when one stride later they differ by less than this share of their usual distance."""
    BRIDGED_S = 0.075
    SHIFTS_S = (-0.04, 0.04)
    """Strides that last 3 % more or less at random are then still alike."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._legs: list[Legs] = []
        self._learn_due = -np.inf
        self.stride_s: float | None = None
        """Time after which the legs are where they were; None while not known."""

    def add(self, t: float, legs: Legs) -> None:
        """Take one settled instant, in order of time."""
        self._times.append(t)
        self._legs.append(legs)
        if t < self._learn_due:
            return
        self._learn_due = t + self.LEARN_EVERY_S
        old = bisect_right(self._times, t - self.KEPT_S)
        del self._times[:old], self._legs[:old]
        self.stride_s = self._repeating()

    def mirror(self) -> None:
        """Take left for right and right for left."""
        self._legs = [(b, a, d, c) for a, b, c, d in self._legs]

    def recall(self, t: float, shift_s: float = 0.0) -> Legs | None:
        """Give the legs one stride before `t`, or two where nothing was seen then; None when not known.

        shift_s: so much later in that stride.
        """
        if self.stride_s is None:
            return None
        for strides in (1, 2):
            legs = self._at(t - strides * self.stride_s + shift_s)
            if legs is not None:
                return legs
        return None

    def around(self, t: float) -> Iterator[Legs | None]:
        """Give the legs one stride before `t`, then a little sooner and later: strides differ in time."""
        yield self.recall(t)
        for shift_s in self.SHIFTS_S:
            yield self.recall(t, shift_s)

    def _at(self, t: float) -> Legs | None:
        """Both legs at `t`, on the line between the instants around it."""
        times = self._times
        after = bisect_right(times, t)
        if after == 0 or after == len(times):
            return None
        t0, t1 = times[after - 1], times[after]
        if t1 - t0 > self.BRIDGED_S:
            return None
        part = (t - t0) / (t1 - t0)
        a, b = self._legs[after - 1], self._legs[after]
        return (
            _between(a[0], b[0], part),
            _between(a[1], b[1], part),
            _between(a[2], b[2], part),
            _between(a[3], b[3], part),
        )

    def _repeating(self) -> float | None:
        """Stride time that makes the distance between the legs repeat best; None when nothing fits."""
        times = np.array(self._times)
        if len(times) < 2 or times[-1] - times[0] < self.LEAST_S:
            return None
        apart = self._apart(times)
        usual = np.abs(apart[~np.isnan(apart)])
        if not len(usual):
            return None
        first, last = (round(s / self.GRID_S) for s in self._range())
        if (
            self.stride_s is not None
            and np.count_nonzero(~np.isnan(apart[last:] - apart[:-last])) < self.LEAST
        ):
            # Across a gap only the short ones among the stride times could be judged.
            return self.stride_s
        best, best_lag = self.ALIKE * float(usual.mean()), None
        for lag in range(first, min(last, len(apart) - round(0.25 / self.GRID_S)) + 1):
            off = np.abs(apart[lag:] - apart[:-lag])
            known = off[~np.isnan(off)]
            if len(known) < self.LEAST:
                continue
            mean = float(known.mean())
            if mean < best:
                best, best_lag = mean, lag
        return None if best_lag is None else best_lag * self.GRID_S

    def _range(self) -> tuple[float, float]:
        """Stride times to be tried: all at first, then those near the last one."""
        if self.stride_s is None:
            return self.STRIDE_S
        low, high = self.STRIDE_S
        return max(low, 0.85 * self.stride_s), min(high, 1.15 * self.stride_s)

    def _apart(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far the left knee and ankle are ahead of the right ones, on an even grid, NaN in gaps."""
        known = [
            (legs[0][0] - legs[1][0] + legs[2][0] - legs[3][0])
            if legs[0] and legs[1] and legs[2] and legs[3]
            else np.nan
            for legs in self._legs
        ]
        grid = np.arange(times[0], times[-1], self.GRID_S)
        after = np.clip(np.searchsorted(times, grid, side="right"), 1, len(times) - 1)
        apart = np.interp(grid, times, np.array(known))
        apart[times[after] - times[after - 1] > self.BRIDGED_S] = np.nan
        return apart


class Likeness:
    """Watches how far settled legs are from where they were one stride ago, and for how long.

    Another body's legs are not where the runner's own would be, nor is his left leg where the right one was.
    Runners alone, rendered, filmed or on force plates, with noise, with labels exchanged, at 30 frames a
    second: at most 6 cm. A bystander's leg taken for the far one for a moment: 10 cm, a passer's: 30 to 50.
    """

    OFF_CM = 9.0
    LASTING_S, LEAST = 0.15, 3
    """So far off, on the mean of so long and so many frames, legs are no longer the runner's own."""
    LEARNT_S = 0.5
    """So long strides must have been alike before one that is not says anything."""

    def __init__(self) -> None:
        self._alike_s = 0.0
        self._lately: deque[tuple[float, float]] = deque()

    def add(self, t: float, legs: Legs, before: Iterable[Legs | None]) -> bool:
        """Take one settled instant and the legs about one stride before it; tell whether to remember it."""
        mean = inf
        for then in before:
            mean = min(mean, _apart(legs, then))
            if mean < self.OFF_CM:
                break
        if mean == inf:
            return True
        lately = self._lately
        alike = mean < self.OFF_CM
        if alike and lately:
            self._alike_s += t - lately[-1][0]
        lately.append((t, mean))
        while t - lately[0][0] > self.LASTING_S:
            lately.popleft()
        return alike or self._alike_s < self.LEARNT_S

    @property
    def lost(self) -> bool:
        """Whether the legs have for a while not been where they were one stride ago."""
        lately = self._lately
        if self._alike_s < self.LEARNT_S or len(lately) < self.LEAST:
            return False
        if lately[-1][0] - lately[0][0] < self.LASTING_S / 2:
            return False
        return sum(off for _, off in lately) > self.OFF_CM * len(lately)

    def clear(self) -> None:
        """Judge by what comes from now on."""
        self._lately.clear()


def _apart(legs: Legs, then: Legs | None) -> float:
    """Mean distance between the points of two instants; infinite when there are none to compare."""
    pairs = zip(legs, then, strict=True) if then is not None else ()
    off = [distance(a, b) for a, b in pairs if a and b]
    return sum(off) / len(off) if off else inf


def _between(a: Point | None, b: Point | None, part: float) -> Point | None:
    if a is None or b is None:
        return a or b
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part

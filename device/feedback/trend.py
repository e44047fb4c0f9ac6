"""Slow enough to trust: a running mean over steps, today's noise, and a switch that does not chatter."""

from collections import deque
from itertools import pairwise
from math import inf

from device.gait.catalog import Per
from device.gait.summary import STEPS, STRIDES

MEAN_OF = {Per.STEP: STEPS, Per.STRIDE: STRIDES}
"""How many values a running mean weighs."""
DWELL = {Per.STEP: 6, Per.STRIDE: 4}
"""How many values in a row must agree."""
OFF_BACK_INSIDE = 0.5
"""How far back inside the limit, in units of one value's noise, before the switch may go off."""
CLEAR = 1.0
"""How far across the limit, in the same unit, a value is clear enough not to wait longer than the dwell."""
_FARTHEST = 4.0
"""How far from the mean a single value may count, in units of one value's noise."""
_TRUSTED_FROM = 3
"""Values that a mean needs before it may call another one far away."""
_TURNS_MEMORY_S = 150.0
_NOISE_MEMORY = 120
"""Values that noise is worked out from: some 40 s of running."""
_NOISE_MIN = 20


class Ewma:
    """Exponential mean with the weight of the last `n` values; the plain mean until n have come."""

    def __init__(self, n: int) -> None:
        self._weight = 2 / (n + 1)
        self.count = 0
        self.value = 0.0

    def add(self, x: float, noise: float = inf) -> float:
        """Take a value and give the mean, both in the metric's unit.

        noise: SD of one value; a single value counts as at most four of it away from the mean.
        """
        self.count += 1
        off = x - self.value
        if self.count > _TRUSTED_FROM:
            off = min(max(off, -_FARTHEST * noise), _FARTHEST * noise)
        self.value += max(self._weight, 1 / self.count) * off
        return self.value


class Noise:
    """Spread of one metric from value to value, by the differences of neighbours.

    A change of form therefore does not enlarge it.
    """

    def __init__(self) -> None:
        self._values: deque[float] = deque(maxlen=_NOISE_MEMORY)

    def add(self, x: float) -> None:
        """Take a value, in order of time."""
        self._values.append(x)

    @property
    def sd(self) -> float | None:
        """Robust SD of one value; None below 20 values.

        Mean of the nine tenths smallest differences; 0.657 makes it the SD of normal differences. A tenth is
        added for what neighbouring steps share (correlation of about 0.2).
        """
        if len(self._values) < _NOISE_MIN:
            return None
        steps = sorted(abs(b - a) for a, b in pairwise(self._values))
        kept = steps[: round(0.9 * len(steps))]
        return 1.1 * sum(kept) / len(kept) / 0.657 / 2**0.5


class Switch:
    """On after `dwell` values in a row beyond the limit, off after as many well back inside it.

    Once on it stays for at least `min_on_s`; once off it waits `rearm_s` before it may go on again. For each
    turn of the last two and a half minutes a borderline value must hold for one dwell more; a value clearly
    across (one noise) need not. In simulation a constant mean at the limit turns it less than once a minute.
    """

    def __init__(self, dwell: int, min_on_s: float = 3.0, rearm_s: float = 5.0) -> None:
        self._dwell, self._min_on_s, self._rearm_s = dwell, min_on_s, rearm_s
        self._row = self._clear_row = 0
        self._turns: deque[float] = deque()
        self.on = False

    def add(self, t: float, beyond: float, noise: float) -> bool:
        """Take at time `t` the distance beyond the limit (negative inside), in the unit of `noise`."""
        turning = beyond < -OFF_BACK_INSIDE * noise if self.on else beyond > 0
        return self.vote(t, turning, clear=abs(beyond) > CLEAR * noise)

    def vote(self, t: float, turning: bool, clear: bool = False) -> bool:
        """Take at time `t` whether the value speaks for turning, and whether clearly."""
        self._row = self._row + 1 if turning else 0
        self._clear_row = self._clear_row + 1 if turning and clear else 0
        while self._turns and self._turns[0] < t - _TURNS_MEMORY_S:
            self._turns.popleft()
        sure = self._row >= self._dwell * (1 + len(self._turns)) or self._clear_row >= self._dwell
        wait = self._min_on_s if self.on else self._rearm_s
        if sure and (not self._turns or t - self._turns[-1] >= wait):
            self._turn(t, not self.on)
        return self.on

    def reset(self, t: float) -> None:
        """Go off now; the wait before the next on counts from here if it was on."""
        if self.on:
            self._turn(t, False)
        self._row = self._clear_row = 0

    def _turn(self, t: float, on: bool) -> None:
        self.on = on
        self._turns.append(t)
        self._row = self._clear_row = 0

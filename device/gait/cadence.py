"""Step rate from the bounce of mid-hip alone: it needs no legs, so it can check what the legs say."""

from collections import deque


class HipRhythm:
    """Times the lowest points of mid-hip, one per step, with hysteresis against noise."""

    QUIET_CMPS = 25.0
    WINDOW_S = 8.0
    LEAST = 8

    def __init__(self) -> None:
        self._falling = False
        self._t = self._rate = 0.0
        self._turned = 0.0
        self._lows: deque[float] = deque()

    def update(self, t: float, rising_cmps: float) -> None:
        """Take one sample of mid-hip's upward speed."""
        if self._rate <= 0.0 < rising_cmps:
            self._turned = self._t + (t - self._t) * self._rate / (self._rate - rising_cmps)
        self._t, self._rate = t, rising_cmps
        if rising_cmps < -self.QUIET_CMPS:
            self._falling = True
        elif self._falling and rising_cmps > self.QUIET_CMPS:
            self._falling = False
            self._lows.append(self._turned)
            while t - self._lows[0] > self.WINDOW_S:
                self._lows.popleft()

    def count(self, begin_s: float, end_s: float) -> int:
        """How many steps' lowest points fell between two times."""
        return sum(begin_s < low <= end_s for low in self._lows)

    @property
    def cadence_spm(self) -> float | None:
        """Steps a minute over the last 8 s; None while there are too few bounces or one was left out.

        Over so many steps the hips' own errors, which repeat with the stride, cancel.
        """
        lows = self._lows
        if len(lows) <= self.LEAST:
            return None
        gaps = sorted(b - a for a, b in zip(lows, list(lows)[1:], strict=False))
        if gaps[-1] > 1.6 * gaps[len(gaps) // 2]:
            return None
        return 60 * (len(lows) - 1) / (lows[-1] - lows[0])

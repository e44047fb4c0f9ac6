"""Initial contact and toe-off of one leg from its ankle, with sub-frame times.

Contact: the shank, swinging forward under the knee, is stopped by the belt. That finds every step, without
the errors of the hip points, but early by what differs between runners and speeds. The ankle's rate against
the hip is the least biased sign on force plates, renders and filmed runners, but scatters, and its scatter
has a long late tail. So the shank times each step, moved by a low quantile of the times between the two signs
over the last steps of both legs.
Toe-off: between two signs of it, whose errors differ: the ankle has risen by a share of the leg (quick feet
rise early), and the knee is straightest, which is within 5 ms of toe-off on force plates (Fellin et al. 2010,
J Sci Med Sport 13:646). The time between them errs alike from 2 to 5 m/s: 12 ms early on force plates, 4 ms
late on rendered runners; a little is added. Signs so early are told a tenth of a second after toe-off.
"""

from bisect import insort
from collections import deque
from math import inf, isnan, nan
from typing import NamedTuple

import numpy as np

from device.gait.types import EventKind


class LegSample(NamedTuple):
    """One leg at one instant, in cm and s along the belt's axes; NaN where lost.

    ahead_cm: ankle ahead of mid-hip. reach_cm: from mid-hip to ankle. swing_cmps: rate of the ankle ahead of
    the knee. height_cm: ankle above the belt plane, from any fixed origin. ahead_cmps: rate of the ankle
    ahead of mid-hip. knee_deg: bend of the knee, 0 straight.
    """

    t: float
    ahead_cm: float
    reach_cm: float
    swing_cmps: float
    height_cm: float
    ahead_cmps: float = nan
    knee_deg: float = nan


class ContactDetector:
    """Finds the events of one leg in its smoothed path.

    Events carry their true time and are announced with the sample that confirms them. At contact the leg must
    be stretched (hip to ankle at least `STRETCHED` of thigh plus shank, 0.97 in runners), which keeps out the
    jumps of a knee that is briefly taken for the other.
    moves: seconds between the two signs of the last contacts, shared by the detectors of both legs.
    """

    ARM = 0.3
    CONTACT = 0.08
    RETREAT_CMPS, SLOW_CMPS, SLOW_SHARE = 26.0, 280.0, 0.4
    MOST_MOVED_S, STEPS, QUANTILE = 0.02, 10, 0.3
    RISE = 0.125
    STRAIGHTENING_S, STRAIGHTENING_SAMPLES, APART_S = 0.08, 4, 0.06
    STRAIGHT_SHARE, LATER_S = 0.6, 0.002
    LOWEST = 0.35
    STRETCHED = 0.8
    MIN_SWING_S = 0.04
    MIN_STANCE_S = 0.10
    MAX_STANCE_S = 0.60
    MIN_STRIDE_S = 0.40
    MAX_GAP_S = 0.12

    def __init__(self, moves: deque[float] | None = None) -> None:
        self._moves = deque[float](maxlen=self.STEPS) if moves is None else moves
        self._t = -inf
        self._swing = self._height = self._ahead = 0.0
        self._swing_begun: float | None = None
        self._contact = -inf
        self._in_stance = self._waiting = False
        self._heights: list[float] = []
        self._knees: deque[tuple[float, float]] = deque()
        self.lowest_cm = inf
        """Height of the ankle in the newest stance, mean of its lowest `LOWEST` of the time."""

    def update(self, sample: LegSample, belt_cmps: float, leg_cm: float) -> tuple[EventKind, float] | None:
        """Take one sample; give the event it confirms, if any, with its time in seconds."""
        if isnan(sample.ahead_cm) or isnan(sample.swing_cmps):
            return None
        if sample.t - self._t > self.MAX_GAP_S:
            self._in_stance, self._swing_begun, self._waiting = False, None, False
            event = None
        elif self._waiting:
            event = self._announced(sample.t)
        elif self._in_stance:
            event = self._toe_off(sample, leg_cm)
        else:
            event = self._initial_contact(sample, belt_cmps, leg_cm)
        self._t, self._swing, self._height = sample.t, sample.swing_cmps, sample.height_cm
        self._ahead = sample.ahead_cmps
        return event

    def _initial_contact(
        self, sample: LegSample, belt_cmps: float, leg_cm: float
    ) -> tuple[EventKind, float] | None:
        swing = sample.swing_cmps
        if self._swing_begun is None:
            if swing > self.ARM * belt_cmps:
                self._swing_begun = sample.t
            return None
        threshold = self.CONTACT * belt_cmps
        if not self._swing > threshold >= swing:
            return None
        if sample.ahead_cm <= 0 or sample.reach_cm < self.STRETCHED * leg_cm:
            return None
        at = self._timed(sample, _crossing(self._t, sample.t, self._swing, swing, threshold), belt_cmps)
        if at - self._contact < self.MIN_STRIDE_S or at - self._swing_begun < self.MIN_SWING_S:
            return None
        self._swing_begun = None
        self._in_stance, self._contact, self._waiting = True, at, True
        self._knees.clear()
        self._heights, self.lowest_cm = [sample.height_cm], sample.height_cm
        return self._announced(sample.t)

    def _announced(self, t: float) -> tuple[EventKind, float] | None:
        """Give the contact found, once the samples have reached it."""
        if self._contact > t:
            return None
        self._waiting = False
        return EventKind.INITIAL_CONTACT, self._contact

    def _timed(self, sample: LegSample, stopped: float, belt_cmps: float) -> float:
        """Time the contact seen when the shank `stopped`: as far from it as the last ones were by the hip."""
        before, now = self._ahead, sample.ahead_cmps
        # In slow running the foot meets the belt while it goes back faster, 2 m/s against 3 to 5 m/s.
        retreat = self.RETREAT_CMPS + self.SLOW_SHARE * max(0.0, self.SLOW_CMPS - belt_cmps)
        if before > now:
            move = _crossing(self._t, sample.t, before, now, -retreat) - stopped
            self._moves.append(min(max(move, -self.MOST_MOVED_S), self.MOST_MOVED_S))
        if not self._moves:
            return stopped
        return stopped + sorted(self._moves)[round(self.QUANTILE * (len(self._moves) - 1))]

    def _toe_off(self, sample: LegSample, leg_cm: float) -> tuple[EventKind, float] | None:
        height, since = sample.height_cm, sample.t - self._contact
        self._knees.append((sample.t, sample.knee_deg))
        while self._knees[0][0] < sample.t - self.STRAIGHTENING_S and self._enough():
            self._knees.popleft()
        insort(self._heights, height)
        lowest = self._heights[: max(1, round(self.LOWEST * len(self._heights)))]
        self.lowest_cm = sum(lowest) / len(lowest)
        threshold = self.lowest_cm + self.RISE * leg_cm
        if since > self.MAX_STANCE_S:
            self._in_stance = False
        elif since > self.MIN_STANCE_S and sample.ahead_cm < 0 and self._height < threshold <= height:
            self._in_stance = False
            risen = _crossing(self._t, sample.t, self._height, height, threshold)
            early = self.STRAIGHT_SHARE * (risen - self._straightest(risen))
            return EventKind.TOE_OFF, risen - early + self.LATER_S
        return None

    def _enough(self) -> bool:
        return len(self._knees) > self.STRAIGHTENING_SAMPLES

    def _straightest(self, risen: float) -> float:
        """Time at which the knee was straightest, by a parabola through the last samples; else `risen`."""
        known = [(t - risen, knee) for t, knee in self._knees if not isnan(knee)]
        if len(known) < self.STRAIGHTENING_SAMPLES:
            return risen
        fit: list[float] = np.polyfit([t for t, _ in known], [knee for _, knee in known], 2).tolist()
        (bend, slope, _), latest = fit, known[-1][0]
        if bend <= 0:
            return risen if slope > 0 else risen + latest
        return risen + min(max(-slope / (2 * bend), -self.APART_S), latest)


def _crossing(t0: float, t1: float, y0: float, y1: float, level: float) -> float:
    """Time at which the line from (t0, y0) to (t1, y1) meets `level`."""
    return t0 + (t1 - t0) * (y0 - level) / (y0 - y1)

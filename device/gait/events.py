"""Initial contact and toe-off of one leg from its ankle, with sub-frame times.

Contact: the shank, swinging forward under the knee, is stopped by the belt. On force plates and filmed
runners this is steadier than the ankle's speed against the hip (usual limit -0.4 of belt speed): the spread
is a quarter smaller, 30 pictures a second do as well as 60, and errors of the hip points do not enter.
Toe-off: the ankle has risen above its lowest by a share of the leg.
"""

from math import inf, isnan

from device.gait.types import EventKind


class ContactDetector:
    """Finds the events of one leg in its smoothed ankle path.

    ahead_cm: ankle ahead of mid-hip, along the belt. swing_cmps: rate of the ankle ahead of the knee.
    height_cm: ankle above the belt plane, from any fixed origin. Events carry their true time and are
    announced with the sample that confirms them.
    """

    ARM = 0.3
    CONTACT = 0.05
    RISE = 0.13
    MIN_STANCE_S = 0.10
    MAX_STANCE_S = 0.60
    MIN_STRIDE_S = 0.40
    MAX_GAP_S = 0.12

    def __init__(self) -> None:
        self._t = -inf
        self._swing = self._height = 0.0
        self._armed = False
        self._contact = -inf
        self._in_stance = False
        self.lowest_cm = inf
        """Lowest height of the ankle in the newest stance."""

    def update(
        self, t: float, ahead_cm: float, swing_cmps: float, height_cm: float, belt_cmps: float, leg_cm: float
    ) -> tuple[EventKind, float] | None:
        """Take one sample; give the event it confirms, if any, with its time in seconds."""
        if isnan(ahead_cm) or isnan(swing_cmps):
            return None
        if t - self._t > self.MAX_GAP_S:
            self._armed = self._in_stance = False
            event = None
        elif self._in_stance:
            event = self._toe_off(t, ahead_cm, height_cm, leg_cm)
        else:
            event = self._initial_contact(t, ahead_cm, swing_cmps, height_cm, belt_cmps)
        self._t, self._swing, self._height = t, swing_cmps, height_cm
        return event

    def _initial_contact(
        self, t: float, ahead_cm: float, swing_cmps: float, height_cm: float, belt_cmps: float
    ) -> tuple[EventKind, float] | None:
        if swing_cmps > self.ARM * belt_cmps:
            self._armed = True
        threshold = self.CONTACT * belt_cmps
        if not self._armed or ahead_cm <= 0 or not self._swing > threshold >= swing_cmps:
            return None
        at = _crossing(self._t, t, self._swing, swing_cmps, threshold)
        if at - self._contact < self.MIN_STRIDE_S:
            return None
        self._armed = False
        self._in_stance, self._contact, self.lowest_cm = True, at, height_cm
        return EventKind.INITIAL_CONTACT, at

    def _toe_off(
        self, t: float, ahead_cm: float, height_cm: float, leg_cm: float
    ) -> tuple[EventKind, float] | None:
        self.lowest_cm = min(self.lowest_cm, height_cm)
        threshold = self.lowest_cm + self.RISE * leg_cm
        if t - self._contact > self.MAX_STANCE_S:
            self._in_stance = False
        elif t - self._contact > self.MIN_STANCE_S and ahead_cm < 0 and self._height < threshold <= height_cm:
            self._in_stance = False
            return EventKind.TOE_OFF, _crossing(self._t, t, self._height, height_cm, threshold)
        return None


def _crossing(t0: float, t1: float, y0: float, y1: float, level: float) -> float:
    """Time at which the line from (t0, y0) to (t1, y1) meets `level`."""
    return t0 + (t1 - t0) * (y0 - level) / (y0 - y1)

"""The foot that stands: heel, flat, up about the toe joint, and at last over the tip of the toes.

Sagittal plane; offsets are (forward, up) from the ankle, m; pitch in deg, toes up +; `share` is of stance.
"""

from dataclasses import dataclass

import numpy as np

from .leg import LegGeometry
from .spec import FloatArray

SOLE_M = 0.026
"""Below the bare foot of the body mesh."""
HEEL_BEHIND_M = 0.075
"""Where the heel meets the belt, behind the ankle."""
SLAP_END = 0.20
HEEL_OFF = 0.42
"""Shares of stance at which the foot is flat and at which the heel leaves the belt."""
STEADY_RISE = 0.57
"""Share of the heel's rise from which it turns at a steady rate."""
ROLL_START = 0.80
"""Share of stance at which the toes begin to roll over their tip.

Heel and toes then rise as on force-plate treadmill runs at 3 m/s (Hamner and Delp 2013, J Biomech 46:780).
"""


@dataclass(slots=True)
class StanceTurn:
    """How far the foot of one step turns: at contact; the foot and its toes at toe-off, solved for."""

    contact_deg: float
    toe_off_deg: float = -40.0
    roll_off_deg: float = -15.0

    def foot_deg(self, share: float) -> float:
        """Pitch of the foot: slap, flat, heel rise about the toe joint."""
        if share < SLAP_END:
            return self.contact_deg * (1 - max(share, 0.0) / SLAP_END) ** 2
        rise = max(0.0, (share - HEEL_OFF) / (1 - HEEL_OFF))
        risen = rise**2 if rise < STEADY_RISE else STEADY_RISE * (2 * rise - STEADY_RISE)
        return self.toe_off_deg * risen / (STEADY_RISE * (2 - STEADY_RISE))

    def roll_deg(self, share: float) -> float:
        """Pitch of the toes: flat, then rolling over their tip."""
        return self.roll_off_deg * max(0.0, (share - ROLL_START) / (1 - ROLL_START)) ** 2


class StanceFoot:
    """The shoe of one body, by the three points on which it stands in turn."""

    def __init__(self, leg: LegGeometry) -> None:
        sole = -(leg.ankle[1] + SOLE_M)
        self._heel = np.array([-HEEL_BEHIND_M, sole])
        self._toe = np.array([leg.toe[2] - leg.ankle[2], leg.toe[1] - leg.ankle[1]])
        self._tip = np.array([leg.tip[2] - leg.ankle[2], sole])

    def heel_ahead_m(self, contact_deg: float) -> float:
        """How far the heel is ahead of the ankle at contact; negative: behind."""
        return float(_turn(self._heel, np.radians(contact_deg))[0])

    def ankle(self, heel_m: float, foot_deg: float, roll_deg: float) -> FloatArray:
        """The ankle (up from the belt, forward) of a foot whose heel, when flat, is at `heel_m`."""
        pitch = np.radians(foot_deg)
        if pitch >= 0:
            z, y = np.array([heel_m, 0.0]) - _turn(self._heel, pitch)
        else:
            tip = np.array([heel_m, 0.0]) + self._tip - self._heel
            z, y = tip - _turn(self._tip - self._toe, np.radians(roll_deg)) - _turn(self._toe, pitch)
        return np.array([y, z])


def _turn(point: FloatArray, pitch: float) -> FloatArray:
    """An offset turned toes-up by `pitch` rad."""
    c, s = np.cos(pitch), np.sin(pitch)
    return np.array([point[0] * c - point[1] * s, point[0] * s + point[1] * c])

"""Whether a stride's points are one runner's: thigh and shank keep their lengths, another body's do not."""

import numpy as np

from device.gait.types import Kinematics

THIGH, SHANK = (0.36, 0.64), (0.36, 0.62)
"""Shares of the leg in which a side view draws them. Rendered runners, bent and stretched, in every form and
from every camera of the suite: 0.44 to 0.56 and 0.45 to 0.59. Legs mixed with a passer's: 0.38 to 0.86."""
MOST_ODD = 0.1
"""Share of a stride's instants that may be odd."""


def keeps_limbs(kinematics: Kinematics) -> bool:
    """Tell whether the near leg's thigh and shank keep their lengths over the stride."""
    hip, knee, ankle = kinematics.hip, kinematics.near_knee, kinematics.near_ankle
    found = [
        odd_leg(float(thigh), float(shank), kinematics.leg_cm)
        for thigh, shank in zip(np.hypot(*(knee - hip).T), np.hypot(*(ankle - knee).T), strict=True)
    ]
    return sum(found) <= MOST_ODD * len(found)


def odd_leg(thigh_cm: float, shank_cm: float, leg_cm: float) -> bool:
    """Tell whether a leg is drawn as no runner's is; what was not seen, NaN, speaks neither way."""
    thigh, shank = thigh_cm / leg_cm, shank_cm / leg_cm
    return thigh < THIGH[0] or thigh > THIGH[1] or shank < SHANK[0] or shank > SHANK[1]

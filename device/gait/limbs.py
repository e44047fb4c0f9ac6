"""Whether a stride's points are one runner's: thigh and shank keep their lengths, another body's do not."""

import numpy as np
from numpy.typing import NDArray

from device.gait.types import Kinematics

THIGH, SHANK = (0.36, 0.64), (0.36, 0.62)
"""Shares of the leg in which a side view draws them. Rendered runners, bent and stretched, in every form and
from every camera of the suite: 0.44 to 0.56 and 0.45 to 0.59. Legs mixed with a passer's: 0.38 to 0.86."""
MOST_ODD = 0.1
"""Share of a stride's instants that may be odd."""


def keeps_limbs(kinematics: Kinematics) -> bool:
    """Tell whether the near leg's thigh and shank keep their lengths over the stride."""
    thigh = _lengths(kinematics.near_knee, kinematics.hip) / kinematics.leg_cm
    shank = _lengths(kinematics.near_ankle, kinematics.near_knee) / kinematics.leg_cm
    # A comparison with NaN is false: what was not seen speaks neither for nor against.
    odd = (thigh < THIGH[0]) | (thigh > THIGH[1]) | (shank < SHANK[0]) | (shank > SHANK[1])
    return float(np.mean(odd)) <= MOST_ODD


def _lengths(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.hypot(a[:, 0] - b[:, 0], a[:, 1] - b[:, 1])
    return found

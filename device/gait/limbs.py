"""Whether a stride's points are one runner's: thigh and shank keep their lengths, another body's do not."""

import numpy as np
from numpy.typing import NDArray

from device.gait.types import Kinematics

THIGH, SHANK = (0.36, 0.64), (0.36, 0.62)
"""Shares of the leg in which a side view draws them. Rendered runners, bent and stretched, in every form and
from every camera of the suite: 0.44 to 0.56 and 0.45 to 0.59. Legs mixed with a passer's: 0.38 to 0.86."""
MOST_ODD = 0.1
MOST_ODD_FAR = 0.015
"""Shares of a stride's instants that may be odd."""


def keeps_limbs(kinematics: Kinematics) -> bool:
    """Tell whether the near leg's thigh and shank keep their lengths over the stride."""
    return _odd(kinematics, kinematics.near_knee, kinematics.near_ankle) <= MOST_ODD


def far_keeps_limbs(kinematics: Kinematics) -> bool:
    """Tell whether the far leg's do; it takes up a bystander's for a moment, and the runner's again."""
    return _odd(kinematics, kinematics.far_knee, kinematics.far_ankle) <= MOST_ODD_FAR


def _odd(kinematics: Kinematics, knee: NDArray[np.float64], ankle: NDArray[np.float64]) -> float:
    """Share of the stride's instants at which a leg is not drawn as a runner's."""
    thigh = _lengths(knee, kinematics.hip) / kinematics.leg_cm
    shank = _lengths(ankle, knee) / kinematics.leg_cm
    # A comparison with NaN is false: what was not seen speaks neither for nor against.
    odd = (thigh < THIGH[0]) | (thigh > THIGH[1]) | (shank < SHANK[0]) | (shank > SHANK[1])
    return float(np.mean(odd))


def _lengths(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.hypot(a[:, 0] - b[:, 0], a[:, 1] - b[:, 1])
    return found

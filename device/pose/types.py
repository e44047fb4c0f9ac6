"""The runner's keypoints in one frame."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Keypoint(IntEnum):
    """COCO's 17 keypoints; left and right are the runner's own."""

    NOSE = 0
    LEFT_EYE = 1
    RIGHT_EYE = 2
    LEFT_EAR = 3
    RIGHT_EAR = 4
    LEFT_SHOULDER = 5
    RIGHT_SHOULDER = 6
    LEFT_ELBOW = 7
    RIGHT_ELBOW = 8
    LEFT_WRIST = 9
    RIGHT_WRIST = 10
    LEFT_HIP = 11
    RIGHT_HIP = 12
    LEFT_KNEE = 13
    RIGHT_KNEE = 14
    LEFT_ANKLE = 15
    RIGHT_ANKLE = 16


N_KEYPOINTS = len(Keypoint)


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Where the runner's joints are in one frame.

    t: the frame's time in seconds.
    xy: 17 x 2 float32, pixels of the frame, x right and y down; NaN where there is no point.
    score: 17 float32, 0 to 1, the network's own confidence; 0 where there is no point.
    dark: there is too little light to trust what was found. crowded: nothing is given because somebody else
    is seen where the runner was. A pose log keeps neither.
    """

    t: float
    xy: NDArray[np.float32]
    score: NDArray[np.float32]
    dark: bool = False
    crowded: bool = False

    @classmethod
    def missing(cls, t: float, dark: bool = False, crowded: bool = False) -> "Pose":
        """Say that nobody was found at time `t`; the time still counts."""
        xy = np.full((N_KEYPOINTS, 2), np.nan, np.float32)
        return cls(t, xy, np.zeros(N_KEYPOINTS, np.float32), dark, crowded)

    @property
    def present(self) -> bool:
        """Tell whether somebody was found in this frame."""
        return bool(np.isfinite(self.xy).any())

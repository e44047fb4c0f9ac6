"""Where the joints of somebody standing are seen, and how steadily."""

from math import atan2, degrees
from statistics import median

import numpy as np
from numpy.typing import NDArray

from device.gait.calibration import LEG_SHARE
from device.gait.signals import MIN_LEG_SCORE, MIN_SCORE
from device.gait.types import Facing
from device.pose.types import Keypoint, Pose

Array = NDArray[np.float64]

MIN_SEEN = 0.7
"""Share of frames in which a joint must be seen."""
SHOULDER_SHARE = 0.21
"""Distance between the shoulder joints over standing height (Winter's anthropometry: about 0.2)."""
NOISE_WINDOW_S = 0.5
_LEFT = (Keypoint.LEFT_SHOULDER, Keypoint.LEFT_HIP, Keypoint.LEFT_KNEE, Keypoint.LEFT_ANKLE)
_RIGHT = (Keypoint.RIGHT_SHOULDER, Keypoint.RIGHT_HIP, Keypoint.RIGHT_KNEE, Keypoint.RIGHT_ANKLE)


class StandingPoints:
    """Paths of both sides' shoulder, hip, knee and ankle, and of the face; pixels, NaN where not seen."""

    def __init__(self, poses: list[Pose]) -> None:
        self.t = np.array([p.t for p in poses])
        xy = np.array([p.xy for p in poses], np.float64)
        score = np.array([p.score for p in poses])
        least = np.where(np.arange(score.shape[1]) < Keypoint.LEFT_KNEE, MIN_SCORE, MIN_LEG_SCORE)
        xy[score < least] = np.nan
        self._xy = xy
        self.sides: Array = np.stack([xy[:, _LEFT], xy[:, _RIGHT]])
        """Side, frame, joint (shoulder, hip, knee, ankle), x and y."""

    @property
    def span(self) -> int:
        """Frames in `NOISE_WINDOW_S`."""
        return max(3, round(NOISE_WINDOW_S / float(np.median(np.diff(self.t)))))

    def lost(self) -> bool:
        """Tell whether a joint was seen too rarely."""
        if len(self.t) < 20:
            return True
        return bool(np.isfinite(self.sides[..., 0]).mean(axis=1).min() < MIN_SEEN)

    def middle(self, joint: int) -> Array:
        """Median place of the middle of both sides."""
        return np.asarray(np.nanmedian(self.sides[:, :, joint], axis=1).mean(axis=0))

    def half(self, joint: int) -> tuple[float, float]:
        """From the middle to the left side's point."""
        left, right = np.nanmedian(self.sides[:, :, joint], axis=1)
        x, y = (left - right) / 2
        return float(x), float(y)

    def leg_px(self) -> float:
        """Thigh plus shank, mean of both sides."""
        hip, knee, ankle = (np.nanmedian(self.sides[:, :, j], axis=1) for j in (1, 2, 3))
        return float((np.hypot(*(knee - hip).T) + np.hypot(*(ankle - knee).T)).mean())

    def lean_deg(self, forward: float) -> float:
        """Trunk lean, forward positive."""
        x, y = self.middle(0) - self.middle(1)
        return degrees(atan2(forward * x, -y))

    def tilt_deg(self, forward: float) -> float:
        """The line from ankles to shoulders against the vertical: posture, or a tilted camera."""
        x, y = self.middle(0) - self.middle(3)
        return degrees(atan2(forward * x, -y))

    def yaw_deg(self) -> float:
        """How far the camera is turned against the belt, from how far apart the shoulders are seen."""
        left, right = np.nanmedian(self.sides[:, :, 0], axis=1)
        width = SHOULDER_SHARE / LEG_SHARE * self.leg_px()
        return float(np.degrees(np.arcsin(np.clip((left - right)[0] / width, -1, 1))))

    def facing(self) -> Facing:
        """Which side of the ears the nose is."""
        ears = np.nanmean(self._xy[:, [Keypoint.LEFT_EAR, Keypoint.RIGHT_EAR], 0], axis=1)
        ahead = np.nanmedian(self._xy[:, Keypoint.NOSE, 0] - ears)
        if not abs(ahead) >= 0.05 * self.leg_px():
            return Facing.UNCLEAR
        return Facing.RIGHT if ahead > 0 else Facing.LEFT

    def wander(self) -> float:
        """How far the middle of hips and ankles strayed between half seconds, as a share of the leg."""
        strays = []
        for joint in (1, 3):
            path = np.nanmean(self.sides[:, :, joint], axis=0)
            path = path[np.isfinite(path[:, 0])]
            places = [
                np.median(part, axis=0) for part in np.array_split(path, max(2, len(path) // self.span))
            ]
            strays.append(np.hypot(*np.ptp(places, axis=0)))
        return float(max(strays) / self.leg_px())

    def noise_px(self) -> float:
        """SD of a coordinate about its slow course (median over `NOISE_WINDOW_S`), worst joint."""
        span, worst = self.span, 0.0
        for joint in (1, 2, 3):
            for side in (0, 1):
                path = self.sides[side, :, joint]
                path = path[np.isfinite(path[:, 0])]
                if len(path) < 2 * span:
                    continue
                courses = np.lib.stride_tricks.sliding_window_view(path, span, axis=0)
                off = path[span // 2 : span // 2 + len(courses)] - np.median(courses, axis=-1)
                worst = max(worst, float(median(np.std(off, axis=0).tolist())))
        return worst

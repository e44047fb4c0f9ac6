"""What the last two seconds of poses look like: proportions and posture of the body, and how it moves."""

import numpy as np
from numpy.typing import NDArray

from device.gait.types import Activity, Facing, View
from device.pose.types import Keypoint

Array = NDArray[np.float32]

MAX_HIP_WIDTH = 0.25
MAX_SHOULDER_WIDTH = 0.38
MIN_NOSE_AHEAD = 0.15
"""Widths and nose position as shares of trunk length; two beyond their limit mean not a side view."""

FRONTAL_SHOULDER_WIDTH = 0.72
"""Wider shoulders, or a nose in the middle, mean from before or behind rather than obliquely."""

RUNNING_ABOVE = 0.3
WALKING_BELOW = 0.0
"""Correlation of hip height with the distance between the ankles."""

MIN_PRESENT = 0.5
EDGE_PX = 3.0
STILL_ANKLES = 0.08
"""Spread of the distance between the ankles, as a share of leg length, below which nobody steps."""

_N, _LE, _RE = Keypoint.NOSE, Keypoint.LEFT_EAR, Keypoint.RIGHT_EAR
_LS, _RS, _LH, _RH = Keypoint.LEFT_SHOULDER, Keypoint.RIGHT_SHOULDER, Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP
_LA, _RA = Keypoint.LEFT_ANKLE, Keypoint.RIGHT_ANKLE


class BodyWindow:
    """Medians of one window of poses, frames x 17 x 2 in pixels, y down, where trunk and a foot are seen."""

    def __init__(self, xy: Array) -> None:
        seen = np.isfinite(xy[:, :, 0])
        trunk = seen[:, [_LS, _RS]].any(axis=1) & seen[:, [_LH, _RH]].any(axis=1)
        self.present = float(trunk.mean())
        self.xy = xy = xy[trunk]
        self.footless = float((~seen[trunk][:, [_LA, _RA]].any(axis=1)).mean()) if len(xy) else 1.0
        if self.present < MIN_PRESENT:
            return
        self.shoulder, self.hip = _middle(xy, _LS, _RS), _middle(xy, _LH, _RH)
        feet = np.fmax(xy[:, _LA, 1], xy[:, _RA, 1])
        self.trunk_px = max(_median(np.hypot(*(self.shoulder - self.hip).T)), 1.0)
        self.leg_px = max(_median(feet - self.hip[:, 1]), 1.0)
        self.height_px = _median(feet - self._head_y())
        self.nose_ahead = _median(xy[:, _N, 0] - self.shoulder[:, 0]) / self.trunk_px
        lean = np.arctan2(self.shoulder[:, 0] - self.hip[:, 0], self.hip[:, 1] - self.shoulder[:, 1])
        self.lean_deg = abs(float(np.degrees(_median(lean))))

    def cut_off(self, size: tuple[int, int]) -> bool:
        """Tell whether head or feet touch the edge of the picture in a fifth of the frames."""
        width, height = size
        x, y = self.xy[:, [_LA, _RA], 0], self.xy[:, [_LA, _RA], 1]
        out = (x < EDGE_PX) | (x > width - 1 - EDGE_PX) | (y > height - 1 - EDGE_PX)
        head = self._head_y() < EDGE_PX
        return self.footless > 0.2 or bool((out.any(axis=1) | head).mean() > 0.2)

    def view(self) -> tuple[View, Facing]:
        """Give the side that faces the camera and the direction of running in the picture."""
        hips = abs(_median(self.xy[:, _LH, 0] - self.xy[:, _RH, 0])) / self.trunk_px
        shoulders = _median(self.xy[:, _LS, 0] - self.xy[:, _RS, 0]) / self.trunk_px
        wide = abs(shoulders) > MAX_SHOULDER_WIDTH
        not_ahead = not abs(self.nose_ahead) >= MIN_NOSE_AHEAD
        if (hips > MAX_HIP_WIDTH) + wide + not_ahead >= 2:
            if not not_ahead and abs(shoulders) < FRONTAL_SHOULDER_WIDTH:
                return View.OBLIQUE, Facing.UNCLEAR
            # Who looks into the camera has his left side on the right of the picture.
            return (View.FRONTAL if shoulders > 0 else View.REAR), Facing.UNCLEAR
        ahead = self.nose_ahead if np.isfinite(self.nose_ahead) else self._nose_before_ear()
        if not np.isfinite(ahead) or abs(ahead) < 0.05:
            return View.UNCLEAR, Facing.UNCLEAR
        return (View.RIGHT, Facing.RIGHT) if ahead > 0 else (View.LEFT, Facing.LEFT)

    def activity(self, view: View, was: Activity) -> Activity:
        """Running lifts the hips when the feet are apart, walking when they pass each other.

        Between the two a runner stays a runner, so that one odd step does not stop the measurement.
        """
        between = self.xy[:, _LA] - self.xy[:, _RA]
        both = np.isfinite(between).all(axis=1)
        if both.mean() < MIN_PRESENT:
            return Activity.UNCLEAR
        between, hip_y = between[both], self.hip[both, 1]
        swing = np.ptp(np.percentile(between, (10, 90), axis=0), axis=0)
        if float(swing.max()) < STILL_ANKLES * self.leg_px:
            return Activity.STANDING
        if not view.sideways:
            return Activity.UNCLEAR
        up, apart = _detrended(-hip_y), _detrended(np.abs(between[:, 0]))
        size = float(np.sqrt((up @ up) * (apart @ apart)))
        likeness = float(up @ apart) / size if size > 0 else 0.0
        if likeness > RUNNING_ABOVE:
            return Activity.RUNNING
        if likeness < WALKING_BELOW:
            return Activity.WALKING
        return was if was is Activity.RUNNING else Activity.UNCLEAR

    def travel(self) -> float:
        """How far the hips moved across the picture from the first to the last quarter, in trunk lengths."""
        quarter = max(1, len(self.hip) // 4)
        moved = _median(self.hip[-quarter:, 0]) - _median(self.hip[:quarter, 0])
        return abs(moved) / self.trunk_px

    def _head_y(self) -> Array:
        with_head = np.where(np.isfinite(self.xy[:, _N, 1]), self.xy[:, _N, 1], self.shoulder[:, 1])
        return np.asarray(with_head, np.float32)

    def _nose_before_ear(self) -> float:
        ears = np.concatenate([self.xy[:, _N, 0] - self.xy[:, ear, 0] for ear in (_LE, _RE)])
        return _median(ears) / self.trunk_px


def _middle(xy: Array, left: int, right: int) -> Array:
    """Middle of two points, or the one that is seen."""
    a, b = xy[:, left], xy[:, right]
    return np.where(np.isnan(a), b, np.where(np.isnan(b), a, (a + b) / 2))


def _median(x: Array) -> float:
    # Sorted here: so short a row spends most of np.median's time on its way there.
    known = np.sort(x[np.isfinite(x)])
    n = len(known)
    return float((known[(n - 1) // 2] + known[n // 2]) / 2) if n else float("nan")


def _detrended(x: Array) -> NDArray[np.float64]:
    """Take the mean and the straight line out."""
    y = x.astype(np.float64) - float(x.mean())
    k = np.arange(len(y), dtype=np.float64) - (len(y) - 1) / 2
    return np.asarray(y - k * float(k @ y) / float(k @ k))

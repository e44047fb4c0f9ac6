"""The last seconds of smoothed joint paths, and strides of them in centimetres."""

from math import atan, cos, sin

import numpy as np
from numpy.typing import NDArray

from device.gait.rows import Rows
from device.gait.smoothing import POINTS, WIDTH, mirror_legs
from device.gait.types import Facing, Kinematics, Side

_ROWS = 1500


class Axes:
    """From pixels to centimetres: x forward, y up; and on to the belt's own axes on a slope."""

    def __init__(self, cm_per_px: float, leg_cm: float, facing: Facing, grade_pct: float) -> None:
        self.cm_per_px, self.leg_cm = cm_per_px, leg_cm
        self.forward = -cm_per_px if facing is Facing.LEFT else cm_per_px
        angle = atan(grade_pct / 100)
        self._cos, self._sin = cos(angle), sin(angle)
        self.along_x, self.along_y = self.forward * self._cos, -cm_per_px * self._sin
        self.above_x, self.above_y = -self.forward * self._sin, -cm_per_px * self._cos

    def along(self, x: float, y: float) -> float:
        """Component along the belt, cm, of a pixel difference."""
        return self.along_x * x + self.along_y * y

    def above(self, x: float, y: float) -> float:
        """Component off the belt, cm, of a pixel difference."""
        return self.above_x * x + self.above_y * y


class History:
    """Smoothed points and their velocities over time, newest last."""

    def __init__(self) -> None:
        self.rows = Rows(2 * WIDTH, _ROWS)

    def append(self, t: float, smoothed: NDArray[np.float64]) -> None:
        """Add one instant: values and velocities, 2 x WIDTH."""
        self.rows.append(t, smoothed.reshape(-1))

    def mirror(self) -> None:
        """Exchange the left and right leg in all that is kept."""
        mirror_legs(self.rows, 0)
        mirror_legs(self.rows, WIDTH)

    def leg_motion(
        self, side: Side, first: int, end: int, axes: Axes
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Rate of the ankle ahead of mid-hip (cm/s) and height above the belt plane (cm), first to end."""
        values = self.rows.values(first, end)
        ankle, hip = 2 * POINTS[f"{side}_ankle"], 2 * POINTS["hip"]
        vx = values[:, WIDTH + ankle] - values[:, WIDTH + hip]
        vy = values[:, WIDTH + ankle + 1] - values[:, WIDTH + hip + 1]
        return (
            axes.along_x * vx + axes.along_y * vy,
            axes.above_x * values[:, ankle] + axes.above_y * values[:, ankle + 1],
        )

    def kinematics(
        self, begin_s: float, end_s: float, near: Side, axes: Axes, calibrated: bool
    ) -> Kinematics:
        """Joint paths from `begin_s` to `end_s` (as far as they are known yet)."""
        first, end = self.rows.index_at(begin_s), self.rows.index_at(end_s + 1e-6)
        values = self.rows.values(first, end)
        scale = np.array([axes.forward, -axes.cm_per_px])

        def path(name: str) -> NDArray[np.float64]:
            column = 2 * POINTS[name]
            return np.asarray(values[:, column : column + 2] * scale)

        def velocity(name: str) -> NDArray[np.float64]:
            column = WIDTH + 2 * POINTS[name]
            return np.asarray(values[:, column : column + 2] * scale)

        far = near.other
        return Kinematics(
            t=self.rows.times(first, end),
            hip=path("hip"),
            shoulder=path("shoulder"),
            near_knee=path(f"{near}_knee"),
            near_ankle=path(f"{near}_ankle"),
            far_knee=path(f"{far}_knee"),
            far_ankle=path(f"{far}_ankle"),
            near_elbow=path(f"{near}_elbow"),
            near_wrist=path(f"{near}_wrist"),
            near_shoulder=path(f"{near}_shoulder"),
            near_ear=path(f"{near}_ear"),
            near_eye=path(f"{near}_eye"),
            hip_velocity=velocity("hip"),
            near_ankle_velocity=velocity(f"{near}_ankle"),
            leg_cm=axes.leg_cm,
            calibrated=calibrated,
        )

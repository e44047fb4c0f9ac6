"""What the standing feet tell of camera and belt: they are carried along a line, at the belt's speed."""

from collections import deque
from math import atan, degrees
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from device.gait.types import Side

Array = NDArray[np.float64]


class Deck:
    """Direction and speed at which the ankles are carried in mid-stance, over the last stances of both legs.

    As the foot rolls, its ankle rises a little on the way back: by `RISE_DEG`, in other runners 2.4 deg more
    or less (SD), so that only a plainly tilted camera can be told. It moves at `SPEED_RATIO` of the belt's
    speed (the near leg, for a bystander's may be taken for the far one; SD 0.03 on rendered runners).
    """

    STANCES, LEAST = 8, 5
    BEGIN, END = 0.2, 0.55
    """The part of the stance in which the foot is flat."""
    RISE_DEG = 2.5
    SPEED_RATIO = 1.0
    LEAST_FRAMES = 3
    SCATTER_DEG = 5.0

    def __init__(self, near: Side) -> None:
        self._near = near
        self._stances: dict[Side, deque[tuple[float, float]]] = {
            side: deque(maxlen=self.STANCES) for side in Side
        }

    def mirror(self) -> None:
        """Take left for right and right for left."""
        left, right = self._stances[Side.LEFT], self._stances[Side.RIGHT]
        self._stances = {Side.LEFT: right, Side.RIGHT: left}

    def add(self, side: Side, t: Array, ahead: Array, height: Array) -> None:
        """Take the ankle of one foot while flat: seconds, cm ahead along the belt and above it."""
        known = np.isfinite(ahead) & np.isfinite(height)
        if known.sum() < self.LEAST_FRAMES:
            return
        s, x, y = (values[known] - values[known].mean() for values in (t, ahead, height))
        spread = float(x @ x)
        if spread > 1.0:
            self._stances[side].append((degrees(atan(float(x @ y) / spread)), -float(s @ x) / float(s @ s)))

    @property
    def tilt_deg(self) -> float | None:
        """By how much the belt seems to climb in the direction of running, its known slope taken out.

        None before five stances of each leg, or while these disagree.
        """
        slopes = [[slope for slope, _ in stances] for stances in self._stances.values()]
        if min(len(own) for own in slopes) < self.LEAST:
            return None
        middle = [median(own) for own in slopes]
        for own, usual in zip(slopes, middle, strict=True):
            if fmean(abs(slope - usual) for slope in own) > self.SCATTER_DEG:
                return None
        return fmean(middle) + self.RISE_DEG

    @property
    def belt_mps(self) -> float | None:
        """Speed of the belt on the scale of the picture; None before five stances of the near leg."""
        stances = self._stances[self._near]
        if len(stances) < self.LEAST:
            return None
        return median(speed for _, speed in stances) / self.SPEED_RATIO / 100

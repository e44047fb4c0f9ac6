"""What must be known before anything is measured: direction of running, scale of the picture, belt speed."""

from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from device.gait.signals import BodyFrame, distance
from device.gait.types import Facing, RunSetup, Side
from device.pose.types import Keypoint

LEG_SHARE = 0.491
"""Thigh plus shank over standing height (Winter's anthropometry: 0.245 + 0.246)."""

DEFAULT_HEIGHT_CM = 175.0

STANCE_SPEED_RATIO = 0.87
"""Ankle speed over belt speed in mid-stance, seen from the hip; 0.857 to 0.88 on force-plate trials."""


def calibrated(setup: RunSetup) -> bool:
    """Tell whether lengths in cm are the runner's own, not those of somebody of 175 cm."""
    return setup.height_cm is not None or setup.cm_per_px is not None


Step = tuple[float, float, float]
"""Time, ankle right of mid-hip and ankle down the picture: s, px, px."""


def near_side(facing: Facing) -> Side | None:
    """The leg on the camera's side: the right one of a runner who faces right."""
    if facing is Facing.UNCLEAR:
        return None
    return Side.RIGHT if facing is Facing.RIGHT else Side.LEFT


class Calibration:
    """Learns direction and scale from the first `WARM_UP_S` and follows the scale slowly afterwards.

    The direction is the side of the ears on which the nose is; without a face, against the belt. The leg
    (median thigh plus median shank) is 0.491 of standing height; 175 cm is assumed when the height is not
    known. A scale from two marks on the deck goes before both.
    """

    WARM_UP_S = 1.0
    LEAST_FRAMES = 12
    MEMORY_S = 5.0
    REFRESH_S = 1.0
    EVERY_S = 0.04
    LEAST_NOSE_SHARE = 0.05
    LEAST_FOOT_SPEED = 0.6
    MAX_STEP_S = 0.1

    def __init__(self) -> None:
        self._legs: deque[tuple[float, float, float]] = deque()
        self._noses: deque[tuple[float, float]] = deque()
        self._feet: tuple[deque[Step], deque[Step]] = (deque(), deque())
        self._collected = -1.0e9
        self.refreshed = -1.0e9
        """Time of the newest estimate."""
        self.leg_px: float | None = None
        self.seen_facing = Facing.UNCLEAR

    @property
    def ready(self) -> bool:
        """Tell whether the warm-up has been long enough; the direction may still be unclear."""
        return self.leg_px is not None

    def update(self, body: BodyFrame) -> None:
        """Take one frame."""
        if not self.ready or body.t - self._collected >= self.EVERY_S:
            self._collect(body)
        if body.t - self.refreshed < (self.REFRESH_S if self.ready else 0.1):
            return
        self.refreshed = body.t
        self.refresh(self.WARM_UP_S)

    def refresh(self, least_s: float = 0.0) -> None:
        """Estimate again from what was collected, if that spans `least_s` seconds."""
        legs = self._legs
        if len(legs) < self.LEAST_FRAMES or legs[-1][0] - legs[0][0] < least_s:
            return
        self.leg_px = median(thigh for _, thigh, _ in legs) + median(shank for _, _, shank in legs)
        ahead = self._nose_ahead() or self._belt_direction()
        if ahead is not None:
            self.seen_facing = Facing.RIGHT if ahead > 0 else Facing.LEFT

    def scale(self, setup: RunSetup) -> tuple[float, float]:
        """Give cm per pixel and the leg in cm; only to be asked once ready."""
        assert self.leg_px is not None
        if setup.cm_per_px is not None:
            return setup.cm_per_px, setup.cm_per_px * self.leg_px
        leg_cm = LEG_SHARE * (setup.height_cm or DEFAULT_HEIGHT_CM)
        return leg_cm / self.leg_px, leg_cm

    def _nose_ahead(self) -> float | None:
        """How far right of the ears the nose is, pixels; None when the face is not seen from the side."""
        assert self.leg_px is not None
        if len(self._noses) < self.LEAST_FRAMES:
            return None
        nose = median(offset for _, offset in self._noses)
        return nose if abs(nose) >= self.LEAST_NOSE_SHARE * self.leg_px else None

    def _belt_direction(self) -> float | None:
        """Against the way in which low feet are carried, pixels per second; None when they hardly move.

        Stands in for the face where that is hidden.
        """
        assert self.leg_px is not None
        speeds: list[float] = []
        for foot in self._feet:
            lowest = sorted(y for _, _, y in foot)[-max(1, len(foot) // 4) :]
            for (t0, x0, y0), (t1, x1, y1) in pairwise(foot):
                if min(y0, y1) >= lowest[0] and t1 - t0 < self.MAX_STEP_S:
                    speeds.append((x1 - x0) / (t1 - t0))
        if len(speeds) < self.LEAST_FRAMES:
            return None
        carried = median(speeds)
        return -carried if abs(carried) > self.LEAST_FOOT_SPEED * self.leg_px else None

    def _collect(self, body: BodyFrame) -> None:
        self._collected = body.t
        hip = body.hip
        for knee, ankle in zip(body.knees, body.ankles, strict=True):
            if hip and knee and ankle:
                self._legs.append((body.t, distance(hip, knee), distance(knee, ankle)))
        for foot, ankle in zip(self._feet, body.ankles, strict=True):
            if hip and ankle:
                foot.append((body.t, ankle[0] - hip[0], ankle[1]))
            while foot and body.t - foot[0][0] > self.MEMORY_S:
                foot.popleft()
        nose = body.points[Keypoint.NOSE]
        ears = [p for p in (body.points[Keypoint.LEFT_EAR], body.points[Keypoint.RIGHT_EAR]) if p]
        if nose and ears:
            self._noses.append((body.t, nose[0] - fmean(x for x, _ in ears)))
        while self._legs and body.t - self._legs[0][0] > self.MEMORY_S:
            self._legs.popleft()
        while self._noses and body.t - self._noses[0][0] > self.MEMORY_S:
            self._noses.popleft()


def estimate_belt_speed(legs: Iterable[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> float | None:
    """Belt speed in m/s from how fast the ankles are carried back while they are at their lowest.

    legs: for each leg, rate of the ankle ahead of mid-hip (cm/s) and its height above the belt plane (cm), of
    the same instants, NaN where lost. None without enough instants.
    Low means within 2 cm of the lowest 5 %; the median there is 0.87 of belt speed.
    """
    speeds: list[float] = []
    for rate, height in legs:
        known = np.isfinite(rate) & np.isfinite(height)
        if known.sum() < Calibration.LEAST_FRAMES:
            continue
        low = height[known] < np.percentile(height[known], 5) + 2.0
        speeds.append(-float(np.median(rate[known][low])) / STANCE_SPEED_RATIO / 100)
    return fmean(speeds) if speeds else None

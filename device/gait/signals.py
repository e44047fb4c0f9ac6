"""From one pose to the body points gait analysis works on: plain floats, gated by confidence."""

from dataclasses import dataclass
from math import hypot, inf

from device.gait.types import Standing
from device.pose.types import Keypoint, Pose

Point = tuple[float, float]
"""x right, y down, pixels of the frame."""

MIN_SCORE = 0.3
"""Confidence from which a trunk or arm point is used (biomechanics: 0.3)."""

MIN_LEG_SCORE = 0.15
"""Knees and ankles are admitted sooner: the leg tracker weighs them against limb lengths and motion."""

DUPLICATE_PX = 0.02
"""A pose closer than this to the one before, on every point, is the same picture again."""


@dataclass(frozen=True, slots=True)
class BodyFrame:
    """The points of one instant in pixels; None where there is no trustworthy point.

    `knees` and `ankles` are as labelled (left, right); `hip` and `shoulder` are the middle of both sides.
    """

    t: float
    points: tuple[Point | None, ...]
    hip: Point | None
    shoulder: Point | None
    knees: tuple[Point | None, Point | None]
    ankles: tuple[Point | None, Point | None]


# Looking up a member of an enumeration costs as much as several uses of its number.
_LEFT_SHOULDER, _RIGHT_SHOULDER = int(Keypoint.LEFT_SHOULDER), int(Keypoint.RIGHT_SHOULDER)
_LEFT_HIP, _RIGHT_HIP = int(Keypoint.LEFT_HIP), int(Keypoint.RIGHT_HIP)
_LEFT_KNEE, _RIGHT_KNEE = int(Keypoint.LEFT_KNEE), int(Keypoint.RIGHT_KNEE)
_LEFT_ANKLE, _RIGHT_ANKLE = int(Keypoint.LEFT_ANKLE), int(Keypoint.RIGHT_ANKLE)
_LEAST = tuple(MIN_SCORE if k < Keypoint.LEFT_KNEE else MIN_LEG_SCORE for k in Keypoint)


class MiddlePoint:
    """The middle of a left and a right point that goes on when one of them is lost.

    While both are seen, their half distance is learned (leaky mean over about 100 frames); a lone point is
    then moved by it.
    """

    def __init__(self, offset: Point | None = None) -> None:
        self._offset = offset

    def update(self, left: Point | None, right: Point | None) -> Point | None:
        """Give the middle for this frame, None when it cannot be known."""
        if left and right:
            half = ((left[0] - right[0]) / 2, (left[1] - right[1]) / 2)
            old = self._offset or half
            self._offset = (old[0] + (half[0] - old[0]) * 0.02, old[1] + (half[1] - old[1]) * 0.02)
            return ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
        offset = self._offset
        if offset and left:
            return (left[0] - offset[0], left[1] - offset[1])
        if offset and right:
            return (right[0] + offset[0], right[1] + offset[1])
        return None


class Intake:
    """Turns poses into `BodyFrame`s, leaving out what carries no new information.

    Left out are poses that do not advance in time, repeated pictures (slowed-down or padded clips) and the
    frames beyond about 120 per second, which add cost but no accuracy.
    standing: where the middle of hips and shoulders is until both sides have been seen in running.
    """

    MIN_STEP_S = 0.0075

    def __init__(self, standing: Standing | None = None) -> None:
        self._t = -inf
        self._xy: list[list[float]] = []
        self._hip = MiddlePoint(standing.hip_px if standing else None)
        self._shoulder = MiddlePoint(standing.shoulder_px if standing else None)

    def update(self, pose: Pose) -> BodyFrame | None:
        """Give the body points of `pose`, or None when it is to be left out."""
        if pose.t - self._t < self.MIN_STEP_S:
            return None
        xy: list[list[float]] = pose.xy.tolist()
        if self._repeats(xy):
            return None
        self._t, self._xy = pose.t, xy
        points: list[Point | None] = [
            # A comparison with NaN is false, so an absent point is never admitted.
            (x, y) if score >= least and x - x == 0.0 == y - y else None
            for (x, y), score, least in zip(xy, pose.score.tolist(), _LEAST, strict=True)
        ]
        return BodyFrame(
            t=pose.t,
            points=tuple(points),
            hip=self._hip.update(points[_LEFT_HIP], points[_RIGHT_HIP]),
            shoulder=self._shoulder.update(points[_LEFT_SHOULDER], points[_RIGHT_SHOULDER]),
            knees=(points[_LEFT_KNEE], points[_RIGHT_KNEE]),
            ankles=(points[_LEFT_ANKLE], points[_RIGHT_ANKLE]),
        )

    def _repeats(self, xy: list[list[float]]) -> bool:
        """Tell whether these are the very points of the frame before."""
        if not self._xy:
            return False
        seen = False
        for (x, y), (old_x, old_y) in zip(xy, self._xy, strict=True):
            if abs(x - old_x) > DUPLICATE_PX or abs(y - old_y) > DUPLICATE_PX:
                return False
            # Where a point was absent and no longer is, no difference can be larger than anything.
            if (x - x == 0.0) is not (old_x - old_x == 0.0):
                return False
            seen = seen or x - x == 0.0
        return seen


def distance(a: Point, b: Point) -> float:
    """Distance between two points, pixels."""
    return hypot(a[0] - b[0], a[1] - b[1])

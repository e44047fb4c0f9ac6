"""Is this pose the runner's? Place, size and continuity decide, for the network's score does not."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device.pose.crop import Box
from device.pose.types import Keypoint

SURE_SCORE = 0.2
"""A keypoint below this says nothing about where the body is."""
MIN_POINTS = 8
FIND_SCORE = 0.3
"""Mean score of shoulders and hips that somebody must reach to be taken for the runner."""
TORSO_SHARE = (0.15, 0.65)
"""Shoulders to hips, in heights of the box of sure points: nobody upright is outside this."""
FIND_LEAN_DEG, MAX_LEAN_DEG = 60.0, 80.0
"""Of the trunk in the picture: to be found, and ever: who is followed may bend in a tilted picture."""
JUMP, SPEED = 0.35, 3.0
"""Hips may move by so many torso lengths at once, and by so many more a second."""
AHEAD, ABOVE, LARGER = 0.8, 0.4, 1.35
"""Half axes of an ellipsoid, on a belt: how many torso lengths hips may be ahead of or behind, above or below
where they were of late, and how many times longer or shorter the torso. Runners alone stay within half of it;
who walks by before the runner is larger and lower, and outside."""
LARGER_ANYWHERE = 1.6
"""The same where a camera may pan after the runner and place says nothing."""
MEMORY_S, LONGEST_S = 0.5, 0.1
"""How fast what is usual follows; whoever comes after a longer gap changes it by no more than this."""
DOUBTFUL, SURELY = 3, 0.4
"""After so many bodies on end that were not the runner's, only one so far inside the ellipsoid is again."""

# Looking up a member of an enumeration costs as much as several uses of its number.
_LEFT_SHOULDER, _RIGHT_SHOULDER = int(Keypoint.LEFT_SHOULDER), int(Keypoint.RIGHT_SHOULDER)
_LEFT_HIP, _RIGHT_HIP = int(Keypoint.LEFT_HIP), int(Keypoint.RIGHT_HIP)
_FIND_LEAN, _MAX_LEAN = math.radians(FIND_LEAN_DEG), math.radians(MAX_LEAN_DEG)
_LARGER, _LARGER_ANYWHERE = math.log(LARGER), math.log(LARGER_ANYWHERE)


@dataclass(frozen=True, slots=True)
class Body:
    """What decides: hip centre, torso length and box of the sure points in pixels, mean torso score, lean."""

    hip_x: float
    hip_y: float
    torso_px: float
    score: float
    lean_rad: float
    box: Box


def upright_body(points: NDArray[np.float32]) -> Body | None:
    """Sum up 17 x 3 keypoints (x, y, score); None when they are not an upright person."""
    rows: list[list[float]] = points.tolist()
    sure = [row for row in rows if row[2] > SURE_SCORE]
    shoulders = _centre(rows[_LEFT_SHOULDER], rows[_RIGHT_SHOULDER])
    hips = _centre(rows[_LEFT_HIP], rows[_RIGHT_HIP])
    if len(sure) < MIN_POINTS or shoulders is None or hips is None:
        return None
    xs, ys, _ = zip(*sure, strict=True)
    box = min(xs), min(ys), max(xs), max(ys)
    across, down = hips[0] - shoulders[0], hips[1] - shoulders[1]
    torso = math.hypot(across, down)
    height = box[3] - box[1]
    lean = math.atan2(abs(across), down)
    if lean > _MAX_LEAN or not TORSO_SHARE[0] * height < torso < TORSO_SHARE[1] * height:
        return None
    return Body(hips[0], hips[1], torso, (shoulders[2] + hips[2]) / 2, lean, box)


class RunnerLock:
    """Remembers where the runner was and how large, and refuses what cannot be the same person.

    region: left, top, right, bottom in pixels that the hips must stay in; None: anywhere, and wandering is
        allowed, for the camera may pan after a runner who is not on a treadmill.
    """

    def __init__(self, region: Box | None) -> None:
        self._region = region
        self._last: tuple[float, Body] | None = None
        self._usual = (0.0, 0.0, 0.0)
        """Hip x, hip y and torso of late."""
        self._refused = 0

    @property
    def knows_runner(self) -> bool:
        """Whether somebody in a region is being followed, so that anybody else is told from him."""
        return self._region is not None and self._last is not None

    def admit(self, t: float, body: Body) -> bool:
        """Tell whether the body at time `t` may be the runner's; if so it is remembered."""
        if not self._inside(body):
            return False
        if self._last is None:
            if body.score < FIND_SCORE or body.lean_rad > _FIND_LEAN:
                return False
            self._usual = body.hip_x, body.hip_y, body.torso_px
        else:
            elapsed = t - self._last[0]
            if not self._continues(body, self._last[1], elapsed):
                self._refused += 1
                return False
            share = 1.0 - math.exp(-min(elapsed, LONGEST_S) / MEMORY_S)
            x, y, torso = self._usual
            self._usual = (
                x + share * (body.hip_x - x),
                y + share * (body.hip_y - y),
                torso + share * (body.torso_px - torso),
            )
        self._last, self._refused = (t, body), 0
        return True

    def _continues(self, body: Body, last: Body, elapsed: float) -> bool:
        x, y, torso = self._usual
        moved = math.hypot(body.hip_x - last.hip_x, body.hip_y - last.hip_y)
        if moved > torso * (JUMP + SPEED * elapsed):
            return False
        larger = math.log(body.torso_px / torso)
        if self._region is None:
            return abs(larger) < _LARGER_ANYWHERE
        ahead, above = (body.hip_x - x) / (torso * AHEAD), (body.hip_y - y) / (torso * ABOVE)
        off = ahead * ahead + above * above + (larger / _LARGER) ** 2
        return off < (1.0 if self._refused < DOUBTFUL else SURELY)

    def _inside(self, body: Body) -> bool:
        if self._region is None:
            return True
        left, top, right, bottom = self._region
        return left <= body.hip_x <= right and top <= body.hip_y <= bottom


def _centre(left: list[float], right: list[float]) -> tuple[float, float, float] | None:
    """Give x, y and mean score of a pair of joints; of one alone when the other is unsure."""
    score = (left[2] + right[2]) / 2
    if left[2] > SURE_SCORE and right[2] > SURE_SCORE:
        return (left[0] + right[0]) / 2, (left[1] + right[1]) / 2, score
    best = max(left, right, key=lambda row: row[2])
    return (best[0], best[1], score) if best[2] > SURE_SCORE else None

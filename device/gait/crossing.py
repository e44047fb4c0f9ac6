"""Knees and ankles while the legs pass each other, where a pose network is least sure whose is whose.

For some frames it draws both points of a joint between the legs, or lets them change over late. Their paths
are smooth: near the other leg a point is worth less than before and after, and is put on the parabola through
its neighbours in time, each with its own weight.
"""

from collections import deque
from collections.abc import Iterable
from math import hypot

from device.gait.signals import Point

Joints = tuple[Point | None, Point | None, Point | None, Point | None]
"""Left knee, right knee, left ankle, right ankle in pixels, as assigned to the legs."""

_Weights = tuple[float, float]


class Crossing:
    """Remembers the last assigned points and steadies those that are close to the other leg.

    BEFORE_S, AFTER_S: how far the parabola reaches; after is what the leg tracker waits for anyway.
    """

    CLOSE_CM = 14.0
    WEIGHT_CLOSE = 0.25
    BEFORE_S, AFTER_S = 0.09, 0.055
    LEAST = 4

    def __init__(self) -> None:
        self._before: deque[tuple[float, Joints, _Weights]] = deque()

    def clear(self) -> None:
        """Forget what was before."""
        self._before.clear()

    def exchange(self) -> None:
        """Take left for right and right for left in what is kept."""
        self._before = deque((t, (b, a, d, c), weights) for t, (a, b, c, d), weights in self._before)

    def steady(
        self, t: float, now: Joints, after: Iterable[tuple[float, Joints]], cm_per_px: float
    ) -> Joints:
        """Give the points of `t` steadied where the legs are close, and remember them as they were.

        after: the frames that follow, in order of time.
        """
        before = self._before
        while before and t - before[0][0] > self.BEFORE_S:
            before.popleft()
        weights = self._weights(now, cm_per_px)
        before.append((t, now, weights))
        if weights == (1.0, 1.0):
            return now
        frames = list(before)
        for later, joints in after:
            if later - t > self.AFTER_S:
                break
            frames.append((later, joints, self._weights(joints, cm_per_px)))
        a, b, c, d = (
            point if point is None or weights[i // 2] == 1.0 else self._fitted(t, frames, i) or point
            for i, point in enumerate(now)
        )
        return a, b, c, d

    def _weights(self, joints: Joints, cm_per_px: float) -> _Weights:
        """Worth of the knees and of the ankles of one frame."""
        limit = self.CLOSE_CM / cm_per_px
        return self._worth(joints[0], joints[1], limit), self._worth(joints[2], joints[3], limit)

    def _worth(self, left: Point | None, right: Point | None, limit: float) -> float:
        if left is None or right is None:
            return self.WEIGHT_CLOSE
        return self.WEIGHT_CLOSE if hypot(left[0] - right[0], left[1] - right[1]) < limit else 1.0

    def _fitted(self, t: float, frames: list[tuple[float, Joints, _Weights]], index: int) -> Point | None:
        """One point at `t` on the weighted parabola through its frames; None when these are too few."""
        samples = [
            (at - t, weights[index // 2], point[0], point[1])
            for at, joints, weights in frames
            if (point := joints[index]) is not None
        ]
        return parabola(samples) if len(samples) >= self.LEAST else None


def parabola(samples: list[tuple[float, float, float, float]]) -> Point:
    """Value at tau = 0 of the least-squares parabola through (tau, weight, x, y); three instants at least."""
    s0 = s1 = s2 = s3 = s4 = 0.0
    for tau, weight, _, _ in samples:
        s0 += weight
        s1 += weight * tau
        s2 += weight * tau * tau
        s3 += weight * tau**3
        s4 += weight * tau**4
    c0, c1, c2 = s2 * s4 - s3 * s3, s2 * s3 - s1 * s4, s1 * s3 - s2 * s2
    det = s0 * c0 + s1 * c1 + s2 * c2
    x = y = 0.0
    for tau, weight, px, py in samples:
        share = weight * (c0 + c1 * tau + c2 * tau * tau) / det
        x += share * px
        y += share * py
    return x, y

"""Where the network should look next: a steady square round the runner's body.

Side = 1.0 x the robust body box: feet leave a tighter one, and in a looser one the legs are told apart worse
and angles coarsen.
"""

import math
from bisect import bisect_left, insort
from collections import deque

from device.pose.crop_box import Crop

WINDOW_S = 1.0
"""A stride and a third: the box then covers both arms and both feet at their furthest."""
SMOOTHING_S = 0.5
"""Time constant of the crop's size and of its place round the hips."""
FOLLOWING_S = 0.1
"""Time constant with which it follows the hips."""
LOW, HIGH = 0.04, 0.96
"""Percentiles, against single points that jump."""
SETTLING_FRAMES = 3
"""So many boxes are followed at once; then the crop moves smoothly."""
POINTS_SHARE = 0.86
"""The share of the body's height between the highest and lowest keypoint, eyes to ankles."""
ABOVE, BELOW, BESIDE = 0.09, 0.05, 0.02
"""What is added round the points, in body heights: top of the head, soles, hands and toes."""
BESIDE_WIDTH = 0.03
"""And in widths of the box of points."""
MIN_SHARE = 0.12
"""The crop is never smaller than this share of the one searching started with."""
MAX_SHARE = 1.15
"""Nor larger than this."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


class _Recent:
    """Numbers of the last second, kept sorted: a percentile costs next to nothing."""

    def __init__(self) -> None:
        self._sorted: list[float] = []

    def add(self, value: float) -> None:
        insort(self._sorted, value)

    def remove(self, value: float) -> None:
        del self._sorted[bisect_left(self._sorted, value)]

    def quantile(self, q: float) -> float:
        """Give the value below which a share `q` lies, linear between neighbours."""
        values = self._sorted
        at = q * (len(values) - 1)
        below = int(at)
        low = values[below]
        return low if below == at else low + (values[below + 1] - low) * (at - below)


class BodyCrop:
    """Follows the hips, and fits round them the body box of the last second, whatever the frame rate.

    The box is kept relative to the hips: somebody who moves through the picture does not widen it.
    start: the square to begin with, and the measure of what is too small or too large.
    """

    def __init__(self, start: Crop) -> None:
        self.crop = start
        """The square for the next frame."""
        self._start = start
        self._hips = (start.cx, start.cy)
        self._fit = (0.0, 0.0, start.side)
        """Centre, relative to the hips, and side of the crop."""
        self._times: deque[tuple[float, Box]] = deque()
        self._edges = (_Recent(), _Recent(), _Recent(), _Recent())
        self._seen = 0

    def update(self, t: float, hips: tuple[float, float], points: Box) -> None:
        """Take hip centre and box of the sure keypoints at time `t`; `crop` is then the next frame's."""
        x, y = hips
        elapsed = t - self._times[-1][0] if self._times else 0.0
        self._remember(t, (points[0] - x, points[1] - y, points[2] - x, points[3] - y))
        wanted = self._wanted(t)
        self._seen += 1
        if self._seen <= SETTLING_FRAMES:
            self._hips, self._fit = hips, wanted
        else:
            nearer, share = 1.0 - math.exp(-elapsed / FOLLOWING_S), 1.0 - math.exp(-elapsed / SMOOTHING_S)
            (hip_x, hip_y), (cx, cy, side) = self._hips, self._fit
            self._hips = hip_x + nearer * (x - hip_x), hip_y + nearer * (y - hip_y)
            self._fit = (
                cx + share * (wanted[0] - cx),
                cy + share * (wanted[1] - cy),
                side + share * (wanted[2] - side),
            )
        self.crop = Crop(self._hips[0] + self._fit[0], self._hips[1] + self._fit[1], self._fit[2])

    def _remember(self, t: float, box: Box) -> None:
        self._times.append((t, box))
        left, top, right, bottom = self._edges
        left.add(box[0])
        top.add(box[1])
        right.add(box[2])
        bottom.add(box[3])
        while t - self._times[0][0] > WINDOW_S:
            _, old = self._times.popleft()
            left.remove(old[0])
            top.remove(old[1])
            right.remove(old[2])
            bottom.remove(old[3])

    def _wanted(self, t: float) -> tuple[float, float, float]:
        """Centre, relative to the hips, and side that the last second asks for."""
        # Percentiles of less than half a second would cut off the hand or foot that is furthest out.
        early = t - self._times[0][0] < WINDOW_S / 2
        low, high = (0.0, 1.0) if early else (LOW, HIGH)
        left, top = self._edges[0].quantile(low), self._edges[1].quantile(low)
        right, bottom = self._edges[2].quantile(high), self._edges[3].quantile(high)
        body = (bottom - top) / POINTS_SHARE
        beside = BESIDE_WIDTH * (right - left) + BESIDE * body
        top, bottom = top - ABOVE * body, bottom + BELOW * body
        side = max(right - left + 2 * beside, bottom - top)
        side = min(max(side, MIN_SHARE * self._start.side), MAX_SHARE * self._start.side)
        return (left + right) / 2, (top + bottom) / 2, side

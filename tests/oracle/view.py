"""How a runner's keypoints reach the analyzer: projected to pixels, then spoiled as a pose network would."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device.gait.types import Facing
from device.pose.types import Keypoint, Pose

Array = NDArray[np.float64]
SIZE = (960, 720)
PX_PER_M = 330.0
HALF_HIP_M, HALF_SHOULDER_M, HALF_FOOT_M = 0.09, 0.19, 0.09
_SWAPPED = [0, *(i + 1 if i % 2 else i - 1 for i in range(1, len(Keypoint)))]
_LEGS = [Keypoint.LEFT_KNEE, Keypoint.RIGHT_KNEE, Keypoint.LEFT_ANKLE, Keypoint.RIGHT_ANKLE]
_LEGS_SWAPPED = [Keypoint.RIGHT_KNEE, Keypoint.LEFT_KNEE, Keypoint.RIGHT_ANKLE, Keypoint.LEFT_ANKLE]


@dataclass(frozen=True)
class View:
    """A camera square to the belt; distance None is the limit of a long lens (no perspective).

    grade_pct turns the belt, not the camera: what is seen of a runner on a slope. yaw_deg: how far the camera
    stands ahead of square (90: before the runner). roll_deg: how far the picture is turned clockwise.
    """

    facing: Facing = Facing.RIGHT
    distance_m: float | None = None
    grade_pct: float = 0.0
    yaw_deg: float = 0.0
    roll_deg: float = 0.0

    def pixels(self, k: Array) -> Array:
        """Project n x 17 x 2 metres to pixels."""
        slope = np.arctan(self.grade_pct / 100)
        turn = np.array([[np.cos(slope), np.sin(slope)], [-np.sin(slope), np.cos(slope)]])
        k = k @ turn
        if self.distance_m is not None:
            centre = np.array([0.0, 0.95])
            k = centre + (k - centre) * (self.distance_m / (self.distance_m - _depth()))[:, None]
        yaw = np.radians(self.yaw_deg)
        k = np.stack([k[..., 0] * np.cos(yaw) - _depth() * np.sin(yaw), k[..., 1]], axis=-1)
        x = k[..., 0] if self.facing is Facing.RIGHT else -k[..., 0]
        if self.facing is Facing.LEFT:
            # Seen from the other side, the same movements belong to the other leg.
            x, k = x[:, _SWAPPED], k[:, _SWAPPED]
        pixels: Array = np.stack([SIZE[0] / 2 + PX_PER_M * x, SIZE[1] - 60 - PX_PER_M * k[..., 1]], axis=-1)
        roll, middle = np.radians(self.roll_deg), np.array(SIZE) / 2
        turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
        turned: Array = middle + (pixels - middle) @ turn
        return turned


def _depth() -> Array:
    """How much nearer to the camera each point of a right-facing runner is than the middle, metres."""
    half = np.zeros(len(Keypoint))
    half[Keypoint.LEFT_SHOULDER : Keypoint.RIGHT_WRIST + 1] = HALF_SHOULDER_M
    half[Keypoint.LEFT_HIP : Keypoint.RIGHT_HIP + 1] = HALF_HIP_M
    half[Keypoint.LEFT_KNEE :] = HALF_FOOT_M
    side: Array = np.array([0.0, *(-1.0 if i % 2 else 1.0 for i in range(1, len(Keypoint)))])
    return half * side


@dataclass(frozen=True)
class Spoil:
    """What goes wrong between the picture and the keypoints.

    noise_m: SD of white error per coordinate. slow_m: SD of an AR(1) error (0.8). swapped: share of frames in
    which the legs' labels are exchanged, in bursts of 1 to 10 frames. collapsed: share of passing frames in
    which the far leg's points jump on to the near ones. outliers: share of points 10 to 40 cm off. lost:
    share of lost near ankles. dropped: share of frames that never come.
    """

    noise_m: float = 0.0
    slow_m: float = 0.0
    swapped: float = 0.0
    collapsed: float = 0.0
    outliers: float = 0.0
    lost: float = 0.0
    dropped: float = 0.0
    seed: int = 0

    def poses(self, t: Array, pixels: Array, near: str = "right") -> tuple[list[Pose], NDArray[np.bool_]]:
        """Make poses; also tells for each pose whether its leg labels were exchanged."""
        rng = np.random.default_rng(self.seed)
        xy, score = pixels.copy(), np.full(pixels.shape[:2], 0.8)
        n = len(t)
        xy += rng.normal(0, self.noise_m * PX_PER_M, xy.shape)
        xy += _slow(rng, xy.shape, self.slow_m * PX_PER_M)
        wild = rng.random(xy.shape[:2]) < self.outliers
        angle, far = rng.uniform(0, 2 * np.pi, xy.shape[:2]), rng.uniform(0.1, 0.4, xy.shape[:2]) * PX_PER_M
        xy += (wild * far)[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
        score[wild] = 0.4
        self._collapse(rng, xy, near)
        swapped = _bursts(rng, n, self.swapped)
        xy[np.ix_(swapped, np.array(_LEGS))] = xy[np.ix_(swapped, np.array(_LEGS_SWAPPED))]
        ankle = Keypoint.RIGHT_ANKLE if near == "right" else Keypoint.LEFT_ANKLE
        lost = rng.random(n) < self.lost
        xy[lost, ankle], score[lost, ankle] = np.nan, 0.0
        kept = rng.random(n) >= self.dropped
        poses = [
            Pose(float(s), p.astype(np.float32), c.astype(np.float32))
            for s, p, c in zip(t[kept], xy[kept], score[kept], strict=True)
        ]
        return poses, swapped[kept]

    def _collapse(self, rng: np.random.Generator, xy: Array, near: str) -> None:
        """Put both labels on the near leg in some of the frames in which the legs pass."""
        for left, right in (
            (Keypoint.LEFT_KNEE, Keypoint.RIGHT_KNEE),
            (Keypoint.LEFT_ANKLE, Keypoint.RIGHT_ANKLE),
        ):
            close = np.hypot(*(xy[:, left] - xy[:, right]).T) < 0.08 * PX_PER_M
            hit = close & (rng.random(len(xy)) < self.collapsed)
            own, other = (right, left) if near == "right" else (left, right)
            xy[hit, other] = xy[hit, own] + rng.normal(0, 1.0, (int(hit.sum()), 2))


def _slow(rng: np.random.Generator, shape: tuple[int, ...], sd: float) -> Array:
    error = np.zeros(shape)
    push = rng.normal(0, sd * np.sqrt(1 - 0.8**2), shape)
    for i in range(1, shape[0]):
        error[i] = 0.8 * error[i - 1] + push[i]
    return error


def _bursts(rng: np.random.Generator, n: int, share: float) -> NDArray[np.bool_]:
    hit = np.zeros(n, bool)
    while hit.mean() < share:
        begin = int(rng.integers(n))
        hit[begin : begin + int(rng.integers(1, 11))] = True
    return hit


def times(duration_s: float, fps: float, begin_s: float = 0.0) -> Array:
    """Frame times."""
    return begin_s + np.arange(int(duration_s * fps)) / fps

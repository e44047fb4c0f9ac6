"""The last seconds as they are looked at again, and the six key frames of one stride."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from device.gait.types import Facing, FormMetrics, GaitEvent, Notice, Side
from device.pose.types import Keypoint, Pose

SURE = 0.2
"""Score from which a point is drawn as found."""

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the frame."""

_SIDED = {
    "shoulder": (Keypoint.LEFT_SHOULDER, Keypoint.RIGHT_SHOULDER),
    "elbow": (Keypoint.LEFT_ELBOW, Keypoint.RIGHT_ELBOW),
    "wrist": (Keypoint.LEFT_WRIST, Keypoint.RIGHT_WRIST),
    "hip": (Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP),
    "knee": (Keypoint.LEFT_KNEE, Keypoint.RIGHT_KNEE),
    "ankle": (Keypoint.LEFT_ANKLE, Keypoint.RIGHT_ANKLE),
}
_LEG = {"hip", "knee", "ankle"}


class Instant(StrEnum):
    """The three instants of ground contact that are looked at."""

    CONTACT = "contact"
    MIDSTANCE = "midstance"
    TOE_OFF = "toe_off"


class Leg(StrEnum):
    """Which leg stands on the belt: the one that faces the camera, or the hidden one."""

    NEAR = "near"
    FAR = "far"


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A piece of one frame as JPEG, and where it lay in the frame."""

    jpeg: bytes
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One frame of the last seconds: keypoints always, the picture only as far as it may be kept."""

    t: float
    pose: Pose
    swapped: bool
    measuring: bool
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frozen:
    """The last seconds, held still. `seen_at` is monotonic time, for its age only."""

    id: int
    size: tuple[int, int]
    near: Side | None
    facing: Facing
    shots: tuple[Shot, ...]
    events: tuple[GaitEvent, ...]
    form: tuple[FormMetrics, ...]
    session_id: int | None
    seen_at: float


@dataclass(frozen=True, slots=True, eq=False)
class KeyFrame:
    """One instant of one stride, ready to be drawn.

    t: seconds on the frame clock. stride_pct: place in the leg's own stride, 0 to 100.
    points: pixels of the frame by name, such as near_knee; a point that is not believed is absent.
    values: angles and lengths that are believed, by name: lean_deg, knee_deg, reach_pct, thigh_deg.
    """

    leg: Leg
    instant: Instant
    t: float
    stride_pct: float
    points: dict[str, Point]
    values: dict[str, float]
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, eq=False)
class KeyFrames:
    """The key frames of the stride nearest the usual, with its path for playing it again.

    kind: what was going on, such as baseline or a block's kind. box: the part of the frame to show.
    track: (t, points) of each frame of the stride. refusal: why there are no frames.
    """

    kind: str
    made_at: str
    session_id: int | None
    block: int | None
    size: tuple[int, int]
    facing: Facing
    near: Side | None
    box: Box
    frames: tuple[KeyFrame, ...] = ()
    track: tuple[tuple[float, dict[str, Point]], ...] = ()
    stride_s: float = 0.0
    refusal: Notice | None = None

    @property
    def pictured(self) -> bool:
        """Whether any of them holds a picture of the runner."""
        return any(frame.picture is not None for frame in self.frames)

    def at(self, leg: Leg, instant: Instant) -> KeyFrame | None:
        """Give one of them, None when it was not found."""
        return next((f for f in self.frames if (f.leg, f.instant) == (leg, instant)), None)


def named_points(pose: Pose, near: Side | None, swapped: bool) -> dict[str, Point]:
    """Give the believed points by name, near or far, legs put right when they were swapped.

    Besides the twelve sided points: hip and shoulder (middle of both, else the one seen), head and nose.
    """
    side = int(near is Side.RIGHT)
    found: dict[str, Point] = {}

    def take(name: str, index: int) -> None:
        x, y = pose.xy[index].tolist()
        if pose.score[index] >= SURE and np.isfinite(x) and np.isfinite(y):
            found[name] = (round(x, 1), round(y, 1))

    for joint, pair in _SIDED.items():
        flip = swapped and joint in _LEG
        for leg, which in (("near", side), ("far", 1 - side)):
            take(f"{leg}_{joint}", int(pair[1 - which if flip else which]))
    for joint in ("hip", "shoulder"):
        ends = [found[name] for name in (f"near_{joint}", f"far_{joint}") if name in found]
        if ends:
            found[joint] = middle(ends)
    take("nose", int(Keypoint.NOSE))
    ears = [p for p in (Keypoint.LEFT_EAR, Keypoint.RIGHT_EAR) if pose.score[p] >= SURE]
    if ears:
        xy: NDArray[np.float32] = pose.xy[[int(p) for p in ears]]
        if np.isfinite(xy).all():
            found["head"] = middle([(float(x), float(y)) for x, y in xy.tolist()])
    return found


def middle(points: list[Point]) -> Point:
    """Give the mean of points."""
    n = len(points)
    return round(sum(x for x, _ in points) / n, 1), round(sum(y for _, y in points) / n, 1)

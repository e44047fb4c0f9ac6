"""How the runner lies in the picture, and the region that follows from it."""

from dataclasses import dataclass
from statistics import median

import numpy as np

from device.gait.types import RunSetup
from device.pose.region import Region
from device.pose.types import Keypoint, Pose
from device.review.types import SURE, Box, Shot

HEAD_SHARE, SHOE_SHARE, SEEN_SHARE = 0.10, 0.045, 0.90
"""Of standing height: nose to crown, ankle to sole, nose to ankle (Winter's anthropometry, rounded)."""
LEG_SHARE = 0.491


@dataclass(frozen=True, slots=True)
class Geometry:
    """How the runner lies in the picture; shares of the picture's height. None where not seen.

    fill: standing height. spare: least room above head or below shoe. cm_per_px: at the runner.
    """

    fill: float | None
    spare: float | None
    cm_per_px: float | None


def measure_geometry(seen: list[Pose], size: tuple[int, int], setup: RunSetup) -> Geometry:
    """Give how the runner lies in a picture of `size`, from poses in which somebody was found."""
    tops, feet, legs = [], [], []
    for pose in seen:
        nose = pose.xy[Keypoint.NOSE, 1] if pose.score[Keypoint.NOSE] >= SURE else np.nan
        ankles = [pose.xy[k, 1] for k in (Keypoint.LEFT_ANKLE, Keypoint.RIGHT_ANKLE) if pose.score[k] >= SURE]
        if np.isfinite(nose) and ankles:
            tops.append(float(nose))
            feet.append(float(max(ankles)))
        legs += [length for side in (0, 1) if (length := _leg_px(pose, side)) is not None]
    cm_per_px = setup.cm_per_px
    if cm_per_px is None and setup.height_cm is not None and legs:
        leg_px = setup.standing.leg_px if setup.standing else float(np.percentile(legs, 80))
        cm_per_px = LEG_SHARE * setup.height_cm / leg_px
    if not tops:
        return Geometry(None, None, cm_per_px)
    body_px = median(b - a for a, b in zip(tops, feet, strict=True)) / SEEN_SHARE
    top = float(np.percentile(tops, 5)) - HEAD_SHARE * body_px
    bottom = float(np.percentile(feet, 95)) + SHOE_SHARE * body_px
    return Geometry(body_px / size[1], min(top, size[1] - bottom) / size[1], cm_per_px)


def propose_region(shots: tuple[Shot, ...], size: tuple[int, int]) -> Region | None:
    """Give a region round where the runner has lately been, None when nobody was seen for long enough."""
    seen = [shot.pose for shot in shots if shot.pose.present]
    if len(seen) < 20:
        return None
    xy = np.concatenate([pose.xy[pose.score >= SURE] for pose in seen])
    left, top = np.percentile(xy, 1, axis=0).tolist()
    right, bottom = np.percentile(xy, 99, axis=0).tolist()
    room = 0.17 * (bottom - top)
    box: Box = (left - room, top - room, right + room, bottom + 0.7 * room)
    x0, y0 = max(0.0, box[0] / size[0]), max(0.0, box[1] / size[1])
    x1, y1 = min(1.0, box[2] / size[0]), min(1.0, box[3] / size[1])
    if x1 - x0 < 0.05 or y1 - y0 < 0.05:
        return None
    return Region(round(x0, 3), round(y0, 3), round(x1 - x0, 3), round(y1 - y0, 3))


def _leg_px(pose: Pose, side: int) -> float | None:
    joints = [(Keypoint.LEFT_HIP, Keypoint.LEFT_KNEE, Keypoint.LEFT_ANKLE),
              (Keypoint.RIGHT_HIP, Keypoint.RIGHT_KNEE, Keypoint.RIGHT_ANKLE)][side]  # fmt: skip
    if min(pose.score[k] for k in joints) < SURE:
        return None
    hip, knee, ankle = (pose.xy[k] for k in joints)
    return float(np.hypot(*(knee - hip)) + np.hypot(*(ankle - knee)))

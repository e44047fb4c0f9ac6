"""Angles of one frame's points, in degrees, signs as in `gait`; y of the picture runs down."""

from math import atan2, degrees

from device.gait.types import Facing
from device.review.types import Point

Points = dict[str, Point]


def forward_sign(facing: Facing) -> float:
    """Give +1 when the runner runs to the right of the picture, -1 to the left."""
    return -1.0 if facing is Facing.LEFT else 1.0


def lean_deg(points: Points, facing: Facing) -> float | None:
    """Trunk from the vertical, + forward."""
    if "hip" not in points or "shoulder" not in points:
        return None
    (hx, hy), (sx, sy) = points["hip"], points["shoulder"]
    return degrees(atan2(forward_sign(facing) * (sx - hx), hy - sy))


def thigh_deg(points: Points, facing: Facing, leg: str = "near") -> float | None:
    """Thigh from the vertical, + knee ahead of the hip."""
    return _limb(points, facing, "hip" if leg == "near" else f"{leg}_hip", f"{leg}_knee")


def shank_deg(points: Points, facing: Facing, leg: str = "near") -> float | None:
    """Shank from the vertical, + ankle ahead of the knee."""
    return _limb(points, facing, f"{leg}_knee", f"{leg}_ankle")


def knee_deg(points: Points, facing: Facing, leg: str = "near") -> float | None:
    """Knee bend, 0 straight, + bent."""
    thigh, shank = thigh_deg(points, facing, leg), shank_deg(points, facing, leg)
    return None if thigh is None or shank is None else thigh - shank


def ahead_px(points: Points, facing: Facing, leg: str = "near") -> float | None:
    """How far the ankle is ahead of the middle of the hips, in pixels."""
    ankle = points.get(f"{leg}_ankle")
    if ankle is None or "hip" not in points:
        return None
    return forward_sign(facing) * (ankle[0] - points["hip"][0])


def _limb(points: Points, facing: Facing, upper: str, lower: str) -> float | None:
    if upper not in points or lower not in points:
        return None
    (ux, uy), (lx, ly) = points[upper], points[lower]
    return degrees(atan2(forward_sign(facing) * (lx - ux), ly - uy))

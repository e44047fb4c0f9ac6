"""Two truths of a joint: its anatomical centre, and the spot a keypoint network is taught to mark."""

from dataclasses import dataclass

import numpy as np

from .body import Body
from .skeleton import Posed
from .spec import FloatArray

COCO = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
"""The 17 landmarks, in the order of the COCO data set."""

JOINTS = {
    "shoulder": "upperarm01",
    "elbow": "lowerarm01",
    "wrist": "wrist",
    "hip": "upperleg01",
    "knee": "lowerleg01",
    "ankle": "foot",
}
"""Anatomical joint centres and the bone that starts there."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """An annotator's spot: offset from the joint (outward, up, forward; m at 1.76 m), carried by bones."""

    offset: tuple[float, float, float]
    bones: tuple[str, ...]


# Where people mark joints on pictures: shoulders at the top of the arm, hips below and in front of the
# joint, knees and ankles near the skin's centre line. Estimated once on the standing body; +-1 cm.
MARKS = {
    "shoulder": _Mark((-0.020, 0.020, 0.000), ("clavicle", "upperarm01")),
    "elbow": _Mark((0.005, -0.004, 0.000), ("upperarm01", "lowerarm01")),
    "wrist": _Mark((0.000, 0.000, 0.000), ("wrist",)),
    "hip": _Mark((-0.015, -0.020, 0.022), ("root", "upperleg01")),
    "knee": _Mark((0.005, 0.006, -0.008), ("upperleg01", "lowerleg01")),
    "ankle": _Mark((0.002, 0.012, 0.000), ("lowerleg01", "foot")),
}
FACE = {"nose": (0.0, 0.010, 0.128), "eye": (0.031, 0.041, 0.095), "ear": (0.074, 0.023, 0.008)}


def landmarks(posed: Posed, body: Body) -> FloatArray:
    """(17, 3) marked points, world, m, in the order of `COCO`."""
    scale = body.stature_m / 1.76
    points = []
    for name in COCO:
        side, _, part = name.rpartition("_")
        outward = -1.0 if side == "right" else 1.0
        if part in FACE:
            x, y, z = FACE[part]
            points.append(posed.carry("head", body.head("head") + np.array([outward * x, y, z]) * scale))
            continue
        tag = side[0].upper()
        mark = MARKS[part]
        offset = np.array([outward * mark.offset[0], *mark.offset[1:]]) * scale
        rest = body.head(f"{JOINTS[part]}.{tag}") + offset
        carried = [posed.carry(_bone(bone, tag), rest) for bone in mark.bones]
        points.append(np.mean(carried, axis=0))
    return np.array(points)


def joint_centres(posed: Posed) -> dict[str, FloatArray]:
    """Anatomical joint centres by name ("left_hip" ...), world, m."""
    return {
        f"{side}_{joint}": posed.joint(f"{bone}.{side[0].upper()}")
        for side in ("left", "right")
        for joint, bone in JOINTS.items()
    }


def _bone(bone: str, tag: str) -> str:
    return bone if bone == "root" else f"{bone}.{tag}"

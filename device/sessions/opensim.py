"""A session's movement for OpenSim: points as `.trc`, angles as `.mot`, in the layout that Sports2D writes.

Marker and angle names, axes and signs are Sports2D's (Pagnon and Kim 2024, doi 10.21105/joss.06849), so that
its users can go on at once: x forward, y up, z to the side (here 0), metres; degrees; segments from the
horizontal, 90 being an upright trunk and -90 a leg hanging down. Two differences are deliberate: `nColumns`
counts the time column, as OpenSim reads it, and a gap is left empty (`.trc`) or `nan` (`.mot`), not filled.
"""

import numpy as np
from numpy.typing import NDArray

from device.errors import StoreError
from device.gait.types import Kinematics, Side
from device.sessions.motion import Motion, angles

Array = NDArray[np.float64]

_POINTS = (
    ("Hip", "hip"), ("Neck", "shoulder"), ("{near}Knee", "near_knee"), ("{near}Ankle", "near_ankle"),
    ("{far}Knee", "far_knee"), ("{far}Ankle", "far_ankle"), ("{near}Shoulder", "near_shoulder"),
    ("{near}Elbow", "near_elbow"), ("{near}Wrist", "near_wrist"), ("{near}Ear", "near_ear"),
    ("{near}Eye", "near_eye"),
)  # fmt: skip
"""Marker names and what they are in `Kinematics`; of the far arm and head nothing is known from the side."""


def to_trc(motion: Motion, name: str, start_t: float) -> str:
    """Give the points as the text of a `.trc` file called `name`; time from `start_t`.

    Raises StoreError when nothing was measured.
    """
    t, rate = _times(motion, start_t)
    labels = [label.format(**_sides(motion.near)) for label, _ in _POINTS]
    columns = [_joined(motion, field) / 100.0 for _, field in _POINTS]
    ankles = np.concatenate([columns[3][:, 1], columns[5][:, 1]])
    floor, middle = float(np.nanpercentile(ankles, 2)), float(np.nanmedian(columns[0][:, 0]))
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate:.3f}\t{rate:.3f}\t{len(t)}\t{len(labels)}\tm\t{rate:.3f}\t0\t{len(t)}",
        "Frame#\tTime\t" + "\t\t\t".join(labels) + "\t\t",
        "\t\t" + "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(labels) + 1)),
    ]
    for k, instant in enumerate(t):
        cells = [_point(column[k, 0] - middle, column[k, 1] - floor) for column in columns]
        lines.append(f"{k}\t{instant:.6f}\t" + "\t".join(cells))
    return "\n".join(lines) + "\n"


def to_mot(motion: Motion, start_t: float) -> str:
    """Give the angles as the text of a `.mot` file; time from `start_t`. StoreError as above."""
    t, _ = _times(motion, start_t)
    table = _angles(motion)
    lines = [
        "Coordinates",
        "version=1",
        f"nRows={len(t)}",
        f"nColumns={len(table) + 1}",
        "inDegrees=yes",
        "",
        "Units are S.I. units (second, meters, Newtons, ...)",
        "Angles are in degrees.",
        "",
        "endheader",
        "time\t" + "\t".join(table),
    ]
    rows = np.column_stack([t, *table.values()])
    lines.extend("\t".join([f"{row[0]:.6f}", *(f"{value:.4f}" for value in row[1:])]) for row in rows)
    return "\n".join(lines) + "\n"


def _angles(motion: Motion) -> dict[str, Array]:
    found = [angles(part) for part in motion.parts]
    joined = {name: np.concatenate([part[name] for part in found]) for name in found[0]}
    table: dict[str, Array] = {}
    for side in (Side.RIGHT, Side.LEFT):
        place = "near" if side is motion.near else "far"
        table[f"{side} knee"] = joined[f"{place}_knee"]
        table[f"{side} hip"] = joined[f"{place}_thigh"] + joined["trunk"]
        if place == "near":
            table[f"{side} elbow"] = joined["near_elbow"]
        table[f"{side} shank"] = joined[f"{place}_shank"] - 90.0
        table[f"{side} thigh"] = joined[f"{place}_thigh"] - 90.0
    table["trunk"] = 90.0 - joined["trunk"]
    return table


def _times(motion: Motion, start_t: float) -> tuple[Array, float]:
    if not motion.parts:
        raise StoreError("Nothing was measured in this recording, so there is no movement to export.")
    t = np.concatenate([part.t for part in motion.parts]) - start_t
    rate = 1.0 / float(np.median(np.diff(t))) if len(t) > 1 else 0.0
    return t, rate


def _joined(motion: Motion, field: str) -> Array:
    return np.concatenate([_path(part, field) for part in motion.parts])


def _path(part: Kinematics, field: str) -> Array:
    path: Array = getattr(part, field)
    return path


def _sides(near: Side) -> dict[str, str]:
    return {"near": "R", "far": "L"} if near is Side.RIGHT else {"near": "L", "far": "R"}


def _point(x: float, y: float) -> str:
    return f"{x:.5f}\t{y:.5f}\t0.0" if np.isfinite(x) and np.isfinite(y) else "\t\t"

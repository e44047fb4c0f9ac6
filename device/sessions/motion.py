"""A recorded session's movement once more: joint paths and stride curves, from its keypoints.

The live analyzer is fed the pose log, so legs, smoothing and events are those of the session itself. A long
session takes many seconds: run it in a process of its own (`device.sessions.offline`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from device.gait.analyzer import GaitAnalyzer
from device.gait.types import GaitUpdate, Kinematics, Side, Stride
from device.pose.log import PoseLog
from device.sessions.types import SessionRecord

Array = NDArray[np.float64]

EVERY_S = 4.0
"""How often paths are taken over."""
REMEMBERED_S = 10.0
"""Paths older than this the analyzer may have let go of."""
SETTLE_S = 2.0
"""Paths this old are smoothed for good."""
AROUND_S = 0.15
"""What is looked at before and after a stride, so that its ends can be interpolated."""
MAX_CURVES = 400
"""Strides of one stretch that enter its mean curve, the latest ones: some five minutes."""
PATHS = tuple(field.name for field in fields(Kinematics))
PERCENT = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Joint paths: times in seconds of the frame clock, points in cm as in `Kinematics`, oldest first."""

    near: Side
    parts: tuple[Kinematics, ...]
    """Stretches in order of time; between them nothing was measured."""


@dataclass(frozen=True, slots=True, eq=False)
class StrideCurve:
    """One near-leg stride, 0 to 100 % from contact to next contact in 101 samples of degrees.

    knee: flexion. thigh: from the vertical, + in front. trunk: lean, + forward.
    """

    t: float
    knee: Array
    thigh: Array
    trunk: Array


def replay_motion(record: SessionRecord, log: PoseLog) -> Motion:
    """Give the session's joint paths. Raises PoseLogError when the keypoints cannot be read."""
    parts: list[Kinematics] = []
    done, near, t = float("-inf"), Side.RIGHT, float("-inf")
    analyzer = GaitAnalyzer(log.size, record.meta.setup)
    for update in _replayed(record, log, analyzer):
        near, t = analyzer.near or near, update.t
        if t - done > EVERY_S + SETTLE_S:
            done = _take(parts, analyzer, done, t - SETTLE_S)
    _take(parts, analyzer, done, t)
    return Motion(near, tuple(parts))


def stride_curves(record: SessionRecord, log: PoseLog) -> list[StrideCurve]:
    """Give the curve of each near-leg stride that was measured whole; PoseLogError as above."""
    curves = []
    analyzer = GaitAnalyzer(log.size, record.meta.setup)
    for update in _replayed(record, log, analyzer):
        for stride in update.strides:
            around = analyzer.kinematics(stride.initial_contact - AROUND_S, stride.next_contact + AROUND_S)
            curve = _curve(stride, around) if stride.near and around is not None else None
            if curve is not None:
                curves.append(curve)
    return curves


def angles(paths: Kinematics) -> dict[str, Array]:
    """Give near and far segment angles in degrees by name; NaN where a point is not known.

    Segments from the vertical, + with the lower end (trunk: the upper) in front; knees + bent.
    """
    thigh, shank = _from_below(paths.hip, paths.near_knee), _from_below(paths.near_knee, paths.near_ankle)
    far_thigh = _from_below(paths.hip, paths.far_knee)
    far_shank = _from_below(paths.far_knee, paths.far_ankle)
    lean = paths.shoulder - paths.hip
    return {
        "near_thigh": thigh,
        "near_shank": shank,
        "near_knee": thigh - shank,
        "far_thigh": far_thigh,
        "far_shank": far_shank,
        "far_knee": far_thigh - far_shank,
        "near_elbow": _bend(paths.near_shoulder, paths.near_elbow, paths.near_wrist),
        "trunk": np.degrees(np.arctan2(lean[:, 0], lean[:, 1])),
    }


def _replayed(record: SessionRecord, log: PoseLog, analyzer: GaitAnalyzer) -> Iterator[GaitUpdate]:
    changes = list(record.runs[1:])
    for pose in log.poses:
        while changes and pose.t >= changes[0].t:
            analyzer.set_setup(changes.pop(0).setup)
        yield analyzer.update(pose)
    yield analyzer.finish()


def _take(parts: list[Kinematics], analyzer: GaitAnalyzer, after: float, until: float) -> float:
    """Keep what has settled between two times; gives up to where."""
    paths = analyzer.kinematics(max(after, until - REMEMBERED_S), until)
    if paths is None or not len(paths.t):
        return until
    fresh = paths.t > after
    if fresh.any():
        parts.append(_rows(paths, fresh))
    return until


def _rows(paths: Kinematics, which: NDArray[np.bool_]) -> Kinematics:
    parts: dict[str, Any] = {name: getattr(paths, name) for name in PATHS}
    parts |= {name: part[which] for name, part in parts.items() if isinstance(part, np.ndarray)}
    return Kinematics(**parts)


def _curve(stride: Stride, paths: Kinematics) -> StrideCurve | None:
    found = angles(paths)
    at = stride.initial_contact + PERCENT * (stride.next_contact - stride.initial_contact)
    sampled = []
    for name in ("near_knee", "near_thigh", "trunk"):
        known = np.isfinite(found[name])
        t = paths.t[known]
        if len(t) < 8 or t[0] > at[0] or t[-1] < at[-1] or np.diff(t).max() > 0.1:
            return None
        sampled.append(np.interp(at, t, found[name][known]))
    return StrideCurve(stride.next_contact, *sampled)


def _from_below(top: Array, end: Array) -> Array:
    along = end - top
    angle: Array = np.degrees(np.arctan2(along[:, 0], -along[:, 1]))
    return angle


def _bend(a: Array, joint: Array, b: Array) -> Array:
    """Give the flexion at a joint: 0 when straight."""
    u, v = a - joint, b - joint
    cross = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    inner: Array = np.degrees(np.abs(np.arctan2(cross, (u * v).sum(axis=1))))
    return 180.0 - inner

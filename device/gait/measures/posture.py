"""Trunk, hips, head and arm.

Lean is always over whole strides: axial rotation of the trunk swings part strides by 3 to 4°.
"""

import numpy as np

from device.gait.measures.curve import Curve
from device.gait.measures.window import Array, StrideWindow

Values = dict[str, float | None]
_FOLDED_POINTS = 51


def measure_posture(w: StrideWindow) -> Values:
    """Give every posture metric of one near-leg stride."""
    lean = w.lean.mean(w.start, w.end)
    values: Values = {
        "trunk_lean_deg": lean,
        "trunk_lean_range_deg": _lean_range_deg(w),
        "head_forward_pct": _head_forward_pct(w),
        "elbow_deg": _elbow_deg(w),
    }
    if w.toe_off is not None and w.mid_stance is not None:
        push_off = w.lean.at(w.toe_off)
        values["push_off_trunk_change_deg"] = None if push_off is None or lean is None else push_off - lean
        values["shoulder_hip_ankle_deg"] = _line_deg(w).at(w.mid_stance)
        reach = w.reach.at(w.mid_stance)
        values["pelvis_forward_pct"] = None if reach is None or w.leg_cm is None else -100 * reach / w.leg_cm
    return values


def _lean_range_deg(w: StrideWindow) -> float | None:
    """Highest less lowest of the two steps' mean curve: what swings with the stride cancels."""
    half = (w.end - w.start) / 2
    first = np.linspace(w.start, w.start + half, _FOLDED_POINTS)
    left, right = w.lean.sample(first), w.lean.sample(first + half)
    return None if left is None or right is None else float(np.ptp((left + right) / 2))


def _line_deg(w: StrideWindow) -> Curve:
    """Angle shoulder, hip, ankle; 180 straight, more when the hips are ahead of the line."""
    up, down = w.kin.shoulder - w.kin.hip, w.kin.near_ankle - w.kin.hip
    back_above = np.arctan2(up[:, 0], up[:, 1])
    back_below = np.arctan2(down[:, 0], -down[:, 1])
    return w.curve(180 - np.degrees(back_above + back_below))


def _head_forward_pct(w: StrideWindow) -> float | None:
    ahead = w.kin.near_ear[:, 0] - w.kin.shoulder[:, 0]
    trunk = np.hypot(*(w.kin.shoulder - w.kin.hip).T)
    return w.curve(100 * ahead / trunk).mean(w.start, w.end)


def _elbow_deg(w: StrideWindow) -> float | None:
    upper = w.kin.near_shoulder - w.kin.near_elbow
    fore = w.kin.near_wrist - w.kin.near_elbow
    angle: Array = np.degrees(
        np.arctan2(
            np.abs(upper[:, 0] * fore[:, 1] - upper[:, 1] * fore[:, 0]),
            (upper * fore).sum(axis=1),
        )
    )
    return w.curve(angle).mean(w.start, w.end)

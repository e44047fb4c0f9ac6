"""Angles and foot placement of the near leg, in belt axes; the far leg is hidden and never measured."""

import numpy as np

from device.gait.measures.window import StrideWindow

Values = dict[str, float | None]
_RETRACTION_S = 0.020


def measure_leg(w: StrideWindow) -> Values:
    """Give every knee, thigh, shank and foot placement metric of one near-leg stride."""
    contact = w.knee.at(w.start)
    values: Values = {
        "knee_flexion_contact_deg": contact,
        "thigh_extension_peak_deg": w.thigh.negative().highest(w.start, w.end),
        "shank_contact_deg": w.shank.at(w.start),
        "overstride_pct": _overstride_pct(w),
        "ground_speed_matching": _ground_speed_matching(w),
    }
    if w.toe_off is not None:
        stance = w.knee.highest(w.start, w.toe_off)
        values["knee_flexion_stance_peak_deg"] = stance
        values["knee_excursion_deg"] = None if stance is None or contact is None else stance - contact
        values["knee_flexion_swing_peak_deg"] = w.knee.highest(w.toe_off, w.end)
        values["thigh_extension_toe_off_deg"] = w.thigh.negative().at(w.toe_off)
    return values


def _overstride_pct(w: StrideWindow) -> float | None:
    reach = w.reach.at(w.start)
    if reach is None or w.leg_cm is None:
        return None
    return 100 * reach / w.leg_cm - (0.0 if w.correction is None else w.correction.overstride_pct)


def _ground_speed_matching(w: StrideWindow) -> float | None:
    """Backward ankle speed against the hips in the 20 ms before contact, as a share of belt speed."""
    if not w.kin.calibrated or w.speed_mps is None or w.speed_mps <= 0:
        return None
    backward = w.curve(-w.along(w.kin.near_ankle_velocity - w.kin.hip_velocity))
    speeds = backward.sample(np.linspace(w.start - _RETRACTION_S, w.start, 5))
    return None if speeds is None else float(speeds.mean()) / 100 / w.speed_mps

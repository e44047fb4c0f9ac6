"""Contact, flight, bounce and the load that follows from them.

Force and stiffness are the sine model of Morin et al. 2005 (J Appl Biomech 21:167) from contact and flight
time alone. Loading rate and impact peaks are not here: they cannot be seen in filtered keypoints.
"""

import math

from device.gait.measures.window import LEVEL_GRADE_PCT, G, StrideWindow

Values = dict[str, float | None]
_BEFORE_CONTACT_S = 0.02
_TURN_S = 0.05
"""Half of the time over which the turn of the hips is fitted: the parabola of a fall, and as good below."""


def measure_load(w: StrideWindow) -> Values:
    """Give every metric of contact, vertical motion and load of one near-leg stride."""
    stride_time = w.stride.duration_s
    contact = None if w.toe_off is None else w.toe_off - w.start
    values = contact_metrics(stride_time, contact)
    bounce = hip_bounce_cm(w)
    speed = w.speed_mps if w.speed_mps is not None and w.speed_mps > 0 else None
    if w.kin.calibrated:
        values["hip_bounce_cm"] = bounce
        values["landing_speed_mps"] = _landing_speed_mps(w)
        if bounce is not None and speed is not None:
            values["vertical_ratio_pct"] = 100 * bounce / (100 * speed * stride_time / 2)
    if contact is not None and abs(w.setup.grade_pct) <= LEVEL_GRADE_PCT:
        values["vertical_stiffness_npmkg"] = vertical_stiffness_npmkg(stride_time, contact)
        if w.kin.calibrated and speed is not None and w.leg_cm is not None:
            values["leg_stiffness_npmkg"] = leg_stiffness_npmkg(stride_time, contact, speed, w.leg_cm / 100)
    return values


def contact_metrics(stride_time_s: float, contact_s: float | None) -> Values:
    """Give contact and flight time (s), duty factor per stride of one leg, and peak force (body weights)."""
    if contact_s is None or contact_s <= 0:
        return {}
    duty = contact_s / stride_time_s
    return {
        "contact_time_s": contact_s,
        "flight_time_s": stride_time_s / 2 - contact_s,
        "duty_factor": duty,
        "peak_force_bw": math.pi / (4 * duty),
    }


def vertical_stiffness_npmkg(stride_time_s: float, contact_s: float) -> float | None:
    """Give peak force over the drop of the centre of mass in stance, N/m per kg of body mass."""
    drop = _drop_m(stride_time_s, contact_s)
    return None if drop is None else math.pi * stride_time_s / (4 * contact_s) * G / drop


def leg_stiffness_npmkg(
    stride_time_s: float, contact_s: float, speed_mps: float, leg_m: float
) -> float | None:
    """Give peak force over the shortening of the leg, N/m per kg; None when the leg would not reach."""
    drop = _drop_m(stride_time_s, contact_s)
    half_path = speed_mps * contact_s / 2
    if drop is None or half_path >= leg_m:
        return None
    shortening = leg_m - math.sqrt(leg_m**2 - half_path**2) + drop
    return math.pi * stride_time_s / (4 * contact_s) * G / shortening


def hip_bounce_cm(w: StrideWindow) -> float | None:
    """Give highest less lowest hip in each half of the stride, mean of the two, square to the belt."""
    middle = (w.start + w.end) / 2
    halves = []
    for start, end in ((w.start, middle), (middle, w.end)):
        high, low = w.hip_height.highest(start, end, _TURN_S), w.hip_height.lowest(start, end, _TURN_S)
        if high is None or low is None:
            return None
        halves.append(high - low)
    return sum(halves) / 2


def _landing_speed_mps(w: StrideWindow) -> float | None:
    if w.toe_off is None:
        return None
    slowest = w.hip_rise.lowest(w.start - _BEFORE_CONTACT_S, w.toe_off)
    return None if slowest is None else -slowest / 100


def _drop_m(stride_time_s: float, contact_s: float) -> float | None:
    """Fall of the centre of mass from contact to mid-stance; None where the model has no flight."""
    if contact_s <= 0 or contact_s >= stride_time_s / 2:
        return None
    force = math.pi * stride_time_s / (4 * contact_s)
    return force * G * contact_s**2 / math.pi**2 - G * contact_s**2 / 8

"""What each named deviation looks for; each rule gives the words of what was seen, or None.

Limits are published or provisional starting points; where the camera is known to misread, they allow for it.
"""

from collections.abc import Callable

from device.feedback.seen import Seen

Rule = Callable[[Seen], str | None]

LEAN_MISREAD_DEG = 3.3
"""How much too upright trunk lean may read without a standing calibration."""
USUAL_HEIGHT_CM = (160.0, 185.0)
"""Body heights for which one absolute limit of cadence serves."""
SIDES_FROM = 40
"""Values of the side difference, each a mean over 60 steps, that must stand before it is told."""


def over_upright(s: Seen) -> str | None:
    """Lean below 3°, or behind the vertical; 7.3 ± 3.6° is usual (Teng and Powers 2014, at 3.4 m/s)."""
    allowance = 0.0 if s.lean_calibrated else LEAN_MISREAD_DEG
    if s.below("trunk_lean_deg", 0.0 - allowance):
        return s.tell("trunk_lean_deg", "is backward of upright")
    return (
        s.tell("trunk_lean_deg", "is close to upright")
        if s.below("trunk_lean_deg", 3.0 - allowance)
        else None
    )


def sway(s: Seen) -> str | None:
    """Upright and hips ahead of the line from shoulder to ankle at mid-stance."""
    upright = over_upright(s) is not None
    return when(upright and s.above("shoulder_hip_ankle_deg", 180.0), s.tell("shoulder_hip_ankle_deg"))


def far_forward(s: Seen) -> str | None:
    """Lean above 15°."""
    return when(s.above("trunk_lean_deg", 15.0), s.tell("trunk_lean_deg", "is above 15°"))


def thigh_extension(s: Seen) -> str | None:
    """Thigh extension under its limit, in words."""
    return when(thigh_limit(s), s.tell("thigh_extension_peak_deg"))


def thigh_limit(s: Seen) -> bool:
    """Thigh extension 6° under its usual rise with speed, 9 + 5 v, v in m/s (two runners: provisional)."""
    return s.speed_mps is not None and s.below("thigh_extension_peak_deg", 9 + 5 * s.speed_mps - 6)


def thigh_own(s: Seen) -> bool:
    """Thigh extension fell by 3° from the runner's own."""
    return s.falls("thigh_extension_peak_deg", 3.0)


def compensated(thigh: Callable[[Seen], bool], others: tuple[Rule, ...]) -> Rule:
    """Less thigh extension together with one of the ways to make up for it."""

    def rule(s: Seen) -> str | None:
        seen = [words for other in others if (words := other(s)) is not None]
        if not thigh(s) or not seen:
            return None
        return "; ".join([s.tell("thigh_extension_peak_deg"), *seen])

    return rule


def overstride(s: Seen) -> str | None:
    """Foot 6 % of leg beyond its usual rise with speed, 9 + 6 v, v in m/s (two runners: provisional).

    Or shin and knee of an overstride: shin far forward and knee nearly straight at contact.
    """
    if s.speed_mps is not None and s.above("overstride_pct", 9 + 6 * s.speed_mps + 6):
        return s.tell("overstride_pct", f"is far for {s.speed_mps:.1f} m/s")
    straight = s.above("shank_contact_deg", 10.0) and s.below("knee_flexion_contact_deg", 12.0)
    return when(straight, f"{s.tell('shank_contact_deg')}; {s.tell('knee_flexion_contact_deg')}")


def low_cadence(s: Seen) -> str | None:
    """Below 160 a minute in a body of usual height (runners with back pain 166 ± 10: Drozda 2024)."""
    low, high = USUAL_HEIGHT_CM
    if s.height_cm is not None and not low <= s.height_cm <= high:
        return None
    return when(s.below("cadence_spm", 160.0), s.tell("cadence_spm", "is below 160"))


def low_cadence_own(s: Seen) -> str | None:
    """Fell by 3 % from the runner's own."""
    own = s.own("cadence_spm")
    falls = own is not None and s.below("cadence_spm", own.mean * 0.97)
    return when(falls, s.tell_change("cadence_spm"))


def stiff_knee(s: Seen) -> str | None:
    """Two of: straight at contact, little bent in stance, little give.

    Usual at contact: 17.8 ± 4.0° (Heiderscheit 2011).
    """
    limits = (
        ("knee_flexion_contact_deg", 8.0),
        ("knee_flexion_stance_peak_deg", 40.0),
        ("knee_excursion_deg", 22.0),
    )
    seen = [s.tell(name) for name, limit in limits if s.below(name, limit)]
    return when(len(seen) >= 2, "; ".join(seen))


def bounding(s: Seen) -> str | None:
    """Hip bounce above 11.5 cm or 11 % of step length; 7 to 11 cm are usual."""
    if s.above("hip_bounce_cm", 11.5):
        return s.tell("hip_bounce_cm", "is above 11.5 cm")
    return when(s.above("vertical_ratio_pct", 11.0), s.tell("vertical_ratio_pct", "is above 11 %"))


def jarring(s: Seen) -> str | None:
    """Mean of the z-scores that stand for a hard landing; at least three must be known."""
    signs = {
        "landing_speed_mps": 1,
        "knee_excursion_deg": -1,
        "knee_flexion_contact_deg": -1,
        "duty_factor": -1,
        "overstride_pct": 1,
    }
    parts = {name: sign * z for name, sign in signs.items() if (z := s.z(name)) is not None}
    if len(parts) < 3 or sum(parts.values()) / len(parts) <= (0.5 if s.relaxed else 1.0):
        return None
    return "; ".join(s.tell_change(name) for name, z in parts.items() if z > 1) or None


def irregular(s: Seen) -> str | None:
    """Stride time varies by more than 3 % (1 % is usual), or strides are unlike each other."""
    if s.above("stride_time_cv_pct", 3.0):
        return s.tell("stride_time_cv_pct", "is above 3 %")
    return when(s.below("curve_regularity", 0.97), s.tell("curve_regularity", "is below 0.97"))


def irregular_own(s: Seen) -> str | None:
    """Less regular than the runner's own."""
    if s.rises("stride_time_cv_pct", 0.0):
        return s.tell_change("stride_time_cv_pct")
    return when(s.falls("curve_regularity", 0.0), s.tell_change("curve_regularity"))


def weak_push_off(s: Seen) -> str | None:
    """Thigh extension fell, and with it knee bend in swing or flight time."""
    seen = [n for n in ("knee_flexion_swing_peak_deg", "flight_time_s") if s.falls(n, 0.0)]
    told = [s.tell_change(n) for n in ("thigh_extension_peak_deg", *seen)]
    return when(thigh_own(s) and bool(seen), "; ".join(told))


def side_difference(s: Seen) -> str | None:
    """Step times differ by more than 4 %."""
    name = "step_time_asymmetry_pct"
    return when(s.n(name) > SIDES_FROM and (s.above(name, 4.0) or s.below(name, -4.0)), s.tell(name))


def side_difference_own(s: Seen) -> str | None:
    """The difference of step times moved by 2 %."""
    name = "step_time_asymmetry_pct"
    return when(s.n(name) > SIDES_FROM and (s.rises(name, 2.0) or s.falls(name, 2.0)), s.tell_change(name))


def when(seen: bool, words: str) -> str | None:
    """Give the words if it was seen."""
    return words if seen else None


def own_falls(name: str, by: float) -> Rule:
    """Make the rule: fell by so much, and by two spreads, from the runner's own."""
    return lambda s: when(s.falls(name, by), s.tell_change(name))


def own_rises(name: str, by: float) -> Rule:
    """Make the rule: rose by so much, and by two spreads, from the runner's own."""
    return lambda s: when(s.rises(name, by), s.tell_change(name))


upright_own = own_falls("trunk_lean_deg", 2.0)
bounce_own = own_rises("hip_bounce_cm", 1.0)
stride_own = own_rises("overstride_pct", 2.5)

"""The named deviations, one table: what is seen, by which rule, and how it is linked to low back pain.

A deviation is a pattern for the therapist to judge. Each has an absolute mode (published or provisional
limits), an individual mode (against the runner's own baseline: at least so much, and two of its spreads), and
gives way to the therapist's own band on its metric.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from device.feedback import rules
from device.feedback.seen import Seen
from device.feedback.types import Baseline, CueSetting, Deviation
from device.gait.catalog import format_value
from device.gait.types import Stat


@dataclass(frozen=True, slots=True)
class Pattern:
    """One named deviation.

    metric, side: the metric and direction by which a therapist's band replaces both rules.
    absolute, individual: each gives the words of what was seen, or None when it is not there.
    """

    code: str
    name: str
    group: str
    metric: str
    side: str
    evidence: str
    absolute: rules.Rule | None
    individual: rules.Rule | None


PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "over_upright_trunk", "Over-upright trunk", "posture", "trunk_lean_deg", "below",
        "Clinical picture; indirect: Hart 2009, Teng and Powers 2016. No difference between groups.",
        rules.over_upright, rules.upright_own,
    ),
    Pattern(
        "forward_lean", "Trunk far forward", "posture", "trunk_lean_deg", "above",
        "No link to low back pain; a guard rail.",
        rules.far_forward,
        rules.own_rises("trunk_lean_deg", 4.0),
    ),
    Pattern(
        "sway_pattern", "Sway pattern, hips forward", "posture", "shoulder_hip_ankle_deg", "above",
        "Clinical picture; Lewis and Sahrmann 2015, in walking.",
        rules.sway, rules.own_rises("shoulder_hip_ankle_deg", 3.0),
    ),
    Pattern(
        "push_off_arching", "Trunk arching at push-off", "posture", "push_off_trunk_change_deg", "below",
        "A hypothesis only.",
        None, rules.own_falls("push_off_trunk_change_deg", 2.0),
    ),
    Pattern(
        "reduced_thigh_extension", "Thigh not far back", "leg", "thigh_extension_peak_deg", "below",
        "Indirect: Franz 2009, Schache 2000. The limit rests on two runners and is provisional.",
        rules.thigh_extension,
        rules.own_falls("thigh_extension_peak_deg", 3.0),
    ),
    Pattern(
        "thigh_extension_compensated", "Thigh not far back, made up elsewhere", "leg", "", "",
        "Common responses to less hip extension: Souza 2016.",
        rules.compensated(rules.thigh_limit, (rules.over_upright, rules.bounding, rules.overstride)),
        rules.compensated(rules.thigh_own, (rules.upright_own, rules.bounce_own, rules.stride_own)),
    ),
    Pattern(
        "overstriding", "Foot far ahead at contact", "leg", "overstride_pct", "above",
        "Through load: Lieberman 2015, Wille 2014.",
        rules.overstride, rules.stride_own,
    ),
    Pattern(
        "low_cadence", "Low cadence", "leg", "cadence_spm", "below",
        "Direct: runners with low back pain 166, without 171 a minute (Drozda 2024).",
        rules.low_cadence, rules.low_cadence_own,
    ),
    Pattern(
        "stiff_knee", "Stiff knee in landing", "landing", "knee_excursion_deg", "below",
        "Direct: Hamill 2009, Müller 2015.",
        rules.stiff_knee, rules.own_falls("knee_excursion_deg", 4.0),
    ),
    Pattern(
        "bounding", "Much up and down", "landing", "hip_bounce_cm", "above",
        "Through load: Adams 2018.",
        rules.bounding, rules.bounce_own,
    ),
    Pattern(
        "jarring_landing", "Jarring landing", "landing", "landing_speed_mps", "above",
        "Stands for the loading rate of Drozda 2024; not validated.",
        None, rules.jarring,
    ),
    Pattern(
        "irregular", "Irregular movement", "landing", "curve_regularity", "below",
        "Exploratory.",
        rules.irregular, rules.irregular_own,
    ),
    Pattern(
        "weak_push_off", "Less leg drive", "leg", "", "",
        "Exploratory; the work of the hamstrings cannot be seen.",
        None, rules.weak_push_off,
    ),
    Pattern(
        "side_difference", "Side difference in timing", "leg", "", "",
        "No link shown.",
        rules.side_difference, rules.side_difference_own,
    ),
)  # fmt: skip


def assess(
    metrics: Mapping[str, Stat],
    speed_mps: float | None,
    *,
    baseline: Baseline | None = None,
    target: CueSetting | None = None,
    height_cm: float | None = None,
    lean_calibrated: bool = False,
    relaxed: frozenset[str] = frozenset(),
) -> tuple[Deviation, ...]:
    """Name the deviations in mean values of form.

    metrics: Stat by metric name (a whole clip, a block, or running means); None is simply not there.
    target: the therapist's band; on its metric it replaces the other two modes. relaxed: codes already
    shown, held until the value is half a spread back (hysteresis). lean_calibrated: trunk lean was
    calibrated in standing.
    """
    found = []
    for pattern in PATTERNS:
        seen = Seen(metrics, baseline, speed_mps, height_cm, lean_calibrated, pattern.code in relaxed)
        hit = _look(pattern, seen, target)
        if hit is not None:
            mode, detail = hit
            found.append(
                Deviation(
                    code=pattern.code,
                    name=pattern.name,
                    group=pattern.group,
                    mode=mode,
                    new=_is_new(pattern, mode, seen, target),
                    detail=detail,
                    evidence=pattern.evidence,
                )
            )
    return tuple(found)


def _look(pattern: Pattern, seen: Seen, target: CueSetting | None) -> tuple[str, str] | None:
    if target is not None and pattern.metric == target.metric:
        words = _outside(pattern, seen, target)
        return None if words is None else ("target", words)
    rules = (("absolute", pattern.absolute), ("individual", pattern.individual if seen.baseline else None))
    for mode, rule in rules:
        words = rule(seen) if rule is not None else None
        if words is not None:
            return mode, words
    return None


def _outside(pattern: Pattern, seen: Seen, target: CueSetting) -> str | None:
    name, band = pattern.metric, target.band
    if pattern.side == "below" and band.low is not None and seen.below(name, band.low):
        return seen.tell(name, f"is below the band from {format_value(name, band.low)}")
    if pattern.side == "above" and band.high is not None and seen.above(name, band.high):
        return seen.tell(name, f"is above the band up to {format_value(name, band.high)}")
    return None


def _is_new(pattern: Pattern, mode: str, seen: Seen, target: CueSetting | None) -> bool | None:
    """Whether the same rule was silent on the baseline's own means."""
    if seen.baseline is None:
        return None
    return mode == "individual" or _look(pattern, seen.at_baseline(), target) is None

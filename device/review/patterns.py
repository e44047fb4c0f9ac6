"""The tick list of named patterns: what is seen, what is not, and what today cannot say. Never a score."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from device.feedback.deviations import PATTERNS, Pattern, assess
from device.feedback.types import Baseline, CueSetting
from device.gait.catalog import METRICS, format_value
from device.gait.types import RunSetup, Stat

GROUPS = ("posture", "leg", "landing")


class Sight(StrEnum):
    """Whether a pattern is there."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"
    CANNOT_SAY = "cannot_say"


@dataclass(frozen=True, slots=True)
class Line:
    """One named pattern as the therapist judges it.

    new: not there at the baseline it is held against (None without one). detail: the numbers behind it.
    evidence: how it is linked to low back pain.
    """

    code: str
    name: str
    group: str
    sight: Sight
    new: bool | None
    detail: str
    evidence: str


_NEEDS = {
    "thigh_extension_compensated": ("thigh_extension_peak_deg",),
    "weak_push_off": ("thigh_extension_peak_deg",),
    "side_difference": ("step_time_asymmetry_pct",),
    "jarring_landing": ("landing_speed_mps", "knee_excursion_deg", "duty_factor"),
    "stiff_knee": ("knee_flexion_contact_deg", "knee_excursion_deg"),
}
"""Metrics without which a pattern cannot be told, where they are more than its own."""


def tick_list(
    metrics: Mapping[str, Stat],
    setup: RunSetup,
    speed_mps: float | None,
    *,
    baseline: Baseline | None,
    target: CueSetting | None = None,
) -> tuple[Line, ...]:
    """Go through every named pattern with these means of form, against the runner's own baseline."""
    found = {
        deviation.code: deviation
        for deviation in assess(
            metrics,
            speed_mps,
            baseline=baseline,
            target=target,
            height_cm=setup.height_cm,
            lean_calibrated=setup.lean_offset_deg is not None,
        )
    }
    lines = []
    for pattern in sorted(PATTERNS, key=lambda p: GROUPS.index(p.group)):
        seen = found.get(pattern.code)
        sight = Sight.SEEN if seen else _unseen(pattern, metrics, baseline)
        detail = seen.detail if seen else _value(pattern, metrics)
        new = seen.new if seen else None
        lines.append(
            Line(pattern.code, pattern.name, pattern.group, sight, new, _signed(detail), pattern.evidence)
        )
    return tuple(lines)


def _unseen(pattern: Pattern, metrics: Mapping[str, Stat], baseline: Baseline | None) -> Sight:
    """Not seen only if it could have been: its metrics measured, and a baseline where the rule needs one."""
    needed = _NEEDS.get(pattern.code, (pattern.metric,) if pattern.metric else ())
    told = all(name in metrics for name in needed)
    if pattern.absolute is None:
        own = baseline.metrics if baseline is not None else {}
        told = told and any(name in own for name in needed)
    return Sight.NOT_SEEN if told else Sight.CANNOT_SAY


def _value(pattern: Pattern, metrics: Mapping[str, Stat]) -> str:
    name = pattern.metric or _NEEDS.get(pattern.code, ("",))[0]
    if name not in metrics:
        return ""
    return f"{METRICS[name].label} {format_value(name, metrics[name].mean)}"


def _signed(text: str) -> str:
    """Write minus signs as such, and none before a nought."""
    return re.sub(r"-(?=\d)", "\u2212", re.sub(r"-(?=0(\.0*)?(?![\d.]))", "", text))

"""The catalogue of metrics as the tablet needs it."""

from typing import Any

from device.gait.catalog import METRICS, Metric, Trust

MAIN = (
    "cadence_spm",
    "knee_flexion_contact_deg",
    "hip_bounce_cm",
    "knee_excursion_deg",
    "trunk_lean_deg",
    "overstride_pct",
)
"""Tiles in order of preference; the cued metric has its own place and is left out."""

CUES = (
    "trunk_lean_deg",
    "cadence_spm",
    "knee_flexion_contact_deg",
    "knee_excursion_deg",
    "hip_bounce_cm",
    "thigh_extension_peak_deg",
    "overstride_pct",
)
"""What a runner can steer and a cue may follow, most useful first."""

TIMING = frozenset(
    {
        "cadence_spm",
        "step_time_s",
        "stride_time_s",
        "step_time_asymmetry_pct",
        "contact_time_s",
        "flight_time_s",
        "duty_factor",
    }
)
UP_AND_DOWN = frozenset(
    {
        "hip_bounce_cm",
        "vertical_ratio_pct",
        "landing_speed_mps",
        "peak_force_bw",
        "vertical_stiffness_npmkg",
    }
)
POSTURE = frozenset({"trunk_lean_deg"})
GROUPS = ("timing", "up_down", "posture", "leg", "explore")
"""Headings under which all metrics are listed."""


def group_of(metric: Metric) -> str:
    """Name the heading of a metric: what is exploratory stands apart, whatever it measures."""
    if metric.trust is Trust.C:
        return "explore"
    for group, names in (("timing", TIMING), ("up_down", UP_AND_DOWN), ("posture", POSTURE)):
        if metric.name in names:
            return group
    return "leg"


def measures() -> dict[str, Any]:
    """Give labels, units, trust and words of direction of every metric, and which come first."""
    return {
        "main": list(MAIN),
        "cues": list(CUES),
        "groups": list(GROUPS),
        "order": list(METRICS),
        "all": {
            name: {
                "label": metric.label,
                "unit": "/min" if metric.unit == "1/min" else metric.unit,
                "decimals": metric.decimals,
                "trust": metric.trust,
                "group": group_of(metric),
                "per": metric.per,
                "low": metric.low,
                "high": metric.high,
                "noise": metric.noise,
                "evidence": metric.evidence,
                "reads": metric.reads,
            }
            for name, metric in METRICS.items()
        },
    }

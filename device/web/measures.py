"""The catalogue of metrics as the tablet needs it."""

from typing import Any

from device.gait.catalog import METRICS

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


def measures() -> dict[str, Any]:
    """Give labels, units, trust and words of direction of every metric, and which come first."""
    return {
        "main": list(MAIN),
        "cues": list(CUES),
        "all": {
            name: {
                "label": metric.label,
                "unit": "/min" if metric.unit == "1/min" else metric.unit,
                "decimals": metric.decimals,
                "trust": metric.trust,
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

"""Numbers, bands, times and set-ups of a report in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from device.clinic.types import Visit
from device.feedback.types import Band
from device.gait.catalog import METRICS, format_value
from device.gait.types import RunSetup, Stat

Words = Mapping[str, Any]
"""The `report` table of the words files."""


def band_text(metric: str, band: Band, words: Words) -> str:
    """Write a band with its unit."""
    low, high = (None if x is None else format_value(metric, x) for x in (band.low, band.high))
    key = "from" if high is None else "up_to" if low is None else "range"
    return str(words["band"][key]).format(low=low, high=high).replace("-", "\u2212")


def value_text(metric: str, value: float) -> str:
    """Write a value with its unit, and "/min" for steps."""
    per_minute = "/min" if METRICS[metric].unit == "1/min" else ""
    return (format_value(metric, value) + per_minute).replace("-", "\u2212")


def moment(at: datetime, words: Words) -> str:
    """Write a wall time in the device's own zone."""
    local = at.astimezone()
    return f"{local.day} {words['months'][local.month - 1]} {local:%Y, %H:%M}"


def setup_text(setup: RunSetup, visit: Visit, words: Words) -> str:
    """Say how the runner ran."""
    parts = []
    if setup.speed_mps is not None:
        parts.append(words["speed"].format(kmh=f"{3.6 * setup.speed_mps:.1f}"))
    parts.append(words["grade"].format(pct=f"{setup.grade_pct:g}"))
    if visit.setup.shoe:
        parts.append(words["shoe"].format(name=visit.setup.shoe))
    return ", ".join(parts)


def fine_text(name: str, value: float) -> str:
    """Write a spread with one place at least."""
    unit = {"1/min": "/min", "°": "°", "": ""}.get(METRICS[name].unit, f" {METRICS[name].unit}")
    return f"{value:.{max(METRICS[name].decimals, 1)}f}{unit}"


def with_spread(name: str, stat: Stat) -> str:
    """Write a mean with its spread."""
    text = value_text(name, stat.mean)
    return text if stat.sd is None else f"{text} ±{stat.sd:.{max(METRICS[name].decimals, 1)}f}"


def percent(share: float) -> int:
    """Give a share of 0 to 1 in whole per cent."""
    return round(100 * share)

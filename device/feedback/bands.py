"""Which band to cue: checked against today's noise, or proposed from the runner's own baseline."""

import math
from collections.abc import Callable

from device.errors import ConfigError
from device.feedback.types import Band, Baseline
from device.gait.catalog import METRICS, Trust, format_value
from device.gait.types import Stat

CADENCE_RISES_PCT = (5.0, 7.5, 10.0)
"""Step rates worth trying, above the runner's own (Heiderscheit 2011; Adams 2018)."""
LEAN_RISE_DEG = 3.0

_CADENCE_HALF_PCT = 2.5
_LEAN_HALF_DEG = 2.0


def check_band(metric: str, band: Band, noise_of: Callable[[str], float]) -> None:
    """Refuse a cue that cannot work.

    `noise_of` gives the SD of one value of a metric today. Raises ConfigError for an unknown or exploratory
    metric, a band without limits or upside down, and one whose half width is below the noise.
    """
    if metric not in METRICS:
        raise ConfigError(f"There is no measure called {metric}. Choose one of those on the screen.")
    label = METRICS[metric].label
    if METRICS[metric].trust is Trust.C:
        raise ConfigError(
            f"{label} is exploratory and cannot drive the light. Choose a measure marked A or B."
        )
    limits = [x for x in (band.low, band.high) if x is not None]
    if not limits or not all(math.isfinite(x) for x in limits):
        raise ConfigError(f"The band of {label} has no limit. Give a lowest value, a highest value or both.")
    if band.low is None or band.high is None:
        return
    if band.low >= band.high:
        raise ConfigError(f"The band of {label} is upside down. Give a lowest value below the highest.")
    width, noise = band.high - band.low, noise_of(metric)
    if width < 2 * noise * (1 - 1e-9):
        least = format_value(metric, _round_up(metric, 2 * noise))
        raise ConfigError(
            f"The band of {label}, {format_value(metric, width)} wide, is narrower than the runner now "
            f"varies from step to step. Make it at least {least} wide."
        )


def own_band(baseline: Baseline, metric: str, sds: float = 2.0, noise: float = 0.0) -> Band:
    """Give the runner's own range: baseline mean ± `sds` of its spread, at least ± `noise` (today's).

    Raises ConfigError when the baseline does not hold the metric.
    """
    own = _own(baseline, metric)
    half = max(sds * (own.sd or 0.0), noise, METRICS[metric].noise if not own.sd and not noise else 0.0)
    return Band(own.mean - half, own.mean + half)


def cadence_band(baseline: Baseline, rise_pct: float) -> Band:
    """Give a step rate `rise_pct` above the runner's own, ± 2.5 %."""
    target = _own(baseline, "cadence_spm").mean * (1 + rise_pct / 100)
    return Band(target * (1 - _CADENCE_HALF_PCT / 100), target * (1 + _CADENCE_HALF_PCT / 100))


def lean_band(baseline: Baseline, rise_deg: float = LEAN_RISE_DEG) -> Band:
    """Give a trunk lean `rise_deg` further forward than the runner's own, ± 2°, so neither too far."""
    target = _own(baseline, "trunk_lean_deg").mean + rise_deg
    return Band(target - _LEAN_HALF_DEG, target + _LEAN_HALF_DEG)


def _own(baseline: Baseline, metric: str) -> Stat:
    if metric not in baseline.metrics:
        label = METRICS[metric].label if metric in METRICS else metric
        raise ConfigError(
            f"The baseline holds no value of {label}. Capture it again, or set the band by hand."
        )
    return baseline.metrics[metric]


def _round_up(metric: str, value: float) -> float:
    scale = 10.0 ** METRICS[metric].decimals
    return float(math.ceil(value * scale - 1e-6) / scale)

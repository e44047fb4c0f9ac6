"""How well a mean is known: its 95 % interval from the scatter of successive steps, with their dependence.

Successive values are not independent: form wanders slowly (neighbours alike, the mean less certain), and
neighbouring step times share a contact (one too long, the next too short, the mean more certain). So the
variance of the mean is the sum of autocovariances up to `_LAGS` steps apart; what few values cannot tell is
drawn towards what is usual for the family of metrics.
"""

from math import inf, sqrt

from device.gait.catalog import METRICS

LEAST = 3
"""Values needed for an interval."""

_LAGS = 2
_DRAWN = 30.0
"""Weight, in values, of what is usual against what was seen."""
_LEAST_SHARE = 0.08
_FLOOR = 0.15
"""Smallest believed SD of one value as a share of its noise: points can stand still by chance."""

_USUAL = (0.12, 0.06)
_SHARED = {"cadence_spm": (0.35, -0.15), "step_time_s": (-0.30, 0.05), "stride_time_s": (-0.20, 0.05)}
"""Correlation with the next value and the one after it."""

_MEMORY = {"step_time_asymmetry_pct": 60, "stride_time_cv_pct": 60, "sparc": 20}
"""Values that are themselves taken over so many steps or strides; their scatter says nothing."""

_T = (inf, 12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""Student's t, 97.5 %, by degrees of freedom."""


def half_width(name: str, values: list[float]) -> float | None:
    """Give the half width of the 95 % interval of the mean of successive `values`, in the metric's unit.

    It covers chance (the runner's own variation and the camera's noise), not a constant bias of the reading.
    None below three values.
    """
    n = len(values)
    if n < LEAST:
        return None
    noise = METRICS[name].noise
    if name in _MEMORY:
        return 1.96 * noise * sqrt(_MEMORY[name] / max(n, _MEMORY[name]))
    mean = sum(values) / n
    off = [v - mean for v in values]
    variance = max(sum(x * x for x in off) / (n - 1), (_FLOOR * noise) ** 2)
    return quantile(n - 1) * sqrt(variance * _dependence(name, off, variance) / n)


def quantile(freedom: int) -> float:
    """Student's t for a 95 % interval with so many degrees of freedom."""
    if freedom < len(_T):
        return _T[max(freedom, 0)]
    return 1.96 + 2.4 / freedom


def _dependence(name: str, off: list[float], variance: float) -> float:
    """Factor on the variance of the mean by the dependence of neighbours; 1 when they are independent."""
    n = len(off)
    factor = 1.0
    for lag, usual in enumerate(_SHARED.get(name, _USUAL)[:_LAGS], start=1):
        if n <= lag:
            break
        seen = sum(a * b for a, b in zip(off, off[lag:], strict=False)) / (n - lag) / variance
        # The sample mean takes about 1/n out of every sample correlation.
        seen += 1 / n
        factor += 2 * (1 - lag / n) * (n * seen + _DRAWN * usual) / (n + _DRAWN)
    return max(factor, _LEAST_SHARE)

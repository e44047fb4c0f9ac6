"""Many cases as one figure."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from .errors import Errors
from .measure import Result
from .table import bias_sd


def judged(results: Iterable[Result]) -> list[Result]:
    """The cases that have a truth to be measured against."""
    return [r for r in results if r.errors.contacts]


def usual(results: Iterable[Result]) -> list[Result]:
    """Runners in their usual form, nothing in the way, every frame."""
    return [r for r in judged(results) if r.case.clip.group == "base" and r.case.frames == "all"]


def split(results: Iterable[Result]) -> dict[str, list[Result]]:
    """All, and the runners that were and were not open to tuning."""
    found = list(results)
    return {
        "all": found,
        "train": [r for r in found if not r.case.clip.test],
        "test": [r for r in found if r.case.clip.test],
    }


def mean(results: list[Result], value: Callable[[Errors], float]) -> float:
    """Mean over cases; NaN without any."""
    values = [value(r.errors) for r in results]
    return float(np.nanmean(values)) if values and not np.all(np.isnan(values)) else np.nan


def worst(results: list[Result], value: Callable[[Errors], float]) -> tuple[float, str]:
    """The largest magnitude of any case, and which case it is."""
    rated = [(abs(value(r.errors)), r.case.name) for r in results]
    rated = [pair for pair in rated if np.isfinite(pair[0])]
    return max(rated, default=(np.nan, "-"))


def bias(metric: str, scale: float = 1.0) -> Callable[[Errors], float]:
    """Mean of measured minus true over a case's strides."""
    return lambda e: scale * bias_sd(e.pairs.get(metric, []))[0]


def scatter(metric: str, scale: float = 1.0) -> Callable[[Errors], float]:
    """SD of measured minus true over a case's strides."""
    return lambda e: scale * bias_sd(e.pairs.get(metric, []))[1]


def between(results: list[Result], metric: str, scale: float = 1.0) -> float:
    """SD of the bias between runners: each runner's own cases are averaged first."""
    own: dict[str, list[float]] = {}
    for r in results:
        own.setdefault(r.case.clip.look, []).append(bias(metric, scale)(r.errors))
    means = [np.nanmean(values) for values in own.values() if not np.all(np.isnan(values))]
    return float(np.std(means, ddof=1)) if len(means) > 1 else np.nan


def pairs(results: list[Result], metric: str) -> NDArray[np.float64]:
    """(n, 2): true and measured of every stride of these cases."""
    rows = [pair for r in results for pair in r.errors.pairs.get(metric, [])]
    return np.array(rows, float).reshape(-1, 2)


def pooled(results: list[Result], series: Callable[[Errors], list[float]]) -> tuple[float, float]:
    """Mean and SD of all values of a series."""
    values = [v for r in results for v in series(r.errors)]
    return (float(np.mean(values)), float(np.std(values))) if values else (np.nan, np.nan)


def spread_of_means(results: list[Result], series: Callable[[Errors], list[float]]) -> float:
    """SD between the cases' means."""
    means = [np.mean(series(r.errors)) for r in results if series(r.errors)]
    return float(np.std(means, ddof=1)) if len(means) > 1 else np.nan

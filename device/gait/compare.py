"""Whether two means of the same runner differ by more than measuring them anew would."""

from dataclasses import dataclass
from enum import StrEnum
from math import hypot, sqrt

from device.gait.catalog import METRICS, Per
from device.gait.spread import quantile
from device.gait.types import Stat

LEAST = {Per.STEP: 10, Per.STRIDE: 6}
"""Steps, or near-leg strides, a mean must rest on to be compared."""

_REPEAT = 0.3
"""A runner's block measured twice in one set-up differs by this share of the noise of one value, besides
what the scatter within the blocks tells."""


class Verdict(StrEnum):
    """What a difference is worth."""

    LARGER = "larger"
    """Larger than the measurement spread."""
    WITHIN = "within"
    """Within the measurement spread: no difference can be claimed."""
    UNSURE = "unsure"
    """Too few values to tell."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one difference is worth.

    change: second less first mean, in the metric's unit. spread: what |change| must exceed, None if unsure.
    """

    verdict: Verdict
    change: float
    spread: float | None


def compare(a: Stat, b: Stat, metric: str) -> Comparison:
    """Compare two means of one metric, same runner, speed and set-up; `change` is b - a.

    A constant bias of the reading cancels; so only chance, and what comes back different when the same
    running is measured again, stand against a difference.
    """
    change = b.mean - a.mean
    known = METRICS[metric]
    halves = interval(a), interval(b)
    if halves[0] is None or halves[1] is None or min(a.n, b.n) < LEAST[known.per]:
        return Comparison(Verdict.UNSURE, change, None)
    spread = hypot(halves[0], halves[1], _REPEAT * known.noise)
    return Comparison(Verdict.LARGER if abs(change) > spread else Verdict.WITHIN, change, spread)


def interval(stat: Stat) -> float | None:
    """Half width of the 95 % interval of a mean; from spread and count where it was not kept."""
    if stat.ci95 is not None:
        return stat.ci95
    if stat.sd is None or stat.n < 3:
        return None
    return quantile(stat.n - 1) * stat.sd / sqrt(stat.n)

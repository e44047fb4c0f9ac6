"""From single steps to numbers worth showing: the last ten steps live, a whole clip afterwards."""

from collections import deque
from collections.abc import Iterable

import numpy as np

from device.gait.catalog import METRICS, Per
from device.gait.spread import half_width
from device.gait.types import FormMetrics, Stat

STEPS = 10
STRIDES = 6
_MAX_AGE_S = 12.0
_OUTLIER_SD = 4.0
_OUTLIER_MIN_N = 8


class FormWindow:
    """The last ten steps and the last six near-leg strides, and each metric's Stat over them.

    Means of running form are stable from about seven steps (Dingenen 2018). Values more than 12 s older
    than the newest do not count, so a pause empties the window by itself.
    """

    def __init__(self, steps: int = STEPS, strides: int = STRIDES) -> None:
        self._forms = {
            Per.STEP: deque[FormMetrics](maxlen=steps),
            Per.STRIDE: deque[FormMetrics](maxlen=strides),
        }

    def add(self, form: FormMetrics) -> None:
        """Take one more step or stride, in order of time."""
        self._forms[Per.STEP if form.stride_time_s is None else Per.STRIDE].append(form)
        for forms in self._forms.values():
            while forms and forms[0].t < form.t - _MAX_AGE_S:
                forms.popleft()

    def clear(self) -> None:
        """Forget everything, after tracking was lost or the speed changed."""
        for forms in self._forms.values():
            forms.clear()

    def values(self, name: str) -> list[tuple[float, float]]:
        """Give time and value of one metric for each step or stride in the window where it was measured."""
        return [(f.t, v) for f in self._forms[METRICS[name].per] if (v := getattr(f, name)) is not None]

    def stat(self, name: str) -> Stat | None:
        """Give mean, spread and count of one metric, None when it was not measured in the window."""
        return _stat(name, [v for _, v in self.values(name)])

    def stats(self) -> dict[str, Stat]:
        """Give every metric that was measured in the window."""
        return {name: stat for name in METRICS if (stat := self.stat(name)) is not None}


def summarize(forms: Iterable[FormMetrics]) -> dict[str, Stat]:
    """Give every metric's Stat over a whole clip or block.

    From eight values on, single values further than four robust SDs (1.4826 MAD) from the median are left
    out: one doubled step must not move a clip's mean.
    """
    values: dict[str, list[float]] = {}
    for form in forms:
        for name, value in form.measured():
            values.setdefault(name, []).append(value)
    stats = {name: _stat(name, _inliers(values[name])) for name in METRICS if name in values}
    return {name: stat for name, stat in stats.items() if stat is not None}


def _inliers(values: list[float]) -> list[float]:
    if len(values) < _OUTLIER_MIN_N:
        return values
    x = np.array(values)
    off = np.abs(x - np.median(x))
    limit = _OUTLIER_SD * 1.4826 * np.median(off)
    return x[off <= limit].tolist() if limit > 0 else values


def _stat(name: str, values: list[float]) -> Stat | None:
    if not values:
        return None
    n = len(values)
    mean = sum(values) / n
    sd = (sum((v - mean) ** 2 for v in values) / (n - 1)) ** 0.5 if n > 1 else None
    return Stat(mean, sd, n, half_width(name, values))

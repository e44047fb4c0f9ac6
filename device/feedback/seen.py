"""Mean form as the rules of deviations read it: against limits, and against the runner's own baseline."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from device.feedback.types import Baseline
from device.gait.catalog import METRICS, format_value
from device.gait.types import Stat

Z = 2.0
"""Least change from the runner's own mean, in spreads, that is not taken for chance."""
RELAX = 0.5
"""Hysteresis: how much nearer, in spreads, a value still counts once its deviation is shown."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Running form to be judged, in the units of the catalog; what is not measured is beyond no limit.

    relaxed: the deviation is already shown, so limits are half a spread nearer.
    """

    metrics: Mapping[str, Stat]
    baseline: Baseline | None
    speed_mps: float | None
    height_cm: float | None = None
    lean_calibrated: bool = False
    relaxed: bool = False

    def mean(self, name: str) -> float | None:
        """Mean of a metric, None when not measured."""
        return self.metrics[name].mean if name in self.metrics else None

    def n(self, name: str) -> int:
        """How many values stand behind a metric."""
        return self.metrics[name].n if name in self.metrics else 0

    def own(self, name: str) -> Stat | None:
        """The runner's own value, None without a baseline of it."""
        return self.baseline.metrics.get(name) if self.baseline is not None else None

    def below(self, name: str, limit: float) -> bool:
        """Tell whether a metric is below a limit."""
        mean = self.mean(name)
        return mean is not None and mean < limit + self._slack(name)

    def above(self, name: str, limit: float) -> bool:
        """Tell whether a metric is above a limit."""
        mean = self.mean(name)
        return mean is not None and mean > limit - self._slack(name)

    def z(self, name: str) -> float | None:
        """Distance from the runner's own mean in its spreads."""
        mean, own = self.mean(name), self.own(name)
        return None if mean is None or own is None or not own.sd else (mean - own.mean) / own.sd

    def rises(self, name: str, by: float) -> bool:
        """Tell whether a metric rose by at least so much, and by two spreads, from the runner's own."""
        return self._moved(name, by, 1.0)

    def falls(self, name: str, by: float) -> bool:
        """Tell whether a metric fell by at least so much, and by two spreads, from the runner's own."""
        return self._moved(name, by, -1.0)

    def tell(self, name: str, how: str = "") -> str:
        """Say a metric's value in words."""
        mean = self.mean(name)
        value = "not measured" if mean is None else format_value(name, mean)
        return f"{METRICS[name].label} {value}" + (f" {how}" if how else "")

    def tell_change(self, name: str) -> str:
        """Say how a metric moved from the runner's own value."""
        mean, own = self.mean(name), self.own(name)
        if mean is None or own is None:
            return self.tell(name)
        direction = METRICS[name].low if mean < own.mean else METRICS[name].high
        return f"{self.tell(name)}, own {format_value(name, own.mean)}: {direction}"

    def at_baseline(self) -> "Seen":
        """The runner's own means, to be judged by the same rules."""
        return replace(self, metrics=self.baseline.metrics if self.baseline else {}, relaxed=False)

    def _moved(self, name: str, by: float, sign: float) -> bool:
        mean, own, z = self.mean(name), self.own(name), self.z(name)
        if mean is None or own is None or z is None:
            return False
        return sign * (mean - own.mean) >= by - self._slack(name) and sign * z >= Z - RELAX * self.relaxed

    def _slack(self, name: str) -> float:
        own = self.own(name)
        spread = own.sd if own is not None and own.sd else METRICS[name].noise / 3
        return RELAX * spread if self.relaxed else 0.0

"""Deviations while the runner runs: running means, and a pattern is shown only once it has lasted."""

from collections import deque

from device.feedback.deviations import PATTERNS, Pattern, assess
from device.feedback.trend import DWELL, MEAN_OF, Ewma, Switch
from device.feedback.types import Baseline, CueSetting, Deviation
from device.gait.catalog import METRICS, Per
from device.gait.types import FormMetrics, GaitUpdate, RunSetup, Stat

DRIFT_OVER_S = 300.0
"""Time over which form must have drifted to be told of as fatigue."""
DRIFT_SPREADS = 1.5
"""And by how many of the runner's own spreads."""
_SNAPSHOT_EVERY_S = 10.0
"""Times between the means that a drift is worked out from."""


class DeviationMonitor:
    """Keeps the deviations of the last steps; empty while nothing is measured.

    `baseline` and `target` may be set at any time. Feed every GaitUpdate; time comes with it.
    """

    def __init__(self) -> None:
        self.baseline: Baseline | None = None
        """The runner's own form, for the individual rules."""
        self.target: CueSetting | None = None
        """The therapist's band."""
        self.deviations: tuple[Deviation, ...] = ()
        """The patterns that have lasted."""
        self._means: dict[str, Ewma] = {}
        self._switches: dict[str, Switch] = {}
        self._shown: dict[str, Deviation] = {}
        self._snapshots: deque[tuple[float, dict[str, float]]] = deque()

    def clear(self) -> None:
        """Start afresh, after the speed, the slope or the runner changed."""
        self._means.clear()
        self._switches.clear()
        self._shown.clear()
        self._snapshots.clear()
        self.deviations = ()

    def update(self, update: GaitUpdate, setup: RunSetup) -> tuple[Deviation, ...]:
        """Take what one more pose taught; give the patterns that have lasted."""
        if not update.tracking.measuring:
            if self._means:
                self.clear()
            return ()
        for form in update.form:
            self._take(form, update.tracking.speed_mps, setup)
        return self.deviations

    def _take(self, form: FormMetrics, speed_mps: float | None, setup: RunSetup) -> None:
        for name, value in form.measured():
            metric = METRICS[name]
            self._means.setdefault(name, Ewma(MEAN_OF[metric.per])).add(value, metric.noise)
        found = assess(
            {name: Stat(mean.value, None, mean.count) for name, mean in self._means.items()},
            speed_mps,
            baseline=self.baseline,
            target=self.target,
            height_cm=setup.height_cm,
            lean_calibrated=setup.lean_offset_deg is not None,
            relaxed=frozenset(self._shown),
        )
        per = Per.STEP if form.stride_time_s is None else Per.STRIDE
        seen = {deviation.code: deviation for deviation in found}
        for pattern in PATTERNS:
            if _per(pattern) is per:
                self._weigh(form.t, pattern.code, seen.get(pattern.code), DWELL[per])
        self.deviations = tuple(self._shown[p.code] for p in PATTERNS if p.code in self._shown)
        drift = self._drift(form.t)
        if drift is not None:
            self.deviations = (*self.deviations, drift)

    def _weigh(self, t: float, code: str, seen: Deviation | None, dwell: int) -> None:
        switch = self._switches.setdefault(code, Switch(dwell))
        if not switch.vote(t, turning=(seen is not None) != switch.on):
            self._shown.pop(code, None)
        elif seen is not None:
            self._shown[code] = seen

    def _drift(self, t: float) -> Deviation | None:
        """Any pattern's metric that moved its way by 1.5 own spreads over the last five minutes."""
        if not self._snapshots or t - self._snapshots[-1][0] >= _SNAPSHOT_EVERY_S:
            self._snapshots.append((t, {name: mean.value for name, mean in self._means.items()}))
        while len(self._snapshots) > 1 and self._snapshots[1][0] <= t - DRIFT_OVER_S:
            self._snapshots.popleft()
        then, before = self._snapshots[0]
        if self.baseline is None or t - then < DRIFT_OVER_S:
            return None
        for pattern in PATTERNS:
            name, own = pattern.metric, self.baseline.metrics.get(pattern.metric)
            if own is None or not own.sd or name not in before:
                continue
            moved = (self._means[name].value - before[name]) * (1 if pattern.side == "above" else -1)
            if moved > DRIFT_SPREADS * own.sd:
                metric = METRICS[name]
                way = metric.high if pattern.side == "above" else metric.low
                return Deviation(
                    code="fatigue_drift",
                    name="Drift over five minutes",
                    group=pattern.group,
                    mode="individual",
                    new=True,
                    detail=f"{metric.label}: {way}",
                    evidence="Hart 2009, for the trunk; other drifts have no shown link.",
                )
        return None


def _per(pattern: Pattern) -> Per:
    return METRICS[pattern.metric].per if pattern.metric else Per.STRIDE

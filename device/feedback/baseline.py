"""This runner's own form: captured over valid running at one speed, or refused with the reason."""

import math

from device.errors import ConfigError
from device.feedback.types import Baseline
from device.gait.catalog import METRICS, Per
from device.gait.summary import STEPS, STRIDES, summarize
from device.gait.types import FormMetrics, GaitUpdate, Notice, Stat

MIN_DURATION_S = 20.0
MIN_STRIDES_PER_S = 1.0
"""Near-leg strides to measure in a second of running; 60 in a minute of the usual 80."""
MIN_VALID_FRACTION = 0.75
MAX_SPEED_CHANGE_MPS = 0.1
MAX_STRETCH = 2.0
"""The capture is given up after this many times its duration."""
MAX_FRAME_GAP_S = 0.5

FLOORS = {
    "trunk_lean_deg": 0.8,
    "shoulder_hip_ankle_deg": 1.2,
    "push_off_trunk_change_deg": 1.0,
    "thigh_extension_peak_deg": 1.0,
    "overstride_pct": 0.8,
    "knee_excursion_deg": 1.5,
    "hip_bounce_cm": 0.25,
}
"""Smallest spread of means of ten steps that is believed; others: the catalogue's noise of such a mean."""

INTERRUPTED = Notice(
    "baseline_interrupted",
    "The runner could not be measured for long enough. Clear the view of the runner and capture again.",
)
POOR = Notice(
    "baseline_tracking_poor",
    "Too few frames could be used. Check the light and what stands before the legs, then capture again.",
)
SPEED = Notice(
    "baseline_speed_changed",
    "The belt's speed changed during the capture. Keep one speed and capture again.",
)
FEW = Notice(
    "baseline_too_few_strides",
    "Too few strides of the leg near the camera were measured. Check the camera's view and capture again.",
)


class BaselineCapture:
    """Gathers form over `duration_s` of running that is being measured; what is not measured does not count.

    Feed every GaitUpdate to `update`; then either `baseline` or `refusal` is set at the end.
    Raises ConfigError for a duration below 20 s.
    """

    def __init__(self, duration_s: float = 60.0) -> None:
        if not (math.isfinite(duration_s) and duration_s >= MIN_DURATION_S):
            raise ConfigError(
                f"A baseline over {duration_s:g} s says too little. Give at least {MIN_DURATION_S:g} s."
            )
        self.duration_s = duration_s
        self.baseline: Baseline | None = None
        """The runner's own values, once captured."""
        self.refusal: Notice | None = None
        """Why there is no baseline, once given up."""
        self._forms: list[FormMetrics] = []
        self._begun: float | None = None
        self._last = 0.0
        self._valid_s = 0.0
        self._fractions: list[float] = []
        self._speed: float | None = None

    @property
    def progress(self) -> float:
        """Share of the running gathered, 0 to 1."""
        return min(self._valid_s / self.duration_s, 1.0)

    @property
    def done(self) -> bool:
        """Whether the capture has ended, either way."""
        return self.baseline is not None or self.refusal is not None

    def update(self, update: GaitUpdate) -> None:
        """Take what one more pose taught."""
        if self.done:
            return
        t, tracking = update.t, update.tracking
        if self._begun is None:
            self._begun = self._last = t
        elapsed, self._last = t - self._last, t
        if tracking.measuring:
            self._valid_s += elapsed if elapsed <= MAX_FRAME_GAP_S else 0.0
            self._forms.extend(update.form)
            self._fractions.append(tracking.valid_fraction)
            if self._speed_changed(tracking.speed_mps, tracking.speed_estimated):
                self.refusal = SPEED
                return
        if self._valid_s >= self.duration_s:
            self._finish(t)
        elif t - self._begun > MAX_STRETCH * self.duration_s:
            self.refusal = INTERRUPTED

    def _speed_changed(self, speed: float | None, estimated: bool) -> bool:
        """An estimate wanders by itself, so only a speed that was given can change."""
        if speed is None or estimated:
            return False
        self._speed = speed if self._speed is None else self._speed
        return abs(speed - self._speed) > MAX_SPEED_CHANGE_MPS

    def _finish(self, t: float) -> None:
        strides = sum(form.stride_time_s is not None for form in self._forms)
        if sum(self._fractions) / len(self._fractions) < MIN_VALID_FRACTION:
            self.refusal = POOR
        elif strides < MIN_STRIDES_PER_S * self.duration_s:
            self.refusal = FEW
        else:
            self.baseline = Baseline(t, self.duration_s, self._speed, own_form(self._forms))


def own_form(forms: list[FormMetrics]) -> dict[str, Stat]:
    """Give each metric's mean, the floored SD between windows, and count.

    Windows are ten steps, or six near-leg strides, in a row: the same means that are later compared with it.
    Metrics measured in fewer than three windows are left out.
    """
    own = {}
    for name, stat in summarize(forms).items():
        size = STEPS if METRICS[name].per is Per.STEP else STRIDES
        values = [v for form in forms if (v := getattr(form, name)) is not None]
        means = [sum(values[i : i + size]) / size for i in range(0, len(values) - size + 1, size)]
        if len(means) >= 3:
            middle = sum(means) / len(means)
            between = math.sqrt(sum((m - middle) ** 2 for m in means) / (len(means) - 1))
            own[name] = Stat(stat.mean, max(between, floor_of(name)), stat.n, stat.ci95)
    return own


def floor_of(name: str) -> float:
    """Give the smallest spread of a window's mean that is believed, in the metric's unit."""
    metric = METRICS[name]
    return FLOORS.get(name, metric.noise / math.sqrt(STEPS if metric.per is Per.STEP else STRIDES))

"""Steps and strides in time: cadence with its cross-check, sides compared, likeness of strides."""

from collections import deque
from statistics import median

import numpy as np

from device.gait.measures.curve import Array
from device.gait.measures.window import StrideWindow
from device.gait.types import Side

Values = dict[str, float | None]

STEP_S = (0.25, 0.60)
"""Shortest and longest believable step."""
STRIDE_S = (0.5, 1.1)
"""Shortest and longest believable running stride."""
CROSS_CHECK = 0.02
"""Largest difference between cadence from the feet and from the hips."""

_OUTLYING_STEP = 0.25
_ASYMMETRY_STEPS = 60
_ASYMMETRY_MIN_STEPS = 20
_CROSS_CHECK_STEPS = 16
_CV_STRIDES = 60
_CURVE_POINTS = 101
_CURVE_MIN_STRIDES = 5
_CURVE_STRIDES = 8
_SPARC_STRIDES = 20


class TimingHistory:
    """What timing metrics remember of the run: recent steps, strides, leg curves and hip rhythm.

    Filled by `metrics.measure_step` and `metrics.measure_stride`; reads no clock. Call `clear` when the
    runner, the speed or the set-up changed, or after tracking was lost for long.
    """

    def __init__(self) -> None:
        self.hip_cadence_spm: float | None = None
        """Steps a minute by the bounce of mid-hip alone, kept up to date by the caller; None when unknown."""
        self._steps: deque[tuple[float, float, Side]] = deque(maxlen=_ASYMMETRY_STEPS)
        self._strides: deque[float] = deque(maxlen=_CV_STRIDES)
        self._curves: deque[Array] = deque(maxlen=_CURVE_STRIDES)
        self._sparc: deque[float] = deque(maxlen=_SPARC_STRIDES)

    def clear(self) -> None:
        """Forget everything."""
        self.hip_cadence_spm = None
        for memory in (self._steps, self._strides, self._curves, self._sparc):
            memory.clear()

    def add_step(self, start: float, end: float, side: Side) -> Values:
        """Take the step from `start` to `end` (s) begun by `side`; give the metrics it completes.

        A step that is too short, too long or off the recent median by a quarter is not measured: a contact
        was missed or doubled.
        """
        duration = end - start
        usual = median(e - s for s, e, _ in self._steps) if len(self._steps) >= 4 else duration
        if not STEP_S[0] <= duration <= STEP_S[1] or abs(duration - usual) > _OUTLYING_STEP * usual:
            return {}
        before = self._steps[-1] if self._steps else None
        self._steps.append((start, end, side))
        values: Values = {"step_time_s": duration, "step_time_asymmetry_pct": self._asymmetry_pct()}
        if before is not None and before[1] == start and before[2] is not side:
            stride = end - before[0]
            if STRIDE_S[0] <= stride <= STRIDE_S[1] and self._hips_agree():
                values["cadence_spm"] = 120 / stride
        return values

    def add_stride(self, w: StrideWindow) -> Values:
        """Take one near-leg stride; give the metrics that compare it with the strides before."""
        duration = w.stride.duration_s
        self._strides.append(duration)
        return {
            "stride_time_s": duration,
            "stride_time_cv_pct": self._stride_cv_pct(),
            "curve_regularity": self._regularity(w),
            "sparc": self._smoothness(w),
        }

    def _hips_agree(self) -> bool:
        """Compare the rate of the last steps by the feet with that of mid-hip's bounces."""
        recent = list(self._steps)[-_CROSS_CHECK_STEPS:]
        if self.hip_cadence_spm is None or len(recent) < _CROSS_CHECK_STEPS:
            return True
        feet = 60 * len(recent) / sum(end - start for start, end, _ in recent)
        return abs(feet / self.hip_cadence_spm - 1) <= CROSS_CHECK

    def _asymmetry_pct(self) -> float | None:
        """200 (L - R) / (L + R) of mean step times over the last 60 steps."""
        left = [e - s for s, e, side in self._steps if side is Side.LEFT]
        right = [e - s for s, e, side in self._steps if side is Side.RIGHT]
        if min(len(left), len(right)) < _ASYMMETRY_MIN_STEPS // 2:
            return None
        mean_left, mean_right = sum(left) / len(left), sum(right) / len(right)
        return 200 * (mean_left - mean_right) / (mean_left + mean_right)

    def _stride_cv_pct(self) -> float | None:
        if len(self._strides) < _CV_STRIDES:
            return None
        return float(100 * np.std(self._strides, ddof=1) / np.mean(self._strides))

    def _regularity(self, w: StrideWindow) -> float | None:
        """Mean correlation of this stride's thigh and knee curves with the mean of the strides before."""
        instants = np.linspace(w.start, w.end, _CURVE_POINTS)
        thigh, knee = w.thigh.sample(instants), w.knee.sample(instants)
        if thigh is None or knee is None:
            return None
        curve = np.stack([thigh, knee])
        value = None
        if len(self._curves) >= _CURVE_MIN_STRIDES:
            usual = np.mean(self._curves, axis=0)
            value = float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(curve, usual, strict=True)]))
        self._curves.append(curve)
        return value

    def _smoothness(self, w: StrideWindow) -> float | None:
        rise = w.hip_rise.sample(np.linspace(w.start, w.end, _CURVE_POINTS))
        if rise is not None:
            self._sparc.append(sparc(rise, (_CURVE_POINTS - 1) / w.stride.duration_s))
        return None if len(self._sparc) < _SPARC_STRIDES else sum(self._sparc) / len(self._sparc)


def sparc(speed: Array, rate_hz: float, cut_hz: float = 10.0, threshold: float = 0.05) -> float:
    """Give the spectral arc length of a speed profile: negative, nearer to zero is smoother.

    Balasubramanian, Melendez-Calderon and Burdet 2012 (IEEE Trans Biomed Eng 59:2126): length of the
    normalised magnitude spectrum up to `cut_hz`, from the first to the last bin above `threshold`.
    """
    size = 2 ** (int(np.ceil(np.log2(len(speed)))) + 4)
    magnitude = np.abs(np.fft.rfft(speed, size))
    frequency = np.arange(len(magnitude)) * rate_hz / size
    low = frequency <= cut_hz
    frequency, magnitude = frequency[low], magnitude[low]
    if not magnitude.max() > 0:
        return 0.0
    magnitude = magnitude / magnitude.max()
    above = np.flatnonzero(magnitude >= threshold)
    frequency, magnitude = (x[above[0] : above[-1] + 1] for x in (frequency, magnitude))
    span = frequency[-1] - frequency[0]
    if span <= 0:
        return 0.0
    return float(-np.hypot(np.diff(frequency) / span, np.diff(magnitude)).sum())

"""The one cue: from steps to what the light says, slowly enough to be believed.

Light on when the mean is outside the band, off when it is half a noise back inside: with a band of one noise
on either side this is the simulated rule "on at 1.0, off at 0.5" in units of one step's noise.
"""

from dataclasses import replace

from device.feedback.bands import check_band
from device.feedback.trend import DWELL, MEAN_OF, Ewma, Noise, Switch
from device.feedback.types import Band, CueSetting, CueState, LightState
from device.gait.catalog import METRICS
from device.gait.summary import FormWindow
from device.gait.types import GaitUpdate

BLANK_S = 10.0
"""How long a change of speed or slope is left to settle."""
STALE_S = 8.0
"""How long the cued metric may be missing while the runner is measured."""
MIN_VALUES = 3


class CueController:
    """Follows one metric against its band and says what the light shows; time comes with the updates.

    Not measured, blanked, or the cued metric missing: NOT_MEASURING, never ALIVE, for ALIVE means "measured
    and inside". Cue withheld or none chosen: ALIVE while measuring.
    """

    def __init__(self) -> None:
        self._setting: CueSetting | None = None
        self._follower: _Follower | None = None
        self._window = FormWindow()
        self._noises: dict[str, Noise] = {}
        self._blank_until = float("-inf")
        self._said: CueState | None = None
        """The last answer, as long as nothing but the light can change in it."""

    @property
    def setting(self) -> CueSetting | None:
        """The cue in use, None when none was chosen."""
        return self._setting

    def noise(self, metric: str) -> float:
        """Give the SD of one value today, in the metric's unit; the catalogue's until 20 values have come."""
        measured = self._noises[metric].sd if metric in self._noises else None
        return METRICS[metric].noise if measured is None else measured

    def set(self, setting: CueSetting | None) -> None:
        """Follow another metric or band from now on, or none; what was measured before still counts.

        Raises ConfigError when the band cannot work or is narrower than today's noise; the old cue stays.
        """
        if setting is None:
            self._setting = self._follower = self._said = None
            return
        check_band(setting.metric, setting.band, self.noise)
        if self._setting is None or replace(setting, shown=self._setting.shown) != self._setting:
            self._follower = _Follower(setting, self.noise(setting.metric))
            for t, value in self._window.values(setting.metric):
                self._follower.recall(t, value)
        self._setting, self._said = setting, None

    def show(self, shown: bool) -> None:
        """Give the cue or withhold it; what it follows goes on either way."""
        if self._setting is not None and self._setting.shown is not shown:
            self._setting, self._said = replace(self._setting, shown=shown), None

    def blank(self, t: float) -> None:
        """Say that speed or slope changed at time `t` (s): no judgement for 10 s, and none from before."""
        self._blank_until = t + BLANK_S
        self._forget(t)

    def update(self, update: GaitUpdate) -> CueState:
        """Take what one more pose taught and say where the cued metric stands."""
        if not update.tracking.measuring or update.t < self._blank_until:
            self._forget(update.t)
            return self._state(LightState.NOT_MEASURING)
        for form in update.form:
            self._said = None
            self._window.add(form)
            for name, value in form.measured():
                noise = self._noises.setdefault(name, Noise())
                noise.add(value)
                if self._follower is not None and name == self._follower.metric:
                    self._follower.add(form.t, update.t, value, noise.sd)
        return self._state(self._light(update.t))

    def _forget(self, t: float) -> None:
        self._said = None
        self._window.clear()
        if self._follower is not None:
            self._follower.forget(t)

    def _light(self, t: float) -> LightState:
        if self._setting is None or self._follower is None or not self._setting.shown:
            return LightState.ALIVE
        if not self._follower.known(t):
            return LightState.NOT_MEASURING
        return LightState.CUE if self._follower.on else LightState.ALIVE

    def _state(self, light: LightState) -> CueState:
        if self._said is None or self._said.light is not light or self._said.due is not self._due(light):
            self._said = self._worked_out(light)
        return self._said

    def _due(self, light: LightState) -> bool:
        return light is not LightState.NOT_MEASURING and self._follower is not None and self._follower.on

    def _worked_out(self, light: LightState) -> CueState:
        setting, follower = self._setting, self._follower
        stat = None if setting is None else self._window.stat(setting.metric)
        outside = None
        if setting is not None and stat is not None:
            low, high = setting.band.low, setting.band.high
            outside = "below" if low is not None and stat.mean < low else None
            outside = "above" if high is not None and stat.mean > high else outside
        return CueState(
            setting=setting,
            value=None if stat is None else stat.mean,
            sd=None if stat is None else stat.sd,
            n=0 if stat is None else stat.n,
            outside=outside,
            light=light,
            in_band_fraction=None if follower is None else follower.in_band_fraction,
            due=self._due(light),
        )


class _Follower:
    """Running mean of one metric, its distance from the band, and the switch."""

    def __init__(self, setting: CueSetting, noise: float) -> None:
        per = METRICS[setting.metric].per
        self.metric = setting.metric
        self._band = setting.band
        self._noise = noise
        self._mean_of = MEAN_OF[per]
        self._mean = Ewma(self._mean_of)
        self._switch = Switch(DWELL[per])
        self._last_t = float("-inf")
        self._inside = self._counted = 0

    @property
    def on(self) -> bool:
        """Whether the form is to be cued."""
        return self._switch.on

    @property
    def in_band_fraction(self) -> float | None:
        """Share of values so far at which the running mean was inside the band."""
        return self._inside / self._counted if self._counted else None

    @property
    def _usual(self) -> float:
        """Noise by which a wild value is known; never below the catalogue's, for a clean signal may step."""
        return max(self._noise, METRICS[self.metric].noise)

    def known(self, t: float) -> bool:
        """Tell whether enough values came, the last one not long ago."""
        return self._mean.count >= MIN_VALUES and t - self._last_t <= STALE_S

    def recall(self, t: float, value: float) -> None:
        """Take a value from before the cue was set: it counts for the mean only."""
        self._mean.add(value, self._usual)
        self._last_t = t

    def add(self, measured_t: float, now: float, value: float, noise: float | None) -> None:
        """Take a value; `noise` is today's, once it is known."""
        if measured_t - self._last_t > STALE_S:
            self.forget(now)
        self._noise = noise if noise is not None else self._noise
        self._last_t = measured_t
        beyond = _beyond(self._band, self._mean.add(value, self._usual))
        self._counted += 1
        self._inside += beyond <= 0
        self._switch.add(now, beyond, min(self._noise, _half_width(self._band)))

    def forget(self, t: float) -> None:
        """Start the mean afresh and go off; what was counted stays."""
        self._mean = Ewma(self._mean_of)
        self._switch.reset(t)


def _beyond(band: Band, value: float) -> float:
    """Distance outside the band, negative inside."""
    low = float("-inf") if band.low is None else band.low - value
    high = float("-inf") if band.high is None else value - band.high
    return max(low, high)


def _half_width(band: Band) -> float:
    return float("inf") if band.low is None or band.high is None else (band.high - band.low) / 2

"""The light itself: four patterns on one GPIO pin.

Dark never means good. A short blink each 5 s: measuring, form inside the band. Steady: cue. Slow 0.5 Hz: no
valid measurement. Dark: off or fault. After every dark begins it lasts at least 0.35 s, so that the light can
never flash more than three times a second, whatever is asked of it.

One small thread drives the pin, so the frame loop never waits for it. The pin is dark from the start, after
`close`, and when the process ends in an orderly way (gpiozero closes its pins then). A process that is killed
leaves the pin to the system: let the service's stop command drive it low.
"""

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import gpiozero

from device.errors import IndicatorError
from device.feedback.types import LightState

BLINK_S = 0.12
BLINK_EVERY_S = 5.0
SLOW_HALF_S = 1.0
MIN_DARK_S = 0.35


@dataclass(frozen=True, slots=True)
class Move:
    """What the pin does next: lit or dark, for so many seconds (None: until the state changes).

    `firm`: a change of state has to wait for its end.
    """

    lit: bool
    for_s: float | None
    firm: bool = False


_ON_OFF: dict[LightState, tuple[float | None, float | None]] = {
    LightState.ALIVE: (BLINK_S, BLINK_EVERY_S - BLINK_S),
    LightState.NOT_MEASURING: (SLOW_HALF_S, SLOW_HALF_S),
    LightState.CUE: (None, 0.0),
    LightState.OFF: (0.0, None),
}
"""Seconds lit and seconds dark of each pattern; None is for ever."""


class Pattern:
    """Turns the wanted state into moves of the pin; knows no time."""

    def __init__(self) -> None:
        self._state = LightState.OFF
        self._lit = False
        self._resting = False

    def next(self, state: LightState) -> Move:
        """Give the next move towards `state`, once the last one is over or was cut short by a change."""
        changed, self._state = state is not self._state, state
        on_s, off_s = _ON_OFF[state]
        if self._lit and state is LightState.CUE:
            return Move(True, on_s)
        if self._lit:
            self._lit, self._resting = False, True
            return Move(False, MIN_DARK_S, firm=True)
        resting, self._resting = self._resting and not changed, False
        if off_s is None:
            return Move(False, None)
        if resting:
            return Move(False, max(off_s - MIN_DARK_S, 0.0))
        self._lit = True
        return Move(True, on_s)


class Light:
    """One light on a GPIO pin.

    pin: BCM number or gpiozero name. active_high: lit when the pin is high. brightness: 0 to 1, below 1 by
    PWM. pin_factory: gpiozero's way to the pins; None takes gpiozero's own choice, the mock off a Pi comes
    from the composition root. Raises IndicatorError when the pin cannot be had.
    """

    def __init__(
        self, pin: int | str, *, active_high: bool = True, brightness: float = 1.0, pin_factory: Any = None
    ) -> None:
        if not 0 < brightness <= 1:
            raise IndicatorError(
                f"The light's brightness {brightness:g} is out of range. Set it above 0 and at most 1."
            )
        self._brightness = brightness
        try:
            kind = gpiozero.LED if brightness == 1 else gpiozero.PWMLED
            self._led = kind(pin, active_high=active_high, pin_factory=pin_factory)
        except (gpiozero.GPIOZeroError, OSError, ImportError, ValueError) as error:
            raise IndicatorError(
                f"The light on GPIO pin {pin} cannot be reached ({error}). Check its number in the settings "
                "and that no other program uses it."
            ) from error
        self._wanted = LightState.OFF
        self._change = threading.Condition()
        self._closed = False
        self.fault: IndicatorError | None = None
        """Why the pin no longer answers; None while it does."""
        self._thread = threading.Thread(target=self._run, name="light", daemon=True)
        self._thread.start()

    @property
    def state(self) -> LightState:
        """The state last asked for."""
        return self._wanted

    def show(self, state: LightState) -> None:
        """Show a state from now on; returns at once, and does nothing when it is already shown."""
        if state is self._wanted:
            return
        with self._change:
            self._wanted = state
            self._change.notify()

    def close(self) -> None:
        """Go dark and let go of the pin; calling it twice is harmless."""
        with self._change:
            self._closed = True
            self._change.notify()
        self._thread.join(timeout=1.0)
        self._wanted = LightState.OFF
        # gpiozero may have closed the pin before us when the process ends.
        with suppress(gpiozero.GPIOZeroError, OSError):
            self._led.off()
        self._led.close()

    def _run(self) -> None:
        pattern = Pattern()
        with self._change:
            while not self._closed:
                state = self._wanted
                move = pattern.next(state)
                try:
                    self._led.value = self._brightness if move.lit else 0
                except (gpiozero.GPIOZeroError, OSError) as error:
                    self.fault = IndicatorError(
                        f"The light no longer answers ({error}). Check its wiring and restart the device."
                    )
                    return
                self._wait(move, state)

    def _wait(self, move: Move, state: LightState) -> None:
        if move.firm:
            self._change.wait_for(lambda: self._closed, move.for_s)
        else:
            self._change.wait_for(lambda: self._closed or self._wanted is not state, move.for_s)


class NoLight:
    """A device without a light: remembers the state for the screen and does nothing else."""

    def __init__(self) -> None:
        self._wanted = LightState.OFF
        self.fault: IndicatorError | None = None
        """Never set: what is not there cannot fail."""

    @property
    def state(self) -> LightState:
        """The state last asked for."""
        return self._wanted

    def show(self, state: LightState) -> None:
        """Remember the state."""
        self._wanted = state

    def close(self) -> None:
        """Forget it."""
        self._wanted = LightState.OFF

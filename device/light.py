"""The configured light, and the command that makes it dark: on their own, for they must be quick.

After a crash nothing else of the device is loaded before the light is dark.
"""

import logging
from pathlib import Path

from device.config import LightConfig
from device.feedback.indicator import Light, NoLight
from device.upkeep.last_good import load_or_last_good


def open_light(config: LightConfig) -> Light | NoLight:
    """Give the configured light: a real pin, gpiozero's simulated one, or none. Raises IndicatorError."""
    if config.kind == "disabled":
        return NoLight()
    factory = None
    if config.kind == "mock":
        from gpiozero.pins.mock import MockFactory, MockPWMPin

        class Pin(MockPWMPin):  # type: ignore[misc]
            """gpiozero's own keeps every change for ever: 0.3 MB for each hour of running."""

            def _change_state(self, value: float) -> bool:
                changed = bool(super()._change_state(value))
                del self.states[:-1]
                return changed

        factory = MockFactory(pin_class=Pin)
    return Light(
        config.pin, active_high=config.active_high, brightness=config.brightness, pin_factory=factory
    )


def dark(config_path: Path | None) -> int:
    """Switch the light off: a device that was killed cannot do so itself, and its pin keeps its level."""
    logging.captureWarnings(True)
    open_light(load_or_last_good(config_path).config.light).close()
    return 0

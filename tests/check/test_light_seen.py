"""The light in the camera's view: found with its delay when it works, missed when it is dead."""

from contextlib import closing

import pytest
from check.seen_light import PLACE, SeeingCamera

from device.checks.light_seen import light_verdict, look_for_light
from device.config import LightConfig
from device.feedback.indicator import Light
from device.feedback.types import LightState
from device.light import open_light


def test_a_light_that_works_is_seen_with_its_delay_and_a_dead_one_is_not() -> None:
    with closing(open_light(LightConfig(kind="mock"))) as light:
        assert isinstance(light, Light)
        seen = look_for_light(SeeingCamera(light, late_s=0.12), light)
        assert light.state is LightState.OFF
        assert seen.place is not None
        assert seen.place[0] * 640 == pytest.approx(PLACE[0] + 4, abs=10)
        assert seen.place[1] * 480 == pytest.approx(PLACE[1] + 4, abs=10)
        # A frame's period late at most, and the light's own 0.35 s of dark between two flashes cost nothing.
        assert seen.delay_s == pytest.approx(0.12 + 0.5 / 30, abs=0.06)
        assert (light_verdict(seen).level, "seen" in light_verdict(seen).message) == ("ok", True)

        dead = look_for_light(SeeingCamera(light, works=False), light)
        assert not dead.seen
        said = light_verdict(dead)
        assert (said.level, "does not see the light" in said.message) == ("fail", True)
        assert "wiring" in said.message + said.fix

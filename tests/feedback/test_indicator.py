import time
from itertools import pairwise

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin
from hypothesis import given
from hypothesis import strategies as st

from device.errors import IndicatorError
from device.feedback.indicator import BLINK_S, Light, NoLight, Pattern
from device.feedback.types import LightState


def play(changes: list[tuple[float, LightState]], end: float) -> list[tuple[float, bool]]:
    """Time and level of each change of the pin when the states are asked for at the given times."""
    pattern, now, state, level = Pattern(), 0.0, LightState.OFF, False
    history: list[tuple[float, bool]] = []
    waiting = sorted(changes, key=lambda change: change[0])
    while now < end:
        while waiting and waiting[0][0] <= now:
            state = waiting.pop(0)[1]
        move = pattern.next(state)
        if move.lit != level:
            level = move.lit
            history.append((now, level))
        over = end if move.for_s is None else now + move.for_s
        cut = next((t for t, wanted in waiting if wanted is not state), end)
        now = over if move.firm else min(over, max(cut, now))
    return history


def test_alive_is_a_short_blink_every_five_seconds():
    history = play([(0.0, LightState.ALIVE)], 12.0)
    assert history == [
        (0.0, True), (pytest.approx(BLINK_S), False),
        (pytest.approx(5.0), True), (pytest.approx(5.0 + BLINK_S), False),
        (pytest.approx(10.0), True), (pytest.approx(10.0 + BLINK_S), False),
    ]  # fmt: skip


def test_not_measuring_is_half_a_hertz():
    history = play([(0.0, LightState.NOT_MEASURING)], 5.5)
    assert history == [(pytest.approx(t), t % 2 == 0) for t in (0, 1, 2, 3, 4, 5)]


def test_cue_is_steady_and_goes_dark_at_once_when_over():
    history = play([(1.0, LightState.CUE), (9.0, LightState.ALIVE)], 13.5)
    assert history == [(1.0, True), (9.0, False)]


def test_off_is_dark():
    assert play([(0.0, LightState.OFF)], 20.0) == []
    assert play([(0.0, LightState.CUE), (3.0, LightState.OFF)], 20.0)[-1] == (3.0, False)


@given(
    st.lists(
        st.tuples(st.floats(0, 8), st.sampled_from(list(LightState))),
        max_size=120,
    )
)
def test_light_never_flashes_more_than_three_times_a_second(changes):
    rises = [t for t, lit in play(changes, 12.0) if lit]
    assert all(later - sooner > 1 / 3 for sooner, later in pairwise(rises))


@given(st.lists(st.tuples(st.floats(0, 8), st.sampled_from(list(LightState))), max_size=60))
def test_whatever_came_before_the_last_state_is_shown(changes):
    history = play([*changes, (9.0, LightState.CUE)], 12.0)
    assert history[-1][1] is True
    assert history[-1][0] <= 9.4


def wait_for_level(pin, level, timeout_s=30.0):
    """Until the light's thread has set the pin; the deadline only bounds a failing test."""
    end = time.monotonic() + timeout_s
    while pin.state != level and time.monotonic() < end:
        time.sleep(0.001)
    assert pin.state == level


@pytest.fixture
def factory():
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.reset()


def test_real_pin_follows(factory):
    light = Light(18, pin_factory=factory)
    pin = factory.pin(18)
    assert pin.state == 0
    light.show(LightState.CUE)
    wait_for_level(pin, 1)
    assert light.state is LightState.CUE
    light.show(LightState.OFF)
    wait_for_level(pin, 0)
    light.close()
    light.close()
    assert light.state is LightState.OFF


def test_active_low_and_brightness(factory):
    low = Light(17, active_high=False, pin_factory=factory)
    assert factory.pin(17).state == 1
    low.show(LightState.CUE)
    wait_for_level(factory.pin(17), 0)
    low.close()
    dim = Light(18, brightness=0.25, pin_factory=factory)
    dim.show(LightState.CUE)
    wait_for_level(factory.pin(18), 0.25)
    dim.close()


def test_close_goes_dark_from_any_pattern(factory):
    for state in LightState:
        light = Light(18, pin_factory=factory)
        light.show(state)
        light.close()
        assert factory.pin(18).state == 0


def test_light_survives_its_pin_being_closed_by_gpiozero(factory):
    light = Light(18, pin_factory=factory)
    light.show(LightState.CUE)
    wait_for_level(factory.pin(18), 1)
    assert light.fault is None
    factory.close()
    light.show(LightState.NOT_MEASURING)
    light._thread.join(30.0)
    assert "no longer answers" in str(light.fault)
    light.close()


def test_pin_that_cannot_be_had_is_a_named_error(factory):
    first = Light(18, pin_factory=factory)
    with pytest.raises(IndicatorError, match="pin 18 cannot be reached"):
        Light(18, pin_factory=factory)
    with pytest.raises(IndicatorError, match="pin 99"):
        Light(99, pin_factory=factory)
    with pytest.raises(IndicatorError, match="brightness"):
        Light(17, brightness=0, pin_factory=factory)
    first.close()


def test_no_light_remembers_the_state():
    light = NoLight()
    light.show(LightState.CUE)
    assert light.state is LightState.CUE
    light.close()
    assert light.state is LightState.OFF

"""The one cue: when it comes, when it goes, and what the light says when nothing is known."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from gait_updates import form, period, update, updates, wander
from hypothesis import given, settings
from hypothesis import strategies as st

from device.errors import ConfigError
from device.feedback.cue import CueController
from device.feedback.types import Band, CueSetting, CueState, LightState
from device.gait.catalog import METRICS, Trust

ALIVE, CUE, LOST = LightState.ALIVE, LightState.CUE, LightState.NOT_MEASURING
CADENCE, LEAN = "cadence_spm", "trunk_lean_deg"


def run(
    cues: CueController, metric: str, values: np.ndarray | list[float], start: float = 0.0
) -> list[CueState]:
    return [cues.update(u) for u in updates(metric, values, start)]


def cueing(metric: str, low: float | None, high: float | None) -> CueController:
    cues = CueController()
    cues.set(CueSetting(metric, Band(low, high)))
    return cues


def toggles(states: list[CueState]) -> int:
    lights = [s.light is CUE for s in states]
    return sum(a != b for a, b in itertools.pairwise(lights))


@pytest.mark.parametrize("metric", [CADENCE, LEAN])
@pytest.mark.parametrize("place", [-0.5, -0.25, 0.0])
@pytest.mark.parametrize("seed", range(4))
def test_constant_metric_at_the_threshold_toggles_at_most_once_a_minute(metric, place, seed):
    """Mean on the limit where the light comes on, where it goes off, and between; 30 minutes."""
    sd = METRICS[metric].noise
    n = round(30 * 60 / period(metric))
    band = Band(100.0 - sd, 100.0 + sd)
    cues = CueController()
    cues.set(CueSetting(metric, band))
    values = band.high + sd * (place + wander(n, seed))
    assert toggles(run(cues, metric, values)) <= 30


@pytest.mark.parametrize("seed", range(3))
def test_in_control_the_light_hardly_ever_comes_on(seed):
    sd = METRICS[CADENCE].noise
    values = 165 + sd * wander(round(30 * 60 / 0.36), seed)
    states = run(cueing(CADENCE, 165 - sd, 165 + sd), CADENCE, values)
    assert toggles(states) <= 6
    assert states[-1].in_band_fraction > 0.97


@pytest.mark.parametrize("seed", range(5))
def test_lean_step_of_four_degrees_is_cued_within_six_seconds(seed):
    rng = np.random.default_rng(seed)
    lean = np.concatenate([np.full(83, 7.0), np.full(20, 3.0)]) + rng.normal(0, 0.8, 103)
    cues = cueing(LEAN, 5.0, 9.0)
    steps = updates(LEAN, lean)
    lights = [(u.t, cues.update(u).light) for u in steps]
    changed = steps[82].t
    on = next(t for t, light in lights if light is CUE and t > changed)
    assert on - changed <= 6.0
    assert all(light is not CUE for t, light in lights if t <= changed)


@pytest.mark.parametrize(("shift", "within"), [(1.5, 20), (2.0, 13), (3.0, 9)])
def test_delay_after_a_shift_in_steps(shift, within):
    sd = METRICS[CADENCE].noise
    delays = []
    for seed in range(40):
        values = 165 + sd * (wander(400, seed) - shift * (np.arange(400) >= 200))
        states = run(cueing(CADENCE, 165 - sd, None), CADENCE, values)
        delays.append(next((i - 199 for i in range(200, 400) if states[i].light is CUE), 999))
    assert np.median(delays) <= within


def test_light_stays_on_for_three_seconds_and_waits_five():
    cues = cueing(CADENCE, 160.0, 170.0)
    values = [165.0] * 20 + [140.0] * 8 + [165.0] * 30 + [140.0] * 30
    states = run(cues, CADENCE, values)
    lights = np.array([s.light is CUE for s in states])
    edges = np.flatnonzero(np.diff(lights.astype(int))) + 1
    times = edges * 0.36
    assert len(edges) == 3
    assert times[1] - times[0] >= 3.0
    assert times[2] - times[1] >= 5.0


def test_value_band_and_side():
    cues = cueing(CADENCE, 170.0, 180.0)
    low = run(cues, CADENCE, [160.0] * 12)[-1]
    assert (low.value, low.n, low.outside, low.light) == (160.0, 10, "below", CUE)
    high = run(cues, CADENCE, [190.0] * 30, start=5.0)[-1]
    assert (high.outside, high.light, high.in_band_fraction < 1) == ("above", CUE, True)


def test_one_sided_band_never_cues_the_open_side():
    states = run(cueing(CADENCE, 160.0, None), CADENCE, [230.0] * 40)
    assert {s.light for s in states[3:]} == {ALIVE}
    assert states[-1].outside is None


def test_withheld_cue_blinks_alive_and_still_counts():
    cues = CueController()
    cues.set(CueSetting(CADENCE, Band(170.0, None), shown=False))
    states = run(cues, CADENCE, [160.0] * 20)
    assert {s.light for s in states} == {ALIVE}
    assert states[-1].outside == "below"
    cues.show(True)
    assert run(cues, CADENCE, [160.0], start=20 * 0.36)[0].light is CUE
    cues.set(CueSetting(CADENCE, Band(170.0, None), shown=False))
    assert run(cues, CADENCE, [160.0], start=21 * 0.36)[0].light is ALIVE


def test_without_a_cue_the_light_is_alive_while_measuring():
    cues = CueController()
    assert cues.update(update(1.0)).light is ALIVE
    state = cues.update(update(2.0, measuring=False))
    assert (state.light, state.setting, state.value) == (LOST, None, None)
    cues.set(CueSetting(CADENCE, Band(170.0, None)))
    cues.set(None)
    assert cues.update(update(3.0)).light is ALIVE


def test_not_measuring_beats_the_cue_and_takes_the_value_away():
    cues = cueing(CADENCE, 170.0, None)
    assert run(cues, CADENCE, [160.0] * 12)[-1].light is CUE
    state = cues.update(update(5.0, measuring=False))
    assert (state.light, state.value, state.n) == (LOST, None, 0)
    again = run(cues, CADENCE, [160.0] * 30, start=5.0)
    assert [s.light for s in again[:2]] == [LOST, LOST]
    assert again[-1].light is CUE


def test_metric_that_stops_coming_is_not_called_inside():
    cues = cueing(CADENCE, 160.0, None)
    assert run(cues, CADENCE, [165.0] * 12)[-1].light is ALIVE
    assert cues.update(update(12 * 0.36 + 7.9)).light is ALIVE
    assert cues.update(update(12 * 0.36 + 8.1)).light is LOST


def test_speed_change_blanks_for_ten_seconds():
    cues = cueing(CADENCE, 170.0, None)
    run(cues, CADENCE, [160.0] * 12)
    cues.blank(5.0)
    states = run(cues, CADENCE, [160.0] * 60, start=5.0)
    times = 5.0 + 0.36 * np.arange(1, 61)
    assert all(s.light is LOST for s, t in zip(states, times, strict=True) if t < 15.0)
    assert states[-1].light is CUE
    first = next(t for s, t in zip(states, times, strict=True) if s.light is CUE)
    assert first >= 15.0 + 5 * 0.36


def test_cue_set_in_mid_run_knows_the_last_steps():
    cues = CueController()
    run(cues, CADENCE, [165.0] * 30)
    cues.set(CueSetting(CADENCE, Band(160.0, 170.0)))
    state = cues.update(update(30 * 0.36 + 0.1))
    assert (state.light, state.value) == (ALIVE, 165.0)


def test_changing_only_shown_keeps_the_count():
    cues = cueing(CADENCE, 160.0, 170.0)
    run(cues, CADENCE, [165.0] * 5 + [150.0] * 15)
    before = cues.update(update(7.3)).in_band_fraction
    cues.set(replace(cues.setting, shown=False))
    assert cues.update(update(7.4)).in_band_fraction == before
    cues.set(CueSetting(CADENCE, Band(140.0, 170.0)))
    assert cues.update(update(7.5)).in_band_fraction is None


def test_band_narrower_than_todays_noise_is_refused_and_the_old_cue_stays():
    cues = CueController()
    run(cues, CADENCE, 165 + 4.0 * np.random.default_rng(0).normal(size=200))
    assert cues.noise(CADENCE) == pytest.approx(4.0, rel=0.35)
    cues.set(CueSetting(CADENCE, Band(150.0, None)))
    with pytest.raises(ConfigError, match=r"narrower than the runner now varies.*Make it at least"):
        cues.set(CueSetting(CADENCE, Band(163.0, 167.0)))
    assert cues.setting.band == Band(150.0, None)


@given(
    st.sampled_from([m.name for m in METRICS.values() if m.trust is not Trust.C]),
    st.floats(-100, 300),
    st.floats(0.001, 50),
)
def test_band_is_refused_exactly_when_narrower_than_noise(metric, low, width):
    cues = CueController()
    setting = CueSetting(metric, Band(low, low + width))
    real_width = (low + width) - low
    if real_width < 1.999 * METRICS[metric].noise:
        with pytest.raises(ConfigError):
            cues.set(setting)
    elif real_width > 2.001 * METRICS[metric].noise:
        cues.set(setting)
        assert cues.setting == setting


@pytest.mark.parametrize(
    ("metric", "band", "words"),
    [
        ("lordosis", Band(1.0, 2.0), "no measure called"),
        ("sparc", Band(-3.0, None), "exploratory"),
        (CADENCE, Band(None, None), "no limit"),
        (CADENCE, Band(float("nan"), None), "no limit"),
        (CADENCE, Band(180.0, 160.0), "upside down"),
    ],
)
def test_band_that_cannot_work_is_refused(metric, band, words):
    with pytest.raises(ConfigError, match=words):
        CueController().set(CueSetting(metric, band))


moments = st.lists(
    st.tuples(st.floats(0.001, 1.0), st.one_of(st.none(), st.floats(100, 240)), st.booleans()), max_size=200
)


@given(moments, st.booleans())
@settings(max_examples=60)
def test_whatever_happens_the_light_is_honest(story, shown):
    """Never a cue or a value while not measuring; never a cue while withheld; the light turns on rarely."""
    cues = CueController()
    cues.set(CueSetting(CADENCE, Band(160.0, 175.0), shown=shown))
    t, rises, was = 0.0, [], False
    for gap, value, measuring in story:
        t += gap
        forms = (form(t, cadence_spm=value),) if value is not None and measuring else ()
        state = cues.update(update(t, *forms, measuring=measuring))
        assert (state.light is LOST) or measuring
        assert measuring or (state.value is None and state.light is LOST)
        assert shown or state.light is not CUE
        assert state.in_band_fraction is None or 0 <= state.in_band_fraction <= 1
        if state.light is CUE and not was:
            rises.append(t)
        was = state.light is CUE
    assert all(b - a >= 5.0 for a, b in itertools.pairwise(rises))

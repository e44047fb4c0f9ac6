"""Steps in time: cadence, its cross-check against the hips, sides compared, what a missed contact does."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from closed_form import PRESETS
from hypothesis import given
from hypothesis import strategies as st

from device.gait.cadence import HipRhythm
from device.gait.catalog import METRICS, Per
from device.gait.measures.timing import sparc
from device.gait.metrics import TimingHistory, measure_step
from device.gait.types import EventKind, FormMetrics, GaitEvent, Side


def contacts(times: list[float], first: Side = Side.RIGHT) -> list[GaitEvent]:
    sides = [first, first.other]
    return [
        GaitEvent(EventKind.INITIAL_CONTACT, sides[i % 2], t, sides[i % 2] is Side.RIGHT)
        for i, t in enumerate(times)
    ]


def steps(events: list[GaitEvent], history: TimingHistory | None = None) -> list[FormMetrics]:
    history = history or TimingHistory()
    return [measure_step(b, a, history) for a, b in pairwise(events)]


def test_cadence_is_steps_a_minute():
    forms = steps(contacts(list(np.arange(12) * 60 / 165)))
    assert forms[0].cadence_spm is None
    assert [f.cadence_spm for f in forms[1:]] == pytest.approx([165.0] * 10)
    assert [f.step_time_s for f in forms] == pytest.approx([60 / 165] * 11)


def test_step_belongs_to_the_leg_that_began_it():
    form = steps(contacts([0.0, 0.36]))[0]
    assert (form.t, form.side, form.near) == (0.36, Side.RIGHT, True)


def test_uneven_steps_do_not_bend_cadence():
    times = np.cumsum([0.0] + [0.35, 0.39] * 20)
    forms = steps(contacts(list(times)))
    assert [f.cadence_spm for f in forms[1:]] == pytest.approx([120 / 0.74] * 39)


def test_side_difference_from_twenty_steps_on():
    times = list(np.cumsum([0.0] + [0.35, 0.37] * 20))
    right_first, left_first = steps(contacts(times)), steps(contacts(times, Side.LEFT))
    assert all(f.step_time_asymmetry_pct is None for f in right_first[:19])
    assert right_first[-1].step_time_asymmetry_pct == pytest.approx(200 * 0.02 / 0.72)
    assert left_first[-1].step_time_asymmetry_pct == pytest.approx(-200 * 0.02 / 0.72)


def test_missed_contact_gives_no_step_and_no_wrong_cadence():
    events = contacts(list(np.arange(20) * 0.36))
    del events[10]
    forms = steps(events)
    assert forms[9].step_time_s is None
    assert forms[10].cadence_spm is None
    assert {round(f.cadence_spm, 6) for f in forms if f.cadence_spm} == {round(120 / 0.72, 6)}


def test_doubled_contact_gives_no_step():
    events = contacts(list(np.arange(12) * 0.36))
    events.insert(6, replace(events[5], t=events[5].t + 0.05, side=events[5].side.other))
    assert all(f.cadence_spm is None or abs(f.cadence_spm - 120 / 0.72) < 1e-6 for f in steps(events))


@given(st.lists(st.floats(0.01, 2.0), min_size=2, max_size=60))
def test_cadence_is_plausible_or_missing(gaps):
    for form in steps(contacts(list(np.cumsum(gaps)))):
        assert form.cadence_spm is None or 109 <= form.cadence_spm <= 240
        assert form.step_time_s is None or 0.25 <= form.step_time_s <= 0.60


@pytest.mark.parametrize(("hips", "given"), [(165.0, True), (163.0, True), (158.0, False), (82.5, False)])
def test_cadence_is_withheld_when_the_hips_disagree(hips, given):
    history = TimingHistory()
    history.hip_cadence_spm = hips
    last = steps(contacts(list(np.arange(24) * 60 / 165.0)), history)[-1]
    assert last.cadence_spm == (pytest.approx(165.0) if given else None)
    assert last.step_time_s == pytest.approx(60 / 165.0)


@pytest.mark.parametrize("preset", PRESETS)
def test_hip_rhythm_knows_cadence_in_spite_of_noise_and_a_limp_in_the_hips(preset):
    runner, rng, fps = PRESETS[preset], np.random.default_rng(3), 60
    t = np.arange(0, 12, 1 / fps)
    step = runner.stride / 2
    rising = 80 * np.sin(2 * np.pi * t / step) + 30 * np.sin(np.pi * t / step) + rng.normal(0, 8, len(t))
    rhythm = HipRhythm()
    for at, speed in zip(t, rising, strict=True):
        rhythm.update(at, speed)
    assert rhythm.cadence_spm == pytest.approx(60 / step, rel=0.01)


def test_hip_rhythm_with_a_pause_says_nothing():
    rhythm = HipRhythm()
    for at in np.arange(0, 7, 1 / 60):
        rhythm.update(at, 0.0 if 3 < at < 4.5 else 80 * np.sin(2 * np.pi * at / 0.36))
    assert rhythm.cadence_spm is None


def test_cleared_history_forgets():
    history = TimingHistory()
    steps(contacts(list(np.arange(30) * 0.36)), history)
    history.clear()
    form = steps(contacts(list(np.arange(2) * 0.45)), history)[0]
    assert form.step_time_s == pytest.approx(0.45)
    assert form.step_time_asymmetry_pct is None


def test_step_metrics_are_those_the_catalogue_lists():
    seen = {name for f in steps(contacts(list(np.arange(40) * 0.36))) for name, _ in f.measured()}
    assert seen == {m.name for m in METRICS.values() if m.per is Per.STEP}


def test_sparc_knows_smooth_from_rough():
    t = np.linspace(0, 0.72, 101)
    smooth = np.sin(2 * np.pi * t / 0.36)
    rough = smooth + 0.4 * np.sin(2 * np.pi * 7 * t / 0.72)
    assert sparc(rough, 100 / 0.72) < sparc(smooth, 100 / 0.72) < 0
    assert sparc(np.zeros(101), 100 / 0.72) == 0

"""Named deviations: the table's words, each rule's limits, and patterns that must last."""

import itertools
import re

import numpy as np
import pytest
from gait_updates import form, update, updates

from device.feedback.baseline import floor_of
from device.feedback.deviations import PATTERNS, assess
from device.feedback.monitor import DeviationMonitor
from device.feedback.types import Band, Baseline, CueSetting
from device.gait.catalog import METRICS
from device.gait.types import RunSetup, Stat

PLAIN = {
    "cadence_spm": 172.0,
    "trunk_lean_deg": 7.0,
    "shoulder_hip_ankle_deg": 172.0,
    "push_off_trunk_change_deg": -1.0,
    "thigh_extension_peak_deg": 24.0,
    "overstride_pct": 27.0,
    "shank_contact_deg": 7.0,
    "knee_flexion_contact_deg": 17.0,
    "knee_flexion_stance_peak_deg": 46.0,
    "knee_excursion_deg": 29.0,
    "knee_flexion_swing_peak_deg": 95.0,
    "hip_bounce_cm": 9.0,
    "vertical_ratio_pct": 8.5,
    "landing_speed_mps": 0.9,
    "duty_factor": 0.36,
    "flight_time_s": 0.10,
    "stride_time_cv_pct": 1.2,
    "curve_regularity": 0.995,
    "step_time_asymmetry_pct": 0.5,
}


def stats(n: int = 60, **changes: float) -> dict[str, Stat]:
    return {name: Stat(value, None, n) for name, value in (PLAIN | changes).items()}


OWN = Baseline(0.0, 60.0, 3.0, {name: Stat(value, floor_of(name), 80) for name, value in PLAIN.items()})


def codes(**changes: float) -> dict[str, str]:
    return {d.code: d.mode for d in assess(stats(**changes), 3.0, lean_calibrated=True)}


def own_codes(**changes: float) -> dict[str, str]:
    return {d.code: d.mode for d in assess(stats(**changes), 3.0, baseline=OWN, lean_calibrated=True)}


def test_plain_form_has_no_deviation():
    assert codes() == own_codes() == {}
    assert assess({}, None) == ()
    assert assess({}, 3.0, baseline=OWN) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"trunk_lean_deg": 2.9}, "over_upright_trunk"),
        ({"trunk_lean_deg": 15.1}, "forward_lean"),
        ({"trunk_lean_deg": 2.5, "shoulder_hip_ankle_deg": 181.0}, "sway_pattern"),
        ({"thigh_extension_peak_deg": 17.9}, "reduced_thigh_extension"),
        ({"overstride_pct": 33.1}, "overstriding"),
        ({"shank_contact_deg": 10.5, "knee_flexion_contact_deg": 11.5}, "overstriding"),
        ({"cadence_spm": 159.0}, "low_cadence"),
        ({"knee_flexion_contact_deg": 7.5, "knee_excursion_deg": 21.0}, "stiff_knee"),
        ({"hip_bounce_cm": 11.6}, "bounding"),
        ({"vertical_ratio_pct": 11.1}, "bounding"),
        ({"stride_time_cv_pct": 3.1}, "irregular"),
        ({"curve_regularity": 0.96}, "irregular"),
        ({"step_time_asymmetry_pct": -4.2}, "side_difference"),
        ({"thigh_extension_peak_deg": 15.0, "hip_bounce_cm": 12.0}, "thigh_extension_compensated"),
    ],
)
def test_absolute_rule(changes, code):
    assert codes(**changes).get(code) == "absolute"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"trunk_lean_deg": 4.9}, "over_upright_trunk"),
        ({"trunk_lean_deg": 11.1}, "forward_lean"),
        ({"shoulder_hip_ankle_deg": 175.1}, "sway_pattern"),
        ({"push_off_trunk_change_deg": -3.1}, "push_off_arching"),
        ({"thigh_extension_peak_deg": 20.9}, "reduced_thigh_extension"),
        ({"overstride_pct": 29.6}, "overstriding"),
        ({"cadence_spm": 166.0}, "low_cadence"),
        ({"knee_excursion_deg": 24.9}, "stiff_knee"),
        ({"hip_bounce_cm": 10.1}, "bounding"),
        ({"landing_speed_mps": 1.2, "duty_factor": 0.33, "knee_excursion_deg": 26.0}, "jarring_landing"),
        ({"curve_regularity": 0.985}, "irregular"),
        ({"thigh_extension_peak_deg": 20.5, "flight_time_s": 0.08}, "weak_push_off"),
        ({"step_time_asymmetry_pct": 2.6}, "side_difference"),
        ({"thigh_extension_peak_deg": 20.5, "overstride_pct": 30.0}, "thigh_extension_compensated"),
    ],
)
def test_individual_rule(changes, code):
    assert code not in codes(**changes)
    assert own_codes(**changes).get(code) == "individual"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"trunk_lean_deg": 3.1}, "over_upright_trunk"),
        ({"cadence_spm": 160.5}, "low_cadence"),
        ({"knee_flexion_contact_deg": 7.0}, "stiff_knee"),
        ({"shank_contact_deg": 11.0}, "overstriding"),
        ({"shoulder_hip_ankle_deg": 183.0}, "sway_pattern"),
        ({"thigh_extension_peak_deg": 15.0}, "thigh_extension_compensated"),
    ],
)
def test_inside_the_limit_nothing_is_named(changes, code):
    assert code not in codes(**changes)


def test_limits_that_need_the_speed_wait_for_it():
    slow = stats(thigh_extension_peak_deg=10.0, overstride_pct=40.0)
    assert {d.code for d in assess(slow, None)} == set()
    assert {"reduced_thigh_extension", "overstriding"} <= {d.code for d in assess(slow, 2.5)}


def test_uncalibrated_lean_gets_the_benefit_of_the_doubt():
    def upright(lean: float) -> bool:
        return "over_upright_trunk" in {d.code for d in assess(stats(trunk_lean_deg=lean), 3.0)}

    assert not upright(2.0)
    assert not upright(-0.2)
    assert upright(-0.4)


def test_cadence_limit_is_for_usual_heights():
    low = stats(cadence_spm=155.0)
    assert assess(low, 3.0, height_cm=192.0) == ()
    assert [d.code for d in assess(low, 3.0, height_cm=175.0)] == ["low_cadence"]


def test_side_difference_needs_sixty_steps():
    assert assess(stats(n=40, step_time_asymmetry_pct=6.0), 3.0) == ()
    assert [d.code for d in assess(stats(n=41, step_time_asymmetry_pct=6.0), 3.0)] == ["side_difference"]


def test_therapists_band_replaces_the_other_rules_of_its_metric():
    target = CueSetting("trunk_lean_deg", Band(9.0, 13.0))
    low = assess(stats(trunk_lean_deg=8.0), 3.0, baseline=OWN, target=target)
    assert [(d.code, d.mode) for d in low] == [("over_upright_trunk", "target")]
    assert "below the band from 9.0°" in low[0].detail
    high = assess(stats(trunk_lean_deg=14.0), 3.0, baseline=OWN, target=target)
    assert [(d.code, d.mode, d.new) for d in high] == [("forward_lean", "target", True)]
    assert assess(stats(trunk_lean_deg=11.5), 3.0, baseline=OWN, target=target) == ()


def test_new_says_whether_it_was_there_at_baseline():
    low = stats(cadence_spm=155.0)
    assert assess(low, 3.0)[0].new is None
    assert assess(low, 3.0, baseline=OWN)[0].new is True
    was_low = Baseline(0.0, 60.0, 3.0, OWN.metrics | {"cadence_spm": Stat(156.0, 0.8, 80)})
    assert assess(low, 3.0, baseline=was_low)[0].new is False


FORBIDDEN = re.compile(
    r"\b(risk|better|worse|good|bad|normal|abnormal|lordosis|pelvic tilt|pelvis|foot strike|diagnos\w*)\b",
    re.I,
)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.code)
def test_words_are_honest_and_complete(pattern):
    assert FORBIDDEN.search(pattern.name + " " + pattern.evidence) is None
    assert pattern.group in {"posture", "leg", "landing"}
    assert pattern.evidence.endswith(".")
    assert not pattern.metric or (pattern.metric in METRICS and pattern.side in {"above", "below"})
    assert pattern.absolute or pattern.individual


def test_details_are_honest():
    extreme = {name: value * factor for factor in (0.5, 1.5) for name, value in PLAIN.items()}
    for changes in (extreme, {n: v * 0.5 for n, v in PLAIN.items()}):
        for d in assess(stats(**changes), 3.0, baseline=OWN):
            assert d.detail and FORBIDDEN.search(d.detail) is None


def lean_story(seed: int, before: float = 7.0, after: float = 3.0) -> list:
    rng = np.random.default_rng(seed)
    lean = np.concatenate([np.full(83, before), np.full(30, after)]) + rng.normal(0, 0.7, 113)
    return updates("trunk_lean_deg", lean)


@pytest.mark.parametrize("seed", range(5))
def test_lean_step_of_four_degrees_is_named_within_six_seconds(seed):
    monitor = DeviationMonitor()
    monitor.baseline = OWN
    story = lean_story(seed)
    seen = [(u.t, [d.code for d in monitor.update(u, RunSetup())]) for u in story]
    changed = story[82].t
    assert all(not found for t, found in seen if t <= changed)
    first = next(t for t, found in seen if found and t > changed)
    assert first - changed <= 6.0
    assert seen[-1][1] == ["over_upright_trunk"]


def test_pattern_goes_when_the_form_comes_back():
    monitor = DeviationMonitor()
    monitor.baseline = OWN
    for u in [*lean_story(1), *updates("trunk_lean_deg", [7.0] * 20, start=113 * 0.72)]:
        last = monitor.update(u, RunSetup())
    assert last == ()


def test_one_odd_stride_names_nothing():
    monitor = DeviationMonitor()
    monitor.baseline = OWN
    lean = [7.0] * 10 + [-20.0] + [7.0] * 10
    assert all(monitor.update(u, RunSetup()) == () for u in updates("trunk_lean_deg", lean))


def test_borderline_form_does_not_chatter():
    monitor = DeviationMonitor()
    monitor.baseline = OWN
    rng = np.random.default_rng(3)
    lean = 5.0 + rng.normal(0, 0.7, 2500)
    named = [bool(monitor.update(u, RunSetup())) for u in updates("trunk_lean_deg", lean)]
    assert sum(a != b for a, b in itertools.pairwise(named)) <= 30


def test_nothing_is_named_while_not_measuring():
    monitor = DeviationMonitor()
    for u in updates("cadence_spm", [150.0] * 20):
        found = monitor.update(u, RunSetup())
    assert [d.code for d in found] == ["low_cadence"]
    assert monitor.update(update(8.0, measuring=False), RunSetup()) == ()
    assert monitor.update(update(8.1), RunSetup()) == ()


def test_slow_drift_over_five_minutes_is_named():
    monitor = DeviationMonitor()
    monitor.baseline = OWN
    story = [update(0.72 * i, form(0.72 * i, trunk_lean_deg=7.0 - 1.9 * i / 500)) for i in range(1, 500)]
    for u in story:
        found = monitor.update(u, RunSetup())
    assert [d.code for d in found] == ["fatigue_drift"]
    assert found[0].detail == "Trunk lean: more upright"
    monitor.clear()
    assert monitor.deviations == ()

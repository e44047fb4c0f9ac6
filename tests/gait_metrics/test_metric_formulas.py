"""Every formula against the closed-form runner: exact events, so only the formulas are judged."""

from dataclasses import replace

import numpy as np
import pytest
from closed_form import PRESETS, ClosedForm

from device.gait.catalog import METRICS, Per
from device.gait.measures.load import contact_metrics, vertical_stiffness_npmkg
from device.gait.metrics import TimingHistory, measure_stride
from device.gait.types import METRIC_NAMES, FormMetrics, Kinematics, RunSetup, Stride

SETUP = RunSetup(height_cm=175.0)

CLEAN_240 = {
    "knee_flexion_stance_peak_deg": 0.05,
    "knee_flexion_swing_peak_deg": 0.05,
    "thigh_extension_peak_deg": 0.05,
    "knee_flexion_contact_deg": 0.3,
    "knee_excursion_deg": 0.3,
    "shank_contact_deg": 0.15,
    "thigh_extension_toe_off_deg": 0.05,
    "overstride_pct": 0.1,
    "hip_bounce_cm": 0.05,
    "vertical_ratio_pct": 0.05,
    "landing_speed_mps": 0.001,
    "trunk_lean_deg": 0.01,
    "trunk_lean_range_deg": 0.02,
    "push_off_trunk_change_deg": 0.02,
    "leg_stiffness_npmkg": 1e-6,
    "contact_time_s": 1e-9,
    "flight_time_s": 1e-9,
    "duty_factor": 1e-9,
    "stride_time_s": 1e-9,
    "peak_force_bw": 1e-9,
    "vertical_stiffness_npmkg": 1e-6,
}


def measure(
    runner: ClosedForm, fps: float = 240.0, setup: RunSetup = SETUP, speed: float | None = None
) -> FormMetrics:
    stride, kin = runner.near_stride(fps=fps)
    return measure_stride(stride, kin, setup, speed or runner.speed, TimingHistory())


@pytest.mark.parametrize("preset", PRESETS)
def test_clean_240_fps_is_exact(preset):
    runner = PRESETS[preset]
    form, truth = measure(runner), runner.truth()
    assert set(truth) == set(CLEAN_240)
    for name, tolerance in CLEAN_240.items():
        assert getattr(form, name) == pytest.approx(truth[name], abs=tolerance), name


@pytest.mark.parametrize("preset", PRESETS)
def test_clean_60_fps(preset):
    runner = PRESETS[preset]
    form, truth = measure(runner, fps=60), runner.truth()
    for name in ("knee_flexion_stance_peak_deg", "knee_flexion_swing_peak_deg", "thigh_extension_peak_deg"):
        assert getattr(form, name) == pytest.approx(truth[name], abs=0.15)
    assert form.knee_flexion_contact_deg == pytest.approx(truth["knee_flexion_contact_deg"], abs=1.0)
    assert form.hip_bounce_cm == pytest.approx(truth["hip_bounce_cm"], abs=0.02)


@pytest.mark.parametrize("preset", PRESETS)
def test_force_and_stiffness_from_exact_times(preset):
    runner = PRESETS[preset]
    force = contact_metrics(runner.stride, runner.contact)["peak_force_bw"]
    assert force == pytest.approx(runner.force, rel=1e-9)
    assert vertical_stiffness_npmkg(runner.stride, runner.contact) == pytest.approx(
        runner.stiffness, rel=1e-9
    )


def test_force_and_stiffness_of_the_published_table():
    table = {"easy": (2.0221, 290.8899), "moderate": (2.1969, 332.9987), "steady": (2.3591, 374.6234)}
    for preset, (force, stiffness) in table.items():
        form = measure(PRESETS[preset])
        assert form.peak_force_bw == pytest.approx(force, abs=5e-5)
        assert form.vertical_stiffness_npmkg == pytest.approx(stiffness, abs=5e-4)


def turned(kin: Kinematics, degrees: float) -> Kinematics:
    """The same run on a slope: every point and velocity turned about the origin, counter-clockwise."""
    a = np.radians(degrees)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    points = {
        name: getattr(kin, name) @ turn
        for name in kin.__slots__
        if isinstance(getattr(kin, name), np.ndarray) and getattr(kin, name).ndim == 2
    }
    return replace(kin, **points)


LEG = (
    "hip_bounce_cm", "vertical_ratio_pct", "landing_speed_mps", "knee_flexion_contact_deg",
    "knee_flexion_stance_peak_deg", "knee_excursion_deg", "knee_flexion_swing_peak_deg",
    "thigh_extension_peak_deg", "thigh_extension_toe_off_deg", "overstride_pct", "shank_contact_deg",
    "ground_speed_matching", "pelvis_forward_pct", "shoulder_hip_ankle_deg",
)  # fmt: skip


@pytest.mark.parametrize("grade", [-8.0, 5.0, 15.0])
def test_slope_leaves_the_leg_and_turns_the_trunk(grade):
    stride, kin = PRESETS["moderate"].near_stride()
    slope = float(np.degrees(np.arctan(grade / 100)))
    flat = measure_stride(stride, kin, SETUP, 3.0, TimingHistory())
    hill = measure_stride(stride, turned(kin, slope), replace(SETUP, grade_pct=grade), 3.0, TimingHistory())
    for name in LEG:
        assert getattr(hill, name) == pytest.approx(getattr(flat, name), abs=1e-6), name
    assert hill.trunk_lean_deg == pytest.approx(flat.trunk_lean_deg - slope, abs=1e-6)
    assert hill.vertical_stiffness_npmkg is None
    assert hill.leg_stiffness_npmkg is None


def test_lean_is_less_the_standing_calibration():
    form = measure(PRESETS["moderate"], setup=RunSetup(lean_offset_deg=2.5))
    assert form.trunk_lean_deg == pytest.approx(3.5, abs=0.01)
    assert form.push_off_trunk_change_deg == pytest.approx(
        measure(PRESETS["moderate"]).push_off_trunk_change_deg, abs=1e-9
    )


def test_hips_ahead_of_the_line_is_more_than_180():
    stride, kin = PRESETS["moderate"].near_stride()
    straight = measure_stride(stride, kin, SETUP, 3.0, TimingHistory())
    swayed = replace(kin, hip=kin.hip + np.array([6.0, 0.0]))
    assert (
        measure_stride(stride, swayed, SETUP, 3.0, TimingHistory()).shoulder_hip_ankle_deg
        > straight.shoulder_hip_ankle_deg + 5
    )


def test_elbow_and_head():
    runner = PRESETS["moderate"].runner
    form = measure(PRESETS["moderate"])
    assert form.elbow_deg == pytest.approx(runner.elbow_deg, abs=1e-6)
    ahead = 0.017 * runner.height_m + 0.126 * runner.height_m * np.sin(np.radians(runner.lean_deg))
    assert form.head_forward_pct == pytest.approx(100 * ahead / runner.trunk_m, abs=0.05)


def test_without_scale_lengths_are_not_measured():
    stride, kin = PRESETS["moderate"].near_stride()
    form = measure_stride(stride, replace(kin, calibrated=False), RunSetup(), 3.0, TimingHistory())
    lengths = {
        "hip_bounce_cm", "vertical_ratio_pct", "landing_speed_mps", "leg_stiffness_npmkg",
        "ground_speed_matching",
    }  # fmt: skip
    assert all(getattr(form, name) is None for name in lengths)
    assert form.overstride_pct is not None
    assert form.knee_excursion_deg is not None


def test_without_toe_off_what_needs_it_is_not_measured():
    stride, kin = PRESETS["moderate"].near_stride()
    form = measure_stride(replace(stride, toe_off=None), kin, SETUP, 3.0, TimingHistory())
    seen = {name for name, _ in form.measured()}
    assert seen == {
        "stride_time_s", "hip_bounce_cm", "vertical_ratio_pct", "trunk_lean_deg", "trunk_lean_range_deg",
        "knee_flexion_contact_deg", "thigh_extension_peak_deg", "overstride_pct", "shank_contact_deg",
        "ground_speed_matching", "head_forward_pct", "elbow_deg",
    }  # fmt: skip


def test_without_speed_what_needs_it_is_not_measured():
    stride, kin = PRESETS["moderate"].near_stride()
    form = measure_stride(stride, kin, SETUP, None, TimingHistory())
    assert form.vertical_ratio_pct is form.leg_stiffness_npmkg is form.ground_speed_matching is None
    assert form.hip_bounce_cm is not None


def test_hole_in_a_joint_takes_only_what_needs_it():
    stride, kin = PRESETS["moderate"].near_stride(fps=60)
    knee = kin.near_knee.copy()
    swing = (kin.t > stride.toe_off + 0.1) & (kin.t < stride.toe_off + 0.3)
    knee[swing] = np.nan
    form = measure_stride(stride, replace(kin, near_knee=knee), SETUP, 3.0, TimingHistory())
    assert form.knee_flexion_swing_peak_deg is None
    assert form.thigh_extension_peak_deg is None
    assert form.knee_flexion_stance_peak_deg is not None
    assert form.trunk_lean_deg is not None
    assert form.curve_regularity is None


def test_nothing_known_gives_nothing_but_the_stride_time():
    stride, kin = PRESETS["moderate"].near_stride(fps=60)
    blank = {
        name: np.full_like(getattr(kin, name), np.nan)
        for name in kin.__slots__
        if isinstance(getattr(kin, name), np.ndarray) and name != "t"
    }
    form = measure_stride(replace(stride, toe_off=None), replace(kin, **blank), SETUP, 3.0, TimingHistory())
    assert dict(form.measured()) == {"stride_time_s": stride.duration_s}


def test_single_frame_hole_is_read_across():
    stride, kin = PRESETS["moderate"].near_stride(fps=60)
    ankle = kin.near_ankle.copy()
    ankle[10] = np.nan
    whole = measure_stride(stride, kin, SETUP, 3.0, TimingHistory())
    form = measure_stride(stride, replace(kin, near_ankle=ankle), SETUP, 3.0, TimingHistory())
    assert dict(form.measured()).keys() == dict(whole.measured()).keys()


def test_stride_metrics_are_those_the_catalogue_lists():
    history = TimingHistory()
    runner = PRESETS["moderate"]
    for n in range(65):
        stride, kin = runner.near_stride(n, fps=60)
        form = measure_stride(stride, kin, SETUP, 3.0, history)
    assert {name for name, _ in form.measured()} == {m.name for m in METRICS.values() if m.per is Per.STRIDE}
    assert form.curve_regularity == pytest.approx(1.0, abs=1e-4)
    assert form.stride_time_cv_pct == pytest.approx(0.0, abs=1e-6)
    assert -6 < form.sparc < -1.5


def test_irregular_stride_is_less_regular():
    history = TimingHistory()
    runner, other = PRESETS["moderate"], PRESETS["overstrider"]
    for n in range(8):
        measure_stride(*runner.near_stride(n, fps=60), SETUP, 3.0, history)
    odd = measure_stride(*other.near_stride(fps=60), SETUP, 3.0, history)
    assert odd.curve_regularity < 0.999


def test_values_are_plain_floats():
    form = measure(PRESETS["moderate"])
    assert all(type(value) is float for _, value in form.measured())
    assert set(dict(form.measured())) <= set(METRIC_NAMES)


def test_mean_over_noisy_60_fps_strides_is_near_truth():
    """White noise of 1 cm, no filter at all: the formulas themselves must not turn noise into much bias."""
    rng = np.random.default_rng(5)
    runner = PRESETS["moderate"]
    truth, history, forms = runner.truth(), TimingHistory(), []
    for n in range(40):
        stride, kin = runner.near_stride(n, fps=60)
        noisy = replace(
            kin, **{j: getattr(kin, j) + rng.normal(0, 0.5, getattr(kin, j).shape) for j in JOINTS}
        )
        forms.append(measure_stride(stride, noisy, SETUP, 3.0, history))
    for name, tolerance in (
        ("knee_flexion_contact_deg", 2.0),
        ("trunk_lean_deg", 0.3),
        ("overstride_pct", 1.0),
    ):
        mean = np.mean([getattr(f, name) for f in forms])
        assert mean == pytest.approx(truth[name], abs=tolerance), name


JOINTS = ("hip", "shoulder", "near_knee", "near_ankle")


def test_stride_of_the_left_leg_says_so():
    stride, kin = PRESETS["moderate"].near_stride()
    left = Stride(stride.side.other, False, stride.initial_contact, stride.toe_off, stride.next_contact)
    form = measure_stride(left, kin, SETUP, 3.0, TimingHistory())
    assert (form.side, form.near, form.t) == (left.side, False, left.next_contact)

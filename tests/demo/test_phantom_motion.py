"""The phantom's motion: exact contacts on the belt, closed-form bounce, loops of whole frames."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phantom.body import Body, load_body
from phantom.camera import Camera
from phantom.clothes import dress
from phantom.foot import HEEL_OFF, ROLL_START, SLAP_END
from phantom.gait import Gait
from phantom.landmarks import joint_centres
from phantom.motion import spring_mass_height
from phantom.schedule import Schedule
from phantom.skeleton import Skeleton
from phantom.skin import Skin
from phantom.spec import GENERATOR_VERSION, Form, PhantomSpec, Phase
from phantom.specs import CLINICAL, DEMO, EASY
from phantom.truth import angles, events, frame_row, stride_values, write_frames, write_summary

from device.demo.clip import LANDMARKS, load_truth


@pytest.fixture(scope="module")
def man() -> Body:
    return load_body("man")


@pytest.fixture(scope="module")
def demo(man: Body) -> Skeleton:
    return Skeleton(DEMO, man)


def steady(form: Form, strides: int = 2) -> PhantomSpec:
    return PhantomSpec(name="steady", phases=(Phase("only", strides, form),), variability=0.0)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.25, 0.45))
def test_bounce_is_continuous_and_falls_freely_in_flight(duty: float) -> None:
    psi = np.linspace(0, 1, 1001)
    y = np.array([spring_mass_height(float(p), duty) for p in psi])
    assert abs(y[0]) < 1e-12
    assert abs(y[-1]) < 1e-9
    acceleration = np.diff(y, 2) / np.diff(psi)[0] ** 2 * 4
    flight = psi[1:-1] > 2 * duty + 0.01
    assert np.allclose(acceleration[flight], -1.0, atol=1e-4)
    # Momentum balances over a step, so the mean acceleration is zero.
    assert abs(acceleration.mean()) < 0.02


@pytest.mark.parametrize("form", [EASY, CLINICAL])
def test_contact_and_toe_off_posture_are_solved_exactly(man: Body, form: Form) -> None:
    schedule = Schedule(steady(form))
    gait = Gait(schedule, man.leg("left"), man.leg("right"), 2.9)
    for step in schedule.steps:
        assert gait.leg(step.side, step.t).knee == pytest.approx(form.knee_contact_deg, abs=1e-4)
        at_toe_off = gait.leg(step.side, step.t + step.contact_s - 1e-9)
        assert at_toe_off.knee == pytest.approx(form.knee_toe_off_deg, abs=0.01)


def test_leg_angles_are_continuous_through_contact_and_toe_off(demo: Skeleton) -> None:
    for step in demo.schedule.steps[18:30]:
        for t in (step.t, step.t + step.contact_s):
            before, after = demo.gait.leg(step.side, t - 1e-5), demo.gait.leg(step.side, t + 1e-5)
            assert after.knee == pytest.approx(before.knee, abs=0.1)
            assert after.thigh == pytest.approx(before.thigh, abs=0.1)
            assert after.foot == pytest.approx(before.foot, abs=0.1)


def test_stance_foot_is_pinned_to_the_belt_while_form_changes(demo: Skeleton) -> None:
    """Toe joint at belt speed and fixed height from flat foot until the toes roll, in every step."""
    speed = DEMO.speed_mps
    for step in demo.schedule.steps:
        tag = step.side[0].upper()
        start, stop = step.t + (SLAP_END + 0.01) * step.contact_s, step.t + ROLL_START * step.contact_s
        a, b = (demo.pose(t).joint(f"toe1-1.{tag}") for t in (start, stop))
        # The foot points 4 deg outwards, so a pitching foot's toe joint wanders by millimetres.
        assert (a[2] - b[2]) / (stop - start) == pytest.approx(speed, rel=0.01)
        assert b[1] == pytest.approx(a[1], abs=0.002)
        heel_off = step.t + (HEEL_OFF - 0.01) * step.contact_s
        ankles = [joint_centres(demo.pose(t))[f"{step.side}_ankle"] for t in (start, heel_off)]
        assert (ankles[0][2] - ankles[1][2]) / (heel_off - start) == pytest.approx(speed, rel=1e-4)


def test_shoes_neither_sink_into_the_belt_nor_scuff_it(demo: Skeleton, man: Body) -> None:
    skin = Skin(dress(man, DEMO.clothes))
    times = np.linspace(0, demo.schedule.duration_s, 47, endpoint=False)
    lowest = [skin.posed(demo.pose(float(t)))[:, 1].min() for t in times]
    assert min(lowest) > -0.006
    for step in demo.schedule.steps[::7]:
        t = step.t + 0.3 * step.contact_s
        assert skin.posed(demo.pose(t))[:, 1].min() == pytest.approx(0.0, abs=0.002)


def test_trunk_reaches_its_lean(demo: Skeleton) -> None:
    for t in np.linspace(0, demo.schedule.duration_s, 40):
        form = demo.schedule.form(float(t))
        lean = angles(joint_centres(demo.pose(float(t)))).lean
        assert abs(lean - form.lean_deg) <= form.lean_swing_deg + 1e-6


def test_motion_repeats_with_the_loop(demo: Skeleton) -> None:
    for t in (0.0, 0.123, 5.0):
        first, again = demo.pose(t), demo.pose(t + demo.schedule.duration_s)
        assert np.allclose(first.positions, again.positions, atol=1e-9)


def test_limb_lengths_never_change(demo: Skeleton, man: Body) -> None:
    for t in np.linspace(0, demo.schedule.duration_s, 30):
        joints = joint_centres(demo.pose(float(t)))
        for side in ("left", "right"):
            leg = man.leg(side)
            assert np.linalg.norm(joints[f"{side}_hip"] - joints[f"{side}_knee"]) == pytest.approx(
                leg.thigh_m
            )
            assert np.linalg.norm(joints[f"{side}_knee"] - joints[f"{side}_ankle"]) == pytest.approx(
                leg.shank_m
            )


@settings(max_examples=15, deadline=None)
@given(st.floats(150, 185), st.floats(0.30, 0.39), st.integers(2, 9), st.integers(0, 99))
def test_schedule_is_whole_frames_with_the_asked_cadence(
    cadence: float, duty: float, strides: int, seed: int
) -> None:
    form = replace(EASY, cadence_spm=cadence, duty=duty)
    spec = PhantomSpec(name="any", phases=(Phase("only", strides, form),), seed=seed, fps=50)
    schedule = Schedule(spec)
    assert schedule.duration_s * spec.fps == pytest.approx(schedule.frames)
    found = 60 * len(schedule.steps) / schedule.duration_s
    assert found == pytest.approx(cadence, rel=0.5 / schedule.frames + 0.002)
    for k, step in enumerate(schedule.steps):
        assert schedule.stride_phase(step.t) % 0.5 == pytest.approx(0.0, abs=1e-9) or schedule.stride_phase(
            step.t
        ) % 0.5 == pytest.approx(0.5, abs=1e-9)
        assert schedule.last_step(step.side, step.t)[0] == k
        assert 0 < step.contact_s < schedule.stride_s(k) / 2


def test_same_specification_same_motion(man: Body, demo: Skeleton) -> None:
    again = Skeleton(DEMO, man)
    assert events(again) == events(demo)
    assert np.array_equal(again.pose(3.3).positions, demo.pose(3.3).positions)
    other = Schedule(replace(DEMO, seed=DEMO.seed + 1))
    assert not np.array_equal(other.times, demo.schedule.times)


def test_stride_values_recover_the_form(man: Body) -> None:
    values = stride_values(Skeleton(steady(EASY, strides=3), man), 2)
    assert values["cadence_spm"] == pytest.approx(EASY.cadence_spm, rel=0.005)
    assert values["duty_factor"] == pytest.approx(EASY.duty, rel=1e-6)
    # Leg-plane angles are inputs; the sagittal projection differs by the hip's abduction.
    assert values["knee_contact_deg"] == pytest.approx(EASY.knee_contact_deg, abs=0.5)
    assert values["trunk_lean_deg"] == pytest.approx(EASY.lean_deg, abs=0.05)
    assert 42 < values["knee_stance_peak_deg"] < 52
    assert 7 < values["hip_bounce_cm"] < 9


def test_impossible_form_is_refused(man: Body) -> None:
    too_fast = replace(steady(EASY), speed_mps=6.0)
    with pytest.raises(ValueError, match="Step 0"):
        Skeleton(too_fast, man)


@pytest.mark.parametrize(("name", "stature_m"), [("man", 1.76), ("woman", 1.67), ("heavy_man", 1.81)])
def test_packed_bodies_are_whole(name: str, stature_m: float) -> None:
    body = load_body(name)
    assert np.ptp(body.vertices[:, 1]) == pytest.approx(stature_m, abs=0.02)
    assert np.allclose(body.weights.sum(axis=1), 1.0)
    leg = body.leg("right")
    assert leg.hip[0] < 0
    assert 0.45 < (leg.thigh_m + leg.shank_m) / stature_m < 0.53


def test_unknown_body_is_named() -> None:
    with pytest.raises(ValueError, match="No body is called 'robot'"):
        load_body("robot")


def test_shipped_truth_is_what_the_generator_gives(demo: Skeleton) -> None:
    shipped = load_truth()
    assert shipped.generator == GENERATOR_VERSION, "Render the demo clip anew (tests/phantom/README.md)."
    assert demo.schedule.frames == len(shipped.frames.t_s)
    camera = Camera(DEMO.camera, -1)
    for k in range(0, demo.schedule.frames, 97):
        row = frame_row(demo, camera, k)
        for i, name in enumerate(LANDMARKS):
            found = float(row[f"{name}_x"]), float(row[f"{name}_y"])
            assert found == pytest.approx(tuple(shipped.frames.landmarks_px[k, i]), abs=0.011)
        assert float(row["right_knee_deg"]) == pytest.approx(shipped.frames.knee_deg["right"][k], abs=0.0011)
    for event, stored in zip(events(demo), shipped.events, strict=True):
        assert (event["side"], event["kind"]) == (stored.side, stored.kind)
        assert event["t"] == pytest.approx(stored.t, abs=2e-6)


def test_written_truth_is_the_same_every_time_and_loads(man: Body, tmp_path: Path) -> None:
    spec = steady(EASY)
    skeleton = Skeleton(spec, man)
    camera = Camera(spec.camera, -1)
    for name in ("first", "again"):
        write_frames(skeleton, camera, tmp_path / f"{name}_truth.csv.gz")
    first, again = (tmp_path / f"{name}_truth.csv.gz" for name in ("first", "again"))
    assert first.read_bytes() == again.read_bytes()
    write_summary(skeleton, camera, "first.mp4", tmp_path / "first_truth.json")
    truth = load_truth(tmp_path / "first.mp4")
    assert truth.cadence_spm == pytest.approx(EASY.cadence_spm, rel=0.01)
    assert len(truth.frames.t_s) == skeleton.schedule.frames


def test_camera_puts_the_mid_plane_at_its_scale() -> None:
    for side in (-1, 1):
        camera = Camera(DEMO.camera, side)
        low, high, ahead = camera.project(np.array([[0, 0.9, 0], [0, 1.0, 0], [0, 0.9, 0.1]]))
        assert np.allclose(low, [DEMO.camera.width / 2, DEMO.camera.height / 2])
        assert low[1] - high[1] == pytest.approx(10 * camera.px_per_cm)
        assert ahead[0] - low[0] == pytest.approx(-side * 10 * camera.px_per_cm)

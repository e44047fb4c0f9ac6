"""The suite: runners kept apart, forms that are what they are called, cameras, standing and walking."""

from dataclasses import replace

import numpy as np
import pytest
from phantom.actor import WALK, actors
from phantom.assets import RECIPES
from phantom.body import load_body
from phantom.camera import Camera
from phantom.landmarks import joint_centres
from phantom.looks import BODY_STATURE_M, LOOKS
from phantom.skeleton import Skeleton
from phantom.spec import CameraSpec, Person, PhantomSpec, Phase
from phantom.standing import UPRIGHT
from phantom.suite import DEVIATIONS, SUITE
from phantom.truth import activity, angles, frame_row, stride_values, summary


def skeleton(name: str) -> Skeleton:
    """The clip's runner over three strides without variation, which is quicker to solve."""
    spec = SUITE[name].spec
    phases = tuple(replace(phase, strides=3) for phase in spec.phases)
    return Skeleton(replace(spec, phases=phases, variability=0.0), load_body(spec.body))


def values(name: str) -> dict[str, float]:
    return stride_values(skeleton(name), 2)


@pytest.fixture(scope="module")
def usual() -> dict[str, float]:
    return values("man_right")


def test_a_third_of_the_runners_is_kept_apart_and_so_are_their_clips() -> None:
    kept = {name for name, look in LOOKS.items() if look.test}
    assert len(kept) >= len(LOOKS) / 3
    for clip in SUITE.values():
        assert clip.test == (clip.look in kept)
    assert {clip.condition for clip in SUITE.values() if clip.group == "deviation"} == set(DEVIATIONS)
    assert {SUITE[name].spec.facing for name in SUITE} == {"left", "right"}


@pytest.mark.parametrize("name", BODY_STATURE_M)
def test_every_body_has_its_stature_and_runs(name: str) -> None:
    body = load_body(name)
    assert np.ptp(body.vertices[:, 1]) == pytest.approx(RECIPES[name].stature_m, abs=0.02)
    assert RECIPES[name].stature_m == BODY_STATURE_M[name]
    look = next(look for look in LOOKS.values() if look.body == name)
    spec = replace(look.spec("any"), phases=(Phase("steady", 3, look.form),), variability=0.0)
    found = stride_values(Skeleton(spec, body), 2)
    assert found["duty_factor"] == pytest.approx(look.form.duty, abs=0.001)
    assert found["trunk_lean_deg"] == pytest.approx(look.form.lean_deg, abs=0.1)


@pytest.mark.parametrize(
    ("name", "metric", "least", "most"),
    [
        ("man_over_upright", "trunk_lean_deg", -10, -6),
        ("man_backward_lean", "trunk_lean_deg", -15, -11),
        ("man_overstride", "overstride_pct", 5, 12),
        ("man_reduced_extension", "thigh_extension_peak_deg", -12, -4),
        ("man_stiff_knee", "knee_excursion_deg", -10, -4),
        ("man_sway", "trunk_lean_deg", -14, -8),
    ],
)
def test_a_deviation_is_what_it_is_called(
    usual: dict[str, float], name: str, metric: str, least: float, most: float
) -> None:
    assert least < values(name)[metric] - usual[metric] < most


def test_an_arched_back_keeps_the_trunk_line() -> None:
    before, arched = skeleton("woman_left"), skeleton("woman_arched_back")
    lean = [
        np.mean(
            [angles(joint_centres(s.pose(float(t)))).lean for t in np.linspace(0, s.schedule.duration_s, 60)]
        )
        for s in (before, arched)
    ]
    tilt = [s.gait.pelvis_parts(1.0)[2][2] for s in (before, arched)]
    assert abs(lean[1] - lean[0]) < 0.1
    assert np.degrees(tilt[1] - tilt[0]) == pytest.approx(12, abs=0.1)


def test_asymmetry_is_of_the_left_steps() -> None:
    times = skeleton("woman_asymmetry").schedule.times
    steps = np.diff(times)
    right, left = steps[0::2].mean(), steps[1::2].mean()
    assert 100 * (right - left) / (right + left) == pytest.approx(2.6, abs=0.6)


def test_standing_sways_and_the_feet_stay() -> None:
    standing = skeleton("man_standing")
    joints = [joint_centres(standing.pose(t)) for t in np.arange(0, 4, 0.1)]
    hips = np.array([(j["left_hip"][2] + j["right_hip"][2]) / 2 for j in joints])
    ankles = np.array([j["left_ankle"] for j in joints])
    assert 0.004 < np.ptp(hips) < 0.02
    assert np.ptp(ankles, axis=0).max() < 1e-9
    assert activity(standing) == "standing"
    assert np.mean([angles(j).lean for j in joints]) == pytest.approx(UPRIGHT.lean_deg, abs=0.1)
    camera = Camera(standing.spec.camera, -1)
    facts = summary(standing, camera, "x.mp4")
    assert facts["events"] == facts["phases"] == []
    assert frame_row(standing, camera, 3)["form"] == "standing"


def test_walking_has_no_flight() -> None:
    spec = PhantomSpec(name="walk", phases=(Phase("walking", 4, WALK),), speed_mps=1.3, variability=0.0)
    walker = Skeleton(spec, load_body("man"))
    assert activity(walker) == "walking"
    poses = [walker.pose(float(t)) for t in np.linspace(0, walker.schedule.duration_s, 80)]
    assert all(pose.legs["left"].contact or pose.legs["right"].contact for pose in poses)
    assert any(pose.legs["left"].contact and pose.legs["right"].contact for pose in poses)


@pytest.mark.parametrize("side", [-1, 1])
def test_a_turned_camera_goes_on_looking_at_the_runner(side: int) -> None:
    level = CameraSpec()
    middle = np.array([[0.0, level.height_m, 0.0], [0.0, level.height_m + 0.5, 0.0]])
    for turn in ({"yaw_deg": 8.0}, {"pitch_deg": 10.0}, {"roll_deg": -6.0}, {"yaw_deg": -90.0}):
        camera = Camera(replace(level, **turn), side)
        assert camera.project(middle)[0] == pytest.approx((level.width / 2, level.height / 2))
        assert np.linalg.norm(camera.eye - middle[0]) == pytest.approx(level.distance_m)
    rolled = Camera(replace(level, roll_deg=5.0), side).project(middle)
    up = rolled[1] - rolled[0]
    assert np.degrees(np.arctan2(up[0], -up[1])) == pytest.approx(-5.0, abs=0.01)
    assert Camera(replace(level, yaw_deg=20.0), side).eye[2] > 1.0
    assert Camera(replace(level, pitch_deg=10.0), side).eye[1] > level.height_m + 0.5


def test_others_stand_on_the_floor_and_walk_where_they_are_headed() -> None:
    walker = Person(ahead_m=-1.0, aside_m=0.8, heading_deg=0.0, walks_mps=1.2)
    spec = replace(SUITE["man_right"].spec, scene=replace(SUITE["man_right"].spec.scene, people=(walker,)))
    runner, other = actors(Skeleton(spec, load_body(spec.body)), side=-1)
    begin, later = (other.surface(t)[:, :3] for t in (0.0, 2.0))
    assert begin[:, 1].min() == pytest.approx(-0.19, abs=0.02)
    assert (later - begin)[:, 2].mean() == pytest.approx(2.4, abs=0.1)
    assert begin[:, 0].mean() == pytest.approx(-0.8, abs=0.05)
    assert runner.surface(0.0)[:, 1].min() > -0.02


def test_everybody_who_walks_in_a_scene_can_walk() -> None:
    """Steps of other bodies at other speeds are solved as the runner's are."""
    walkers = {
        (person.body, person.walks_mps)
        for clip in SUITE.values()
        for person in clip.spec.scene.people
        if person.walks_mps
    }
    assert len(walkers) == 2
    for body, speed in walkers:
        spec = PhantomSpec(
            name="other", phases=(Phase("walking", 6, WALK),), body=body, speed_mps=speed, seed=0
        )
        assert len(Skeleton(spec, load_body(body)).schedule.steps) == 12

"""How the phantom's foot leaves the belt: rolling over the toes, as people's feet do on force plates."""

from dataclasses import replace

import numpy as np
import pytest
from phantom.body import Body, load_body
from phantom.clothes import dress
from phantom.landmarks import joint_centres
from phantom.skeleton import Skeleton
from phantom.skin import Skin
from phantom.spec import PhantomSpec
from phantom.specs import DEMO
from phantom.suite import SUITE
from phantom.truth import angles

SPEEDS_MPS = (2.0, 3.0, 4.0, 5.0)
ANKLE_RISE = (0.119, 0.137, 0.158, 0.167)
"""Of the ankle at toe-off above its lowest in stance, leg lengths, by speed.

This and the ranges below: 19 steps of one runner on a force-plate treadmill (Hamner and Delp 2013, J Biomech
46:780), toe-off where the force falls under 20 N. Single steps: rise 0.113 to 0.172; knee -62 to +267 deg/s,
11 to 17 deg; thigh -17 to -34 deg; heel and toe marker pitched by -43 to -64 deg.
"""
BASE = [name for name, clip in SUITE.items() if clip.group == "base"]


def steady(name: str) -> PhantomSpec:
    spec = SUITE[name].spec
    return replace(spec, phases=tuple(replace(p, strides=2) for p in spec.phases), variability=0.0)


@pytest.mark.parametrize("name", BASE)
def test_leg_at_toe_off_is_as_on_force_plates(name: str) -> None:
    spec = steady(name)
    skeleton = Skeleton(spec, load_body(spec.body))
    step = skeleton.schedule.steps[2]
    toe_off = step.t + step.contact_s
    times = np.append(np.linspace(step.t, toe_off, 60), toe_off + np.arange(-1, 2) / 1000)
    joints = [joint_centres(skeleton.pose(float(t))) for t in times]
    height = np.array([j[f"{step.side}_ankle"][1] for j in joints])
    rise = (height[-2] - height.min()) / skeleton.gait.leg_m
    knee = [angles(j).knee[step.side] for j in joints]
    assert rise == pytest.approx(np.interp(spec.speed_mps, SPEEDS_MPS, ANKLE_RISE), abs=0.02)
    assert 0.11 < rise < 0.175
    assert -62 < (knee[-1] - knee[-3]) / 0.002 < 267
    assert 10 < knee[-2] < 18
    assert -34 < angles(joints[-2]).thigh[step.side] < -17
    assert -64 < skeleton.gait.leg(step.side, toe_off).foot < -40


@pytest.mark.parametrize("name", ["man_right", "slim_man_bounding", "man_overstride", "woman_high_cadence"])
def test_knee_is_straightest_at_toe_off_in_every_form(name: str) -> None:
    """Within 10 ms; Fellin et al. 2010 (J Sci Med Sport 13:646) found 5 ms between people."""
    spec = steady(name)
    skeleton = Skeleton(spec, load_body(spec.body))
    for step in skeleton.schedule.steps[:2]:
        toe_off = step.t + step.contact_s
        around = np.linspace(-0.08, 0.08, 161)
        knee = [skeleton.gait.leg(step.side, toe_off + float(dt)).knee for dt in around]
        assert abs(around[int(np.argmin(knee))]) < 0.010


def test_the_last_point_of_the_sole_leaves_the_belt_at_toe_off() -> None:
    man: Body = load_body("man")
    skeleton = Skeleton(DEMO, man)
    skin = Skin(dress(man, DEMO.clothes))
    for step in (skeleton.schedule.steps[4], skeleton.schedule.steps[41]):
        tag = step.side[0].upper()
        foot = skin.weights[:, [man.bone(f"foot.{tag}"), man.bone(f"toe1-1.{tag}")]].sum(axis=1) > 0.5
        toe_off = step.t + step.contact_s

        def sole(since_s: float) -> tuple[float, float]:
            points = skin.posed(skeleton.pose(toe_off + since_s))[foot]  # noqa: B023
            lowest = points[:, 1].argmin()
            return float(points[lowest, 1]), float(points[lowest, 2] - points[:, 2].max())

        for since_s in (-0.10, -0.05, -0.03, -0.01, 0.0):
            assert sole(since_s)[0] == pytest.approx(0.0, abs=0.003)
        assert sole(-0.001)[1] > -0.03, "the toes' tip is last"
        heights = [sole(since_s)[0] for since_s in (0.0, 0.01, 0.02, 0.03, 0.04)]
        assert np.all(np.diff(heights) > 0.0005)
        assert heights[-1] > 0.012

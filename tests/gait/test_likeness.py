"""Somebody walks past and his legs are taken for the runner's: noticed, told by name, and got over."""

import numpy as np
import pytest
from oracle.replay import Replay, match
from oracle.runner import EASY, MODERATE, STEADY, Runner
from oracle.view import Spoil, View, times

from device.gait.leg_memory import Likeness
from device.gait.types import EventKind, RunSetup
from device.pose.types import Keypoint, Pose

PASSES = (5.0, 6.0)
RESUMED_S = 2.6
LEGS = [Keypoint.LEFT_KNEE, Keypoint.RIGHT_KNEE, Keypoint.LEFT_ANKLE, Keypoint.RIGHT_ANKLE]


def passed(runner: Runner, both: bool = False) -> Replay:
    """A runner facing right. For a second the far leg's points, or both legs', are on one who walks past.

    Meanwhile left and right are exchanged, as when the network grasps the wrong body by the wrong end.
    """
    t = times(14, 60, 0.05)
    pixels = View(distance_m=3.2).pixels(runner.keypoints(t))
    there = (t > PASSES[0]) & (t < PASSES[1])
    hip = pixels[:, [Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP]].mean(axis=1)
    torso = np.ptp(pixels[0, [Keypoint.LEFT_SHOULDER, Keypoint.LEFT_HIP], 1])
    along = torso * 2.3 * (t - np.mean(PASSES))
    pace = 0.45 * torso * np.sin(2 * np.pi * t / 1.1)
    for point, (share, down) in zip(LEGS, ((0.5, 0.8), (-0.5, 0.8), (1, 1.5), (-1, 1.5)), strict=True):
        if both or "LEFT" in point.name:
            pixels[there, point, 0] = (hip[:, 0] + along + share * pace)[there]
            pixels[there, point, 1] = hip[there, 1] + down * torso
    swapped = [LEGS[1], LEGS[0], LEGS[3], LEGS[2]]
    pixels[np.ix_(there, LEGS)] = pixels[np.ix_(there, swapped)]
    return Replay.of(
        Spoil(noise_m=0.008).poses(t, pixels)[0], RunSetup(speed_mps=runner.speed_mps, height_cm=175)
    )


@pytest.mark.parametrize("both", [False, True], ids=["far leg", "both legs"])
@pytest.mark.parametrize("runner", [EASY, MODERATE, STEADY], ids=["easy", "moderate", "steady"])
def test_who_walks_past_leaves_no_wrong_number_and_is_got_over(runner: Runner, both: bool) -> None:
    result = passed(runner, both)
    refused = [u.t for u in result.updates if u.t > 4.5 and not u.tracking.measuring]
    assert refused[0] < PASSES[0] + 0.4
    assert refused[-1] < PASSES[1] + RESUMED_S
    assert "two_people" in result.codes <= {"two_people", "legs_unclear"}
    extra = match(result.events, runner.events(0, 15), EventKind.INITIAL_CONTACT).extra
    assert [e for e in extra if not PASSES[0] - 0.1 < e.t < PASSES[0] + 0.1] == []
    usual = runner.stride_s / 2
    assert all(abs(s - usual) < 0.1 * usual for s in result.values("step_time_s"))
    knees = result.values("knee_flexion_contact_deg")
    assert max(knees) - min(knees) < 8


def test_whoever_hides_the_runner_stops_the_numbers_by_name() -> None:
    t = times(12, 60, 0.05)
    poses, _ = Spoil(noise_m=0.008).poses(t, View(distance_m=3.2).pixels(MODERATE.keypoints(t)))
    hidden = [Pose.missing(p.t, crowded=True) if 6 < p.t < 6.6 else p for p in poses]
    result = Replay.of(hidden, RunSetup(speed_mps=MODERATE.speed_mps, height_cm=175))
    during = [u for u in result.updates if 6.1 < u.t < 8.4]
    assert all(u.tracking.notices[0].code == "two_people" for u in during)
    assert not any(u.form or u.events or u.tracking.measuring for u in during)
    assert result.updates[-1].tracking.measuring


def test_legs_that_do_not_repeat_are_lost_only_when_it_lasts() -> None:
    legs = ((5.0, 40.0), (-5.0, 40.0), (20.0, 80.0), (-20.0, 80.0))
    exchanged = (legs[1], legs[0], legs[3], legs[2])
    likeness = Likeness()
    found = []
    for i in range(120):
        likeness.add(i / 60, exchanged if i == 80 or i >= 100 else legs, [legs])
        found.append(likeness.lost)
    assert found.index(True) in range(102, 112)
    likeness.clear()
    assert not likeness.lost
    assert likeness.add(2.5, legs, [None])


def test_legs_that_have_never_repeated_say_nothing_yet() -> None:
    likeness = Likeness()
    for i in range(50):
        kept = likeness.add(i / 60, ((i, 40.0),) * 4, [((-i, 40.0),) * 4])
        assert kept and not likeness.lost


@pytest.mark.parametrize("ramp_s", [3.0, 8.0])
def test_a_belt_that_speeds_up_loses_nobody(ramp_s: float) -> None:
    """From 2.5 to 3.5 m/s; the runner's stride changes with it, from one preset's to the other's."""
    t = times(16, 60, 0.05)
    share = np.clip((t - 5.0) / ramp_s, 0.0, 1.0)
    strides = np.cumsum(1 / (EASY.stride_s + share * (STEADY.stride_s - EASY.stride_s))) / 60
    slow, fast = (runner.keypoints(strides * runner.stride_s) for runner in (EASY, STEADY))
    keypoints = slow + share[:, None, None] * (fast - slow)
    poses, _ = Spoil(noise_m=0.008).poses(t, View(distance_m=3.2).pixels(keypoints))
    result = Replay.of(poses, RunSetup(height_cm=175))
    assert not result.codes & {"two_people", "legs_unclear", "not_steady"}
    assert all(u.tracking.measuring for u in result.updates if u.t > 4)


def test_strides_that_differ_in_time_are_still_the_runners() -> None:
    """By 3 % of the stride at random, twice what runners do."""
    t, rng = times(16, 60, 0.05), np.random.default_rng(1)
    ends = np.cumsum(STEADY.stride_s * (1 + 0.03 * rng.standard_normal(40)))
    strides = np.interp(t, np.concatenate([[0.0], ends]), np.arange(len(ends) + 1))
    pixels = View(distance_m=3.2).pixels(STEADY.keypoints(strides * STEADY.stride_s))
    result = Replay.of(Spoil(noise_m=0.008).poses(t, pixels)[0], RunSetup(height_cm=175))
    assert not result.codes & {"two_people", "legs_unclear", "not_steady"}
    assert all(u.tracking.measuring for u in result.updates if u.t > 4)

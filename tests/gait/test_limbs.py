"""Strides that were mixed with somebody else's: found by the lengths of thigh and shank, refused by name."""

import numpy as np
import pytest
from oracle.replay import Replay
from oracle.runner import EASY, MODERATE, STEADY, Runner
from oracle.view import Spoil, View, times

from device.gait.types import RunSetup
from device.pose.types import Keypoint

LEG = [Keypoint.LEFT_KNEE, Keypoint.RIGHT_KNEE, Keypoint.LEFT_ANKLE, Keypoint.RIGHT_ANKLE]


def replay(runner: Runner, crossed: tuple[float, float] | None = None) -> Replay:
    """A runner; between two times the lower legs are somebody's who stands ahead."""
    t = times(12, 60, 0.05)
    pixels = View(distance_m=3.2).pixels(runner.keypoints(t))
    if crossed is not None:
        there = (t > crossed[0]) & (t < crossed[1])
        pixels[np.ix_(there, LEG, [0])] += 70
    return Replay.of(
        Spoil(noise_m=0.008).poses(t, pixels)[0], RunSetup(speed_mps=runner.speed_mps, height_cm=175)
    )


@pytest.mark.parametrize("runner", [EASY, MODERATE, STEADY], ids=["easy", "moderate", "steady"])
def test_a_runner_alone_loses_no_stride(runner: Runner) -> None:
    result = replay(runner)
    assert "two_people" not in result.codes
    assert sum(form.knee_flexion_contact_deg is not None for form in result.form) >= 12


def test_no_number_comes_from_a_stride_that_somebody_crossed() -> None:
    result = replay(MODERATE, crossed=(5.0, 5.7))
    said = {n.code for u in result.updates if 5.0 < u.t < 8.5 for n in u.tracking.notices}
    assert said & {"two_people", "legs_unclear", "poor_tracking"}
    usual = [
        f.knee_flexion_contact_deg for f in replay(MODERATE).form if f.knee_flexion_contact_deg is not None
    ]
    seen = [f.knee_flexion_contact_deg for f in result.form if f.knee_flexion_contact_deg is not None]
    assert len(seen) >= 4
    assert min(usual) - 4 < min(seen) <= max(seen) < max(usual) + 4


def test_it_ends_by_itself() -> None:
    result = replay(MODERATE, crossed=(5.0, 5.7))
    assert result.updates[-1].tracking.measuring


def test_legs_drawn_as_nobody_has_them_are_refused_from_the_start() -> None:
    t = times(12, 60, 0.05)
    pixels = View(distance_m=3.2).pixels(MODERATE.keypoints(t))
    pixels[t % MODERATE.stride_s < 0.3 * MODERATE.stride_s, Keypoint.RIGHT_KNEE, 0] += 60
    setup = RunSetup(speed_mps=MODERATE.speed_mps, height_cm=175)
    result = Replay.of(Spoil(noise_m=0.008).poses(t, pixels)[0], setup)
    assert not [f for f in result.form if f.knee_flexion_contact_deg is not None]
    assert "legs_unclear" in result.codes
    assert not result.updates[-1].tracking.measuring

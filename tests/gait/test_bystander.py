"""Somebody stands beyond the belt: the far foot is taken for his before it lands, so steps come unevenly."""

import numpy as np
import pytest
from oracle.replay import Replay
from oracle.runner import EASY, MODERATE, STEADY, Runner
from oracle.view import Spoil, View, times

from device.gait.types import RunSetup
from device.pose.types import Keypoint

FAR = [Keypoint.LEFT_KNEE, Keypoint.LEFT_ANKLE]


def replay(runner: Runner, beside: tuple[float, float]) -> Replay:
    """A runner facing right; between two times the far leg rests on a bystander for 0.2 s before it lands."""
    t = times(14, 60, 0.05)
    pixels = View(distance_m=3.2).pixels(runner.keypoints(t))
    to_landing = (runner.stride_s / 2 - t) % runner.stride_s
    hidden = (to_landing < 0.2) & (to_landing > 0.02) & (t > beside[0]) & (t < beside[1])
    hip_x = pixels[..., [Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP], 0].mean(axis=1)
    torso = np.ptp(pixels[0, [Keypoint.LEFT_SHOULDER, Keypoint.LEFT_HIP], 1])
    lower = pixels[t.searchsorted(1.0), Keypoint.RIGHT_HIP, 1] + torso * np.array([0.85, 1.55])
    for point, y in zip(FAR, lower, strict=True):
        pixels[hidden, point, 0] = hip_x[hidden] + 0.6 * torso
        pixels[hidden, point, 1] = y
    return Replay.of(
        Spoil(noise_m=0.008).poses(t, pixels)[0], RunSetup(speed_mps=runner.speed_mps, height_cm=175)
    )


@pytest.mark.parametrize("runner", [EASY, MODERATE, STEADY], ids=["easy", "moderate", "steady"])
def test_no_step_time_is_shown_that_is_not_the_runners(runner: Runner) -> None:
    result = replay(runner, beside=(0.0, 20.0))
    usual = runner.stride_s / 2
    assert all(abs(s - usual) < 0.2 * usual for s in result.values("step_time_s"))


def test_who_stands_beside_the_runner_is_refused_by_name() -> None:
    result = replay(MODERATE, beside=(0.0, 20.0))
    assert "two_people" in result.codes
    late = [u.tracking.measuring for u in result.updates if u.t > 6]
    assert np.mean(late) < 0.05


def test_the_numbers_come_back_once_he_is_gone() -> None:
    result = replay(MODERATE, beside=(0.0, 6.0))
    assert result.updates[-1].tracking.measuring
    assert [f for f in result.form if f.t > 9]

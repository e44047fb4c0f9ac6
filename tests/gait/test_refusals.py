"""When nothing may be said: each reason by its code, and not a number while it stands."""

from dataclasses import replace

import numpy as np
import pytest
from oracle.replay import Replay
from oracle.runner import EASY, MODERATE, STEADY, Runner
from oracle.view import SIZE, Spoil, View, times

from device.gait.types import Facing, RunSetup
from device.pose.types import Keypoint, Pose

SPOIL = Spoil(noise_m=0.008)
SETUP = RunSetup(speed_mps=3.0, height_cm=175)


def replay(
    view: View = View(distance_m=3.2),  # noqa: B008
    runner: Runner = MODERATE,
    seconds: float = 10,
    setup: RunSetup | None = None,
    shift: tuple[float, float] = (0, 0),
    scale: float = 1.0,
) -> Replay:
    t = times(seconds, 60, 0.05)
    pixels = scale * (view.pixels(runner.keypoints(t)) + shift)
    return Replay.of(SPOIL.poses(t, pixels)[0], setup or replace(SETUP, speed_mps=runner.speed_mps))


def refused(result: Replay, code: str, after_s: float) -> bool:
    """Whether from a time on nothing is measured and this is the reason."""
    return all(
        not u.tracking.measuring
        and code in {n.code for n in u.tracking.notices[:1]}
        and not u.form
        and not u.events
        for u in result.updates
        if u.t > after_s
    )


@pytest.mark.parametrize("runner", [EASY, MODERATE, STEADY], ids=["easy", "moderate", "steady"])
@pytest.mark.parametrize("roll_deg", [-3, 0, 3])
def test_a_runner_on_a_level_or_hardly_tilted_picture_is_measured(runner, roll_deg):
    result = replay(View(distance_m=3.2, roll_deg=roll_deg), runner)
    assert result.updates[-1].tracking.measuring
    assert result.codes == set()


@pytest.mark.parametrize(("roll_deg", "facing"), [(-14, Facing.RIGHT), (14, Facing.LEFT)])
def test_a_tilted_camera_is_found_out_from_the_feet(roll_deg, facing):
    result = replay(View(distance_m=3.2, roll_deg=roll_deg, facing=facing))
    assert refused(result, "camera_tilted", 7)
    said = next(n.message for n in result.updates[-1].tracking.notices if n.code == "camera_tilted")
    assert "climbs" in said


def test_a_slope_that_was_set_is_no_tilt():
    slope = View(distance_m=3.2, grade_pct=12)
    assert replay(slope, setup=replace(SETUP, grade_pct=12.0)).updates[-1].tracking.measuring


@pytest.mark.parametrize("factor", [0.7, 1.5])
def test_a_belt_speed_far_from_the_feet_stops_the_numbers(factor):
    result = replay(setup=replace(SETUP, speed_mps=3.0 * factor))
    assert refused(result, "speed_mismatch", 7)


def test_running_on_the_spot_is_no_run_on_a_belt():
    t = times(8, 60, 0.05)
    xy = View(distance_m=3.2).pixels(MODERATE.keypoints(t))
    hip = xy[:, [Keypoint.LEFT_HIP]]
    legs = slice(Keypoint.LEFT_KNEE, Keypoint.RIGHT_ANKLE + 1)
    xy[:, legs, 0] = hip[..., 0] + 0.08 * (xy[:, legs, 0] - hip[..., 0])
    result = Replay.of(SPOIL.poses(t, xy)[0], RunSetup(height_cm=175, facing=Facing.RIGHT))
    assert result.form == []
    assert not result.updates[-1].tracking.measuring
    assert result.updates[-1].tracking.notices[0].code in {"not_steady", "walking", "standing"}


def test_nobody_and_a_runner_who_comes_back():
    t = times(12, 60, 0.05)
    poses, _ = SPOIL.poses(t, View(distance_m=3.2).pixels(MODERATE.keypoints(t)))
    away = [Pose.missing(p.t) if 4 < p.t < 7 else p for p in poses]
    result = Replay.of(away, SETUP, SIZE)
    gone = [u.tracking for u in result.updates if 6 < u.t < 7]
    assert all(not tracking.measuring and tracking.notices[0].code == "nobody" for tracking in gone)
    assert result.updates[-1].tracking.measuring


@pytest.mark.parametrize("lost", [1, 5, 40])
def test_frames_without_a_runner_cost_no_more_than_themselves(lost):
    t = times(8, 60, 0.05)
    poses, _ = SPOIL.poses(t, View(distance_m=3.2).pixels(MODERATE.keypoints(t)))
    spoilt = [Pose.missing(p.t) if 240 <= i < 240 + lost else p for i, p in enumerate(poses)]
    result = Replay.of(spoilt, SETUP)
    contacts = [e.t for e in result.events if e.kind == "initial_contact"]
    assert np.diff(contacts).max() < 1.2 * MODERATE.stride_s / 2 + lost / 60 + (0.5 if lost > 5 else 0)

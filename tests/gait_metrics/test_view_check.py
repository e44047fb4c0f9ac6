"""What the camera sees: side or frontal, running, walking, standing, nobody, cut off, too small."""

from dataclasses import replace

import numpy as np
import pytest
from oracle.runner import PRESETS, Runner
from oracle.view import SIZE, View

from device.gait.gait_check import ViewCheck
from device.gait.types import Activity, Facing
from device.gait.types import View as SeenFrom
from device.pose.types import N_KEYPOINTS, Keypoint, Pose

K = Keypoint


def running(t: np.ndarray, runner: Runner) -> np.ndarray:
    """Keypoints of a runner seen from the right, frames x 17 x 2 in pixels."""
    return View(distance_m=3.0).pixels(runner.keypoints(t))


def walking(t: np.ndarray) -> np.ndarray:
    """Inverted pendulum: hips highest when the feet pass each other."""
    phase = 2 * np.pi * t / 1.1
    xy = running(t, PRESETS["easy"])
    for side, sign in ((0, 1), (1, -1)):
        xy[:, K.LEFT_HIP + side] = np.stack(
            [np.full_like(t, 480), 360 + 8 * (1 - np.cos(2 * phase)) / 2], axis=1
        )
        xy[:, K.LEFT_SHOULDER + side] = xy[:, K.LEFT_HIP + side] + (15, -165)
        xy[:, K.LEFT_ANKLE + side] = np.stack(
            [480 + sign * 100 * np.sin(phase), np.full_like(t, 640)], axis=1
        )
    xy[:, K.NOSE] = xy[:, K.LEFT_SHOULDER] + (50, -60)
    return xy


def standing(t: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(0)
    return running(np.full_like(t, 0.1), PRESETS["easy"]) + rng.normal(0, 1.0, (len(t), N_KEYPOINTS, 2))


def look(xy: np.ndarray, t: np.ndarray, size: tuple[int, int] = SIZE) -> ViewCheck:
    check = ViewCheck(size)
    for instant, points in zip(t, xy, strict=True):
        check.update(Pose(float(instant), points.astype(np.float32), np.ones(N_KEYPOINTS, np.float32)))
    return check


def seconds(duration: float = 3.0, fps: float = 60.0) -> np.ndarray:
    return np.arange(0, duration, 1 / fps)


def codes(check: ViewCheck) -> list[str]:
    return [notice.code for notice in check.notices]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("fps", [20, 30, 60, 120])
def test_running_from_either_side(preset, fps):
    t = seconds(fps=fps)
    xy = running(t, PRESETS[preset])
    seen = look(xy, t)
    assert (seen.view, seen.facing, seen.activity) == (SeenFrom.RIGHT, Facing.RIGHT, Activity.RUNNING)
    assert seen.notices == ()
    xy[..., 0] = SIZE[0] - 1 - xy[..., 0]
    mirrored = look(xy, t)
    assert (mirrored.view, mirrored.facing, mirrored.activity) == (
        SeenFrom.LEFT,
        Facing.LEFT,
        Activity.RUNNING,
    )


def test_works_from_one_second_on():
    t = seconds(1.1)
    xy = running(t, PRESETS["easy"])
    assert look(xy[:57], t[:57]).view is SeenFrom.UNCLEAR
    assert look(xy, t).activity is Activity.RUNNING


def test_noise_of_two_cm_changes_nothing():
    t = seconds(6.0)
    xy = running(t, PRESETS["steady"]) + np.random.default_rng(1).normal(0, 6.6, (len(t), N_KEYPOINTS, 2))
    seen = look(xy, t)
    assert (seen.view, seen.activity) == (SeenFrom.RIGHT, Activity.RUNNING)


def test_walking_is_walking():
    t = seconds()
    seen = look(walking(t), t)
    assert (seen.view, seen.activity, codes(seen)) == (SeenFrom.RIGHT, Activity.WALKING, ["walking"])


def test_standing_is_standing():
    t = seconds()
    seen = look(standing(t), t)
    assert (seen.activity, codes(seen)) == (Activity.STANDING, ["standing"])


@pytest.mark.parametrize("facing", [Facing.LEFT, Facing.RIGHT])
@pytest.mark.parametrize(
    ("yaw_deg", "view"),
    [(90, "frontal"), (75, "frontal"), (-90, "rear"), (-75, "rear"), (50, "oblique"), (-50, "oblique")],
)
def test_any_other_view_is_refused_by_its_name(yaw_deg, view, facing):
    t = seconds()
    xy = View(yaw_deg=yaw_deg, facing=facing).pixels(PRESETS["easy"].keypoints(t))
    seen = look(xy, t)
    assert (seen.view, seen.facing, codes(seen)) == (SeenFrom(view), Facing.UNCLEAR, [f"{view}_view"])


@pytest.mark.parametrize("yaw_deg", [-20, -10, 10, 20])
def test_a_camera_a_little_off_square_still_sees_the_side(yaw_deg):
    t = seconds()
    seen = look(View(yaw_deg=yaw_deg).pixels(PRESETS["easy"].keypoints(t)), t)
    assert (seen.view, codes(seen)) == (SeenFrom.RIGHT, [])


def test_a_start_from_blocks_is_no_steady_run():
    """The trunk comes up from 60 deg while the runner leaves through the picture."""
    t = seconds(2.0)
    xy = running(t, PRESETS["steady"])
    hip = xy[:, [K.LEFT_HIP, K.RIGHT_HIP]].mean(axis=1, keepdims=True)
    lean = np.radians(60 - 10 * t)
    turn = np.stack([np.cos(lean), -np.sin(lean), np.sin(lean), np.cos(lean)], axis=1).reshape(-1, 2, 2)
    upper = slice(K.NOSE, K.LEFT_HIP)
    xy[:, upper] = hip + np.einsum("tij,tkj->tki", turn, xy[:, upper] - hip)
    assert codes(look(xy, t)) == ["not_steady"]
    away = running(t, PRESETS["steady"])
    away[..., 0] += 300 * t[:, None] ** 2 - 300
    assert "not_steady" in codes(look(away, t, (4000, 720)))


def test_nobody():
    check = ViewCheck(SIZE)
    for t in seconds():
        check.update(Pose.missing(float(t)))
    assert (check.activity, codes(check)) == (Activity.NONE, ["nobody"])


def test_runner_gone_is_noticed_within_two_seconds():
    t = seconds(6.0)
    xy = running(t, PRESETS["easy"])
    xy[t > 4.0] = np.nan
    assert look(xy[t <= 5.6], t[t <= 5.6]).activity is Activity.NONE


def test_feet_cut_off_and_too_small():
    t = seconds()
    low = running(t, PRESETS["easy"])
    low[..., 1] = np.minimum(low[..., 1] + 90, SIZE[1] - 1)
    assert "cut_off" in codes(look(low, t))
    feetless = running(t, PRESETS["easy"])
    feetless[:, [K.LEFT_ANKLE, K.RIGHT_ANKLE]] = np.nan
    assert "cut_off" in codes(look(feetless, t))
    small = SIZE[0] / 2 + (running(t, PRESETS["easy"]) - SIZE[0] / 2) / 6
    assert codes(look(small, t)) == ["too_small"]


def test_one_far_arm_missing_does_not_hide_the_runner():
    t = seconds()
    xy = running(t, PRESETS["easy"])
    xy[:, [K.LEFT_SHOULDER, K.LEFT_HIP, K.LEFT_EAR, K.LEFT_WRIST]] = np.nan
    assert look(xy, t).activity is Activity.RUNNING


def test_one_frame_a_second_is_too_few():
    t = seconds(20.0, fps=1)
    assert codes(look(running(t, PRESETS["easy"]), t)) == ["low_frame_rate"]


def test_scores_play_no_part():
    t = seconds()
    xy = running(t, PRESETS["easy"]).astype(np.float32)
    check = ViewCheck(SIZE)
    for instant, points in zip(t, xy, strict=True):
        check.update(replace(Pose.missing(float(instant)), xy=points))
    assert check.activity is Activity.RUNNING


def test_too_little_light_is_the_reason_whatever_is_seen():
    t = seconds()
    check = ViewCheck(SIZE)
    for instant, points in zip(t, running(t, PRESETS["easy"]).astype(np.float32), strict=True):
        check.update(Pose(float(instant), points, np.ones(N_KEYPOINTS, np.float32), dark=True))
    assert codes(check) == ["too_dark"]

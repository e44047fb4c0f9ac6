"""Which knee and ankle belong to which leg."""

import numpy as np
import pytest
from oracle.runner import COMPACT, EASY, STEADY
from oracle.view import PX_PER_M, Spoil, View, times

from device.gait.legs import LegFrame, LegTracker
from device.gait.signals import Intake
from device.pose.types import Keypoint, Pose

APART_M = 0.06 * 1.75


def track(poses: list[Pose]) -> dict[float, LegFrame]:
    intake, tracker = Intake(), LegTracker(100 / PX_PER_M)
    frames = []
    for pose in poses:
        body = intake.update(pose)
        if body is not None:
            frames += tracker.update(body)
    frames += tracker.finish()
    return {f.body.t: f for f in frames}


def wrong_share(found: dict[float, LegFrame], t, true) -> float:
    """Share of points, where the legs are apart, that lie nearer to the other leg."""
    wrong = total = 0
    for i, at in enumerate(t):
        if at < 0.5 or float(at) not in found:
            continue
        legs = found[float(at)]
        for first, pair in ((Keypoint.LEFT_KNEE, legs.knees), (Keypoint.LEFT_ANKLE, legs.ankles)):
            left, right = true[i, first], true[i, first + 1]
            if np.hypot(*(left - right)) < APART_M * PX_PER_M:
                continue
            for own, other, point in ((left, right, pair[0]), (right, left, pair[1])):
                total += 1
                wrong += point is None or np.hypot(*(point - own)) > np.hypot(*(point - other))
    return wrong / total


@pytest.mark.parametrize(("fps", "limit"), [(60, 0.01), (30, 0.06)])
@pytest.mark.parametrize("runner", [EASY, STEADY, COMPACT], ids=["easy", "steady", "compact"])
def test_exchanged_and_collapsed_labels_are_repaired(runner, fps, limit):
    t = times(15, fps, 0.05)
    true = View(distance_m=3.5).pixels(runner.keypoints(t))
    spoil = Spoil(noise_m=0.008, slow_m=0.004, swapped=0.08, collapsed=0.5, outliers=0.01, seed=7)
    assert wrong_share(track(spoil.poses(t, true)[0]), t, true) < limit


@pytest.mark.parametrize("fps", [30, 60])
@pytest.mark.parametrize("runner", [EASY, STEADY, COMPACT], ids=["easy", "steady", "compact"])
def test_a_knee_taken_for_the_other_legs_is_given_back(runner, fps):
    t = times(4, fps, 0.05)
    true = View(distance_m=3.5).pixels(runner.keypoints(t))
    pixels = true.copy()
    knees = [Keypoint.LEFT_KNEE, Keypoint.RIGHT_KNEE]
    begun = int(np.argmax(np.abs(np.diff(true[: fps // 2, knees, 0])[:, 0])))
    pixels[:, knees[::-1]] = np.where((t <= t[begun])[:, None, None], true[:, knees], true[:, knees[::-1]])
    found = track(Spoil(noise_m=0.005).poses(t[begun:], pixels[begun:])[0])
    soon = [at for at in found if t[begun] + 0.2 < at < t[begun] + 0.35]
    assert soon
    for at in soon:
        i = int(np.searchsorted(t, at))
        left, right = found[at].knees
        assert np.hypot(*(true[i, knees[0]] - left)) < 12
        assert np.hypot(*(true[i, knees[1]] - right)) < 12


def test_good_labels_are_left_alone():
    t = times(8, 60, 0.05)
    true = View().pixels(STEADY.keypoints(t))
    found = track(Spoil(noise_m=0.005).poses(t, true)[0])
    assert wrong_share(found, t, true) == 0
    assert not any(f.swapped for f in found.values())


def test_long_exchange_from_passing_to_passing_is_repaired():
    """Half a step long, so that nothing jumps where it begins and ends but the labels' usual order."""
    t = times(8, 60, 0.05)
    true = View().pixels(STEADY.keypoints(t))
    poses, _ = Spoil(noise_m=0.005).poses(t, true)
    for i, pose in enumerate(poses):
        if 200 <= i < 212:
            pose.xy[Keypoint.LEFT_KNEE :] = pose.xy[[14, 13, 16, 15]]
    assert wrong_share(track(poses), t, true) < 0.005


def test_start_with_exchanged_labels_is_put_right_by_the_majority():
    t = times(8, 60, 0.05)
    true = View().pixels(STEADY.keypoints(t))
    poses, _ = Spoil(noise_m=0.005).poses(t, true)
    for pose in poses[:40]:
        pose.xy[Keypoint.LEFT_KNEE :] = pose.xy[[14, 13, 16, 15]]
    found = track(poses)
    late = {at: legs for at, legs in found.items() if at > 4}
    assert wrong_share(late, t, true) == 0


def test_short_gaps_are_bridged_and_long_ones_are_not():
    t = times(3, 60, 0.05)
    true = View().pixels(STEADY.keypoints(t))
    poses, _ = Spoil().poses(t, true)
    ankle = Keypoint.RIGHT_ANKLE
    for i in [*range(60, 63), *range(100, 112)]:
        poses[i].xy[ankle], poses[i].score[ankle] = np.nan, 0
    found = track(poses)
    for i in range(60, 63):
        legs = found[poses[i].t]
        assert not legs.seen[1]
        # A straight line through 67 ms of swing is off by the path's bend.
        assert np.hypot(*(np.array(legs.ankles[1]) - true[i, ankle])) < 0.06 * PX_PER_M
    assert any(found[poses[i].t].ankles[1] is None for i in range(100, 112))


def test_lone_wild_point_is_not_followed():
    t = times(3, 60, 0.05)
    true = View().pixels(STEADY.keypoints(t))
    poses, _ = Spoil().poses(t, true)
    poses[90].xy[Keypoint.RIGHT_ANKLE] += [0.35 * PX_PER_M, -0.2 * PX_PER_M]
    legs = track(poses)[poses[90].t]
    assert np.hypot(*(np.array(legs.ankles[1]) - true[90, Keypoint.RIGHT_ANKLE])) < 0.03 * PX_PER_M


@pytest.mark.parametrize("fps", [30, 60])
@pytest.mark.parametrize("longest", [14, 25])
@pytest.mark.parametrize("seed", range(3))
def test_gaps_between_pictures_exchange_no_legs(seed, longest, fps):
    """Once a second 0.1 to 0.4 s are missing, while the network exchanges labels in bursts."""
    t = times(12, fps, 0.05)
    true = View(distance_m=3.0).pixels(STEADY.keypoints(t))
    spoil = Spoil(noise_m=0.008, slow_m=0.004, swapped=0.06, collapsed=0.5, seed=seed)
    poses, _ = spoil.poses(t, true)
    lost = np.random.default_rng(seed).integers(6, longest, 13) / 60
    kept = [p for p in poses if p.t < 3 or p.t % 1 > lost[int(p.t)]]
    later = {at: legs for at, legs in track(kept).items() if at > 3}
    assert wrong_share(later, t, true) < 0.002

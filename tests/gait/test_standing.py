"""Quiet standing: what is learned of camera, network and runner, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from device.errors import ConfigError
from device.gait import metrics
from device.gait.correction import MOVENET
from device.gait.standing import (
    POSTURE_DEG,
    REFUSE_NOISE_CM,
    STANDING_SHARE,
    StandingCapture,
    measure_standing,
    standing_setup,
)
from device.gait.types import Facing, Notice, RunSetup, Standing
from device.pose.types import Keypoint, Pose

SETUP = RunSetup(height_cm=175.0)
BODY_CM = {
    "nose": (14.0, 160.0),
    "eye": (12.0, 163.0),
    "ear": (2.0, 161.0),
    "shoulder": (0.0, 144.0),
    "elbow": (-2.0, 112.0),
    "wrist": (3.0, 87.0),
    "hip": (0.0, 93.0),
    "knee": (1.5, 50.0),
    "ankle": (0.0, 8.0),
}
PX_PER_CM = 2.2


def stand(
    lean_deg: float = 0.0,
    roll_deg: float = 0.0,
    noise_cm: float = 0.2,
    turn_cm: float = 0.0,
    facing: Facing = Facing.RIGHT,
    seconds: float = 10.5,
    walk_cmps: float = 0.0,
) -> list[Pose]:
    """Somebody standing: shoulders moved by the lean, all points by the camera's roll, then noise."""
    rng = np.random.default_rng(4)
    points = np.zeros((len(Keypoint), 2))
    for k in Keypoint:
        side, _, part = k.name.lower().rpartition("_")
        x, y = BODY_CM[part]
        if part in {"shoulder", "elbow", "wrist", "nose", "eye", "ear"}:
            x += (y - 93.0) * np.tan(np.radians(lean_deg))
        if part == "shoulder":
            x += turn_cm / 2 if side == "left" else -turn_cm / 2
        points[k] = x, y
    a = np.radians(-roll_deg)
    points = points @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    sign = 1.0 if facing is Facing.RIGHT else -1.0
    poses = []
    for t in np.arange(0.0, seconds, 1 / 30):
        seen = points + rng.normal(0, noise_cm, points.shape) + [walk_cmps * t, 0.0]
        xy = np.stack([320 + sign * PX_PER_CM * seen[:, 0], 440 - PX_PER_CM * seen[:, 1]], axis=1)
        poses.append(Pose(float(t), xy.astype(np.float32), np.full(len(Keypoint), 0.8, np.float32)))
    return poses


def learned(**how: float | Facing) -> Standing:
    found = measure_standing(stand(**how), SETUP)  # type: ignore[arg-type]
    assert isinstance(found, Standing)
    return found


@pytest.mark.parametrize("facing", [Facing.RIGHT, Facing.LEFT])
def test_a_quarter_of_what_lean_reads_is_believed(facing):
    found = learned(lean_deg=-4.0, facing=facing)
    usual = (1 - STANDING_SHARE) * MOVENET.lean_deg
    assert found.lean_offset_deg == pytest.approx(usual + STANDING_SHARE * -4.0, abs=0.1)
    assert found.notices == ()


def test_a_known_posture_is_no_error():
    upright, leaning = (
        measure_standing(stand(lean_deg=lean), SETUP, neutral_deg=lean) for lean in (0.0, 3.0)
    )
    assert upright.lean_offset_deg == pytest.approx(leaning.lean_offset_deg, abs=0.6)


def test_a_tilted_camera_is_taken_away_beyond_posture_and_named():
    level, tilted = learned(), learned(roll_deg=5.0)
    assert tilted.tilt_deg - level.tilt_deg == pytest.approx(5.0, abs=0.3)
    moved = tilted.lean_offset_deg - level.lean_offset_deg
    assert 5.0 - POSTURE_DEG < moved + 0.1 <= 5.2
    assert [n.code for n in tilted.notices] == ["standing_tilted"]


def test_a_turned_camera_is_named_or_refused():
    assert [n.code for n in learned(turn_cm=7.0).notices] == ["standing_turned"]
    refused = measure_standing(stand(turn_cm=16.0), SETUP)
    assert isinstance(refused, Notice)
    assert refused.code == "standing_not_sideways"


@pytest.mark.parametrize(("noise_cm", "codes"), [(0.4, []), (1.4, ["standing_unsteady"])])
def test_noise_is_measured_in_cm_and_warned_of(noise_cm, codes):
    found = learned(noise_cm=noise_cm)
    assert found.noise_cm == pytest.approx(noise_cm, rel=0.15)
    assert [n.code for n in found.notices] == codes


def test_two_centimetres_of_noise_withhold_what_is_timed():
    found = learned(noise_cm=2.6)
    assert found.noise_cm > REFUSE_NOISE_CM
    assert [n.code for n in found.notices] == ["standing_noisy"]
    assert {"contact_time_s", "overstride_pct", "knee_flexion_contact_deg"} <= metrics.TIMED
    assert not {"cadence_spm", "trunk_lean_deg", "knee_flexion_swing_peak_deg"} & metrics.TIMED


def test_capture_waits_for_stillness_and_then_ends():
    capture = StandingCapture(SETUP, duration_s=5.0)
    walking = stand(walk_cmps=60.0, seconds=3.0)
    still = [replace(p, t=p.t + 3.0) for p in stand(seconds=8.0)]
    progress = []
    for pose in [*walking, *still]:
        capture.update(pose)
        progress.append(capture.progress)
    assert capture.refusal is None
    assert capture.standing is not None
    assert max(progress[: len(walking)]) < 0.3
    assert 5.0 <= capture.standing.duration_s < 5.2


def test_capture_gives_up_with_the_reason():
    moving = StandingCapture(SETUP, duration_s=3.0)
    for pose in stand(walk_cmps=80.0, seconds=12.0):
        moving.update(pose)
    assert moving.refusal is not None
    assert moving.refusal.code == "standing_moved"
    unseen = StandingCapture(SETUP, duration_s=3.0)
    for k in range(300):
        unseen.update(Pose.missing(k / 25))
    assert unseen.refusal is not None
    assert unseen.refusal.code == "standing_not_seen"


def test_too_short_a_standing_is_refused_by_name():
    with pytest.raises(ConfigError, match="3 to 60 s"):
        StandingCapture(SETUP, duration_s=1.0)


def test_setup_takes_up_the_calibration_and_lets_it_go():
    found = learned(lean_deg=-3.0)
    setup = standing_setup(SETUP, found)
    assert (setup.lean_offset_deg, setup.standing) == (found.lean_offset_deg, found)
    assert standing_setup(setup, None) == SETUP

"""Whatever the reason, and each reason by its name: while it stands no number is given and no cue is lit."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from oracle.runner import MODERATE, Runner
from oracle.view import SIZE, Spoil, View, times

from device.feedback.cue import CueController
from device.feedback.types import Band, CueSetting, LightState
from device.gait.analyzer import GaitAnalyzer
from device.gait.types import GaitUpdate, RunSetup
from device.pose.types import Keypoint, Pose

Pixels = NDArray[np.float64]
T = times(8.5, 60, 0.05)
SETUP = RunSetup(speed_mps=MODERATE.speed_mps, height_cm=175)
SQUARE = View(distance_m=3.2)
# Feet down for 58 % of the stride, on hips that fall between steps as a walker's do.
WALKER = Runner(1.6, 130, 0.535, knee_contact_deg=8, ahead_m=0.3, hip_gain=-0.5, lift=(0.08, 0.12))


def seen(pixels: Pixels, t: NDArray[np.float64] = T) -> list[Pose]:
    return Spoil(noise_m=0.008).poses(t, pixels)[0]


def run(view: View = SQUARE) -> Pixels:
    return view.pixels(MODERATE.keypoints(T))


def still() -> Pixels:
    return SQUARE.pixels(MODERATE.keypoints(np.full_like(T, 0.1)))


def bent() -> Pixels:
    """The trunk stays down as behind starting blocks."""
    pixels = run()
    hip = pixels[:, [Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP]].mean(axis=1, keepdims=True)
    lean = np.radians(50)
    turn = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])
    pixels[:, : Keypoint.LEFT_HIP] = hip + (pixels[:, : Keypoint.LEFT_HIP] - hip) @ turn.T
    return pixels


def drill() -> Pixels:
    pace = np.where((T / (1.5 * MODERATE.stride_s)) % 2 < 1, 0.7, 1.35)
    return SQUARE.pixels(MODERATE.keypoints(np.cumsum(pace) / 60))


def crossed() -> Pixels:
    """Again and again somebody's lower legs, a step ahead, are taken for the runner's."""
    pixels = run()
    legs = slice(Keypoint.LEFT_KNEE, Keypoint.RIGHT_ANKLE + 1)
    pixels[(T > 3) & (T % 1.5 < 0.5), legs, 0] += 70
    return pixels


def dark(pose: Pose) -> Pose:
    return Pose(pose.t, pose.xy, pose.score, dark=True)


REASONS: dict[str, tuple[Callable[[], list[Pose]], RunSetup, float]] = {
    "frontal_view": (lambda: seen(run(View(yaw_deg=90))), SETUP, 1.1),
    "rear_view": (lambda: seen(run(View(yaw_deg=-90))), SETUP, 1.1),
    "oblique_view": (lambda: seen(run(View(yaw_deg=50))), SETUP, 1.1),
    "walking": (lambda: seen(SQUARE.pixels(WALKER.keypoints(T))), RunSetup(height_cm=175), 1.1),
    "standing": (lambda: seen(still()), SETUP, 1.1),
    "not_steady": (lambda: seen(bent()), SETUP, 1.1),
    "cut_off": (lambda: seen(run() + np.array([0, 95])), SETUP, 1.5),
    "too_small": (lambda: seen(0.15 * run()), RunSetup(), 1.5),
    "too_dark": (lambda: [dark(pose) for pose in seen(run())], SETUP, 1.1),
    "camera_tilted": (lambda: seen(run(View(distance_m=3.2, roll_deg=-14))), SETUP, 7.0),
    "speed_mismatch": (lambda: seen(run()), RunSetup(speed_mps=4.4, height_cm=175), 7.0),
    "two_people": (lambda: seen(crossed()), SETUP, 4.0),
    "nobody": (lambda: [Pose.missing(t) for t in T], SETUP, 1.1),
    "low_frame_rate": (lambda: seen(run())[::8], SETUP, 3.0),
}


def told(poses: list[Pose], setup: RunSetup) -> list[tuple[GaitUpdate, bool]]:
    """What is said of each pose, and whether the light shows a value or a cue; its band is never met."""
    analyzer, cues = GaitAnalyzer(SIZE, setup, correction=None), CueController()
    cues.set(CueSetting("cadence_spm", Band(100.0, 120.0)))
    found = []
    for pose in poses:
        update = analyzer.update(pose)
        state = cues.update(update)
        found.append((update, state.light is not LightState.NOT_MEASURING or state.value is not None))
    return found


@pytest.mark.parametrize("code", REASONS)
def test_each_reason_has_its_name_and_silences_everything(code: str) -> None:
    poses, setup, after_s = REASONS[code]
    late = [(update, shown) for update, shown in told(poses(), setup) if update.t > after_s]
    assert late
    for update, shown in late:
        tracking = update.tracking
        assert not tracking.measuring
        assert not (update.form or update.strides or update.events), update.t
        assert not shown
        assert tracking.notices[0].code == code, (update.t, [n.code for n in tracking.notices])


def test_a_run_without_any_reason_is_measured_and_cued() -> None:
    late = [(update, shown) for update, shown in told(seen(run()), SETUP) if update.t > 7]
    assert all(update.tracking.measuring and shown for update, shown in late)


def test_uneven_steps_are_no_steady_run() -> None:
    late = [(u, shown) for u, shown in told(seen(drill()), RunSetup(height_cm=175)) if u.t > 7]
    assert np.mean(["not_steady" in {n.code for n in u.tracking.notices} for u, _ in late]) > 0.8
    assert not any(u.form or shown for u, shown in late if not u.tracking.measuring)

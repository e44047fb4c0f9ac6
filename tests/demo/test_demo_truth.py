"""The shipped demo clip and its truth agree with each other and with physics."""

import json
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from device.demo.clip import JOINTS, LANDMARKS, SIDES, DemoTruth, FloatArray, Side, demo_clip, load_truth

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def truth() -> DemoTruth:
    return load_truth()


def joint(truth: DemoTruth, name: str) -> FloatArray:
    return truth.frames.joints_px[:, JOINTS.index(name)]


def from_vertical_deg(upper: FloatArray, lower: FloatArray) -> FloatArray:
    """+ = the lower point is ahead; the runner faces right, pixels grow downwards."""
    angle: FloatArray = np.degrees(np.arctan2(lower[:, 0] - upper[:, 0], lower[:, 1] - upper[:, 1]))
    return angle


def test_video_is_what_the_truth_says(truth: DemoTruth) -> None:
    with av.open(str(demo_clip())) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (truth.width, truth.height)
        times = sorted(
            float(packet.pts * packet.time_base)
            for packet in container.demux(stream)
            if packet.pts is not None and packet.time_base is not None
        )
    assert np.allclose(times, truth.frames.t_s, atol=1e-3)
    assert len(times) == round(truth.duration_s * truth.fps)
    assert truth.fps == 60


def test_files_are_small() -> None:
    folder = demo_clip().parent
    assert demo_clip().stat().st_size < 2 * MEGABYTE
    assert sum(path.stat().st_size for path in folder.glob("runner*")) < 2.5 * MEGABYTE


def test_feet_alternate_and_each_contact_ends_before_the_next_of_that_foot(truth: DemoTruth) -> None:
    contacts = [event for event in truth.events if event.kind == "initial_contact"]
    assert [event.side for event in contacts] == ["right", "left"] * (len(contacts) // 2)
    for side in SIDES:
        kinds = [event.kind for event in truth.events if event.side == side]
        assert all(a != b for a, b in pairwise(kinds))
    assert all(0 <= event.t < truth.duration_s for event in truth.events)


@pytest.mark.parametrize("side", SIDES)
def test_contact_flags_follow_the_events(truth: DemoTruth, side: Side) -> None:
    own = [event for event in truth.events if event.side == side]
    for t, down in zip(truth.frames.t_s, truth.frames.contact[side], strict=True):
        before = [event for event in own if event.t <= t + 1e-9]
        last = before[-1] if before else own[-1]
        boundary = min(abs(event.t - t) for event in own) < 1e-5
        assert boundary or down == (last.kind == "initial_contact")


def test_running_not_walking(truth: DemoTruth) -> None:
    left, right = truth.frames.contact["left"], truth.frames.contact["right"]
    assert not np.any(left & right)
    assert np.mean(~left & ~right) > 0.2


def test_cadence_is_that_of_the_events(truth: DemoTruth) -> None:
    contacts = [event.t for event in truth.events if event.kind == "initial_contact"]
    assert truth.cadence_spm == pytest.approx(60 * len(contacts) / truth.duration_s, rel=1e-6)
    for phase in truth.phases:
        steps = [t for t in contacts if phase.start_s - 1e-6 <= t < phase.end_s - 1e-6]
        assert phase.cadence_spm == pytest.approx(60 * len(steps) / (phase.end_s - phase.start_s), rel=1e-5)


def test_the_loop_closes(truth: DemoTruth) -> None:
    """The step from the last frame to the first is like every other step."""
    for series in (truth.frames.landmarks_px, truth.frames.joints_px, truth.frames.trunk_lean_deg[:, None]):
        flat = series.reshape(len(series), -1)
        jumps = np.abs(np.diff(flat, axis=0)).max(axis=0)
        assert np.all(np.abs(flat[0] - flat[-1]) <= jumps + 0.02)
        bends = np.abs(np.diff(flat, n=2, axis=0)).max(axis=0)
        over_seam = np.vstack([flat[-2:], flat[:2]])
        # A foot lands exactly on the seam, where its velocity really does jump.
        assert np.all(np.abs(np.diff(over_seam, n=2, axis=0)) <= 1.15 * bends + 0.1)


@pytest.mark.parametrize("side", SIDES)
def test_flat_foot_rides_the_belt(truth: DemoTruth, side: Side) -> None:
    """While the foot is flat (22 to 40 % of stance) the ankle moves at belt speed and keeps its height."""
    contacts = [e.t for e in truth.events if e.side == side and e.kind == "initial_contact"]
    offs = [e.t for e in truth.events if e.side == side and e.kind == "toe_off"]
    checked = 0
    for start in contacts:
        end = min((t for t in offs if t > start), default=None)
        if end is None:
            continue
        share = (truth.frames.t_s - start) / (end - start)
        flat = (share > 0.22) & (share < 0.40)
        if flat.sum() < 2:
            continue
        checked += 1
        ahead, t = truth.frames.ankle_ahead_cm[side][flat], truth.frames.t_s[flat]
        speed_mps = -np.diff(ahead) / np.diff(t) / 100
        assert np.allclose(speed_mps, truth.belt_speed_mps, atol=0.005)
        assert np.ptp(truth.frames.ankle_height_cm[side][flat]) < 0.02
    assert checked > 20


@pytest.mark.parametrize("side", SIDES)
def test_angles_agree_with_the_joint_centres_in_the_picture(truth: DemoTruth, side: Side) -> None:
    """Perspective on a hip joint 11 cm from the mid plane bends them by a few degrees at most."""
    hip, knee, ankle = (joint(truth, f"{side}_{name}") for name in ("hip", "knee", "ankle"))
    thigh = from_vertical_deg(hip, knee)
    knee_deg = thigh - from_vertical_deg(knee, ankle)
    assert np.abs(thigh - truth.frames.thigh_deg[side]).max() < 3.0
    assert np.abs(knee_deg - truth.frames.knee_deg[side]).max() < 3.5
    assert abs(np.mean(thigh - truth.frames.thigh_deg[side])) < 1.0


def test_trunk_lean_agrees_with_the_joint_centres_in_the_picture(truth: DemoTruth) -> None:
    hips = (joint(truth, "left_hip") + joint(truth, "right_hip")) / 2
    shoulders = (joint(truth, "left_shoulder") + joint(truth, "right_shoulder")) / 2
    lean = -from_vertical_deg(shoulders, hips)
    assert np.abs(lean - truth.frames.trunk_lean_deg).max() < 1.5


def test_pixels_per_centimetre_hold_for_the_hips_travel(truth: DemoTruth) -> None:
    hips_px = (joint(truth, "left_hip") + joint(truth, "right_hip"))[:, 1] / 2
    travel_cm = np.ptp(hips_px) / truth.px_per_cm
    assert travel_cm == pytest.approx(np.ptp(truth.frames.mid_hip_height_cm), rel=0.03)


def test_whole_runner_stays_in_the_picture(truth: DemoTruth) -> None:
    marks = truth.frames.landmarks_px
    assert marks.shape == (len(truth.frames.t_s), len(LANDMARKS), 2)
    assert marks.min() > 20
    assert marks[..., 0].max() < truth.width - 20
    assert marks[..., 1].max() < truth.height - 20


def test_facing_right_shows_the_right_side_nearer(truth: DemoTruth) -> None:
    nose = truth.frames.landmarks_px[:, LANDMARKS.index("nose"), 0]
    assert truth.facing == "right"
    assert np.all(nose > joint(truth, "right_shoulder")[:, 0])
    stance_y = {side: joint(truth, f"{side}_ankle")[truth.frames.contact[side], 1].mean() for side in SIDES}
    assert stance_y["right"] > stance_y["left"]


def test_form_changes_enough_to_be_cued_and_each_form_lasts(truth: DemoTruth) -> None:
    easy, clinical = truth.phase("easy"), truth.phase("clinical")
    for phase in (easy, clinical):
        assert phase.end_s - phase.start_s > 8
    for side in SIDES:
        a = {name: value.mean for name, value in easy.values[side].items()}
        b = {name: value.mean for name, value in clinical.values[side].items()}
        assert a["trunk_lean_deg"] - b["trunk_lean_deg"] > 5
        assert b["overstride_pct"] - a["overstride_pct"] > 5
        assert a["knee_contact_deg"] - b["knee_contact_deg"] > 5
        assert b["hip_bounce_cm"] - a["hip_bounce_cm"] > 1
        assert a["cadence_spm"] - b["cadence_spm"] > 8
        assert a["thigh_extension_peak_deg"] - b["thigh_extension_peak_deg"] > 3


def test_phase_values_are_those_of_the_frames(truth: DemoTruth) -> None:
    for phase in (truth.phase("easy"), truth.phase("clinical")):
        inside = (truth.frames.t_s >= phase.start_s) & (truth.frames.t_s < phase.end_s - 0.8)
        lean = truth.frames.trunk_lean_deg[inside].mean()
        assert lean == pytest.approx(phase.values["right"]["trunk_lean_deg"].mean, abs=0.3)
        for side in SIDES:
            swing_peak = truth.frames.knee_deg[side][inside].max()
            assert swing_peak == pytest.approx(phase.values[side]["knee_swing_peak_deg"].mean, abs=3)
            extension = -truth.frames.thigh_deg[side][inside].min()
            assert extension == pytest.approx(phase.values[side]["thigh_extension_peak_deg"].mean, abs=2)


def test_provenance_says_what_a_phantom_proves(truth: DemoTruth) -> None:
    assert truth.provenance == "A phantom proves geometry, timing and arithmetic, not accuracy on people."
    facts = json.loads((demo_clip().parent / "runner_truth.json").read_text())
    assert {"version", "seed", "spec", "body"} <= facts["generator"].keys()


def test_missing_truth_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="other_truth"):
        load_truth(tmp_path / "other.mp4")

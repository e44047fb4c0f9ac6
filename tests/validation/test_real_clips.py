"""Filmed runners in slow motion: every strike a person counted, no other, and angles that runners have."""

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from oracle.replay import Replay

from device.__main__ import main
from device.camera.video import VideoCamera
from device.gait.types import EventKind, Facing, RunSetup
from device.pose.models import find
from device.pose.movenet import MoveNet
from device.pose.tracker import PoseTracker
from device.pose.types import Pose

CLIPS = {
    "treadmill_right_slow.mp4": (10, [16, 118, 220, 322, 424, 526, 628, 732, 834, 932], 6, Facing.RIGHT),
    "overground_left_slow.mp4": (4, [88, 121, 158, 196, 233], 4, Facing.LEFT),
}
"""How many times slower than life, frames of the strikes, tolerance in frames, direction."""


def poses(path: Path) -> tuple[list[Pose], tuple[int, int]]:
    """Every frame's pose in the clip's own time, in which the crop has to follow; and the picture's size."""
    tracker = PoseTracker(MoveNet(find("lightning")))
    with closing(VideoCamera(path, paced=False)) as clip:
        found = [(tracker.estimate(frame), frame.size) for frame in clip.frames()]
    return [pose for pose, _ in found], found[0][1]


@pytest.mark.parametrize("name", CLIPS)
def test_every_counted_strike_is_found_and_no_other(data_dir: Path, name: str) -> None:
    slower, strikes, tolerance, facing = CLIPS[name]
    seen, size = poses(data_dir / "video" / name)
    result = Replay.of([Pose(p.t / slower, p.xy, p.score) for p in seen], RunSetup(), size)
    times = np.array([p.t for p in seen])
    found = [
        float(np.interp(e.t * slower, times, np.arange(len(times))))
        for e in result.events
        if e.kind is EventKind.INITIAL_CONTACT
    ]
    print(name, [round(f, 1) for f in found])
    counted = strikes[2:]
    for strike in counted:
        assert min(abs(f - strike) for f in found) <= tolerance, strike
    after = [f for f in found if f > counted[0] - tolerance - 1]
    assert len(after) == len(counted)
    assert result.updates[-1].tracking.facing is facing


@pytest.mark.parametrize("name", CLIPS)
def test_the_command_line_gives_the_strikes_and_angles_that_runners_have(
    data_dir: Path, name: str, tmp_path: Path
) -> None:
    slower, strikes, tolerance, _ = CLIPS[name]
    path, out = data_dir / "video" / name, tmp_path / "out.json"
    assert main(["analyze", str(path), "--time-scale", str(slower), "--json", str(out), "--quiet"]) == 0
    result = json.loads(out.read_text())
    with closing(VideoCamera(path, paced=False)) as clip:
        times = np.array([frame.t for frame in clip.frames()])
    events = [e["input_t"] for e in result["events"] if e["kind"] == "initial_contact"]
    found = np.interp(events, times, np.arange(len(times)))
    for strike in strikes[2:]:
        assert min(abs(found - strike)) <= tolerance, strike
    usual = {
        "knee_flexion_contact_deg": (0, 35),
        "knee_flexion_stance_peak_deg": (25, 65),
        "knee_flexion_swing_peak_deg": (70, 145),
        "thigh_extension_toe_off_deg": (5, 40),
    }
    for metric, (low, high) in usual.items():
        if metric in result["metrics"]:
            assert low < result["metrics"][metric]["mean"] < high, metric

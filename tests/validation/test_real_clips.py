"""Filmed runners in slow motion: every strike a person counted is found, and no other."""

import av
import numpy as np
import pytest
from oracle.replay import Replay

from device.camera.frame import Frame
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


def poses(path):
    """Every frame's pose in the clip's own time, in which the crop has to follow; and the picture's size."""
    tracker = PoseTracker(MoveNet(find("lightning")))
    with av.open(str(path)) as clip:
        frames = (
            Frame(float(picture.pts * picture.time_base), picture.to_ndarray(format="rgb24"))
            for picture in clip.decode(clip.streams.video[0])
        )
        return [tracker.estimate(frame) for frame in frames], (
            clip.streams.video[0].width,
            clip.streams.video[0].height,
        )


@pytest.mark.parametrize("name", CLIPS)
def test_every_counted_strike_is_found_and_no_other(data_dir, name):
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

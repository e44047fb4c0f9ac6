"""The tracker with the real network on the demo clip, whose every joint is known."""

from itertools import islice

import numpy as np
import pytest

from device.camera.video import VideoCamera
from device.demo.clip import demo_clip, load_truth
from device.pose.crop_box import Crop
from device.pose.models import MODELS_DIR, find
from device.pose.movenet import MoveNet
from device.pose.region import Region
from device.pose.tracker import PoseTracker
from device.pose.types import Keypoint, Pose

N = 120
TRUNK = [Keypoint.LEFT_SHOULDER, Keypoint.RIGHT_SHOULDER, Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP]


@pytest.fixture(scope="module")
def network() -> MoveNet:
    if not (MODELS_DIR / "manifest.toml").is_file() or not demo_clip().is_file():
        pytest.skip("the pose model or the demo clip is not in this checkout")
    return MoveNet(find("lightning"))


def track(network: MoveNet, region: Region | None) -> tuple[list[Pose], list[Crop]]:
    tracker = PoseTracker(network, region)
    poses, crops = [], []
    for frame in islice(VideoCamera(demo_clip(), paced=False).frames(), N):
        poses.append(tracker.estimate(frame))
        assert tracker.crop is not None
        crops.append(tracker.crop)
    return poses, crops


@pytest.mark.parametrize("region", [None, Region(0.1, 0.0, 0.8, 1.0)], ids=["whole picture", "region"])
def test_the_runner_is_followed_in_every_frame(network: MoveNet, region: Region | None) -> None:
    truth = load_truth()
    height_px = truth.stature_cm * truth.px_per_cm
    poses, crops = track(network, region)
    assert all(pose.present for pose in poses)
    landmarks = truth.frames.landmarks_px[:N]
    error = np.linalg.norm(np.stack([pose.xy for pose in poses]) - landmarks, axis=2) / height_px
    assert np.median(error[:, TRUNK]) < 0.03
    assert np.percentile(error[:, TRUNK].mean(axis=1), 99) < 0.06
    for crop, points in list(zip(crops, landmarks, strict=True))[30:]:
        low, high = points.min(axis=0), points.max(axis=0)
        assert (low > (crop.cx - crop.side / 2, crop.cy - crop.side / 2)).all()
        assert (high < (crop.cx + crop.side / 2, crop.cy + crop.side / 2)).all()
        assert 0.98 * height_px < crop.side < 1.2 * height_px


@pytest.mark.parametrize("region", [Region(0, 0, 0.22, 1), Region(0.78, 0, 0.22, 1)], ids=["left", "right"])
def test_nobody_is_found_where_the_runner_is_not(network: MoveNet, region: Region) -> None:
    poses, _ = track(network, region)
    assert not any(pose.present for pose in poses)

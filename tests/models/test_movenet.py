"""The adapter: whose left it is, which colour is first, and where the points lie."""

import dataclasses

import numpy as np
import pytest

from device.demo.clip import demo_clip, load_truth
from device.errors import ModelError
from device.pose.crop_box import Crop
from device.pose.models import find
from device.pose.movenet import MoveNet, cut_square
from device.pose.types import Keypoint
from models.build.footage import frames

LEFT = [k for k in Keypoint if k.name.startswith("LEFT")]
RIGHT = [Keypoint[k.name.replace("LEFT", "RIGHT")] for k in LEFT]
LEGS = [k for k in Keypoint if k.name.endswith(("KNEE", "ANKLE"))]


@pytest.fixture(scope="module")
def net():
    return MoveNet(find("lightning"))


@pytest.fixture(scope="module")
def truth():
    return load_truth()


@pytest.fixture(scope="module")
def runs(truth):
    """A second of the phantom: pictures, true landmarks, and the crop round the body in each."""
    points = truth.frames.landmarks_px[:60]
    pictures = [picture for picture, _ in zip(frames(demo_clip()), points, strict=False)]
    low, high = points.min(axis=1), points.max(axis=1)
    centre, side = (low + high) / 2, 1.15 * (high - low).max()
    return pictures, points, [Crop(x, y, side) for x, y in centre]


def read(net, pictures, crops):
    return np.stack([net.detect(picture, crop) for picture, crop in zip(pictures, crops, strict=True)])


def error(keypoints, points):
    return np.linalg.norm(keypoints[..., :2] - points, axis=2)


def test_points_lie_on_the_runner(net, runs, truth):
    pictures, points, crops = runs
    keypoints = read(net, pictures, crops)
    assert keypoints.dtype == np.float32
    assert keypoints.shape[1:] == (17, 3)
    assert np.median(error(keypoints, points)) < 0.03 * truth.stature_cm * truth.px_per_cm
    assert ((keypoints[..., 2] >= 0) & (keypoints[..., 2] <= 1)).all()


def test_left_is_the_runners_left(net, runs, truth):
    assert truth.facing == "right"  # the runner's right side faces the camera
    pictures, points, crops = runs
    keypoints = read(net, pictures, crops)
    exchanged = keypoints.copy()
    exchanged[:, LEFT], exchanged[:, RIGHT] = keypoints[:, RIGHT], keypoints[:, LEFT]
    as_labelled = error(keypoints, points)[:, LEGS].mean()
    assert as_labelled < 0.5 * error(exchanged, points)[:, LEGS].mean()


def test_mirrored_picture_exchanges_left_and_right(net, runs, truth):
    pictures, points, crops = runs
    width = pictures[0].shape[1]
    keypoints = read(
        net,
        [np.ascontiguousarray(picture[:, ::-1]) for picture in pictures],
        [Crop(width - crop.cx, crop.cy, crop.side) for crop in crops],
    )
    mirrored = points * (-1, 1) + (width, 0)
    exchanged = mirrored.copy()
    exchanged[:, LEFT], exchanged[:, RIGHT] = mirrored[:, RIGHT], mirrored[:, LEFT]
    assert error(keypoints, exchanged)[:, LEGS].mean() < 0.5 * error(keypoints, mirrored)[:, LEGS].mean()


def test_colour_order_is_rgb(net, runs):
    pictures, _, crops = runs
    rgb = read(net, pictures, crops)[..., 2].mean()
    bgr = read(net, [np.ascontiguousarray(p[..., ::-1]) for p in pictures], crops)[..., 2].mean()
    assert rgb > bgr + 0.02


def test_crop_outside_the_picture_is_padded_not_moved(net, runs, truth):
    pictures, _, crops = runs
    crop = crops[0]
    # Cut the picture so that the crop, unchanged in the world, reaches out of it above and to the left.
    x, y = round(crop.cx - crop.side / 2) + 12, round(crop.cy - crop.side / 2) + 5
    inside = net.detect(pictures[0], crop)
    outside = net.detect(pictures[0][y:, x:], Crop(crop.cx - x, crop.cy - y, crop.side))
    shifted = outside[:, :2] + (x, y)
    assert np.median(np.linalg.norm(shifted - inside[:, :2], axis=1)) < 0.02 * crop.side


def test_crop_beyond_the_picture_is_black_and_harmless(net):
    picture = np.full((48, 64, 3), 200, np.uint8)
    square = np.ones((192, 192, 3), np.uint8)
    cut_square(picture, Crop(-500, 20, 100), square)
    assert not square.any()
    assert np.isfinite(net.detect(picture, Crop(-500, 20, 100))).all()


@pytest.mark.parametrize("crop", [Crop(32, 24, 30), Crop(2, 3, 41), Crop(60, 47, 300), Crop(32, 24, 0.2)])
def test_square_shows_each_pixel_where_the_crop_says(crop):
    rows, columns = np.mgrid[0:48, 0:64]
    picture = np.stack([columns * 3 + 10, rows * 3 + 10, np.full_like(rows, 255)], axis=2).astype(np.uint8)
    square = np.zeros((64, 64, 3), np.uint8)
    left, top, side = cut_square(picture, crop, square)
    y, x = np.nonzero(square[..., 2] == 255)
    scale = side / 64
    u, v = left + (x + 0.5) * scale, top + (y + 0.5) * scale
    inner = (u > scale) & (u < 64 - scale) & (v > scale) & (v < 48 - scale)
    assert inner.any()
    assert np.abs(square[y, x, 0][inner] - (10 + 3 * (u[inner] - 0.5))).max() <= 3 * max(1, scale) + 1
    assert np.abs(square[y, x, 1][inner] - (10 + 3 * (v[inner] - 0.5))).max() <= 3 * max(1, scale) + 1


def test_size_that_is_not_the_files_is_refused():
    wrong = dataclasses.replace(find("lightning"), input_size=256)
    with pytest.raises(ModelError, match="not a MoveNet with a 256 x 256"):
        MoveNet(wrong)

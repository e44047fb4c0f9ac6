"""Cuts people out of footage the way the device does: a square that follows the body."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from device.camera.frame import Image
from device.pose.crop_box import Crop
from device.pose.movenet import MoveNet, cut_square

Crops = NDArray[np.uint8]
_CONFIDENT = 0.2


def frames(video: Path) -> Iterator[Image]:
    """Give a video's pictures, RGB."""
    capture = cv2.VideoCapture(str(video))
    try:
        while True:
            more, picture = capture.read()
            if not more:
                return
            yield cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    finally:
        capture.release()


def follow(net: MoveNet, pictures: Sequence[Image], start: Crop | None = None) -> list[Crop]:
    """Give the crop that follows the person of each picture; `start` says where the person is at first."""
    height, width = pictures[0].shape[:2]
    crop = start or Crop(width / 2, height / 2, max(width, height))
    # A few looks at the first picture pull the crop from the start region on to the body.
    for _ in range(4):
        crop = _next(crop, net.detect(pictures[0], crop))
    crops = []
    for picture in pictures:
        crops.append(crop)
        crop = _next(crop, net.detect(picture, crop))
    return crops


def cut(pictures: Sequence[Image], crops: Sequence[Crop], size: int, step: int = 1) -> Crops:
    """Cut every `step`-th crop to N x size x size x 3."""
    squares = np.empty((len(range(0, len(pictures), step)), size, size, 3), np.uint8)
    for square, i in zip(squares, range(0, len(pictures), step), strict=True):
        cut_square(pictures[i], crops[i], square)
    return squares


def _next(crop: Crop, keypoints: NDArray[np.float32]) -> Crop:
    """Move half of the way to a square round the confident keypoints, with some room for hands and feet."""
    seen = keypoints[keypoints[:, 2] > _CONFIDENT, :2]
    if len(seen) < 6:
        return crop
    low, high = seen.min(axis=0), seen.max(axis=0)
    side = 1.2 * float((high - low).max())
    cx, cy = (float(v) for v in (low + high) / 2)
    return Crop((crop.cx + cx) / 2, (crop.cy + cy) / 2, (crop.side + side) / 2)

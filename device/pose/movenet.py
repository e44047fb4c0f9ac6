"""MoveNet: one square of the picture in, 17 keypoints out."""

import cv2
import numpy as np
from numpy.typing import NDArray

from device.camera.frame import Image
from device.errors import ModelError
from device.pose.crop_box import Crop
from device.pose.models import ModelFile
from device.pose.runtime import Interpreter, start_interpreter
from device.pose.types import N_KEYPOINTS

Keypoints = NDArray[np.float32]
# The network gives y, x, score.
_X_Y_SCORE = np.array([1, 0, 2])


class MoveNet:
    """A loaded network; not safe to share between threads.

    Preparing the input costs about 0.1 ms: the crop is a view of the picture, resized once, straight into
    the network's own input memory; the network itself scales the colours.
    Raises ModelError when no runtime can run the model or it is not a MoveNet of the stated size.
    """

    def __init__(self, model: ModelFile, threads: int = 1, runtime: str | None = None) -> None:
        self.model = model
        self._interpreter, self.runtime = start_interpreter(model.path, threads, runtime)
        given, result = self._interpreter.get_input_details()[0], self._interpreter.get_output_details()[0]
        n = model.input_size
        if (
            tuple(given["shape"]) != (1, n, n, 3)
            or given["dtype"] is not np.uint8
            or tuple(result["shape"]) != (1, 1, N_KEYPOINTS, 3)
        ):
            raise ModelError(
                f"{model.path.name} is not a MoveNet with a {n} x {n} uint8 input. "
                "Restore the models folder from the release."
            )
        self._input = self._interpreter.tensor(given["index"])
        self._output = self._interpreter.tensor(result["index"])
        self._scale, self._offset = np.ones(3, np.float32), np.zeros(3, np.float32)

    @property
    def input_size(self) -> int:
        """Width and height in pixels of the square that the network sees."""
        return self.model.input_size

    @property
    def interpreter(self) -> Interpreter:
        """The loaded network itself, for measuring it bare."""
        return self._interpreter

    def detect(self, image_rgb: Image, crop: Crop) -> Keypoints:
        """Find the one person in the crop.

        image_rgb: height x width x 3, RGB.
        Gives 17 x 3 in the order of `Keypoint`: x and y in pixels of the image, then the score, 0 to 1.
        The network always answers: a low score, not a missing point, says that nobody is there.
        """
        # Views of the network's memory must be gone before `invoke`, hence no names for them.
        left, top, side = cut_square(image_rgb, crop, self._input()[0])
        self._interpreter.invoke()
        points: Keypoints = self._output()[0, 0].take(_X_Y_SCORE, axis=1)
        self._scale[:2] = side
        self._offset[:2] = left, top
        points *= self._scale
        points += self._offset
        return points


def cut_square(image: Image, crop: Crop, square: Image) -> tuple[float, float, float]:
    """Resize the crop, padded with black outside the picture, into `square` (n x n x 3).

    The crop is rounded to whole pixels. Gives the left, top and side that were really cut, in pixels.
    """
    side = max(1, round(crop.side))
    left, top = round(crop.cx - side / 2), round(crop.cy - side / 2)
    height, width, _ = image.shape
    if left >= 0 and top >= 0 and left + side <= width and top + side <= height:
        part = image[top : top + side, left : left + side]
    else:
        part = _padded(image, left, top, side)
    cv2.resize(part, square.shape[:2], dst=square, interpolation=cv2.INTER_LINEAR)
    return left, top, side


def _padded(image: Image, left: int, top: int, side: int) -> Image:
    """Cut a square that reaches outside the picture, black there."""
    right, bottom = left + side, top + side
    part = image[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    if part.size == 0:
        return np.zeros((side, side, 3), np.uint8)
    above, before = max(0, -top), max(0, -left)
    below, behind = side - above - part.shape[0], side - before - part.shape[1]
    return np.asarray(cv2.copyMakeBorder(part, above, below, before, behind, cv2.BORDER_CONSTANT), np.uint8)

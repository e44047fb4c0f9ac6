"""Camera buffers to RGB pictures."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from device.camera.frame import Image
from device.errors import CameraError

# libcamera names formats by the order of bits in a little-endian word: "BGR888" lies in memory as R, G, B.
_PACKED = {
    "BGR888": (3, None),
    "RGB888": (3, cv2.COLOR_BGR2RGB),
    "XBGR8888": (4, cv2.COLOR_RGBA2RGB),
    "XRGB8888": (4, cv2.COLOR_BGRA2RGB),
}
_PLANAR = {
    "YUV420": cv2.COLOR_YUV2RGB_I420,
    "YVU420": cv2.COLOR_YUV2RGB_YV12,
    "NV12": cv2.COLOR_YUV2RGB_NV12,
    "NV21": cv2.COLOR_YUV2RGB_NV21,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How one picture lies in a camera buffer.

    format: libcamera's name. size: width and height in pixels, both even for planar formats.
    stride: bytes from one row to the next, padding included (planar: of the first plane).
    Raises CameraError for a format that `to_rgb` does not know.
    """

    format: str
    size: tuple[int, int]
    stride: int

    def __post_init__(self) -> None:
        if self.format not in _PACKED and self.format not in _PLANAR:
            raise CameraError(
                f"The camera delivers pictures as {self.format}, which cannot be read. "
                "Choose another picture size, or another camera."
            )


def to_rgb(buffer: NDArray[np.uint8], layout: Layout) -> Image:
    """Give the picture as height x width x 3, RGB, in memory of its own; `buffer` is one-dimensional."""
    width, height = layout.size
    if layout.format in _PLANAR:
        rows = height * 3 // 2
        planes = buffer[: rows * layout.stride].reshape(rows, layout.stride)
        # Rows are converted with their padding and cut afterwards: that saves copying three planes.
        padded = cv2.cvtColor(planes, _PLANAR[layout.format])
        return np.ascontiguousarray(padded[:, :width], np.uint8)
    channels, code = _PACKED[layout.format]
    shape, steps = (height, width, channels), (layout.stride, channels, 1)
    pixels: Image = np.ndarray(shape, np.uint8, buffer, 0, steps)
    return pixels.copy() if code is None else np.asarray(cv2.cvtColor(pixels, code), np.uint8)

"""A picture with the time it was taken, and the promise every camera keeps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One upright picture from the camera.

    t: sensor time in seconds on the monotonic clock (a file: its own presentation time).
    image: height x width x 3, RGB, uint8; rotated upright and un-mirrored, so the runner's right is right.
    picture: the same view in higher resolution for people to look at, or None when `image` serves both.
    exposure_s: how long the shutter was open, None when the source does not say.
    """

    t: float
    image: Image
    picture: Image | None = None
    exposure_s: float | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of `image` in pixels; keypoints are in these pixels."""
        return self.image.shape[1], self.image.shape[0]


class Camera(Protocol):
    """A source of frames; newest first for live use, every frame for analysis."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the images that `frames` gives, after rotation."""

    @property
    def fps(self) -> float:
        """Nominal frames per second."""

    def frames(self) -> Iterator[Frame]:
        """Give frames in strictly rising time until the source ends or `close` is called.

        Raises CameraError (one of its leaves) when the source cannot give frames.
        """

    def close(self) -> None:
        """Release the source; `frames` then ends. Calling it twice is harmless."""

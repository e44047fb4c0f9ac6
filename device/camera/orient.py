"""Turning pictures upright and un-mirroring them, in one place."""

from dataclasses import dataclass

import cv2
import numpy as np

from device.camera.frame import Image
from device.errors import ConfigError

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True)
class Orientation:
    """How the camera hangs: first turn the picture upright, then undo the mirror.

    rotation: degrees clockwise that turn the delivered picture upright: 0, 90, 180 or 270.
    mirrored: the upright picture is a mirror image (a selfie view), so it is flipped left to right and the
        runner's right is right again.
    Raises ConfigError for any other rotation.
    """

    rotation: int = 0
    mirrored: bool = False

    def __post_init__(self) -> None:
        if self.rotation not in {0, *_TURNS}:
            raise ConfigError(f"The camera rotation is {self.rotation!r}. Give 0, 90, 180 or 270.")

    def size(self, delivered: tuple[int, int]) -> tuple[int, int]:
        """Give width and height of the upright picture, from those of the delivered one."""
        width, height = delivered
        return (height, width) if self.rotation in {90, 270} else (width, height)

    def apply(self, image: Image) -> Image:
        """Give the upright, un-mirrored picture; the same array when there is nothing to do."""
        if self.rotation == 180 and self.mirrored:
            return np.asarray(cv2.flip(image, 0), np.uint8)
        if self.rotation:
            image = np.asarray(cv2.rotate(image, _TURNS[self.rotation]), np.uint8)
        if self.mirrored:
            image = np.asarray(cv2.flip(image, 1), np.uint8)
        return image

    def after(self, first: "Orientation") -> "Orientation":
        """Give the one orientation that equals `first` followed by this one."""
        turn = -self.rotation if first.mirrored else self.rotation
        return Orientation((first.rotation + turn) % 360, first.mirrored != self.mirrored)

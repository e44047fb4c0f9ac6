"""The square of the picture that the network sees."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Crop:
    """An upright square in pixels of the picture; it may reach outside, where the network sees black.

    cx, cy: its centre, x right and y down, with the centre of the first pixel at 0.5, 0.5.
    side: its width and height.
    """

    cx: float
    cy: float
    side: float

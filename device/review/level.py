"""How level the camera is, read from the long edges of the treadmill's deck."""

from collections import deque
from statistics import median

import cv2
import numpy as np

from device.camera.frame import Image
from device.pose.region import Region

STEEPEST_DEG = 14.0
"""Edges steeper than a treadmill's slope and a crooked tripod together are something else."""
LOWER_SHARE = 0.30
"""The deck is in this lowest part of the region."""
SHORTEST = 0.12
"""Edges shorter than this share of the region's width are shoes and shadows."""
LEAST_LENGTH = 0.6
"""Total length of edges that is believed, in widths of the region."""
AGREE_DEG = 1.5


REMEMBERED_S = 12.0


class LevelMeter:
    """The middle of the last readings: edges are hidden by feet in one frame and seen in the next."""

    def __init__(self) -> None:
        self._readings: deque[tuple[float, float]] = deque(maxlen=24)

    def read(self, t: float, image: Image, region: Region | None) -> float | None:
        """Take one frame at time `t` (s); gives the tilt as `deck_tilt_deg` does, None while never seen."""
        tilt = deck_tilt_deg(image, region)
        if tilt is not None:
            self._readings.append((t, tilt))
        known = [tilt for at, tilt in tuple(self._readings) if 0.0 <= t - at <= REMEMBERED_S]
        return median(known) if known else None


def deck_tilt_deg(image: Image, region: Region | None) -> float | None:
    """Give the tilt of the deck's edges in the picture, + when its right end is higher; None if not seen.

    image: height x width x 3, RGB. A level camera sees a level deck's edges level whatever its distance; the
    slope of a raised deck is the caller's to take off.
    """
    height, width = image.shape[:2]
    left, top, right, bottom = (0.0, 0.0, float(width), float(height))
    if region is not None:
        left, top, right, bottom = region.pixels((width, height))
    top = bottom - LOWER_SHARE * (bottom - top)
    piece = image[int(top) : int(bottom), int(left) : int(right)]
    if min(piece.shape[:2]) < 20:
        return None
    grey = cv2.GaussianBlur(cv2.cvtColor(np.ascontiguousarray(piece), cv2.COLOR_RGB2GRAY), (3, 3), 0)
    across = piece.shape[1]
    # Segments with ends between pixels: whole pixels would make half a degree of a short edge.
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:
        return None
    x0, y0, x1, y1 = found.reshape(-1, 4).astype(np.float64).T
    tilt = np.degrees(np.arctan2(-(y1 - y0) * np.sign(x1 - x0), np.abs(x1 - x0)))
    length = np.hypot(x1 - x0, y1 - y0)
    flat = (np.abs(tilt) < STEEPEST_DEG) & (length > SHORTEST * across)
    tilt, length = tilt[flat], length[flat]
    if not len(tilt):
        return None
    order = np.argsort(tilt)
    middle = float(tilt[order][np.searchsorted(np.cumsum(length[order]), length.sum() / 2)])
    agree = np.abs(tilt - middle) < AGREE_DEG
    if length[agree].sum() < LEAST_LENGTH * across:
        return None
    return float(np.average(tilt[agree], weights=length[agree]))

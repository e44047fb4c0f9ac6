"""Keeps to the one runner on the treadmill: where to look, and which poses to refuse."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from device.camera.frame import Frame, Image
from device.pose.crop import BodyCrop
from device.pose.crop_box import Crop
from device.pose.lock import RunnerLock, upright_body
from device.pose.region import Region
from device.pose.types import Pose

LOST_AFTER_S = 0.5
"""After so long without anybody to be seen, searching starts anew from the region."""
HIDDEN_S = 3.0
"""So long it waits where the runner was while somebody else is seen there."""
CROWDED_S = 0.1
"""Somebody else is there, and not one odd answer of the network, when that lasts longer."""
DARK_EVERY_S = 0.5
DARK_LEVEL, DARK_SHARE = 40, 0.9
"""Too dark: so much of what is looked at is below this brightness (0 to 255, brightest colour)."""
VIEW_MARGIN = 0.05
"""Hands and feet may swing out of the region by this share of it; what is further out is not looked at."""
_WHOLE = Region(0, 0, 1, 1)


class Network(Protocol):
    """A single-person pose network, such as `MoveNet`."""

    def detect(self, image_rgb: Image, crop: Crop) -> NDArray[np.float32]:
        """Give 17 x 3: x and y in pixels of the image, and score, of the one person in the crop."""


class _Search:
    """One search, from its start in the region until the runner is lost; pixels of the picture."""

    def __init__(self, region: Region | None, size: tuple[int, int], t: float) -> None:
        width, height = self.size = size
        left, top, right, bottom = (region or _WHOLE).pixels(size)
        side = max(right - left, bottom - top)
        self.lock = RunnerLock(None if region is None else region.pixels(size))
        self.body_crop = BodyCrop(Crop((left + right) / 2, (top + bottom) / 2, side))
        beside, above = VIEW_MARGIN * (right - left), VIEW_MARGIN * (bottom - top)
        self.view = (
            max(0, round(left - beside)),
            max(0, round(top - above)),
            min(width, round(right + beside)),
            min(height, round(bottom + above)),
        )
        """Left, top, right, bottom of what the network may see."""
        self.offset = np.array([self.view[0], self.view[1], 0], np.float32)
        """From the network's x, y, score to those in the picture."""
        self.seen_t = self.anybody_t = t
        """When the runner, and when anybody, was seen last."""
        self.dark = False
        self._dark_due = t

    def look_for_light(self, t: float, image: Image) -> None:
        """See, twice a second, whether there is light enough; every eighth pixel tells."""
        if t < self._dark_due:
            return
        self._dark_due = t + DARK_EVERY_S
        left, top, right, bottom = self.view
        brightest = image[top:bottom:8, left:right:8].max(axis=2)
        self.dark = bool(np.count_nonzero(brightest < DARK_LEVEL) > DARK_SHARE * brightest.size)


class PoseTracker:
    """Finds the runner in every frame; a pose that cannot be the runner's is refused, never passed on.

    A single-person network answers with whoever suits it best, so the lock rests on place and continuity:
    what lies outside the region is not shown to the network; the hips must be inside it, may not jump, and
    may not wander off faster than a runner drifts on a belt; the body must keep its size. With nobody in
    sight for 0.5 s searching starts anew from the region; while somebody else hides the runner, after 3 s.

    region: where the treadmill is; None searches the whole picture, safe only with nobody else in it.
    """

    def __init__(self, network: Network, region: Region | None = None) -> None:
        self._network = network
        self._region = region
        self._search: _Search | None = None

    @property
    def crop(self) -> Crop | None:
        """The square, in pixels of the picture, that the network gets next; None before the first frame."""
        return None if self._search is None else self._search.body_crop.crop

    def set_region(self, region: Region | None) -> None:
        """Look for the runner here only, beginning anew with the next frame."""
        self._region = region
        self._search = None

    def estimate(self, frame: Frame) -> Pose:
        """Give the runner's pose, or `Pose.missing` when there is none to trust."""
        search = self._search
        if search is None or search.size != frame.size:
            search = self._search = _Search(self._region, frame.size, frame.t)
        search.look_for_light(frame.t, frame.image)
        points = self._look(frame.image, search)
        body = upright_body(points)
        if body is None or not search.lock.admit(frame.t, body):
            return self._without_runner(frame, search, somebody=body is not None)
        search.seen_t = search.anybody_t = frame.t
        search.body_crop.update(frame.t, (body.hip_x, body.hip_y), body.box)
        return Pose(frame.t, points[:, :2], points[:, 2], search.dark)

    def _without_runner(self, frame: Frame, search: _Search, somebody: bool) -> Pose:
        """Say that the runner is not seen, and whether somebody else is; start anew if that has lasted."""
        if somebody:
            search.anybody_t = frame.t
        hidden_s, empty_s = frame.t - search.seen_t, frame.t - search.anybody_t
        if empty_s > LOST_AFTER_S or hidden_s > (HIDDEN_S if search.lock.knows_runner else LOST_AFTER_S):
            self._search = _Search(self._region, frame.size, frame.t)
        crowded = somebody and search.lock.knows_runner and hidden_s > CROWDED_S
        return Pose.missing(frame.t, search.dark, crowded)

    def _look(self, image: Image, search: _Search) -> NDArray[np.float32]:
        left, top, right, bottom = search.view
        crop = search.body_crop.crop
        points = self._network.detect(
            image[top:bottom, left:right], Crop(crop.cx - left, crop.cy - top, crop.side)
        )
        points += search.offset
        return points

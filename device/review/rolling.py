"""The last seconds, kept in memory while the runner runs: keypoints always, pictures with consent."""

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable

import cv2
import numpy as np

from device.camera.frame import Frame
from device.errors import TreadlightError
from device.gait.types import Facing, FormMetrics, GaitEvent, Side
from device.live import LiveState
from device.pose.region import Region
from device.review.types import Frozen, Picture, Shot

KEPT_S = 11.0
MOST_BYTES = 4_000_000
"""Pictures kept at most; what is held still may keep as many again."""
PICTURE_PX = 440
"""Longer side of a kept picture."""
PICTURES_PER_S = 30.0
CONSENT_EVERY_S = 1.0
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 60]
_MARGIN = 0.02


class Rolling:
    """The last eleven seconds; `add` belongs to the picture thread, `freeze` may come from any.

    may_picture: whether pictures of this runner may be kept in memory; asked once a second, and when it says
    no every picture is dropped. now: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        may_picture: Callable[[], bool] = lambda: False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._may_picture = may_picture
        self._now = now
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._consent = False
        self._asked_t = float("-inf")
        self._pictured_t = float("-inf")
        self.frozen: Frozen | None = None
        """What is held still at present."""
        self._size = (0, 0)
        self._near: Side | None = None
        self._facing = Facing.UNCLEAR
        self._session_id: int | None = None
        self._clear()

    @property
    def picture_bytes(self) -> int:
        """Bytes of pictures kept, without what is held still."""
        return self._bytes

    def add(self, state: LiveState, region: Region | None) -> None:
        """Take one frame; a clock that ran backwards starts afresh."""
        t = state.frame.t
        if state.error is not None:
            return
        self._ask_consent(self._now())
        picture = None
        if self._consent and not 0.0 <= t - self._pictured_t < 0.9 / PICTURES_PER_S:
            self._pictured_t = t
            picture = cut_out(state.frame, region)
        with self._lock:
            if self._shots and t < self._shots[-1].t:
                self._clear()
            last_t = self._shots[-1].t if self._shots else float("-inf")
            if t == last_t:
                return
            self._shots.extend(
                Shot(seen.pose.t, seen.pose, seen.swapped, seen.measuring)
                for seen in state.recent_poses
                if last_t < seen.pose.t < t
            )
            self._shots.append(Shot(t, state.pose, state.swapped, state.tracking.measuring, picture))
            self._bytes += len(picture.jpeg) if picture else 0
            self._events.extend(e for e in state.recent_events if e not in self._events)
            self._form.extend(f for f in state.recent_form if f not in self._form)
            self._size, self._near = state.frame.size, state.near or self._near
            self._session_id = state.session.id
            if state.tracking.facing is not Facing.UNCLEAR:
                self._facing = state.tracking.facing
            self._forget_old(t)

    def freeze(self) -> Frozen:
        """Hold the last seconds still until the next time; the frames go on."""
        frozen = self.snapshot()
        self.frozen = frozen
        return frozen

    def snapshot(self) -> Frozen:
        """Give the last seconds as they are now."""
        with self._lock:
            return Frozen(
                id=next(self._ids),
                size=self._size,
                near=self._near,
                facing=self._facing,
                shots=tuple(self._shots),
                events=tuple(sorted(self._events, key=lambda e: e.t)),
                form=tuple(self._form),
                session_id=self._session_id,
                seen_at=self._now(),
            )

    def release(self) -> None:
        """Let go of what is held still."""
        self.frozen = None

    def forget(self) -> None:
        """Drop everything, as when the next runner comes."""
        with self._lock:
            self._clear()
        self.frozen = None

    def _clear(self) -> None:
        self._shots: deque[Shot] = deque()
        self._events: deque[GaitEvent] = deque()
        self._form: deque[FormMetrics] = deque()
        self._bytes = self._first_picture = 0
        self._near, self._facing = None, Facing.UNCLEAR

    def _forget_old(self, t: float) -> None:
        shots = self._shots
        while shots[-1].t - shots[0].t > KEPT_S:
            gone = shots.popleft()
            self._bytes -= len(gone.picture.jpeg) if gone.picture else 0
            self._first_picture = max(0, self._first_picture - 1)
        for kept in (self._events, self._form):
            while kept and kept[0].t < t - KEPT_S - 1.0:
                kept.popleft()
        # Rich pictures make the pictures' memory shorter, never the keypoints'.
        while self._bytes > MOST_BYTES and self._first_picture < len(shots):
            self._strip(self._first_picture)
            self._first_picture += 1

    def _strip(self, index: int) -> None:
        shot = self._shots[index]
        if shot.picture is not None:
            self._bytes -= len(shot.picture.jpeg)
            self._shots[index] = Shot(shot.t, shot.pose, shot.swapped, shot.measuring)

    def _ask_consent(self, now_t: float) -> None:
        if now_t - self._asked_t < CONSENT_EVERY_S:
            return
        self._asked_t = now_t
        try:
            allowed = self._may_picture()
        except TreadlightError:
            # Consent that cannot be read is none.
            allowed = False
        if self._consent and not allowed:
            with self._lock:
                for index in range(len(self._shots)):
                    self._strip(index)
            self.frozen = None
        self._consent = allowed


def cut_out(frame: Frame, region: Region | None) -> Picture:
    """Encode the treadmill's part of a frame, so that bystanders outside it are not kept."""
    source = frame.picture if frame.picture is not None else frame.image
    height, width = source.shape[:2]
    x0, y0, x1, y1 = (0.0, 0.0, 1.0, 1.0)
    if region is not None:
        x0, y0 = max(0.0, region.x - _MARGIN), max(0.0, region.y - _MARGIN)
        x1 = min(1.0, region.x + region.width + _MARGIN)
        y1 = min(1.0, region.y + region.height + _MARGIN)
    left, top, right, bottom = round(x0 * width), round(y0 * height), round(x1 * width), round(y1 * height)
    piece = source[top:bottom, left:right]
    scale = PICTURE_PX / max(piece.shape[:2])
    if scale < 1:
        size = (max(1, round(piece.shape[1] * scale)), max(1, round(piece.shape[0] * scale)))
        piece = np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(piece, cv2.COLOR_RGB2BGR), _QUALITY)
    across, down = frame.size[0] / width, frame.size[1] / height
    return Picture(data.tobytes(), (left * across, top * down, right * across, bottom * down))

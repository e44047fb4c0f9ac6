"""Where the review screens keep things: with the open visit, as far as its consent allows."""

from dataclasses import dataclass
from typing import Protocol

from device.gait.types import Standing
from device.review.camera_check import CameraCheck
from device.review.guard import Capture
from device.review.types import KeyFrames


@dataclass(frozen=True, slots=True)
class KeptCheck:
    """The camera check of an earlier visit; `date` in words."""

    date: str
    capture: Capture


class Keeping(Protocol):
    """The open visit as the review screens see it; safe from any thread."""

    @property
    def visit_open(self) -> bool:
        """Whether there is a visit to keep things with."""

    def may_picture(self) -> bool:
        """Whether the runner agreed to pictures at this visit."""

    def keep_frames(self, frames: KeyFrames) -> bool:
        """Keep key frames on disk; tells whether consent and an open visit allowed it."""

    def frames(self) -> tuple[KeyFrames, ...]:
        """Give the key frames kept with this patient's visits, oldest first."""

    def keep_check(self, check: CameraCheck, capture: Capture, standing: Standing | None) -> bool:
        """Keep the camera check; tells whether there was a visit to keep it with."""

    def last_check(self) -> KeptCheck | None:
        """Give the check of this patient's last visit before this one."""

    def shoe(self) -> str:
        """The shoe that was named at this visit, "" before."""

    def set_shoe(self, shoe: str) -> None:
        """Name the shoe."""

    def ticks(self) -> dict[str, bool]:
        """Give the therapist's ticks of this visit by pattern code."""

    def tick(self, code: str, ticked: bool) -> bool:
        """Keep a tick; tells whether there was a visit to keep it with."""


class NoVisit:
    """A device without a clinic's records: nothing is kept on disk."""

    visit_open = False

    def __init__(self) -> None:
        self._shoe = ""

    def may_picture(self) -> bool:
        """Nobody agreed."""
        return False

    def keep_frames(self, frames: KeyFrames) -> bool:
        """Keep nothing."""
        return False

    def frames(self) -> tuple[KeyFrames, ...]:
        """Give nothing."""
        return ()

    def keep_check(self, check: CameraCheck, capture: Capture, standing: Standing | None) -> bool:
        """Keep nothing."""
        return False

    def last_check(self) -> KeptCheck | None:
        """Give nothing."""
        return None

    def shoe(self) -> str:
        """The shoe that was named last."""
        return self._shoe

    def set_shoe(self, shoe: str) -> None:
        """Name the shoe."""
        self._shoe = shoe

    def ticks(self) -> dict[str, bool]:
        """Give nothing."""
        return {}

    def tick(self, code: str, ticked: bool) -> bool:
        """Keep nothing."""
        return False

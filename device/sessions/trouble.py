"""When the disk takes nothing: what people are told, when it is tried again, what was lost meanwhile."""

import errno
import sqlite3
import time

from device.gait.types import Notice

BEHIND = Notice(
    "recording_behind",
    "The disk is too slow, so part of the recording was dropped. Use a faster memory card or disk.",
)
DEAD = Notice(
    "recording_failed",
    "The recorder has stopped because of a fault in the program. Restart the device and report it.",
)


class DiskTrouble:
    """Whether the disk takes what is recorded; told by the writing thread, read by any.

    retry_s: time between attempts while it takes nothing. now: what is wrong, None when nothing is.
    over: that trouble has ended, until a session begins.
    """

    def __init__(self, retry_s: float) -> None:
        self._retry_s = retry_s
        self._retry_at = 0.0
        self._lost_before = 0
        self.now: Notice | None = None
        self.over: Notice | None = None

    @property
    def waits(self) -> bool:
        """Whether it is too early for another attempt."""
        return self.now is not None and time.monotonic() < self._retry_at

    def forget(self) -> None:
        """Speak no more of trouble that is over."""
        self.over = None

    def failed(self, error: sqlite3.Error | OSError, lost_before: int) -> None:
        """Note a failed attempt. lost_before: frames of keypoints lost before it, ever."""
        if self.now is None:
            self._lost_before = lost_before
        self.now = _explained(error)
        self._retry_at = time.monotonic() + self._retry_s

    def worked(self, lost: int) -> Notice | None:
        """Note an attempt that worked; gives what there is to say when trouble has ended with it.

        lost: frames of keypoints lost, ever.
        """
        if self.now is None:
            return None
        missing = lost - self._lost_before
        self.now = None
        self.over = Notice(
            "recording_resumed",
            f"The disk takes data again. {missing} frames of joint positions were lost meanwhile; "
            "measurements were not."
            if missing
            else "The disk takes data again. Nothing was lost.",
        )
        return self.over


def _explained(error: sqlite3.Error | OSError) -> Notice:
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_FULL or getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}:
        return Notice(
            "disk_full",
            "The disk is full, so recording has paused; what was recorded is safe. "
            "Delete old recordings or files: recording then goes on by itself.",
        )
    return Notice(
        "recording_failed",
        f"The recording cannot be written ({error}). Check the disk; it goes on once it can be written.",
    )

"""Time for recorded pictures: strictly rising, and at the pace of a live camera when wanted."""

from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")

SPLICE_S = 1.0
"""A step back by more than this is a new recording joined on, not a picture out of order."""
OUT_OF_STEP_S = 5.0
"""Further behind or ahead of the clock than this, playing starts anew at the present picture."""


class Timeline:
    """Turns a file's presentation times into strictly rising times.

    Times are the file's own, except that a file which starts before zero is moved to start at zero.
    period_s: time from one picture to the next where the file does not say.
    """

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._offset_s = 0.0
        self._last: float | None = None
        self._joined = False
        self.dropped = 0
        """Pictures left out because their time was not after that of the one before."""

    @property
    def end(self) -> float:
        """When the picture after the last one would be due, in seconds."""
        return 0.0 if self._last is None else self._last + self._period_s

    def place(self, presented: float | None) -> float | None:
        """Give the time of the next picture, or None when it is to be dropped.

        presented: the time the file states, in seconds; None when it states none.
        """
        t = self.end if presented is None else presented + self._offset_s
        if self._last is None:
            if t < 0:
                self._offset_s, t = -t, 0.0
        elif self._joined or t < self._last - SPLICE_S:
            self._offset_s += self.end - t
            t = self.end
        elif t <= self._last:
            self.dropped += 1
            return None
        self._joined = False
        self._last = t
        return t

    def join(self) -> None:
        """Let the next picture, wherever it is from, follow the last by exactly one period."""
        self._joined = self._last is not None


def paced(
    pictures: Iterator[tuple[float, T]],
    prepare: Callable[[T], U],
    now: Callable[[], float],
    wait: Callable[[float], bool],
) -> Iterator[tuple[float, U]]:
    """Give recorded pictures when they are due, as a live camera would: the newest wins.

    pictures: time in seconds, strictly rising, and picture; the first is due at once.
    prepare: makes a picture ready; done ahead of time, and never for a picture that is skipped.
    now, wait: the monotonic clock, and waiting on it for some seconds; `wait` gives True to end.
    Gives the time on `now`'s clock at which each was due. Pictures that were overtaken by the time the caller
    asked for the next are skipped.
    """
    picture = next(pictures, None)
    start = now() - (0.0 if picture is None else picture[0])
    while picture is not None:
        asked = now()
        following = next(pictures, None)
        while following is not None and start + following[0] <= asked:
            picture, following = following, next(pictures, None)
        ready = prepare(picture[1])
        due = start + picture[0]
        late = now() - due
        if abs(late) > OUT_OF_STEP_S:
            start += late
            due += late
        elif late < 0 and wait(-late):
            return
        yield due, ready
        picture = following

"""How often somebody has tried lately: a moving window."""

import threading
import time
from collections import deque
from collections.abc import Callable


class Tries:
    """Allows so many tries within the last `within_s` seconds for each key; safe from any thread.

    now: seconds of a clock that never goes back.
    """

    def __init__(self, most: int, within_s: float = 60.0, now: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._within_s = within_s
        self._now = now
        self._tries: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def allow(self, key: str = "") -> bool:
        """Count one try, unless there were too many already: then it is False and not counted."""
        with self._lock:
            now = self._now()
            self._forget_old(now - self._within_s)
            tries = self._tries.setdefault(key, deque())
            if len(tries) >= self._most:
                return False
            tries.append(now)
            return True

    def forget(self, key: str = "") -> None:
        """Let a key start counting afresh."""
        with self._lock:
            self._tries.pop(key, None)

    def _forget_old(self, until: float) -> None:
        for key, tries in list(self._tries.items()):
            while tries and tries[0] <= until:
                tries.popleft()
            if not tries:
                del self._tries[key]

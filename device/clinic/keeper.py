"""Erases what has reached the end of its time, once an hour, beside everything else."""

import logging
import threading
import time
from collections.abc import Callable

from device.clinic.retention import Removal
from device.errors import TreadlightError

EVERY_S = 3600.0
FIRST_S = 60.0
"""After the start the clock of a device without a battery may still be wrong: network time comes first."""

log = logging.getLogger(__name__)


class Keeper:
    """Call `keep_up` often; it returns at once. clock: seconds that never go back."""

    def __init__(self, removal: Removal, clock: Callable[[], float] = time.monotonic) -> None:
        self._removal = removal
        self._clock = clock
        self._next_s = clock() + FIRST_S
        self._thread: threading.Thread | None = None

    def keep_up(self) -> None:
        """Begin to erase in a thread of its own when an hour has passed."""
        if self._clock() < self._next_s or (self._thread is not None and self._thread.is_alive()):
            return
        self._next_s = self._clock() + EVERY_S
        self._thread = threading.Thread(target=self._erase, name="keeper", daemon=True)
        self._thread.start()

    def wait(self, timeout_s: float) -> None:
        """Wait until nothing is being erased."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _erase(self) -> None:
        try:
            self._removal.erase_due()
        except TreadlightError as error:
            log.warning("Not everything could be erased that is due: %s", error)

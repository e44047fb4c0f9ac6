"""A sliding store of equally wide rows of numbers with their times."""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray


class Rows:
    """Keeps the newest rows; an index counts from the first row ever, so it stays valid while kept.

    width: numbers per row. capacity: rows kept at least; memory is three times that.
    """

    def __init__(self, width: int, capacity: int) -> None:
        self._capacity = capacity
        self._values = np.empty((3 * capacity, width))
        self._times: list[float] = []
        self._dropped = 0

    @property
    def start(self) -> int:
        """Index of the oldest row kept."""
        return self._dropped

    @property
    def end(self) -> int:
        """Index one past the newest row."""
        return self._dropped + len(self._times)

    def append(self, t: float, row: "list[float] | NDArray[np.float64]") -> None:
        """Add the newest row; times only grow."""
        count = len(self._times)
        if count == len(self._values):
            # Moving once per two capacities keeps every window contiguous at next to no cost.
            self._values[: self._capacity] = self._values[count - self._capacity :]
            self._times = self._times[count - self._capacity :]
            self._dropped += count - self._capacity
            count = self._capacity
        self._values[count] = row
        self._times.append(t)

    def time(self, index: int) -> float:
        """Time of one row."""
        return self._times[index - self._dropped]

    def times(self, first: int, end: int) -> NDArray[np.float64]:
        """Times of rows first to end (exclusive)."""
        return np.array(self._times[first - self._dropped : end - self._dropped])

    def values(self, first: int, end: int) -> NDArray[np.float64]:
        """Rows first to end (exclusive), a view that is valid until the next append."""
        return self._values[first - self._dropped : end - self._dropped]

    def index_at(self, t: float) -> int:
        """Index of the first kept row at or after `t`."""
        return self._dropped + bisect_left(self._times, t)

    def exchange(self, columns: list[int], sources: list[int]) -> None:
        """Overwrite `columns` with what stands in `sources`, in every row kept."""
        kept = self._values[: len(self._times)]
        kept[:, columns] = kept[:, sources]

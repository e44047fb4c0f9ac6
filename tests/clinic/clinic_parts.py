"""A clinic with a clock that tests set."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from device.clinic.store import ClinicStore


@dataclass
class Clock:
    """Wall and monotonic time at once."""

    wall: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    monotonic_s: float = 1000.0

    def now(self) -> datetime:
        return self.wall

    def seconds(self) -> float:
        return self.monotonic_s

    def passes(self, **time: float) -> None:
        by = timedelta(**time)
        self.wall += by
        self.monotonic_s += by.total_seconds()


def clinic_at(folder: Path, clock: Clock) -> ClinicStore:
    return ClinicStore(folder, clock.now)

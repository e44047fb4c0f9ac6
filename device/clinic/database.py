"""The clinic's database: its schema in named steps, and how what was deleted leaves the file."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from device.errors import StoreError
from device.storage.database import Database, FileKind, utc_now

CLINIC = FileKind(
    file="clinic.sqlite3",
    application_id=0x54524C43,  # "TRLC"
    title="The clinic's database",
    mend="Restore it from a backup.",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the schema, known by its name; once released it is never changed."""

    name: str
    statements: tuple[str, ...]


class ClinicDatabase(Database):
    """`clinic.sqlite3` in the data folder.

    now: wall clock with a time zone. steps: the whole schema in order; those an older database lacks are
    carried out. Raises StoreError: folder unusable, disk full, database damaged, newer or foreign.
    """

    def __init__(self, folder: Path, steps: tuple[Step, ...], now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(folder, CLINIC)
        self.now = now
        self.open(lambda connection: self._migrate(connection, steps))

    def forget(self) -> None:
        """Bring what was deleted out of the file and its write-ahead log. Raises StoreError."""
        with self.named_errors(), closing(self.writer()) as connection:
            connection.execute("VACUUM")
            (blocked, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if blocked:
            raise StoreError("The clinic's database is busy. Try again in a moment.")

    def _migrate(self, connection: sqlite3.Connection, steps: tuple[Step, ...]) -> None:
        connection.execute("CREATE TABLE IF NOT EXISTS step (name TEXT PRIMARY KEY, done_at TEXT NOT NULL)")
        done = {name for (name,) in connection.execute("SELECT name FROM step")}
        if unknown := done - {step.name for step in steps}:
            raise self.newer(f"it knows {', '.join(sorted(unknown))}")
        for step in steps:
            if step.name not in done:
                for statement in step.statements:
                    connection.execute(statement)
                connection.execute("INSERT INTO step VALUES (?, ?)", (step.name, self.now().isoformat()))


def moment(text: str | None) -> datetime | None:
    """Read a stored time; None stays None."""
    return None if text is None else datetime.fromisoformat(text)

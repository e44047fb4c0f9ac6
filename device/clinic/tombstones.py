"""What is left of what was erased: a tombstone for a patient, a note for one kind of a visit's data."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from device.clinic.database import ClinicDatabase, Step

STEPS = (
    Step(
        "retention-1",
        (
            """CREATE TABLE tombstone (
                patient_id INTEGER PRIMARY KEY, removed_at TEXT NOT NULL, removed_by TEXT NOT NULL,
                visits INTEGER NOT NULL, sessions INTEGER NOT NULL, files INTEGER NOT NULL)""",
            """CREATE TABLE purge (
                visit_id INTEGER NOT NULL REFERENCES visit ON DELETE CASCADE, kind TEXT NOT NULL,
                purged_at TEXT NOT NULL, PRIMARY KEY (visit_id, kind))""",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a patient who was deleted: a number, a time, who did it, and how much it was."""

    patient_id: int
    removed_at: datetime
    removed_by: str
    visits: int
    sessions: int
    files: int


class Tombstones:
    """The tombstones. Methods raise StoreError."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def all(self) -> list[Tombstone]:
        """Give what is left of deleted patients, the latest first."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM tombstone ORDER BY removed_at DESC").fetchall()
        return [
            Tombstone(
                row["patient_id"],
                datetime.fromisoformat(row["removed_at"]),
                row["removed_by"],
                row["visits"],
                row["sessions"],
                row["files"],
            )
            for row in rows
        ]


def add_to(connection: sqlite3.Connection, stone: Tombstone) -> None:
    """Set a tombstone as part of the change that removes the patient."""
    connection.execute(
        "INSERT OR REPLACE INTO tombstone VALUES (?, ?, ?, ?, ?, ?)",
        (
            stone.patient_id,
            stone.removed_at.isoformat(),
            stone.removed_by,
            stone.visits,
            stone.sessions,
            stone.files,
        ),
    )

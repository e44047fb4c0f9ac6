"""Which key frames were kept at each visit; the frames themselves are files in the visit's folder."""

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from device.clinic.database import ClinicDatabase, Step

STEPS = (
    Step(
        "key_frames",
        (
            """CREATE TABLE key_frames (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                visit_id INTEGER NOT NULL REFERENCES visit ON DELETE CASCADE,
                at TEXT NOT NULL, kind TEXT NOT NULL, session_id INTEGER, block INTEGER,
                file TEXT NOT NULL, pictured INTEGER NOT NULL)""",
            "CREATE INDEX key_frames_of_visit ON key_frames (visit_id)",
        ),
    ),
)
"""The tables of this module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFrames:
    """A set of key frames on disk.

    kind: baseline, a block's kind, or review. session_id, block: the recording and the place of the block in
    its run, None where there was none. file: name within the visit's folder. pictured: with pictures.
    """

    visit_id: int
    kind: str
    session_id: int | None
    block: int | None
    file: str
    pictured: bool
    at: datetime | None = None


class KeptFrameSets:
    """Lists the key frames of all visits; safe from any thread. Methods raise StoreError."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def add(self, kept: KeptFrames) -> None:
        """Note a set that was written."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO key_frames (visit_id, at, kind, session_id, block, file, pictured) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    kept.visit_id, self._database.now().isoformat(), kept.kind, kept.session_id, kept.block,
                    kept.file, kept.pictured,
                ),
            )  # fmt: skip

    def of_visit(self, visit_id: int) -> tuple[KeptFrames, ...]:
        """Give the sets of a visit in order of time."""
        return self._find("WHERE visit_id = ?", visit_id)

    def of_patient(self, patient_id: int) -> tuple[KeptFrames, ...]:
        """Give the sets of all visits of a patient in order of time."""
        return self._find("JOIN visit ON visit.id = visit_id WHERE patient_id = ?", patient_id)

    def _find(self, where: str, number: int) -> tuple[KeptFrames, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT key_frames.* FROM key_frames {where} ORDER BY key_frames.id", (number,)
            ).fetchall()
        return tuple(_kept(row) for row in rows)


def _kept(row: Row) -> KeptFrames:
    return KeptFrames(
        visit_id=row["visit_id"],
        kind=row["kind"],
        session_id=row["session_id"],
        block=row["block"],
        file=row["file"],
        pictured=bool(row["pictured"]),
        at=datetime.fromisoformat(row["at"]),
    )

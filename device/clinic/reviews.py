"""The patterns a therapist agreed with at each visit: a judgement, never a finding of the device."""

from dataclasses import dataclass
from datetime import datetime

from device.clinic.database import ClinicDatabase, Step

STEPS = (
    Step(
        "review_tick",
        (
            """CREATE TABLE review_tick (
                visit_id INTEGER NOT NULL REFERENCES visit ON DELETE CASCADE, code TEXT NOT NULL,
                ticked INTEGER NOT NULL, seen TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL,
                PRIMARY KEY (visit_id, code))""",
        ),
    ),
)
"""The tables of this module."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One judgement. seen: what the device said then (seen, not_seen, cannot_say). by: who ticked."""

    code: str
    ticked: bool
    seen: str
    at: datetime
    by: str


class Reviews:
    """Keeps the ticks of all visits; safe from any thread. Methods raise StoreError."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def tick(self, visit_id: int, code: str, ticked: bool, seen: str, by: str) -> None:
        """Keep a tick, or that it was taken back."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO review_tick VALUES (?, ?, ?, ?, ?, ?)",
                (visit_id, code, ticked, seen, self._database.now().isoformat(), by),
            )

    def of_visit(self, visit_id: int) -> tuple[Tick, ...]:
        """Give the judgements of a visit, in the order they were last made."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM review_tick WHERE visit_id = ? ORDER BY at", (visit_id,)
            ).fetchall()
        return tuple(
            Tick(r["code"], bool(r["ticked"]), r["seen"], datetime.fromisoformat(r["at"]), r["by"])
            for r in rows
        )

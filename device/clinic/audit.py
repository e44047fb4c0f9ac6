"""The audit log: who did what, when and from where. Lines are added, never changed or removed."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime

from device.clinic.database import ClinicDatabase, Step
from device.clinic.types import Actor, AuditEntry

STEPS = (
    Step(
        "audit-1",
        (
            """CREATE TABLE audit (
                id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, user_id INTEGER,
                name TEXT NOT NULL, address TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
                detail TEXT NOT NULL, seal TEXT NOT NULL)""",
            """CREATE TRIGGER audit_no_change BEFORE UPDATE ON audit
                BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END""",
            """CREATE TRIGGER audit_no_removal BEFORE DELETE ON audit
                BEGIN SELECT RAISE(ABORT, 'the audit log is never shortened'); END""",
        ),
    ),
)
_SEALED = ("name", "address", "action", "subject", "detail")


class Audit:
    """The log. Each line's seal is a hash over it and the seal before, so that a change from outside shows.

    Patients are named by number only: what is deleted must not live on here.
    """

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def add(self, actor: Actor, action: str, subject: str = "", detail: str = "") -> None:
        """Add a line. Raises StoreError; what was to be logged should then not be done."""
        with self._database.writing() as connection:
            add_to(connection, self._database.now(), actor, action, subject, detail)

    def entries(self, before: int | None = None, limit: int = 100) -> list[AuditEntry]:
        """Give lines, the newest first; before: only those with a smaller number. Raises StoreError."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM audit WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?",
                (before, before, limit),
            )
            return [_entry(row) for row in rows]

    def export(self) -> Iterator[AuditEntry]:
        """Give every line, the oldest first. Raises StoreError."""
        with self._database.reading() as connection:
            for row in connection.execute("SELECT * FROM audit ORDER BY id"):
                yield _entry(row)

    def first_broken(self) -> int | None:
        """Give the place of the first line that no longer fits its seal, None when all do."""
        with self._database.reading() as connection:
            seal = ""
            for number, row in enumerate(connection.execute("SELECT * FROM audit ORDER BY id"), 1):
                seal = _seal(seal, row["at"], row["user_id"], *(row[name] for name in _SEALED))
                if row["id"] != number or row["seal"] != seal:
                    return number
        return None


def add_to(
    connection: sqlite3.Connection, at: datetime, actor: Actor, action: str, subject: str, detail: str = ""
) -> None:
    """Add a line within a change that is being made, so that both happen or neither."""
    last = connection.execute("SELECT seal FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    values = (at.isoformat(), actor.user_id, actor.name, actor.address, action, subject, detail)
    connection.execute(
        "INSERT INTO audit (at, user_id, name, address, action, subject, detail, seal) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*values, _seal(last["seal"] if last else "", *values)),
    )


def _seal(before: str, *values: str | int | None) -> str:
    return hashlib.sha256((before + json.dumps(values)).encode()).hexdigest()


def _entry(row: sqlite3.Row) -> AuditEntry:
    return AuditEntry(row["id"], datetime.fromisoformat(row["at"]), *(row[name] for name in _SEALED))

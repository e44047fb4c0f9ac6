"""Visits, their consent, and the recorded sessions that belong to them."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from device.clinic.database import ClinicDatabase, Step, moment
from device.clinic.types import Consent, ConsentKind, Purpose, Visit, VisitSession, VisitSetup
from device.errors import ClinicError, MissingError

STEPS = (
    Step(
        "visits-1",
        (
            """CREATE TABLE visit (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                patient_id INTEGER NOT NULL REFERENCES patient ON DELETE CASCADE,
                opened_at TEXT NOT NULL, closed_at TEXT, opened_by TEXT NOT NULL,
                speed_mps REAL, grade_pct REAL NOT NULL, shoe TEXT NOT NULL, height_cm REAL)""",
            "CREATE INDEX visit_of_patient ON visit (patient_id, id)",
            "CREATE UNIQUE INDEX one_open_visit ON visit ((1)) WHERE closed_at IS NULL",
            """CREATE TABLE consent (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                visit_id INTEGER NOT NULL REFERENCES visit ON DELETE CASCADE,
                kind TEXT NOT NULL, given_at TEXT NOT NULL, noted_by TEXT NOT NULL, withdrawn_at TEXT)""",
            "CREATE INDEX consent_of_visit ON consent (visit_id, id)",
            """CREATE TABLE visit_session (
                session_id INTEGER PRIMARY KEY,
                visit_id INTEGER NOT NULL REFERENCES visit ON DELETE CASCADE,
                purpose TEXT NOT NULL, linked_at TEXT NOT NULL)""",
            "CREATE INDEX session_of_visit ON visit_session (visit_id)",
        ),
    ),
)
FORGOTTEN = timedelta(hours=12)
"""A visit that nobody closed is over after so long."""

_VISITS = """SELECT visit.*,
    (SELECT count(*) FROM visit AS other WHERE other.patient_id = visit.patient_id AND other.id <= visit.id)
        AS number,
    (SELECT CASE WHEN withdrawn_at IS NULL THEN kind ELSE 'live' END FROM consent
        WHERE visit_id = visit.id ORDER BY consent.id DESC LIMIT 1) AS consent
    FROM visit"""


class Visits:
    """The visits. Every method raises StoreError when the database cannot be used."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def open(self, patient_id: int, by: str) -> int:
        """Begin a visit and make it the device's current one; gives its number in the database.

        by: the name of who opens it. The one that was current is closed. Speed, slope, shoe and height start
        as at the patient's last visit. Raises MissingError when there is no such patient, ClinicError when
        the patient is in the recycle bin.
        """
        now = self._database.now().isoformat()
        with self._database.writing() as connection:
            row = connection.execute("SELECT * FROM patient WHERE id = ?", (patient_id,)).fetchone()
            if row is None:
                raise MissingError(f"There is no patient {patient_id}. See the list of patients.")
            if row["deleted_at"] is not None:
                raise ClinicError("This patient is in the recycle bin. Bring the patient back first.")
            last = connection.execute(
                "SELECT * FROM visit WHERE patient_id = ? ORDER BY id DESC LIMIT 1", (patient_id,)
            ).fetchone()
            connection.execute("UPDATE visit SET closed_at = ? WHERE closed_at IS NULL", (now,))
            setup = (last["speed_mps"], last["grade_pct"], last["shoe"]) if last else (None, 0.0, "")
            cursor = connection.execute(
                "INSERT INTO visit (patient_id, opened_at, opened_by, speed_mps, grade_pct, shoe, height_cm) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (patient_id, now, by, *setup, row["height_cm"]),
            )
            return int(cursor.lastrowid or 0)

    def close(self, visit_id: int) -> None:
        """End a visit. Harmless when it has ended."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE visit SET closed_at = ? WHERE id = ? AND closed_at IS NULL",
                (self._database.now().isoformat(), visit_id),
            )

    def current(self) -> Visit | None:
        """Give the device's current visit; one that nobody closed counts no longer after 12 h."""
        since = (self._database.now() - FORGOTTEN).isoformat()
        with self._database.reading() as connection:
            row = connection.execute(
                f"{_VISITS} WHERE closed_at IS NULL AND opened_at >= ?", (since,)
            ).fetchone()
        return None if row is None else _visit(row)

    def get(self, visit_id: int) -> Visit:
        """Give one visit. Raises MissingError when there is none."""
        with self._database.reading() as connection:
            row = connection.execute(f"{_VISITS} WHERE visit.id = ?", (visit_id,)).fetchone()
        if row is None:
            raise MissingError(f"There is no visit {visit_id}. It may have been deleted: see the patient.")
        return _visit(row)

    def of_patient(self, patient_id: int) -> list[Visit]:
        """Give a patient's visits, the first one first."""
        with self._database.reading() as connection:
            rows = connection.execute(f"{_VISITS} WHERE patient_id = ? ORDER BY visit.id", (patient_id,))
            return [_visit(row) for row in rows]

    def between(self, start: datetime, end: datetime) -> list[Visit]:
        """Give the visits opened from `start` to before `end`, the newest first; none of deleted patients."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"{_VISITS} JOIN patient ON patient.id = patient_id AND patient.deleted_at IS NULL "
                "WHERE opened_at >= ? AND opened_at < ? ORDER BY visit.id DESC",
                (start.isoformat(), end.isoformat()),
            )
            return [_visit(row) for row in rows]

    def set_up(self, visit_id: int, setup: VisitSetup) -> None:
        """Note speed, slope, shoe and height; a height that is given also becomes the patient's."""
        if len(setup.shoe) > 60 or not setup.shoe.isprintable():
            raise ClinicError("The shoe's name cannot be used. Give at most 60 characters.")
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE visit SET speed_mps = ?, grade_pct = ?, shoe = ?, height_cm = ? WHERE id = ?",
                (setup.speed_mps, setup.grade_pct, setup.shoe.strip(), setup.height_cm, visit_id),
            )
            if setup.height_cm is not None:
                connection.execute(
                    "UPDATE patient SET height_cm = ? WHERE id = (SELECT patient_id FROM visit WHERE id = ?)",
                    (setup.height_cm, visit_id),
                )

    def agree(self, visit_id: int, kind: ConsentKind, by: str) -> None:
        """Note what the runner agreed to; the latest counts. by: the name of who notes it."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO consent (visit_id, kind, given_at, noted_by) VALUES (?, ?, ?, ?)",
                (visit_id, str(kind), self._database.now().isoformat(), by),
            )

    def withdraw(self, visit_id: int) -> None:
        """Note that the runner took back what was agreed to at a visit; nothing may be kept from now on."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE consent SET withdrawn_at = ? WHERE visit_id = ? AND withdrawn_at IS NULL",
                (self._database.now().isoformat(), visit_id),
            )

    def consents(self, visit_id: int) -> list[Consent]:
        """Give all that was agreed to at a visit, the latest last."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM consent WHERE visit_id = ? ORDER BY id", (visit_id,))
            return [_consent(row) for row in rows]

    def link(self, visit_id: int, session_id: int, purpose: Purpose = Purpose.OTHER) -> None:
        """Say that a recorded session belongs to a visit; again with another purpose changes that."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO visit_session (session_id, visit_id, purpose, linked_at) "
                "VALUES (?, ?, ?, ?)",
                (session_id, visit_id, str(purpose), self._database.now().isoformat()),
            )

    def sessions(self, visit_id: int) -> list[VisitSession]:
        """Give the recorded sessions of a visit, in the order they were made."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM visit_session WHERE visit_id = ? ORDER BY session_id", (visit_id,)
            )
            return [_session(row) for row in rows]

    def of_session(self, session_id: int) -> Visit | None:
        """Give the visit a recorded session belongs to, None when it belongs to none."""
        with self._database.reading() as connection:
            row = connection.execute(
                f"{_VISITS} WHERE visit.id = (SELECT visit_id FROM visit_session WHERE session_id = ?)",
                (session_id,),
            ).fetchone()
        return None if row is None else _visit(row)

    def deleted_sessions(self) -> set[int]:
        """Give the recorded sessions of patients in the recycle bin."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT session_id FROM visit_session JOIN visit ON visit.id = visit_id "
                "JOIN patient ON patient.id = patient_id WHERE deleted_at IS NOT NULL"
            )
            return {row["session_id"] for row in rows}

    def folder(self, visit_id: int) -> Path:
        """Tell where the files of a visit are kept; made by whoever writes first, for its owner alone."""
        return self._database.folder / "visits" / str(visit_id)


def _visit(row: sqlite3.Row) -> Visit:
    return Visit(
        id=row["id"],
        patient_id=row["patient_id"],
        number=row["number"],
        opened_at=datetime.fromisoformat(row["opened_at"]),
        closed_at=moment(row["closed_at"]),
        opened_by=row["opened_by"],
        setup=VisitSetup(
            speed_mps=row["speed_mps"],
            grade_pct=row["grade_pct"],
            shoe=row["shoe"],
            height_cm=row["height_cm"],
        ),
        consent=ConsentKind(row["consent"] or ConsentKind.LIVE),
        consent_noted=row["consent"] is not None,
    )


def _consent(row: sqlite3.Row) -> Consent:
    return Consent(
        id=row["id"],
        visit_id=row["visit_id"],
        kind=ConsentKind(row["kind"]),
        given_at=datetime.fromisoformat(row["given_at"]),
        noted_by=row["noted_by"],
        withdrawn_at=moment(row["withdrawn_at"]),
    )


def _session(row: sqlite3.Row) -> VisitSession:
    return VisitSession(
        row["visit_id"],
        row["session_id"],
        Purpose(row["purpose"]),
        datetime.fromisoformat(row["linked_at"]),
    )

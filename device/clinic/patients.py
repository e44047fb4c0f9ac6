"""Patients: initials or a code suffice; what the runner tells at intake; the recycle bin."""

import sqlite3
from datetime import datetime, timedelta

from device.clinic.database import ClinicDatabase, Step, moment
from device.clinic.types import Intake, Patient
from device.errors import ClinicError, MissingError

STEPS = (
    Step(
        "patients-1",
        (
            """CREATE TABLE patient (
                id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT NOT NULL, born INTEGER, height_cm REAL,
                created_at TEXT NOT NULL, deleted_at TEXT,
                history TEXT NOT NULL, weekly_km REAL, goals TEXT NOT NULL,
                pain_where TEXT NOT NULL, pain_when TEXT NOT NULL, tried TEXT NOT NULL)""",
            "CREATE UNIQUE INDEX patient_label ON patient (label COLLATE NOCASE)",
        ),
    ),
)
_TEXTS = ("history", "goals", "pain_where", "pain_when", "tried")
LONGEST_LABEL = 40
LONGEST_TEXT = 1000


class Patients:
    """The patients. Every method raises StoreError when the database cannot be used."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def add(
        self,
        label: str,
        *,
        born: int | None = None,
        height_cm: float | None = None,
        intake: Intake | None = None,
    ) -> int:
        """Add a patient; gives the number.

        Raises ClinicError when the label is empty or taken, or a value is out of range.
        """
        values = _checked(label, born, height_cm, intake or Intake())
        with self._database.writing() as connection:
            _refuse_taken(connection, values["label"], None)
            columns = (*values, "created_at")
            cursor = connection.execute(
                f"INSERT INTO patient ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
                (*values.values(), self._database.now().isoformat()),
            )
            return int(cursor.lastrowid or 0)

    def change(
        self, patient_id: int, label: str, *, born: int | None, height_cm: float | None, intake: Intake
    ) -> None:
        """Replace what is known of a patient. Raises as `add` does; MissingError when there is none."""
        values = _checked(label, born, height_cm, intake)
        with self._database.writing() as connection:
            _refuse_taken(connection, values["label"], patient_id)
            changed = connection.execute(
                f"UPDATE patient SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?",
                (*values.values(), patient_id),
            ).rowcount
        if not changed:
            raise MissingError(_missing(patient_id))

    def get(self, patient_id: int) -> Patient:
        """Give one patient, also from the recycle bin. Raises MissingError when there is none."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM patient WHERE id = ?", (patient_id,)).fetchone()
        if row is None:
            raise MissingError(_missing(patient_id))
        return _patient(row)

    def find(self, text: str = "", limit: int = 200) -> list[Patient]:
        """Give patients whose label holds `text`, those seen last first; none from the recycle bin."""
        wanted = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        with self._database.reading() as connection:
            rows = connection.execute(
                """SELECT * FROM patient WHERE deleted_at IS NULL AND label LIKE ? ESCAPE '\\'
                ORDER BY coalesce(
                    (SELECT max(opened_at) FROM visit WHERE patient_id = patient.id), created_at
                ) DESC LIMIT ?""",
                (f"%{wanted}%", limit),
            )
            return [_patient(row) for row in rows]

    def deleted(self) -> list[Patient]:
        """Give the patients in the recycle bin, the latest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM patient WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC"
            )
            return [_patient(row) for row in rows]

    def put_in_bin(self, patient_id: int) -> None:
        """Delete a patient for now; an open visit is closed. Harmless when done already."""
        now = self._database.now().isoformat()
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE patient SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL", (now, patient_id)
            )
            connection.execute(
                "UPDATE visit SET closed_at = ? WHERE patient_id = ? AND closed_at IS NULL", (now, patient_id)
            )

    def bring_back(self, patient_id: int) -> None:
        """Take a patient out of the recycle bin."""
        with self._database.writing() as connection:
            connection.execute("UPDATE patient SET deleted_at = NULL WHERE id = ?", (patient_id,))

    def overdue(self, bin_days: int) -> list[int]:
        """Give the numbers of those whose time in the recycle bin is over."""
        until = (self._database.now() - timedelta(days=bin_days)).isoformat()
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id FROM patient WHERE deleted_at <= ?", (until,))
            return [row["id"] for row in rows]


def _checked(label: str, born: int | None, height_cm: float | None, intake: Intake) -> dict[str, object]:
    label = " ".join(label.split())
    if not label or len(label) > LONGEST_LABEL or not label.isprintable():
        raise ClinicError(
            f"The patient has no usable label. Give initials or a code of at most {LONGEST_LABEL} characters."
        )
    if born is not None and not 1900 <= born <= 2100:
        raise ClinicError("The year of birth is out of range. Give four digits, or leave it empty.")
    if height_cm is not None and not 80 <= height_cm <= 250:
        raise ClinicError("The height is out of range. Give 80 to 250 cm, or leave it empty.")
    if intake.weekly_km is not None and not 0 <= intake.weekly_km <= 500:
        raise ClinicError("The weekly distance is out of range. Give 0 to 500 km, or leave it empty.")
    texts = {name: getattr(intake, name).strip() for name in _TEXTS}
    if any(len(text) > LONGEST_TEXT or "\0" in text for text in texts.values()):
        raise ClinicError(f"A text is too long. Give at most {LONGEST_TEXT} characters.")
    return {"label": label, "born": born, "height_cm": height_cm, "weekly_km": intake.weekly_km, **texts}


def _refuse_taken(connection: sqlite3.Connection, label: object, own_id: int | None) -> None:
    row = connection.execute(
        "SELECT deleted_at FROM patient WHERE label = ? COLLATE NOCASE AND id IS NOT ?", (label, own_id)
    ).fetchone()
    if row is not None:
        where = "in the recycle bin" if row["deleted_at"] else "in use"
        raise ClinicError(f"The label {label} is {where}. Choose another, such as one with a number added.")


def _missing(patient_id: int) -> str:
    return f"There is no patient {patient_id}. Deleted ones are gone for good: see the list of patients."


def _patient(row: sqlite3.Row) -> Patient:
    return Patient(
        id=row["id"],
        label=row["label"],
        born=row["born"],
        height_cm=row["height_cm"],
        created_at=datetime.fromisoformat(row["created_at"]),
        deleted_at=moment(row["deleted_at"]),
        intake=Intake(weekly_km=row["weekly_km"], **{name: row[name] for name in _TEXTS}),
    )

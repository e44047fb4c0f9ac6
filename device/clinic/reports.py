"""What the therapist adds to a visit's report: the conclusion, an answer to the runner's goal, homework."""

from dataclasses import dataclass
from enum import StrEnum

from device.clinic.database import ClinicDatabase, Step

STEPS = (
    Step(
        "report",
        (
            """CREATE TABLE report (
                visit_id INTEGER PRIMARY KEY REFERENCES visit ON DELETE CASCADE,
                conclusion TEXT NOT NULL, goal_answer TEXT NOT NULL, note TEXT NOT NULL,
                runs INTEGER, minutes INTEGER, metronome_spm INTEGER, homework TEXT NOT NULL,
                user TEXT NOT NULL, at TEXT NOT NULL)""",
        ),
    ),
)
"""The tables of this module."""


class Conclusion(StrEnum):
    """What the therapist decided the visit to say."""

    OPEN = ""
    KEEP = "keep"
    WORK = "work"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNotes:
    """The therapist's part of a report; empty or None where nothing was said.

    goal_answer: to the runner's own goal, in plain words. runs, minutes: homework until the next visit.
    metronome_spm: for the runs at home.
    """

    conclusion: Conclusion = Conclusion.OPEN
    goal_answer: str = ""
    note: str = ""
    runs: int | None = None
    minutes: int | None = None
    metronome_spm: int | None = None
    homework: str = ""


class Reports:
    """Keeps the notes of each visit's report; safe from any thread."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def get(self, visit_id: int) -> ReportNotes:
        """Give the notes of a visit, empty ones until some were kept. Raises StoreError."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM report WHERE visit_id = ?", (visit_id,)).fetchone()
        if row is None:
            return ReportNotes()
        return ReportNotes(
            conclusion=Conclusion(row["conclusion"]),
            goal_answer=row["goal_answer"],
            note=row["note"],
            runs=row["runs"],
            minutes=row["minutes"],
            metronome_spm=row["metronome_spm"],
            homework=row["homework"],
        )

    def put(self, visit_id: int, notes: ReportNotes, user: str) -> None:
        """Keep the notes in place of earlier ones. Raises StoreError."""
        values = (
            visit_id, notes.conclusion, notes.goal_answer, notes.note, notes.runs, notes.minutes,
            notes.metronome_spm, notes.homework, user, self._database.now().isoformat(),
        )  # fmt: skip
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO report VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

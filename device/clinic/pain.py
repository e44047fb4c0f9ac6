"""Pain as the runner tells it, 0 to 10: before, during, after the run, the next morning; and the rule."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from device.clinic.database import ClinicDatabase, Step
from device.errors import ClinicError

WORST = 10
STEPS = (
    Step(
        "pain",
        (
            """CREATE TABLE pain (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                visit_id INTEGER NOT NULL REFERENCES visit ON DELETE CASCADE,
                moment TEXT NOT NULL, score INTEGER NOT NULL, at TEXT NOT NULL, user TEXT NOT NULL,
                session_t_s REAL)""",
            "CREATE INDEX pain_of_visit ON pain (visit_id)",
            """CREATE TABLE pain_rule (
                patient_id INTEGER PRIMARY KEY REFERENCES patient ON DELETE CASCADE,
                pause_at INTEGER NOT NULL, morning_rise INTEGER NOT NULL)""",
        ),
    ),
)
"""The tables of this module."""


class Moment(StrEnum):
    """When the runner was asked."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
    MORNING = "morning"


@dataclass(frozen=True, slots=True)
class PainScore:
    """One answer, 0 none to 10 worst. session_t_s: how far into the recording it was given; None outside."""

    id: int
    visit_id: int
    moment: Moment
    score: int
    at: datetime
    user: str
    session_t_s: float | None = None


@dataclass(frozen=True, slots=True)
class PainRule:
    """What this runner and the therapist agreed: pause from this score on; call when the next morning is
    more than this above the score before the run. Starting values are a convention, not evidence."""

    pause_at: int = 4
    morning_rise: int = 1

    def pauses(self, score: int) -> bool:
        """Tell whether the run is to be paused."""
        return score >= self.pause_at

    def morning_exceeds(self, before: int | None, morning: int) -> bool:
        """Tell whether the next morning is worse than agreed."""
        return before is not None and morning > before + self.morning_rise


class Pains:
    """Keeps the answers of all visits and each patient's rule; safe from any thread."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def record(
        self, visit_id: int, moment: Moment, score: int, user: str, session_t_s: float | None = None
    ) -> int:
        """Keep one answer; gives its number. Of before, after and morning the newest answer counts.

        Raises ClinicError when the score is not 0 to 10; StoreError, also when there is no such visit.
        """
        if isinstance(score, bool) or not 0 <= score <= WORST:
            raise ClinicError("Pain is a whole number from 0 to 10. Choose one of them.")
        with self._database.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO pain (visit_id, moment, score, at, user, session_t_s) VALUES (?, ?, ?, ?, ?, ?)",
                (visit_id, moment, score, self._database.now().isoformat(), user, session_t_s),
            )
            return int(cursor.lastrowid or 0)

    def of_visit(self, visit_id: int) -> tuple[PainScore, ...]:
        """Give a visit's answers in order of time. Raises StoreError."""
        return self._find("WHERE visit_id = ? ORDER BY id", visit_id)

    def of_patient(self, patient_id: int) -> tuple[PainScore, ...]:
        """Give all answers of a patient in order of time. Raises StoreError."""
        where = "JOIN visit ON visit.id = visit_id WHERE patient_id = ? ORDER BY pain.visit_id, pain.id"
        return self._find(where, patient_id)

    def rule(self, patient_id: int) -> PainRule:
        """Give the rule agreed with a patient, the usual one until then. Raises StoreError."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM pain_rule WHERE patient_id = ?", (patient_id,)).fetchone()
        return PainRule() if row is None else PainRule(row["pause_at"], row["morning_rise"])

    def set_rule(self, patient_id: int, rule: PainRule) -> None:
        """Agree on another rule. Raises ClinicError when it makes no sense; StoreError."""
        if not 1 <= rule.pause_at <= WORST or not 0 <= rule.morning_rise <= WORST:
            raise ClinicError("The pain rule is out of range. Pause at 1 to 10, morning rise 0 to 10.")
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO pain_rule VALUES (?, ?, ?) ON CONFLICT (patient_id) DO UPDATE "
                "SET pause_at = excluded.pause_at, morning_rise = excluded.morning_rise",
                (patient_id, rule.pause_at, rule.morning_rise),
            )

    def _find(self, where: str, number: int) -> tuple[PainScore, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT pain.* FROM pain {where}", (number,)).fetchall()
        return tuple(
            PainScore(
                r["id"], r["visit_id"], Moment(r["moment"]), r["score"], datetime.fromisoformat(r["at"]),
                r["user"], r["session_t_s"],
            )
            for r in rows
        )  # fmt: skip


def newest(scores: tuple[PainScore, ...], moment: Moment) -> int | None:
    """Give the newest score of one moment, None when nobody asked."""
    found = [score.score for score in scores if score.moment is moment]
    return found[-1] if found else None

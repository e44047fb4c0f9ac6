"""The cue chosen at each visit: measure, band, schedule and the runner's own words."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from sqlite3 import Row

from device.clinic.database import ClinicDatabase, Step
from device.feedback.schedule import FadeStep, ScheduleKind, ScheduleSetting
from device.feedback.types import Band

STEPS = (
    Step(
        "cue_plan",
        (
            """CREATE TABLE cue_plan (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                visit_id INTEGER NOT NULL REFERENCES visit ON DELETE CASCADE,
                at TEXT NOT NULL, session_id INTEGER NOT NULL, metric TEXT NOT NULL, low REAL, high REAL,
                words TEXT NOT NULL, schedule TEXT NOT NULL, course_visit INTEGER NOT NULL,
                metronome_spm REAL, own_mean REAL, own_sd REAL)""",
            "CREATE INDEX cue_plan_of_visit ON cue_plan (visit_id)",
        ),
    ),
)
"""The tables of this module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CuePlan:
    """One cue as it was run. session_id: the recording. course_visit: place in a faded course, from 1.

    own_mean, own_sd: the runner's baseline of the measure at that time, None without one.
    """

    session_id: int
    metric: str
    band: Band
    words: str
    schedule: ScheduleSetting
    course_visit: int = 1
    metronome_spm: float | None = None
    own_mean: float | None = None
    own_sd: float | None = None
    visit_id: int = 0
    at: datetime | None = None


class Plans:
    """Keeps the cue plans of all visits; safe from any thread."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def add(self, visit_id: int, plan: CuePlan) -> None:
        """Keep the plan that a visit runs now. Raises StoreError."""
        values = (
            visit_id, self._database.now().isoformat(), plan.session_id, plan.metric, plan.band.low,
            plan.band.high, plan.words, json.dumps(schedule_json(plan.schedule)), plan.course_visit,
            plan.metronome_spm, plan.own_mean, plan.own_sd,
        )  # fmt: skip
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO cue_plan (visit_id, at, session_id, metric, low, high, words, schedule, "
                "course_visit, metronome_spm, own_mean, own_sd) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )

    def of_visit(self, visit_id: int) -> tuple[CuePlan, ...]:
        """Give the plans of a visit in order of time. Raises StoreError."""
        return self._find("WHERE visit_id = ? ORDER BY cue_plan.id", visit_id)

    def of_patient(self, patient_id: int) -> tuple[CuePlan, ...]:
        """Give every plan of a patient in order of time. Raises StoreError."""
        return self._find(
            "JOIN visit ON visit.id = visit_id WHERE patient_id = ? ORDER BY cue_plan.id", patient_id
        )

    def _find(self, where: str, number: int) -> tuple[CuePlan, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT cue_plan.* FROM cue_plan {where}", (number,)).fetchall()
        return tuple(_plan(row) for row in rows)


def words_before(plans: tuple[CuePlan, ...]) -> list[str]:
    """Give the words a patient has used, the newest first, each once."""
    return list(dict.fromkeys(plan.words for plan in reversed(plans) if plan.words))


def schedule_json(setting: ScheduleSetting) -> dict[str, object]:
    """Give a schedule as plain values; the template as pairs of seconds and share."""
    return {**asdict(setting), "template": [[step.run_s, step.share] for step in setting.template]}


def _plan(row: Row) -> CuePlan:
    schedule = json.loads(row["schedule"])
    template = tuple(FadeStep(*step) for step in schedule.pop("template"))
    kind = ScheduleKind(schedule.pop("kind"))
    return CuePlan(
        session_id=row["session_id"],
        metric=row["metric"],
        band=Band(row["low"], row["high"]),
        words=row["words"],
        schedule=ScheduleSetting(kind=kind, template=template, **schedule),
        course_visit=row["course_visit"],
        metronome_spm=row["metronome_spm"],
        own_mean=row["own_mean"],
        own_sd=row["own_sd"],
        visit_id=row["visit_id"],
        at=datetime.fromisoformat(row["at"]),
    )

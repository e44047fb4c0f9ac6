"""Pain, cue plans and report notes of a visit: kept in a real database, and gone with the visit."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.clinic import pain, plans, reports
from device.clinic.database import ClinicDatabase, Step
from device.clinic.dose import dose_of
from device.clinic.pain import Moment, PainRule, Pains, newest
from device.clinic.plans import CuePlan, Plans, words_before
from device.clinic.reports import Conclusion, ReportNotes, Reports
from device.errors import ClinicError, StoreError
from device.feedback.dose import BlockDose
from device.feedback.schedule import BlockKind, FadeStep, ScheduleKind, ScheduleSetting
from device.feedback.types import Band

PEOPLE = Step(
    "people",
    (
        "CREATE TABLE patient (id INTEGER PRIMARY KEY)",
        "CREATE TABLE visit (id INTEGER PRIMARY KEY, patient_id INTEGER NOT NULL REFERENCES patient "
        "ON DELETE CASCADE)",
        "INSERT INTO patient VALUES (1), (2)",
        "INSERT INTO visit VALUES (10, 1), (11, 1), (20, 2)",
    ),
)


class Clock:
    """A wall clock that goes on by a minute each time it is looked at."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


@pytest.fixture
def database(tmp_path: Path) -> ClinicDatabase:
    steps = (PEOPLE, *pain.STEPS, *plans.STEPS, *reports.STEPS)
    return ClinicDatabase(tmp_path, steps, now=Clock())


def erase(database: ClinicDatabase, patient_id: int) -> None:
    with database.writing() as connection:
        connection.execute("DELETE FROM patient WHERE id = ?", (patient_id,))


def test_pain_is_kept_in_order_and_the_newest_answer_counts(database: ClinicDatabase) -> None:
    pains = Pains(database)
    pains.record(10, Moment.BEFORE, 2, "AL")
    pains.record(10, Moment.DURING, 3, "AL", session_t_s=605.0)
    pains.record(10, Moment.DURING, 1, "AL", session_t_s=700.0)
    pains.record(20, Moment.BEFORE, 9, "AL")
    found = pains.of_visit(10)
    assert [(p.moment, p.score, p.session_t_s) for p in found] == [
        (Moment.BEFORE, 2, None), (Moment.DURING, 3, 605.0), (Moment.DURING, 1, 700.0),
    ]  # fmt: skip
    assert found[0].at < found[1].at
    assert newest(found, Moment.DURING) == 1
    assert newest(found, Moment.AFTER) is None
    assert {p.visit_id for p in pains.of_patient(1)} == {10}


@pytest.mark.parametrize("score", [-1, 11, True])
def test_pain_outside_the_scale_is_refused(database: ClinicDatabase, score: int) -> None:
    with pytest.raises(ClinicError, match="0 to 10"):
        Pains(database).record(10, Moment.BEFORE, score, "AL")
    assert Pains(database).of_visit(10) == ()


def test_pain_of_a_visit_that_is_none_is_refused(database: ClinicDatabase) -> None:
    with pytest.raises(StoreError):
        Pains(database).record(99, Moment.BEFORE, 3, "AL")


def test_the_rule_is_each_patients_own(database: ClinicDatabase) -> None:
    pains = Pains(database)
    assert pains.rule(1) == PainRule(4, 1)
    pains.set_rule(1, PainRule(5, 2))
    pains.set_rule(1, PainRule(3, 0))
    assert (pains.rule(1), pains.rule(2)) == (PainRule(3, 0), PainRule())
    with pytest.raises(ClinicError, match="out of range"):
        pains.set_rule(1, PainRule(0, 1))


@given(
    rule=st.builds(PainRule, st.integers(1, 10), st.integers(0, 10)),
    a=st.integers(0, 10),
    b=st.integers(0, 10),
)
def test_more_pain_never_satisfies_the_rule_better(rule: PainRule, a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert rule.pauses(high) >= rule.pauses(low)
    assert rule.morning_exceeds(a, high) >= rule.morning_exceeds(a, low)
    assert not rule.morning_exceeds(a, a)
    assert not rule.morning_exceeds(None, 10)


def plan(**changes: object) -> CuePlan:
    known: dict[str, object] = {
        "session_id": 7, "metric": "trunk_lean_deg", "band": Band(5.5, None), "words": "Lead with your chest",
        "schedule": ScheduleSetting(kind=ScheduleKind.FADED, template=(FadeStep(900, 1), FadeStep(900, 0.5))),
        "course_visit": 2, "metronome_spm": None, "own_mean": 4.0, "own_sd": 0.5,
    }  # fmt: skip
    return CuePlan(**{**known, **changes})  # type: ignore[arg-type]


def test_plans_come_back_as_they_were_run(database: ClinicDatabase) -> None:
    kept = Plans(database)
    kept.add(10, plan())
    kept.add(11, plan(words="Grow forward", band=Band(None, 9.0), metronome_spm=170.0))
    kept.add(11, plan(words="Lead with your chest"))
    kept.add(20, plan(words="Somebody else's"))
    (first,) = kept.of_visit(10)
    assert (first.metric, first.band, first.schedule, first.course_visit) == (
        "trunk_lean_deg", Band(5.5, None), plan().schedule, 2,
    )  # fmt: skip
    assert (first.own_mean, first.own_sd, first.visit_id) == (4.0, 0.5, 10)
    assert first.at is not None
    mine = kept.of_patient(1)
    assert [p.visit_id for p in mine] == [10, 11, 11]
    assert words_before(mine) == ["Lead with your chest", "Grow forward"]


def test_report_notes_replace_what_was_there(database: ClinicDatabase) -> None:
    kept = Reports(database)
    assert kept.get(10) == ReportNotes()
    kept.put(10, ReportNotes(conclusion=Conclusion.WORK, runs=3, minutes=15), "AL")
    notes = ReportNotes(conclusion=Conclusion.KEEP, goal_answer="Yes, keep running.", metronome_spm=162)
    kept.put(10, notes, "AL")
    assert (kept.get(10), kept.get(11)) == (notes, ReportNotes())


def test_all_of_it_goes_with_the_patient(database: ClinicDatabase, tmp_path: Path) -> None:
    Pains(database).record(10, Moment.BEFORE, 2, "THERAPIST-MARK")
    Pains(database).set_rule(1, PainRule(5, 2))
    Plans(database).add(10, plan(words="WORDS-MARK"))
    Reports(database).put(10, ReportNotes(note="NOTE-MARK"), "AL")
    erase(database, 1)
    assert Pains(database).of_visit(10) == Plans(database).of_visit(10) == ()
    assert (Pains(database).rule(1), Reports(database).get(10)) == (PainRule(), ReportNotes())
    database.forget()
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [mark for mark in (b"THERAPIST-MARK", b"WORDS-MARK", b"NOTE-MARK") if mark in left]


def test_the_dose_of_a_visit_sums_its_blocks() -> None:
    def block(kind: BlockKind, measured: float, inside: float, given: int = 0, held: int = 0) -> BlockDose:
        return BlockDose(
            index=0, kind=kind, planned_s=60, start_t=0, end_t=60, ran_s=60, measured_s=measured,
            in_band_s=inside, cued_s=3.0 * given, given=given, withheld=held,
        )  # fmt: skip

    dose = dose_of(
        [block(BlockKind.CUE, 60, 30, 2), block(BlockKind.CUE, 20, 20), block(BlockKind.RECALL, 0, 0)]
    )
    assert (dose.ran_s, dose.cued_s, dose.given, dose.withheld) == (180, 6, 2, 0)
    assert (dose.in_band_lit, dose.in_band_dark) == (pytest.approx(50 / 80), None)

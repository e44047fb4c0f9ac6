"""Stretches of a session and what differs between them, with changes that are known."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from device.feedback.dose import BlockDose
from device.feedback.schedule import BlockKind
from device.feedback.types import Baseline
from device.gait.compare import Verdict
from device.gait.types import FormMetrics, RunSetup, Side
from device.review.blocks import changes, larger, stretches
from device.sessions.types import RunChange, SessionMeta, SessionRecord, SessionStatus, SessionSummary

START = 1000.0
SETUP = RunSetup(speed_mps=2.8, height_cm=176)


def forms(
    begin_s: float, end_s: float, seed: int, lean: float = 5.0, drift: float = 0.0
) -> list[FormMetrics]:
    rng = random.Random(seed)
    found, t = [], begin_s + 0.7
    while t < end_s:
        share = (t - begin_s) / (end_s - begin_s)
        found.append(
            FormMetrics(
                t=START + t,
                side=Side.RIGHT,
                near=True,
                stride_time_s=0.7 + rng.gauss(0, 0.008),
                trunk_lean_deg=lean + drift * share + rng.gauss(0, 0.7),
                knee_flexion_contact_deg=17 + rng.gauss(0, 2.5),
                elbow_deg=90 + rng.gauss(0, 2),
            )
        )
        t += 0.7
    return found


def dose(kind: BlockKind, index: int, begin_s: float, end_s: float) -> BlockDose:
    length = end_s - begin_s
    return BlockDose(
        index=index, kind=kind, planned_s=length, start_t=START + begin_s, end_t=START + end_s, ran_s=length,
        measured_s=length, in_band_s=0.8 * length, cued_s=3.0, given=2, withheld=0,
    )  # fmt: skip


@pytest.fixture
def record() -> SessionRecord:
    form = [*forms(0, 60, 1), *forms(60, 120, 2, lean=8.0), *forms(120, 180, 3), *forms(180, 300, 4)]
    return SessionRecord(
        summary=SessionSummary(7, "R-014", "", datetime.now(UTC), 300.0, SessionStatus.FINISHED, 800, 0),
        meta=SessionMeta(
            label="R-014", started_t=START, size=(640, 480), setup=SETUP, region=None, software="1",
            model="m", model_sha256="0", runtime="r", camera="c",
        ),
        ended_t=START + 300,
        runs=(RunChange(START, SETUP),),
        baselines=(Baseline(START + 60, 60.0, 2.8, {}),),
        form=tuple(form),
        strides=(), events=(), cues=(), marks=(), tracking=(), notices=(), stats={}, cue_periods=(),
        blocks=(dose(BlockKind.CUE, 0, 60, 120), dose(BlockKind.RETENTION, 1, 120, 180)),
    )  # fmt: skip


def test_the_parts_of_a_session_are_found(record: SessionRecord) -> None:
    found = stretches(record)
    assert [(s.kind, s.index) for s in found] == [
        ("baseline", None), ("cue", 0), ("retention", 1), ("first", None), ("last", None),
    ]  # fmt: skip
    assert [(round(s.start_s), round(s.end_s)) for s in found[:3]] == [(0, 60), (60, 120), (120, 180)]
    assert len({s.id for s in found}) == len(found)
    assert found[1].in_band == pytest.approx(0.8)
    assert all(s.strides > 60 for s in found)


def test_a_known_change_is_larger_and_none_is_within(record: SessionRecord) -> None:
    baseline, cue, retention, *_ = stretches(record)
    changed = {c.name: c for c in changes(baseline, cue)}
    assert changed["trunk_lean_deg"].comparison.verdict is Verdict.LARGER
    assert changed["trunk_lean_deg"].comparison.change == pytest.approx(3.0, abs=0.4)
    assert changed["knee_flexion_contact_deg"].comparison.verdict is Verdict.WITHIN
    assert [c.name for c in larger(changes(baseline, cue))] == ["trunk_lean_deg"]
    assert larger(changes(baseline, retention)) == ()


def test_what_is_exploratory_is_not_compared(record: SessionRecord) -> None:
    baseline, cue, *_ = stretches(record)
    assert "elbow_deg" in baseline.stats
    assert "elbow_deg" not in {change.name for change in changes(baseline, cue)}


def test_drift_shows_between_first_and_last_minute(record: SessionRecord) -> None:
    tired = replace(record, form=tuple(forms(0, 300, 9, drift=5.0)))
    first, last = stretches(tired)[-2:]
    assert (first.kind, last.kind) == ("first", "last")
    assert "trunk_lean_deg" in {change.name for change in larger(changes(first, last))}


def test_a_few_strides_are_never_enough(record: SessionRecord) -> None:
    short = replace(record, blocks=(dose(BlockKind.CUE, 0, 60, 120), dose(BlockKind.RETENTION, 1, 120, 136)))
    thin = replace(short, form=tuple(f for f in record.form if not START + 124 < f.t < START + 140))
    found = {(s.kind): s for s in stretches(thin)}
    verdicts = {c.comparison.verdict for c in changes(found["baseline"], found["retention"])}
    assert verdicts == {Verdict.UNSURE}


def test_a_session_without_parts_is_one_stretch(record: SessionRecord) -> None:
    plain = replace(record, blocks=(), baselines=(), ended_t=START + 100)
    assert [s.kind for s in stretches(plain)] == ["whole"]
    assert stretches(replace(plain, form=())) == ()

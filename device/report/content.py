"""What a visit's report says: chosen and worded here, so that page and PDF only lay it out."""

from dataclasses import dataclass
from datetime import datetime

from device.clinic.dose import dose_of
from device.clinic.pain import Moment, PainRule, PainScore, newest
from device.clinic.plans import CuePlan
from device.clinic.reports import Conclusion, ReportNotes
from device.clinic.types import Patient, Visit
from device.gait.catalog import METRICS
from device.gait.compare import Verdict
from device.gait.types import RunSetup
from device.report.rows import ROWS, Row, measured_rows
from device.report.texts import (
    Words,
    band_text,
    moment,
    percent,
    setup_text,
)
from device.review.blocks import Change, Stretch, changes, stretches
from device.sessions.types import SessionRecord

AFTER = ("retention", "recall", "withheld", "cue", "on_error", "last")
"""Which stretch stands for "after", the first found: a run without the cue says most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything a report is made of. records: the visit's sessions in order; checked: the camera check in
    words, "" when none was made; at: when the report is made."""

    visit: Visit
    patient: Patient
    records: tuple[SessionRecord, ...]
    plans: tuple[CuePlan, ...]
    pain: tuple[PainScore, ...]
    rule: PainRule
    notes: ReportNotes
    clinic: str
    contact: str
    checked: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The report as texts; figures and the chart are added by `device.report.page`."""

    title: str
    who: tuple[str, ...]
    setup: str
    clinic: str
    contact: tuple[str, ...]
    headline: str
    sentences: tuple[str, ...]
    goal: str
    goal_answer: str
    cue_label: str
    cue_words: str
    facts: tuple[tuple[str, str], ...]
    pain: tuple[tuple[str, str], ...]
    columns: tuple[str, str]
    rows: tuple[Row, ...]
    homework: tuple[str, ...]
    pain_rule: str
    note: str
    provenance: str
    kept: str


def content(material: Material, words: Words) -> Content:
    """Word a report. words: the `report` table of the words files."""
    m, plan = material, material.plans[-1] if material.plans else None
    before, after = _sides(m.records)
    found = changes(before, after) if before and after else ()
    setup = after.setup if after else before.setup if before else _setup(m.visit)
    return Content(
        title=words["title"].format(n=m.visit.number),
        who=(
            words["runner"].format(label=m.patient.label),
            moment(m.visit.opened_at, words),
            words["therapist"].format(name=m.visit.opened_by),
        ),
        setup=setup_text(setup, m.visit, words),
        clinic=m.clinic,
        contact=tuple(line.strip() for line in m.contact.splitlines() if line.strip()),
        headline=_headline(m.notes.conclusion, plan, words),
        sentences=tuple(_sentences(m, plan, found, words)),
        goal=m.patient.intake.goals.strip(),
        goal_answer=m.notes.goal_answer.strip(),
        cue_label=METRICS[plan.metric].label if plan else "",
        cue_words=plan.words if plan else "",
        facts=tuple(_facts(m.records, plan, words)),
        pain=tuple(
            (words["pain_when"][str(when)], str(score))
            for when in Moment
            if (score := newest(m.pain, when)) is not None
        ),
        columns=(_named(before, words), _named(after, words)),
        rows=tuple(measured_rows(before, after, found, plan, words)),
        homework=tuple(_homework(m.notes, plan, words)),
        pain_rule=words["pain_rule"].format(pause_at=m.rule.pause_at, rise=m.rule.morning_rise),
        note=m.notes.note.strip(),
        provenance=_provenance(m, words),
        kept=words["kept"][str(m.visit.consent)],
    )


def sides(records: tuple[SessionRecord, ...]) -> tuple[Stretch | None, Stretch | None]:
    """Give the stretches that stand for before and after; None where there is none."""
    return _sides(records)


def _setup(visit: Visit) -> RunSetup:
    return RunSetup(visit.setup.speed_mps, visit.setup.grade_pct, visit.setup.height_cm)


def _sides(records: tuple[SessionRecord, ...]) -> tuple[Stretch | None, Stretch | None]:
    found = [stretch for record in records for stretch in stretches(record)]
    before = next((s for s in found if s.kind == "baseline"), None)
    before = before or next((s for s in found if s.kind in {"first", "whole"}), None)
    for kind in AFTER:
        after = [s for s in found if s.kind == kind and s is not before]
        if after:
            return before, after[-1]
    return before, None


def _named(stretch: Stretch | None, words: Words) -> str:
    return "" if stretch is None else str(words["stretch"][stretch.kind])


def _headline(conclusion: Conclusion, plan: CuePlan | None, words: Words) -> str:
    if conclusion is Conclusion.KEEP:
        return str(words["keep"])
    if plan is None:
        return str(words["work_none"] if conclusion is Conclusion.WORK else words["measured_only"])
    label = METRICS[plan.metric].label.lower()
    return str(words["work"]).format(label=label, way=_way(plan))


def _way(plan: CuePlan) -> str:
    """Name the direction the band lies in from the runner's own form."""
    metric, band = METRICS[plan.metric], plan.band
    if plan.own_mean is None:
        return ""
    if band.low is not None and band.low > plan.own_mean:
        return f", {metric.high}"
    if band.high is not None and band.high < plan.own_mean:
        return f", {metric.low}"
    return ""


def _sentences(m: Material, plan: CuePlan | None, found: tuple[Change, ...], words: Words) -> list[str]:
    said = []
    if plan is not None:
        change = next((c for c in found if c.name == plan.metric), None)
        if change is not None:
            key = {Verdict.LARGER: "moved", Verdict.WITHIN: "not_moved"}.get(
                change.comparison.verdict, "unsure"
            )
            name = METRICS[plan.metric]
            way = name.high if change.comparison.change > 0 else name.low
            said.append(words[key].format(label=name.label.lower(), way=way))
        dose = dose_of(block for record in m.records for block in record.blocks)
        if dose.in_band_dark is not None and dose.in_band_lit is not None:
            said.append(words["held"].format(lit=percent(dose.in_band_lit), dark=percent(dose.in_band_dark)))
    others = [
        c for c in found if c.comparison.verdict is Verdict.LARGER and (plan is None or c.name != plan.metric)
    ]
    shown = [METRICS[c.name].label.lower() for c in others if c.name in {r.name for r in found[:ROWS]}]
    if plan is not None and found:
        said.append(words["others"].format(names=", ".join(shown)) if shown else words["no_others"])
    return said


def _facts(records: tuple[SessionRecord, ...], plan: CuePlan | None, words: Words) -> list[tuple[str, str]]:
    if plan is None:
        return []
    facts = [(words["target"], band_text(plan.metric, plan.band, words))]
    dose = dose_of(block for record in records for block in record.blocks)
    for key, share in (("in_band_lit", dose.in_band_lit), ("in_band_dark", dose.in_band_dark)):
        if share is not None:
            facts.append((words[key], f"{percent(share)} %"))
    if dose.ran_s:
        facts.append((words["cues"], words["cues_text"].format(given=dose.given, withheld=dose.withheld)))
    return facts


def _homework(notes: ReportNotes, plan: CuePlan | None, words: Words) -> list[str]:
    said = []
    if notes.runs and notes.minutes:
        said.append(words["runs"].format(runs=notes.runs, minutes=notes.minutes))
        if plan is not None and plan.words and notes.conclusion is not Conclusion.KEEP:
            said.append(words["say"].format(words=plan.words))
    if notes.metronome_spm:
        said.append(words["metronome"].format(spm=notes.metronome_spm))
    if notes.homework.strip():
        said.append(notes.homework.strip())
    return said or [_nothing_extra(notes.conclusion, plan, words["home_none"])]


def _nothing_extra(conclusion: Conclusion, plan: CuePlan | None, words: Words) -> str:
    """Say what to do at home when nothing was set, which is never nothing at all."""
    if conclusion is Conclusion.KEEP:
        return str(words["keep"])
    if plan is not None and plan.words:
        return str(words["words"]).format(words=plan.words)
    return str(words["other"])


def _provenance(m: Material, words: Words) -> str:
    if not m.records:
        return str(words["no_recording"])
    meta = m.records[-1].meta
    return str(words["provenance"]).format(
        camera=meta.camera, size=f"{meta.size[0]}x{meta.size[1]}", software=meta.software, model=meta.model,
        sha=meta.model_sha256[:8], runtime=meta.runtime, check=m.checked or words["no_check"],
        sessions=", ".join(str(record.summary.id) for record in m.records),
    )  # fmt: skip

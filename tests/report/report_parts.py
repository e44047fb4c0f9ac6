"""A recorded visit without a camera: baseline, blocks of a run, retention, recall, by the true recorder."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from device.clinic.pain import Moment, PainRule, PainScore
from device.clinic.plans import CuePlan
from device.clinic.reports import Conclusion, ReportNotes
from device.clinic.types import ConsentKind, Intake, Patient, Visit, VisitSetup
from device.feedback.baseline import own_form
from device.feedback.dose import BlockDose
from device.feedback.schedule import ScheduleSetting, plan_blocks
from device.feedback.types import Band, Baseline, CueSetting, CueState, LightState
from device.gait.types import Activity, Facing, FormMetrics, GaitUpdate, RunSetup, Side, Tracking, View
from device.report.content import Material
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.sessions.types import SessionMeta, SessionRecord
from device.storage.database import utc_now

SETUP = RunSetup(speed_mps=2.8, grade_pct=1.0, height_cm=175, facing=Facing.RIGHT)
TRACKING = Tracking(True, Activity.RUNNING, View.RIGHT, Facing.RIGHT, 1.0, 12, 0, 2.8, False)
BAND = Band(5.5, 8.5)
AT = datetime(2026, 11, 18, 10, 25, tzinfo=UTC)
START, STRIDE_S, BASELINE_S = 100.0, 0.74, 60.0
USUAL = {
    "trunk_lean_deg": (4.0, 0.6), "cadence_spm": (158.0, 1.4), "hip_bounce_cm": (9.3, 0.4),
    "knee_excursion_deg": (28.0, 2.5), "knee_flexion_contact_deg": (17.0, 2.0),
    "thigh_extension_peak_deg": (24.0, 1.0), "overstride_pct": (24.0, 1.5),
}  # fmt: skip


def forms(begin_t: float, end_t: float, lean: float, cadence: float, seed: int) -> Iterator[FormMetrics]:
    rng = np.random.default_rng(seed)
    for t in np.arange(begin_t + STRIDE_S, end_t, STRIDE_S):
        values = {name: float(rng.normal(mean, sd)) for name, (mean, sd) in USUAL.items()}
        values |= {"trunk_lean_deg": float(rng.normal(lean, 0.6)), "stride_time_s": STRIDE_S}
        spm = values.pop("cadence_spm") - USUAL["cadence_spm"][0] + cadence
        yield FormMetrics(t=float(t) - STRIDE_S / 2, side=Side.LEFT, near=False, cadence_spm=spm + 0.5)
        yield FormMetrics(t=float(t) - 0.001, side=Side.RIGHT, near=True, cadence_spm=spm)
        yield FormMetrics(t=float(t), side=Side.RIGHT, near=True, **values)


def recorded(
    folder: Path,
    after_lean: float = 7.1,
    *,
    label: str = "R-014",
    own_lean: float = 4.0,
    band: Band = BAND,
    now: Callable[[], datetime] = utc_now,
) -> SessionRecord:
    """Record one visit and read it back.

    own_lean, after_lean: trunk lean at baseline and in the run (deg). now: when it was.
    """
    meta = SessionMeta(
        label=label, started_t=START, size=(640, 480), setup=SETUP, region=None, software="0.2.0",
        model="lightning", model_sha256="ab" * 32, runtime="LiteRT 2.3.0", camera="picamera2",
    )  # fmt: skip
    store = SessionStore(folder, now)
    blocks = plan_blocks(ScheduleSetting(on_s=90, off_s=45, run_s=225, retention_s=60, recall_s=45))
    with closing(Recorder(store)) as recorder:
        session_id = recorder.start(meta)
        own = list(forms(START, START + BASELINE_S, own_lean, 158.0, 1))
        cue = CueState(CueSetting("trunk_lean_deg", band), 7.0, 0.6, 6, None, LightState.ALIVE, 0.8)
        for form in own:
            recorder.update(GaitUpdate(form.t, TRACKING, form=(form,)), cue)
        recorder.baseline(Baseline(START + BASELINE_S, BASELINE_S, 2.8, own_form(own)))
        t = START + BASELINE_S + 5
        for index, block in enumerate(blocks):
            for form in forms(t, t + block.duration_s, after_lean, 158.5, 10 + index):
                recorder.update(GaitUpdate(form.t, TRACKING, form=(form,)), cue)
            share = 0.82 if block.kind.lit else 0.74
            recorder.block(
                BlockDose(
                    index=index, kind=block.kind, planned_s=block.duration_s, start_t=t,
                    end_t=t + block.duration_s, ran_s=block.duration_s, measured_s=block.duration_s,
                    in_band_s=share * block.duration_s, cued_s=8.0 * block.kind.lit,
                    given=3 * block.kind.lit, withheld=2 * (not block.kind.lit),
                )
            )  # fmt: skip
            t += block.duration_s
        assert recorder.flush()
    return store.load_session(session_id)


def material(
    records: tuple[SessionRecord, ...], notes: ReportNotes | None = None, **changes: object
) -> Material:
    visit = Visit(
        id=3, patient_id=1, number=3, opened_at=AT, closed_at=None, opened_by="A. Lindqvist",
        setup=VisitSetup(speed_mps=2.8, grade_pct=1.0, shoe="own shoes", height_cm=175),
        consent=ConsentKind.SKELETON, consent_noted=True,
    )  # fmt: skip
    goals = "Run 10 km without the ache after"
    patient = Patient(1, "R-014", None, 175.0, AT, None, Intake(goals=goals))
    plan = CuePlan(
        session_id=1, metric="trunk_lean_deg", band=BAND, words="Lead with your chest",
        schedule=ScheduleSetting(), own_mean=4.0, own_sd=0.5,
    )  # fmt: skip
    pain = tuple(
        PainScore(i, 3, moment, score, AT, "AL")
        for i, (moment, score) in enumerate([(Moment.BEFORE, 2), (Moment.DURING, 2), (Moment.AFTER, 3)])
    )
    usual = ReportNotes(
        conclusion=Conclusion.WORK, runs=3, minutes=15, metronome_spm=162,
        goal_answer="Yes: build up by a kilometre a week, and stop by the rule below.",
        note="Upright at baseline, as at visits 1 and 2. Found the lean within two minutes and held most of "
        "it without the cue.",
    )  # fmt: skip
    known: dict[str, object] = {
        "visit": visit, "patient": patient, "records": records, "plans": (plan,), "pain": pain,
        "rule": PainRule(), "notes": notes or usual, "clinic": "Lakeside Physiotherapy",
        "contact": "12 Shore Road, Lakeside\n+44 1632 960000", "checked": "camera checked 10:03", "at": AT,
    }  # fmt: skip
    return Material(**{**known, **changes})  # type: ignore[arg-type]

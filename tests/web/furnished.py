"""A clinic after some weeks of work with a visit in progress, as every screen is looked at.

Earlier visits come from the true recorder, the open one from the true pipeline on the demo runner's joints.
Minutes of running pass in seconds: the runner's time is not ours until everything is set up.
"""

import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from demo_device import ORIGIN, REGION, SIZE, DemoCamera
from flask import Flask
from gpiozero.pins.mock import MockFactory, MockPWMPin
from web_client import NAME, dashboard, new_clinic
from werkzeug.exceptions import NotFound

from device.camera.frame import Frame
from device.checks import CheckResult
from device.clinic.checks import Capture, CheckRecord
from device.clinic.pain import Moment
from device.clinic.plans import CuePlan
from device.clinic.reports import Conclusion, ReportNotes
from device.clinic.settings import Settings
from device.clinic.store import ClinicStore
from device.clinic.types import ConsentKind, Intake, Purpose, Role, VisitSetup
from device.config import Config, StorageConfig
from device.current_runner import CurrentRunner
from device.demo.clip import DemoTruth, load_truth
from device.feedback.cue import CueController
from device.feedback.indicator import Light
from device.feedback.schedule import ScheduleSetting, plan_blocks
from device.feedback.training import RunPlan
from device.feedback.types import Band, CueSetting
from device.gait.types import Facing, RunSetup
from device.loop import FrameLoop
from device.monitor.station import Station
from device.monitor.vitals import VitalSigns
from device.pipeline import Pipeline
from device.pose.region import Region
from device.pose.types import N_KEYPOINTS, Pose
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.web.server import DashboardServer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))
from report_parts import recorded

FPS = 30
BASELINE_S = 20.0
FORE_S = 60.0
"""How long the runner has been running when the screens are looked at."""
SCHEDULE = ScheduleSetting(run_s=600, on_s=20, off_s=15, retention_s=30, recall_s=30)
BAND = Band(7.5, 10.5)
UPPER_BODY = 11
"""The first so many keypoints: head, shoulders, arms."""
CLOCK = CheckResult(
    "clock", "warn", "The clock is not synchronized.", "Connect a network with a time server."
)
WORDS = "Lead with your chest"
GOALS = "Run 10 km with my daughter in spring without the back complaining."


class Form:
    """The demo runner's landmarks, the trunk turned forward as far as asked, with a camera's noise."""

    def __init__(self, truth: DemoTruth, begun_t: float) -> None:
        easy = next(phase for phase in truth.phases if phase.values)
        first, last = (round(60 * t) for t in (easy.start_s, easy.end_s))
        contacts = [
            round(60 * e.t) for e in truth.events if e.kind == "initial_contact" and e.side == "right"
        ]
        whole = [n for n in contacts if first <= n <= last]
        self._points = truth.frames.landmarks_px[whole[0] : whole[-1]].astype(np.float32)
        self._score = np.full(N_KEYPOINTS, 0.8, np.float32)
        self._rng = np.random.default_rng(4)
        self._begun_t = begun_t
        self.lean_deg = 0.0

    def estimate(self, frame: Frame) -> Pose:
        t = frame.t - self._begun_t
        xy = self._points[round(60 * t) % len(self._points)].copy()
        turn = np.deg2rad(self.lean_deg + 0.4 * np.sin(0.4 * t))
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32)
        hip = xy[UPPER_BODY : UPPER_BODY + 2].mean(0)
        xy[:UPPER_BODY] = hip + (xy[:UPPER_BODY] - hip) @ rotation.T
        xy += self._rng.normal(0.0, 0.4, xy.shape).astype(np.float32)
        return Pose(frame.t, xy, self._score)

    def set_region(self, region: Region | None) -> None:
        pass


@dataclass
class Furnished:
    """The clinic, its device and its dashboard; `patient_id` and `visit_id` are those of the open visit."""

    clinic: ClinicStore
    store: SessionStore
    pipeline: Pipeline
    loop: FrameLoop
    app: Flask
    server: DashboardServer
    form: Form
    camera: DemoCamera
    recorder: Recorder
    light: Light
    t: float
    patient_id: int = 0
    visit_id: int = 0
    thread: threading.Thread | None = None

    def run(self, seconds: float) -> None:
        """Let the runner run so long, as fast as the machine can."""
        desk = self.app.extensions["desk"]
        for _ in range(round(FPS * seconds)):
            self.t += 1 / FPS
            desk.follow(self.pipeline.step(Frame(self.t, self.camera.image)), REGION)

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Give (path, endpoint) of all that can be asked for, but streams, files and what logs out."""
        for rule in self.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.rule.endswith(("/stream", ":filename>")):
                yield re.sub(r"<int:\w+>", "1", re.sub(r"<any\((\w+).*?>", r"\1", rule.rule)), rule.endpoint

    def endpoint(self, path: str) -> str:
        """Name the view behind a path, "" for none."""
        try:
            return str(self.app.url_map.bind("127.0.0.1").match(path)[0])
        except NotFound:
            return ""

    def go_live(self) -> None:
        """From now on the runner's time is ours."""
        while self.t < time.monotonic() - 1 / FPS:
            self.run(1 / FPS)
        self.thread = threading.Thread(target=self.loop.run, args=(self.camera,), name="pose", daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.stop()
        self.camera.close()
        if self.thread is not None:
            self.thread.join(5.0)
        self.loop.live.close()
        self.recorder.close()
        self.light.close()


def furnish(folder: Path, *, live: bool = True) -> Furnished:
    """Set up the clinic with R-014's third visit open: baseline captured, a feedback run going on."""
    clinic = new_clinic(folder)
    clinic.users.add("Bo Berg", Role.THERAPIST, "739164")
    clinic.users.add("Vi Holm", Role.VIEWER, "739164")
    contact = "12 Shore Road, Lakeside\n+44 1632 960000"
    clinic.settings.save(Settings(clinic="Lakeside Physiotherapy", contact=contact, pictures_days=24))
    patient_id = _earlier(clinic)
    found = _device(folder, clinic)
    found.patient_id = patient_id
    _open_visit(found)
    if live:
        found.go_live()
    found.server.start()
    return found


def _device(folder: Path, clinic: ClinicStore) -> Furnished:
    truth = load_truth()
    setup = RunSetup(speed_mps=truth.belt_speed_mps, height_cm=truth.stature_cm, facing=Facing(truth.facing))
    store, camera = SessionStore(folder), DemoCamera()
    recorder, light = Recorder(store), Light(17, pin_factory=MockFactory(pin_class=MockPWMPin))
    begun_t = time.monotonic() - FORE_S
    form = Form(truth, begun_t)
    pipeline = Pipeline(SIZE, setup, REGION, form, CueController(), light, CurrentRunner(recorder, ORIGIN))
    loop = FrameLoop(pipeline, lambda region: None)
    station = Station(
        Config(storage=StorageConfig(folder=folder)), VitalSigns(loop, folder), look=lambda _: [CLOCK]
    )
    app = dashboard(loop, store, clinic=clinic, station=station)
    server = DashboardServer(app, "127.0.0.1", 0)
    return Furnished(clinic, store, pipeline, loop, app, server, form, camera, recorder, light, begun_t)


def _earlier(clinic: ClinicStore) -> int:
    """Fill the last weeks; gives the patient with the most visits."""
    add = clinic.patients.add
    told = Intake(
        history="Since 2015, two half marathons", weekly_km=25, goals=GOALS,
        pain_where="Low back, right side", pain_when="After 20 minutes, and the next morning",
        tried="Stretching, new shoes, two weeks rest",
    )  # fmt: skip
    first = add("R-014", born=1987, height_cm=176, intake=told)
    _visit(clinic, first, 21, own=6.2, after=7.8, pain=(4, 5, 4, 5))
    _visit(clinic, first, 14, own=6.4, after=8.4, pain=(3, 3, 3, 3))
    _visit(
        clinic, add("K.M.", intake=Intake(goals="Back to parkrun")), 9, own=9.0, after=9.3, pain=(2, 2, 1, 1)
    )
    _visit(clinic, add("R-022", born=1994), 1, own=6.1, after=8.9, pain=(3, 2, 2, None))
    _visit(clinic, add("A-7"), 2, own=7.2, after=7.4, pain=(1, 1, 0, None))
    add("T.S.", intake=Intake(goals="First marathon"))
    clinic.patients.put_in_bin(add("J.P."))
    return first


def _visit(
    clinic: ClinicStore,
    patient_id: int,
    days_ago: int,
    *,
    own: float,
    after: float,
    pain: tuple[int | None, ...],
) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    today = clinic.database.now
    clinic.database.now = lambda: at
    try:
        visit_id = clinic.visits.open(patient_id, "Bo Berg")
        clinic.visits.agree(visit_id, ConsentKind.SKELETON, "Bo Berg")
        setup = VisitSetup(speed_mps=2.7, grade_pct=1.0, shoe="Own, blue", height_cm=176)
        clinic.visits.set_up(visit_id, setup)
        label = clinic.patients.get(patient_id).label
        session = recorded(
            clinic.folder, after, label=label, own_lean=own, band=BAND, now=lambda: at
        ).summary.id
        clinic.visits.link(visit_id, session, Purpose.FEEDBACK)
        plan = CuePlan(
            session_id=session, metric="trunk_lean_deg", band=BAND, words=WORDS, schedule=SCHEDULE,
            own_mean=own, own_sd=0.6,
        )  # fmt: skip
        clinic.plans.add(visit_id, plan)
        clinic.checks.add(visit_id, CheckRecord(green=True, capture=_capture(2.7), lines=()))
        for moment, score in zip(Moment, pain, strict=True):
            if score is not None:
                clinic.pains.record(visit_id, moment, score, "Bo Berg")
        clinic.reports.put(visit_id, ReportNotes(conclusion=Conclusion.WORK, runs=3, minutes=20), "Bo Berg")
        clinic.visits.close(visit_id)
    finally:
        clinic.database.now = today


def _capture(speed_mps: float) -> Capture:
    return Capture(
        speed_mps=speed_mps, grade_pct=1.0, height_cm=176, shoe="Own, blue", side="right", fill=0.7,
        tilt_deg=0.4, region=None, size=SIZE,
    )  # fmt: skip


def _open_visit(found: Furnished) -> None:
    clinic, pipeline = found.clinic, found.pipeline
    visit_id = found.visit_id = clinic.visits.open(found.patient_id, NAME)
    clinic.checks.add(visit_id, CheckRecord(green=True, capture=_capture(2.9), lines=()))
    clinic.visits.agree(visit_id, ConsentKind.SKELETON, NAME)
    clinic.visits.set_up(visit_id, VisitSetup(speed_mps=2.9, grade_pct=1.0, shoe="Own, blue", height_cm=176))
    found.run(4.0)
    session = pipeline.start_session("R-014", "")
    clinic.visits.link(visit_id, session, Purpose.FEEDBACK)
    pipeline.runner.capture_baseline(BASELINE_S)
    while pipeline.runner.state.baseline is None:
        found.run(1.0)
    own = pipeline.runner.state.baseline.metrics["trunk_lean_deg"]
    pipeline.cues.set(CueSetting("trunk_lean_deg", BAND))
    pipeline.start_run(
        RunPlan(kind=SCHEDULE.kind, blocks=plan_blocks(SCHEDULE), words=WORDS, metronome_spm=166)
    )
    plan = CuePlan(
        session_id=session, metric="trunk_lean_deg", band=BAND, words=WORDS, schedule=SCHEDULE,
        metronome_spm=166, own_mean=own.mean, own_sd=own.sd,
    )  # fmt: skip
    clinic.plans.add(visit_id, plan)
    clinic.pains.record(visit_id, Moment.BEFORE, 2, NAME)
    clinic.pains.record(visit_id, Moment.DURING, 3, NAME, session_t_s=40.0)
    found.form.lean_deg = 2.6
    found.run(24.0)
    found.app.extensions["desk"].freeze(found.loop)

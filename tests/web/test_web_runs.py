"""Feedback runs over the web: choosing a cue, what the runner may see, pain, the report's notes."""

import json
from pathlib import Path

import pytest
from scripted_device import ScriptedDevice
from web_client import Visitor, dashboard, new_clinic

from device.clinic.pain import Moment
from device.clinic.reports import Conclusion
from device.clinic.store import ClinicStore
from device.clinic.types import ConsentKind
from device.feedback.schedule import Block, BlockKind, ScheduleKind
from device.feedback.training import RunPlan
from device.feedback.types import Band
from device.web.runner import describe
from device.web.server import DashboardServer

LEAN = {"metric": "trunk_lean_deg", "low": 5.5, "high": 8.5, "words": "Lead with your chest"}


@pytest.fixture
def clinic(tmp_path: Path) -> ClinicStore:
    return new_clinic(tmp_path / "clinic")


@pytest.fixture
def known(device: ScriptedDevice, clinic: ClinicStore):
    server = DashboardServer(dashboard(device, clinic=clinic), "127.0.0.1", 0)
    server.start()
    # What an earlier test left must not be the newest state any more.
    device.settle()
    visitor = Visitor(server.port)
    assert visitor.log_in().status == 302
    yield visitor
    server.stop()


def begin_visit(clinic: ClinicStore, kind: ConsentKind = ConsentKind.SKELETON) -> int:
    visit = clinic.visits.open(clinic.patients.add("R-014"), "Ann Lee")
    clinic.visits.agree(visit, kind, "Ann Lee")
    return visit


def test_a_schedule_is_shown_before_it_is_run(known: Visitor) -> None:
    found = known.post("/api/run/plan", {"kind": "blocks", "run_s": 60, "on_s": 25, "off_s": 15}).json
    assert [kind for kind, _ in found["blocks"]] == ["cue", "withheld", "cue", "retention", "recall"]
    assert found["share"] == pytest.approx(45 / 60)
    faded = {"kind": "faded", "visit_no": 2, "template": [[600, 1], [600, 0.5]]}
    assert known.post("/api/run/plan", faded).json["share"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"kind": "sometimes"}, "not known"),
        ({"run_s": 2}, "usable length"),
        ({"template": [[600]], "kind": "faded"}, "minutes and percent"),
        ({"template": "all", "kind": "faded"}, "cannot be read"),
        ({"metric": "trunk_lean_deg"}, "not known here"),
    ],
)
def test_a_schedule_that_cannot_be_run_says_why(known: Visitor, body: dict, says: str) -> None:
    answer = known.post("/api/run/plan", body)
    assert answer.status == 400
    assert says in answer.json["message"]


def test_starting_sets_the_cue_records_and_keeps_the_plan(
    known: Visitor, device: ScriptedDevice, clinic: ClinicStore
) -> None:
    visit = begin_visit(clinic)
    device.start_session("R-014")
    device.finish_baseline()
    device.settle()
    started = known.post("/api/run/start", {**LEAN, "kind": "continuous", "run_s": 300, "metronome_spm": 165})
    assert started.status == 200, started.text
    assert ("cue", "trunk_lean_deg", Band(5.5, 8.5)) in device.calls
    plan = device.live.latest().session.plan
    assert (plan.kind, plan.words, plan.metronome_spm) == ("continuous", "Lead with your chest", 165)
    (kept,) = clinic.plans.of_visit(visit)
    assert (kept.band, kept.words, kept.own_mean, kept.session_id) == (Band(5.5, 8.5), plan.words, 4.0, 1)
    before = known.get("/api/cue/options").json["plan"]
    assert (before["metric"], before["words_before"]) == ("trunk_lean_deg", ["Lead with your chest"])


def test_without_consent_to_keep_the_run_goes_on_and_nothing_is_kept(
    known: Visitor, device: ScriptedDevice, clinic: ClinicStore
) -> None:
    visit = begin_visit(clinic, ConsentKind.LIVE)
    assert known.post("/api/run/start", {**LEAN, "kind": "off"}).status == 200
    assert device.live.latest().session.plan is not None
    assert device.live.latest().session.id is None
    assert clinic.plans.of_visit(visit) == ()


def test_a_band_narrower_than_noise_is_refused_and_nothing_starts(
    known: Visitor, device: ScriptedDevice
) -> None:
    answer = known.post("/api/run/start", {**LEAN, "low": 6.9, "high": 7.0})
    assert answer.status == 400
    assert "narrower" in answer.json["message"]
    assert device.live.latest().session.plan is None


def test_pause_next_block_and_end(known: Visitor, device: ScriptedDevice) -> None:
    assert known.post("/api/run/pause", {"paused": True}).status == 409
    known.post("/api/run/start", LEAN)
    known.post("/api/run/pause", {"paused": True})
    assert device.live.latest().session.run.paused
    known.post("/api/run/pause", {"paused": False})
    known.post("/api/run/skip", {})
    run = device.live.latest().session.run
    assert (run.index, run.paused) == (1, False)
    known.post("/api/run/end", {})
    assert device.live.latest().session.run is None


def shown_to_runner(device: ScriptedDevice, kind: BlockKind, lean: float = 7.0) -> dict:
    device.values["trunk_lean_deg"] = (lean, 0.1)
    device.start_session("R-014 SECRET")
    device.set_cue("trunk_lean_deg", Band(5.5, 8.5))
    device.start_run(
        RunPlan(
            kind=ScheduleKind.BLOCKS, blocks=(Block(kind, 60), Block(BlockKind.CUE, 60)), words="Own words"
        )
    )
    device.settle()
    return describe(device.live.latest())


def test_the_runner_sees_the_number_only_while_the_cue_may_be_seen(device: ScriptedDevice) -> None:
    inside = shown_to_runner(device, BlockKind.CUE)
    assert (inside["light"], inside["outside"], inside["block"]) == ("alive", None, "cue")
    assert inside["value"] == pytest.approx(7.0, abs=0.2)
    outside = shown_to_runner(device, BlockKind.CUE, lean=4.0)
    assert (outside["light"], outside["outside"], outside["words"]) == ("cue", "below", "Own words")


@pytest.mark.parametrize("kind", [BlockKind.WITHHELD, BlockKind.RETENTION, BlockKind.RECALL])
def test_the_runner_sees_no_number_and_no_side_while_the_cue_is_off(device: ScriptedDevice, kind) -> None:
    seen = shown_to_runner(device, kind, lean=4.0)
    assert (seen["value"], seen["outside"], seen["light"]) == (None, None, "alive")
    assert (seen["block"], seen["next"]) == (kind, "cue")


def test_nothing_of_the_patient_reaches_the_runners_screen(device: ScriptedDevice) -> None:
    seen = shown_to_runner(device, BlockKind.CUE)
    assert "SECRET" not in json.dumps(seen)
    assert not {"pose", "session", "label", "tiles", "run", "deviations"} & seen.keys()


def test_the_runners_stream_is_counted_and_ends_with_its_viewer(known: Visitor) -> None:
    with known.stream_at("/runner/stream") as listener:
        assert listener.status == 200
        (header, body), *_ = listener.states(2)
        assert header["kind"] == "state"
        assert body == b""


def test_pain_finds_its_moment_by_itself(known: Visitor, device: ScriptedDevice, clinic: ClinicStore) -> None:
    assert known.post("/api/pain", {"score": 2}).status == 400
    visit = begin_visit(clinic)
    assert known.get("/api/pain").json["visit"]["newest"]["before"] is None
    known.post("/api/pain", {"score": 2})
    known.post("/api/run/start", LEAN)
    known.post("/api/pain", {"score": 3})
    device.end_run()
    device.settle()
    answer = known.post("/api/pain", {"score": 1}).json["visit"]
    assert answer["newest"] == {"before": 2, "during": 3, "after": 1, "morning": None}
    assert [s.session_t_s is not None for s in clinic.pains.of_visit(visit)] == [False, True, True]
    known.post(f"/api/visits/{visit}/pain", {"score": 4, "moment": "morning"})
    assert clinic.pains.of_visit(visit)[-1].moment is Moment.MORNING


@pytest.mark.parametrize(
    "body", [{}, {"score": 2.5}, {"score": 11}, {"score": "2"}, {"score": 1, "moment": "noon"}]
)
def test_an_answer_that_is_none_is_refused(known: Visitor, clinic: ClinicStore, body: dict) -> None:
    visit = begin_visit(clinic)
    assert known.post("/api/pain", body).status == 400
    assert clinic.pains.of_visit(visit) == ()


def test_the_pain_rule_can_be_changed(known: Visitor, clinic: ClinicStore) -> None:
    visit = begin_visit(clinic)
    answer = known.post(f"/api/visits/{visit}/pain/rule", {"pause_at": 5}).json["visit"]
    assert answer["rule"] == {"pause_at": 5, "morning_rise": 1}
    assert clinic.pains.rule(1).pause_at == 5


def test_report_notes_are_kept_and_shown_as_text(known: Visitor, clinic: ClinicStore) -> None:
    visit = begin_visit(clinic)
    notes = {"conclusion": "keep", "note": "<i>well</i>\nsecond line", "runs": 3, "minutes": 20}
    assert known.post(f"/api/visits/{visit}/report", notes).status == 200
    assert clinic.reports.get(visit).conclusion is Conclusion.KEEP
    page = known.get(f"/visits/{visit}/report.html")
    assert "Nothing needs to change." in page.text
    assert "&lt;i&gt;well&lt;/i&gt;" in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert known.post(f"/api/visits/{visit}/report", {"conclusion": "cured"}).status == 400
    assert known.get("/visits/99/report").status == 404


def test_the_report_of_the_open_visit_is_found_and_without_one_that_is_said(
    known: Visitor, clinic: ClinicStore
) -> None:
    assert "No visit" in known.get("/report").text
    visit = begin_visit(clinic)
    assert known.get("/report").headers["location"] == f"/visits/{visit}/report"

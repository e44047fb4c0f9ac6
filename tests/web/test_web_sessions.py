"""Recorded sessions over HTTP, from a real store that a real recorder has written."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scripted_device import ScriptedDevice
from web_client import Visitor, dashboard

from device.feedback.types import Band, Baseline, CueSetting, CueState, LightState
from device.gait.types import Activity, Facing, FormMetrics, GaitUpdate, RunSetup, Side, Stat, Tracking, View
from device.pose.types import Pose
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.sessions.types import SessionMeta
from device.web.server import DashboardServer

META = SessionMeta(
    label="<b>R-014</b>",
    note="left knee",
    started_t=50.0,
    size=(640, 480),
    setup=RunSetup(speed_mps=2.8, height_cm=178.0),
    region=None,
    software="0.1.0",
    model="lightning",
    model_sha256="ab" * 32,
    runtime="LiteRT",
    camera="clip",
)
TRACKING = Tracking(True, Activity.RUNNING, View.LEFT, Facing.RIGHT, 1.0, 12, 0, 2.8, False)
CUE = CueState(CueSetting("cadence_spm", Band(165.0, None)), 170.0, 2.0, 10, None, LightState.ALIVE, 1.0)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SessionStore:
    kept = SessionStore(tmp_path_factory.mktemp("sessions"))
    recorder = Recorder(kept)
    recorder.start(META)
    for k in range(1, 121):
        t = 50 + k / 3
        form = FormMetrics(t=t, side=Side.LEFT, near=True, cadence_spm=168 + k % 5, trunk_lean_deg=-1.5)
        recorder.pose(Pose(t, np.full((17, 2), k, np.float32), np.full(17, 0.5, np.float32)))
        recorder.update(GaitUpdate(t, TRACKING, form=(form,)), CUE)
    recorder.baseline(Baseline(70.0, 60.0, 2.8, {"cadence_spm": Stat(169.0, 1.0, 90)}))
    recorder.mark(75.0, "Mark 1")
    recorder.close()
    return kept


@pytest.fixture
def visitor(device: ScriptedDevice, store: SessionStore) -> Iterator[Visitor]:
    server = DashboardServer(dashboard(device, store), "127.0.0.1", 0)
    server.start()
    known = Visitor(server.port)
    known.log_in()
    yield known
    server.stop()


def test_the_list_leads_to_each_session(visitor: Visitor) -> None:
    page = visitor.get("/sessions").text
    assert 'href="/sessions/1"' in page
    assert "complete" in page
    assert "<b>R-014</b>" not in page, "a label is text, not markup"
    assert "&lt;b&gt;R-014&lt;/b&gt;" in page


def test_a_session_shows_means_spread_trust_cues_and_marks(visitor: Visitor) -> None:
    page = " ".join(visitor.get("/sessions/1").text.split())
    assert "<b>170/min</b>" in page
    assert "169/min" in page
    assert "<b>−1.5°</b>" in page
    assert "<i>A</i>value" in page
    assert "band from 165" in page
    assert "100 % of steps in the band" in page
    assert 'Mark 1</span><span class="sm">0:25' in page
    assert "10.1 km/h" in page
    assert "Not a diagnosis" in page
    assert "style=" not in page, "the security policy forbids it"


def test_downloads_hold_the_numbers(visitor: Visitor) -> None:
    table = visitor.get("/sessions/1.csv")
    assert table.headers["content-disposition"] == 'attachment; filename="treadlight-1.csv"'
    lines = [line for line in table.text.splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    assert len(rows) == 120
    assert float(rows[0]["trunk_lean_deg"]) == -1.5
    document = visitor.get("/sessions/1.json").json
    assert document["schema"] == "treadlight-session/1"
    assert document["session"]["label"] == META.label
    poses = visitor.get("/sessions/1/poses.csv").text
    assert poses.startswith("# treadlight-poses 1 width=640 height=480")


@pytest.mark.parametrize(
    "path", ["/sessions/2", "/sessions/2.csv", "/sessions/2.json", "/sessions/2/poses.csv"]
)
def test_a_session_that_is_not_there_is_404(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status == 404


def test_without_a_store_the_page_says_so(server: DashboardServer) -> None:
    known = Visitor(server.port)
    known.log_in()
    assert "not kept on this device" in known.get("/sessions").text
    assert known.get("/sessions/1").status == 404


def test_a_damaged_store_is_named(device: ScriptedDevice, tmp_path: Path) -> None:
    broken = SessionStore(tmp_path)
    broken.path.write_bytes(b"no database" * 500)
    server = DashboardServer(dashboard(device, broken), "127.0.0.1", 0)
    server.start()
    try:
        known = Visitor(server.port)
        known.log_in()
        answer = known.get("/sessions")
    finally:
        server.stop()
    assert answer.status == 409
    assert "damaged" in answer.text

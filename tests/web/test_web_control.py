"""What buttons ask reaches the device; what it refuses comes back in its own words."""

import pytest
from scripted_device import OWN, ScriptedDevice
from web_client import Visitor

from device.feedback.types import Band
from device.gait.catalog import METRICS, Trust
from device.gait.types import Facing, RunSetup
from device.pose.region import Region
from device.web.measures import CUES


def test_a_session_starts_is_marked_and_stops(visitor: Visitor, device: ScriptedDevice) -> None:
    assert visitor.post("/api/session/start", {"label": " R-014 "}).json == {"id": 1}
    assert visitor.post("/api/mark", {"label": "Mark 1"}).status == 200
    with visitor.stream("skeleton") as listener:
        ((header, _),) = listener.states(1)
    session = header["session"]
    assert (session["label"], session["marks"][0][1]) == ("R-014", "Mark 1")
    assert 0 <= session["elapsed_s"] < 5
    visitor.post("/api/session/stop", {})
    with visitor.stream("skeleton") as listener:
        ((header, _),) = listener.states(1)
    assert header["session"]["id"] is None


def test_the_cue_is_set_withheld_and_cleared(visitor: Visitor, device: ScriptedDevice) -> None:
    visitor.post("/api/cue", {"metric": "cadence_spm", "low": 170, "high": None})
    assert device.calls[-1] == ("cue", "cadence_spm", Band(170.0, None))
    with visitor.stream("skeleton") as listener:
        ((header, _),) = listener.states(1)
        assert header["cue"]["light"] == "cue"
        assert header["cue"]["outside"] == "below"
    visitor.post("/api/cue/shown", {"shown": False})
    with visitor.stream("skeleton") as listener:
        ((header, _),) = listener.states(1)
    assert (header["cue"]["shown"], header["cue"]["light"], header["phase"]) == (False, "alive", "withheld")
    visitor.post("/api/cue/clear", {})
    with visitor.stream("skeleton") as listener:
        ((header, _),) = listener.states(1)
    assert header["cue"]["metric"] is None


def test_run_and_region_reach_the_device(visitor: Visitor, device: ScriptedDevice) -> None:
    run = {"speed_mps": 3.1, "grade_pct": 2, "height_cm": 181, "facing": "left"}
    assert visitor.post("/api/run", run).status == 200
    assert device.setup == RunSetup(3.1, 2.0, 181.0, Facing.LEFT)
    assert visitor.post("/api/region", {"x": 0.1, "y": 0, "width": 0.8, "height": 1}).status == 200
    assert device.region == Region(0.1, 0.0, 0.8, 1.0)
    assert visitor.post("/api/region", {}).status == 200
    assert device.region is None


def test_a_standing_calibration_outlives_a_new_speed(visitor: Visitor, device: ScriptedDevice) -> None:
    device.setup = RunSetup(lean_offset_deg=1.5)
    visitor.post("/api/run", {"speed_mps": 3, "facing": ""})
    assert device.setup == RunSetup(speed_mps=3.0, lean_offset_deg=1.5)


def test_a_baseline_shows_its_progress(visitor: Visitor) -> None:
    visitor.post("/api/baseline", {"duration_s": 60})
    with visitor.stream("skeleton") as listener:
        ((header, _),) = listener.states(1)
    assert 0 <= header["session"]["baseline_progress"] < 0.2
    assert header["phase"] == "baseline"


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("session/start", {"label": ""}, 400, "no label"),
        ("session/start", {"label": "A\nB"}, 400, "printable"),
        ("session/start", {"label": "A" * 41}, 400, "at most 40"),
        ("session/start", {"label": "full"}, 409, "disk is full"),
        ("session/start", [1], 400, "no settings"),
        ("cue", {"metric": "lordosis_deg", "low": 1}, 400, "not known"),
        ("cue", {"metric": "cadence_spm"}, 400, "no edge"),
        ("cue", {"metric": "cadence_spm", "low": 9, "high": 8}, 400, "not below"),
        ("cue", {"metric": "cadence_spm", "low": "9"}, 400, "out of range"),
        ("cue", {"metric": "cadence_spm", "low": True}, 400, "out of range"),
        ("cue", {"metric": "cadence_spm", "low": 170, "high": 170.2}, 400, "narrower"),
        ("cue", {"metric": "cadence_spm", "hgih": 1}, 400, "'hgih' is not known"),
        ("cue/shown", {"shown": "yes"}, 400, "true or false"),
        ("baseline", {"duration_s": 1}, 400, "from 10 to 300"),
        ("mark", {}, 400, "no name"),
        ("run", {"speed_mps": 90}, 400, "from 0.1 to 8"),
        ("run", {"facing": "up"}, 400, "not known"),
        ("region", {"x": 0.5, "y": 0, "width": 0.8, "height": 1}, 400, "not inside"),
        ("region", {"x": 0.5}, 400, "not complete"),
    ],
)
def test_refusals_name_cause_and_fix(
    visitor: Visitor, device: ScriptedDevice, path: str, body: object, status: int, says: str
) -> None:
    answer = visitor.post(f"/api/{path}", body)
    assert answer.status == status
    assert says in answer.json["message"]
    assert not device.calls


def test_infinity_is_no_number(visitor: Visitor) -> None:
    kind = {"Content-Type": "application/json", "X-CSRFToken": visitor.token}
    answer = visitor.ask("POST", "/api/cue", '{"metric":"cadence_spm","low":NaN,"high":Infinity}', kind)
    assert answer.status == 400


def test_presets_come_from_the_baseline_and_are_never_narrower_than_worked_out(
    visitor: Visitor, device: ScriptedDevice
) -> None:
    assert visitor.get("/api/cue/presets").json == {}
    device.finish_baseline()
    device.settle()
    given = visitor.get("/api/cue/presets").json
    assert set(given) == set(CUES) & set(OWN)
    assert all(METRICS[name].trust is not Trust.C for name in CUES)
    assert [(band["kind"], band["rise"]) for band in given["cadence_spm"]] == [
        ("percent", 5.0),
        ("percent", 7.5),
        ("percent", 10.0),
        ("own", 0.0),
    ]
    assert given["trunk_lean_deg"][0] == {"kind": "lean", "rise": 3.0, "low": 5.0, "high": 9.0}
    for name, bands in given.items():
        own = OWN[name]
        low, high = bands[-1]["low"], bands[-1]["high"]
        assert own.sd is not None
        assert low <= own.mean - 2 * own.sd + 1e-6
        assert high >= own.mean + 2 * own.sd - 1e-6

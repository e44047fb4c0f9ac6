"""Movement exports, OpenSim files and stride curves, against a runner known exactly."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from oracle.runner import Runner
from oracle.view import SIZE, View, times
from session_parts import IN_BAND, META, TRACKING

from device.errors import StoreError
from device.feedback.dose import BlockDose
from device.feedback.schedule import BlockKind
from device.feedback.types import Baseline
from device.gait.types import Facing, GaitUpdate, RunSetup
from device.pose.types import Pose
from device.sessions.offline import make, offline
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.sessions.types import SessionMeta

SECONDS, FPS = 20.0, 60.0
RUNNER = Runner(lean_deg=6.0, knee_contact_deg=18.0)


def poses(facing: Facing) -> Iterator[Pose]:
    t = times(SECONDS, FPS, 100.0)
    xy = View(facing=facing).pixels(RUNNER.keypoints(t)).astype(np.float32)
    for instant, points in zip(t, xy, strict=True):
        yield Pose(float(instant), points, np.full(17, 0.9, np.float32))


def recorded(folder: Path, facing: Facing = Facing.RIGHT) -> SessionStore:
    setup = RunSetup(speed_mps=RUNNER.speed_mps, height_cm=100 * RUNNER.height_m, facing=facing)
    meta: SessionMeta = replace(META, setup=setup, size=SIZE)
    store = SessionStore(folder)
    with closing(Recorder(store)) as recorder:
        recorder.start(meta)
        for pose in poses(facing):
            recorder.pose(pose)
        recorder.baseline(Baseline(110.0, 8.0, RUNNER.speed_mps, {}))
        recorder.block(
            BlockDose(
                index=0, kind=BlockKind.CUE, planned_s=8, start_t=111.0, end_t=119.0, ran_s=8, measured_s=8,
                in_band_s=8, cued_s=0, given=0, withheld=0,
            )
        )  # fmt: skip
        assert recorder.flush()
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SessionStore:
    return recorded(tmp_path_factory.mktemp("right"))


def table(text: str, head: int) -> np.ndarray:
    return np.array([[float(cell or "nan") for cell in row.split("\t")] for row in text.splitlines()[head:]])


def test_trc_has_the_head_and_columns_of_sports2d(store: SessionStore) -> None:
    text = make(store.folder, 1, "trc")
    lines = text.splitlines()
    assert lines[0] == "PathFileType\t4\t(X/Y/Z)\ttreadlight-1.trc"
    assert lines[1].split("\t") == [
        "DataRate", "CameraRate", "NumFrames", "NumMarkers", "Units", "OrigDataRate", "OrigDataStartFrame",
        "OrigNumFrames",
    ]  # fmt: skip
    rate, _, frames, markers, units, _, first, originals = lines[2].split("\t")
    assert (float(rate), units, first) == (pytest.approx(FPS, rel=0.01), "m", "0")
    names = [name for name in lines[3].split("\t")[2:] if name]
    assert names[:6] == ["Hip", "Neck", "RKnee", "RAnkle", "LKnee", "LAnkle"]
    assert len(names) == int(markers)
    assert lines[4].split("\t")[2:] == [f"{axis}{i}" for i in range(1, len(names) + 1) for axis in "XYZ"]
    rows = table(text, 5)
    assert rows.shape == (int(frames), 2 + 3 * len(names))
    assert originals == frames
    assert rows[:, 0].tolist() == list(range(len(rows)))


def test_trc_points_are_the_runner_in_metres(store: SessionStore) -> None:
    rows = table(make(store.folder, 1, "trc"), 5)
    hip, neck, knee, ankle = (rows[:, 2 + 3 * i : 4 + 3 * i] for i in range(4))
    assert np.nanmedian(np.hypot(*(hip - knee).T)) == pytest.approx(RUNNER.thigh_m, rel=0.03)
    assert np.nanmedian(np.hypot(*(knee - ankle).T)) == pytest.approx(RUNNER.shank_m, rel=0.03)
    lean = np.degrees(np.arctan2(*(neck - hip).T))
    assert np.nanmean(lean) == pytest.approx(RUNNER.lean_deg, abs=0.5)
    assert np.all(rows[:, 4] == 0)
    assert np.nanmin(ankle[:, 1]) == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("facing", [Facing.RIGHT, Facing.LEFT])
def test_mot_has_the_head_of_opensim_and_the_angles_of_the_runner(tmp_path: Path, facing: Facing) -> None:
    lines = (text := make(recorded(tmp_path, facing).folder, 1, "mot")).splitlines()
    end = lines.index("endheader")
    head = dict(line.split("=") for line in lines[:end] if "=" in line)
    names = lines[end + 1].split("\t")
    rows = table(text, end + 2)
    assert (lines[0], head["version"], head["inDegrees"]) == ("Coordinates", "1", "yes")
    assert (int(head["nRows"]), int(head["nColumns"])) == rows.shape
    assert names[0] == "time"
    assert {"right knee", "left knee", "right hip", "left hip", "trunk", "right thigh"} <= set(names)
    of = {name: rows[:, i] for i, name in enumerate(names)}
    assert np.nanmean(of["trunk"]) == pytest.approx(90 - RUNNER.lean_deg, abs=0.5)
    for side in ("right", "left"):
        assert np.nanpercentile(of[f"{side} knee"], 1) > -2
        assert 80 < np.nanmax(of[f"{side} knee"]) < 115
        assert np.nanmean(of[f"{side} thigh"]) == pytest.approx(-90, abs=15)
        assert np.allclose(
            of[f"{side} hip"], of[f"{side} thigh"] + 180 - of["trunk"], atol=1e-3, equal_nan=True
        )


def test_stride_curves_hold_the_runner_at_each_percent(store: SessionStore) -> None:
    document = json.loads(make(store.folder, 1, "curves"))
    assert set(document) == {"baseline", "cue"}
    for part in document.values():
        assert part["n"] >= 8
        knee, trunk = part["knee"], part["trunk"]
        assert len(knee["mean"]) == len(knee["sd"]) == 101
        assert knee["mean"][0] == pytest.approx(RUNNER.knee_contact_deg, abs=5)
        assert knee["mean"][0] == pytest.approx(knee["mean"][-1], abs=3)
        assert 30 < max(knee["mean"][5:35]) < 60 < max(knee["mean"][50:95])
        assert np.mean(trunk["mean"]) == pytest.approx(RUNNER.lean_deg, abs=0.6)
        assert max(trunk["sd"]) < 2


def test_the_process_of_its_own_gives_the_same_or_says_why_not(store: SessionStore) -> None:
    assert offline(store.folder, 1, "mot") == make(store.folder, 1, "mot")
    with pytest.raises(StoreError, match="no recording 7"):
        offline(store.folder, 7, "trc")
    with pytest.raises(StoreError, match="not known"):
        offline(store.folder, 1, "c3d")


def test_without_keypoints_the_reason_is_given(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    with closing(Recorder(store, keep_poses=False)) as recorder:
        recorder.start(META)
        recorder.update(GaitUpdate(101.0, TRACKING), IN_BAND)
    with pytest.raises(StoreError, match="were not kept"):
        make(tmp_path, 1, "trc")

"""Exports: complete, explained, and readable by others."""

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from session_parts import META, SETTING, running

from device.errors import StoreError
from device.feedback.dose import BlockDose
from device.feedback.schedule import BlockKind
from device.feedback.types import Baseline
from device.gait.catalog import METRICS
from device.gait.types import METRIC_NAMES, RunSetup, Stat
from device.sessions.export import export_csv, export_json
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.sessions.types import SessionMeta


def exported(folder: Path, meta: SessionMeta, seconds: float = 6) -> SessionStore:
    store = SessionStore(folder)
    with closing(Recorder(store)) as recorder:
        recorder.start(meta)
        for pose, gait, cue in running(meta.started_t, seconds):
            recorder.pose(pose)
            recorder.update(gait, cue)
        if seconds:
            recorder.baseline(Baseline(103.0, 3.0, 2.8, {"cadence_spm": Stat(170.0, None, 1)}))
            recorder.mark(102.5, "Schuhe gewechselt, π")
            recorder.run(104.0, replace(meta.setup, speed_mps=3.0))
    return store


def rows(text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))


def test_json_holds_the_whole_session_in_its_own_time(tmp_path: Path) -> None:
    found = json.loads(export_json(exported(tmp_path, META), 1))
    assert found["schema"] == "treadlight-session/1"
    assert found["session"]["label"] == META.label
    assert found["session"]["duration_s"] == pytest.approx(6)
    assert found["provenance"]["model_sha256"] == META.model_sha256
    assert found["provenance"]["region"] == {"x": 0.1, "y": 0.0, "width": 0.8, "height": 1.0}
    assert found["metrics"]["cadence_spm"] == {
        "mean": 170.0, "sd": 0.0, "n": 18, "unit": "1/min", "trust": "A",
    }  # fmt: skip
    assert [(s["t"], s["speed_mps"]) for s in found["setup"]] == [(0.0, 2.8), (4.0, 3.0)]
    assert found["marks"] == [{"label": "Schuhe gewechselt, π", "t": 2.5}]
    assert found["baselines"][0]["metrics"]["cadence_spm"] == {"mean": 170.0, "sd": None, "n": 1}
    assert found["clock_start_s"] == META.started_t
    (period,) = found["cue_periods"]
    assert (period["metric"], period["steps"], period["in_band_fraction"]) == (SETTING.metric, 17, 1.0)
    assert [len(found[k]) for k in ("form", "events", "strides")] == [18, 18, 9]
    assert found["form"][0]["t"] == pytest.approx(20 / 60, abs=1e-6)
    assert set(found["form"][0]) == {"t", "side", "near", "cadence_spm", "step_time_s"}
    assert "Not a diagnosis" in found["limits"]


def test_csv_has_one_row_for_each_step_and_explains_each_column(tmp_path: Path) -> None:
    text = export_csv(exported(tmp_path, META), 1)
    found = list(rows(text))
    assert len(found) == 18
    assert (found[0]["side"], found[0]["near"], found[0]["cadence_spm"]) == ("right", "0", "170")
    assert float(found[-1]["t_s"]) == pytest.approx(6, abs=1e-3)
    assert found[0]["sparc"] == ""
    for name in (*METRIC_NAMES, "t_s", "side", "near"):
        assert name in found[0]
        assert f"\n# {name}: " in text
    for name in METRIC_NAMES:
        assert f"\n# {name}: {METRICS[name].label}, " in text
    for word in (META.model_sha256, META.software, META.runtime, "2.8 m/s", "from 4 s", "Not a diagnosis"):
        assert word in text


def test_csv_comments_hold_whatever_was_typed(tmp_path: Path) -> None:
    text = export_csv(exported(tmp_path, replace(META, note="=1+1\nt_s,side\r\nx\u2028y")), 1)
    assert len(list(rows(text))) == 18
    assert "# note: =1+1 t_s,side x y\n" in text


def test_a_session_without_a_step_can_be_exported(tmp_path: Path) -> None:
    store = exported(tmp_path, replace(META, setup=RunSetup(), region=None), 0)
    found = json.loads(export_json(store, 1))
    assert (found["metrics"], found["form"], found["provenance"]["region"]) == ({}, [], None)
    text = export_csv(store, 1)
    assert list(rows(text)) == []
    assert "belt speed unknown" in text


def test_a_session_that_is_not_there_is_named(tmp_path: Path) -> None:
    for export in (export_json, export_csv):
        with pytest.raises(StoreError, match="no recording 5"):
            export(SessionStore(tmp_path), 5)


def test_blocks_of_a_run_come_back_with_their_dose(tmp_path: Path) -> None:
    dose = BlockDose(
        index=1, kind=BlockKind.WITHHELD, planned_s=60.0, start_t=101.0, end_t=105.0, ran_s=4.0,
        measured_s=3.0, in_band_s=1.5, cued_s=0.0, given=0, withheld=2,
    )  # fmt: skip
    store = SessionStore(tmp_path)
    with closing(Recorder(store)) as recorder:
        recorder.start(META)
        for pose, gait, cue in running(META.started_t, 6):
            recorder.pose(pose)
            recorder.update(gait, cue)
        recorder.block(dose)
    assert store.load_session(1).blocks == (dose,)
    (block,) = json.loads(export_json(store, 1))["blocks"]
    assert (block["kind"], block["start"], block["end"]) == ("withheld", 1.0, 5.0)
    assert (block["withheld"], block["in_band_fraction"]) == (2, 0.5)

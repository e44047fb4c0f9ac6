"""The self-test passes on an intact device and fails on a broken one, whatever part is broken."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from device.camera.video import VideoCamera
from device.config import ModelConfig
from device.demo.clip import demo_clip
from device.errors import StoreError
from device.pose.models import find
from device.pose.movenet import MoveNet
from device.verify.process import SelfTestProcess
from device.verify.report import SelfTestReport, from_json, keep, last, table
from device.verify.run import run_self_test

MODEL = ModelConfig()


class Recorder:
    """The shipped network, remembering what it said."""

    def __init__(self):
        self.network, self.said = MoveNet(find("lightning"), threads=1), []

    def detect(self, image_rgb, crop):
        points = self.network.detect(image_rgb, crop)
        self.said.append(points.copy())
        return points


class Changed:
    """Says again what a network said, spoiled the way a wrong network would."""

    def __init__(self, said, spoil):
        self._next, self._spoil = iter(said), spoil

    def detect(self, image_rgb, crop):
        return self._spoil(next(self._next).copy())


def camera(**options):
    return VideoCamera(demo_clip(), paced=False, **options)


@pytest.fixture(scope="module")
def intact() -> tuple[SelfTestReport, list]:
    recorder, shares = Recorder(), []
    report = run_self_test(MODEL, shares.append, network=recorder)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    return report, recorder.said


def names(report: SelfTestReport) -> set[str]:
    return {check.name for check in report.failed}


def test_an_intact_device_passes(intact):
    report, _ = intact
    assert report.passed, table(report)
    assert report.frames == 1323
    assert report.model_sha256 == find("lightning").sha256
    assert "not accuracy on people" in report.limits
    assert "FAIL" not in table(report)
    assert report.summary().startswith("Self-test passed: cadence ")


def mirrored(points):
    """What the network says of a mirror image: the places exchanged, and the names of the sides."""
    points[:, 0] = 639 - points[:, 0]
    points[1:] = points[1:].reshape(8, 2, 3)[:, ::-1].reshape(16, 3)
    return points


def test_a_mirrored_picture_fails(intact):
    report = run_self_test(MODEL, camera=camera(mirrored=True), network=Changed(intact[1], mirrored))
    assert {"missed", "extra"} <= names(report), table(report)


@pytest.mark.parametrize("fast", [1.02, 0.97])
def test_a_clock_that_runs_wrong_fails(intact, fast):
    network = Changed(intact[1], lambda points: points)
    report = run_self_test(MODEL, camera=camera(time_scale=fast), network=network)
    assert "cadence_spm" in names(report), table(report)


def coarse(points):
    """Keypoints on the grid of the network's heat map, without its offsets."""
    points[:, :2] = np.round(points[:, :2] / 12) * 12
    return points


def knees_low(points):
    points[13:15, 1] += 6
    return points


@pytest.mark.parametrize("spoil", [coarse, knees_low])
def test_another_network_fails(intact, spoil):
    report = run_self_test(MODEL, network=Changed(intact[1], spoil))
    assert not report.passed, table(report)


def test_a_network_that_finds_nobody_fails_with_every_value_not_measured(intact):
    report = run_self_test(MODEL, network=Changed(intact[1], np.zeros_like))
    measured = [check for check in report.checks if check.form]
    assert all(check.error is None and not check.passed for check in measured)
    assert "not measured" in table(report)


def test_the_last_report_is_kept_and_read_again(intact, tmp_path):
    report, _ = intact
    assert last(tmp_path) is None
    keep(report, tmp_path)
    assert last(tmp_path) == report
    keep(replace(report, version="9"), tmp_path)
    assert last(tmp_path).version == "9"
    assert [path.name for path in tmp_path.iterdir()] == ["self_test.json"]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"schema": "other"}', '{"schema": "treadlight-self-test/1"}']
)
def test_a_damaged_report_counts_as_none(tmp_path, text):
    (tmp_path / "self_test.json").write_text(text)
    assert last(tmp_path) is None


def test_a_report_that_cannot_be_kept_says_so(intact, tmp_path):
    with pytest.raises(StoreError, match="self-test cannot be kept"):
        keep(intact[0], tmp_path / "absent")


def test_json_round_trip(intact):
    document = json.loads(json.dumps(intact[0].to_json()))
    assert document["passed"] is True
    assert from_json(document) == intact[0]


def test_the_command_says_why_it_cannot_run(tmp_path: Path):
    config = tmp_path / "missing.toml"
    done = subprocess.run(
        [sys.executable, "-m", "device", "verify", "--config", str(config)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "there is no such file" in done.stderr


def test_it_runs_in_a_process_of_its_own_and_keeps_its_report(tmp_path: Path):
    config = tmp_path / "device.toml"
    config.write_text(f'[storage]\nfolder = "{tmp_path}"\n')
    test = SelfTestProcess(config)
    test.wait(120)
    assert not test.running
    assert test.fault is None
    assert test.progress == 1.0
    assert test.report == last(tmp_path)
    assert test.report.passed, table(test.report)


def test_a_self_test_that_cannot_run_names_the_fault(tmp_path: Path):
    test = SelfTestProcess(tmp_path / "missing.toml")
    test.wait(60)
    assert test.report is None
    assert "there is no such file" in test.fault

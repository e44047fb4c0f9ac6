"""`treadlight bench` gives every documented figure; how good they are is no test's matter."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from device import __version__
from device.__main__ import main
from device.bench.report import SCHEMA


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("bench") / "figures.json"
    assert main(["bench", "--quick", "--json", str(file)]) == 0
    return dict(json.loads(file.read_text("utf-8")))


def test_every_documented_figure_is_there(document: dict[str, Any]) -> None:
    assert document["schema"] == SCHEMA
    assert document["version"] == __version__
    figures = (
        document["invoke_ms"],
        document["loop_ms"],
        document["overhead_ratio"],
        document["overhead_ratio_cpu"],
        document["frame_to_light_ms"]["p50"],
        document["frame_to_light_ms"]["p95"],
        document["viewers4"]["cpu_core_fraction"],
        document["viewers4"]["fps_ratio"],
        document["viewers4"]["p95_ratio"],
        document["rss_mb"],
        document["cold_start_s"],
    )
    assert all(isinstance(figure, float) and math.isfinite(figure) for figure in figures)


def test_figures_hang_together(document: dict[str, Any]) -> None:
    light = document["frame_to_light_ms"]
    assert 0 < document["invoke_ms"] < document["loop_ms"]
    assert document["overhead_ratio"] == pytest.approx(document["loop_ms"] / document["invoke_ms"])
    assert 0 < light["p50"] <= light["p95"]
    # The light comes before what may wait, within the same frame.
    assert light["p50"] < document["loop_ms"]
    assert document["overhead_ratio_cpu"] > 1
    assert 20 < document["rss_mb"] < 1000
    assert 0 < document["cold_start_s"] < 60
    assert document["viewers4"]["fps_ratio"] > 0
    assert document["viewers4"]["p95_ratio"] > 0


def test_each_runtime_and_model_has_its_own_figures(document: dict[str, Any]) -> None:
    (run,) = document["runs"]
    assert run["model"] == document["model"] == "lightning"
    assert run["runtime"] == document["runtime"]
    assert run["overhead_ratio"] == document["overhead_ratio"]


def test_a_place_that_takes_no_file_is_named_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--quick", "--json", str(tmp_path / "no-such-folder/figures.json")]) == 2
    printed = capsys.readouterr()
    assert "cannot be written" in printed.err
    assert printed.out == ""

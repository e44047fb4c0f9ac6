"""The demo clip, analysed once from the command line for all tests of this folder."""

from pathlib import Path

import pytest

from device.__main__ import main
from device.demo.clip import demo_clip, load_truth


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every output: `out.json`, `out.csv`, `poses.csv`."""
    folder = tmp_path_factory.mktemp("demo")
    truth = load_truth()
    given = ["--speed", truth.belt_speed_mps, "--height", truth.stature_cm]
    asked = ["--json", folder / "out.json", "--csv", folder / "out.csv", "--poses", folder / "poses.csv"]
    assert main(["analyze", "--quiet", *map(str, (demo_clip(), *given, *asked))]) == 0
    return folder

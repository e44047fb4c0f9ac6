"""The demo clip's numbers, held to those of the last accepted run.

A change that moves a number shows in review: accept it with `pytest tests/cli/test_golden.py --update-golden`
and say so in the changelog under "Metrics changed". Runtimes differ in the last bits between machines, hence
the tolerances: a quarter of the noise of one value, which is more than any such difference seen.
"""

import json
from pathlib import Path

import pytest

from device.gait.catalog import METRICS

GOLDEN = Path(__file__).parent / "golden_demo.json"


@pytest.fixture(scope="module")
def found(demo_run: Path) -> dict[str, dict[str, float]]:
    document = json.loads((demo_run / "out.json").read_text())
    contacts = [e for e in document["events"] if e["kind"] == "initial_contact"]
    return {
        "metrics": {name: round(m["mean"], 4) for name, m in document["metrics"].items()},
        "counts": {"contacts": len(contacts), "toe_offs": len(document["events"]) - len(contacts)},
    }


def test_the_demo_clip_measures_as_accepted(
    found: dict[str, dict[str, float]], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(json.dumps(found, indent=2) + "\n")
    golden = json.loads(GOLDEN.read_text())
    assert found["counts"] == golden["counts"]
    assert found["metrics"].keys() == golden["metrics"].keys()
    moved = {
        name: (golden["metrics"][name], value)
        for name, value in found["metrics"].items()
        if abs(value - golden["metrics"][name]) > METRICS[name].noise / 4
    }
    assert not moved, "metric: (accepted, now)"

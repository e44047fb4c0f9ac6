"""The fast subset: poses of a few suite clips, kept here, and the numbers they must go on giving.

`python -m tests.validation golden --suite FOLDER` takes the poses anew (after a change of network, tracker or
crop); `pytest tests/validation/test_golden_suite.py --update-golden` accepts the numbers.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from device.demo.clip import load_truth
from device.gait.types import RunSetup
from device.pose.types import Pose

from .cases import Case, find_case
from .measure import Result, judge, standing_case, stood
from .posing import poses
from .table import bias_sd

INPUTS = Path(__file__).parent / "golden"
NUMBERS = INPUTS / "numbers.json"
Numbers = dict[str, Any]
"""One case as the JSON file holds it: single values, and groups of numbers that share a tolerance."""
NAMES = (
    "man_right",
    "woman_left",
    "slim_woman_left",
    "heavy_woman_right",
    "slim_man_overstride",
    "man_right@30",
    "woman_left@dropped",
    "man_rail",
    "man_walking",
    "slim_man_rear",
)
STEP_PX, STEP_SCORE = 0.05, 1 / 255
"""Grid on which points and scores are kept: a tenth of the network's own noise."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far numbers may move without being a change: runtimes differ in the last bits."""

    angle: float = 0.25
    timing_ms: float = 3.0
    legs_pct: float = 0.3


def take(folder: Path) -> None:
    """Keep the present poses of the subset, and of the standing before, from the suite in `folder`."""
    INPUTS.mkdir(exist_ok=True)
    for case in map(find_case, NAMES):
        _keep(case, folder)
        clip = case.clip.spec.name
        for ending in ("truth.json", "truth.csv.gz"):
            shutil.copyfile(folder / f"{clip}_{ending}", INPUTS / f"{clip}_{ending}")
        stand = standing_case(case)
        if stand is not None:
            _keep(stand, folder)
    print(f"{sum(path.stat().st_size for path in INPUTS.iterdir()) / 1e6:.2f} MB")


def _keep(case: Case, folder: Path) -> None:
    found = poses(case, folder, load_truth(folder / f"{case.clip.spec.name}.mp4"))
    np.savez_compressed(
        INPUTS / f"{case.name}.npz",
        t=np.array([p.t for p in found]),
        xy=np.round(np.nan_to_num([p.xy for p in found]) / STEP_PX).astype(np.int16),
        score=np.round(np.array([p.score for p in found]) / STEP_SCORE).astype(np.uint8),
    )


def _kept(name: str) -> list[Pose]:
    with np.load(INPUTS / f"{name}.npz") as data:
        score = data["score"].astype(np.float32) * np.float32(STEP_SCORE)
        xy = data["xy"].astype(np.float32) * np.float32(STEP_PX)
        return [
            Pose(float(t), p, s) if s.any() else Pose.missing(float(t))
            for t, p, s in zip(data["t"], xy, score, strict=True)
        ]


def judged(name: str) -> Result:
    """Measure one kept case."""
    case = find_case(name)
    truth = load_truth(INPUTS / f"{case.clip.spec.name}.mp4")
    setup = RunSetup(speed_mps=truth.belt_speed_mps, height_cm=truth.stature_cm)
    stand = standing_case(case)
    if stand is not None:
        setup = stood(setup, _kept(stand.name))
    return judge(case, truth, _kept(name), setup)


def numbers(r: Result) -> Numbers:
    """What must not change unseen: errors against the truth, or the refusal."""
    if not r.errors.contacts:
        return {"measured": r.measured, "said": sorted(r.said), "activity": r.activity, "view": r.view}
    e = r.errors
    return {
        "measured": r.measured,
        "missed": e.missed,
        "extra": e.extra,
        "mislabelled_strides": e.mislabelled_strides,
        "legs_pct": {"near": round(e.near_wrong_pct, 3), "far": round(e.far_wrong_pct, 3)},
        "timing_ms": {
            "contact": round(float(np.mean(e.contact_ms)), 2),
            "contact_far": round(float(np.mean(e.contact_far_ms)), 2),
            **({"toe_off": round(float(np.mean(e.toe_off_ms)), 2)} if e.toe_off_ms else {}),
        },
        "angle": {
            "knee_mae": round(e.knee_mae, 3),
            "knee_stance_mae": round(e.knee_stance_mae, 3),
            "thigh_mae": round(e.thigh_mae, 3),
            **{
                name: round(bias_sd(values)[0], 3)
                for name, values in sorted(e.pairs.items())
                if not name.endswith("_s")
            },
        },
    }


def read_numbers() -> dict[str, Numbers]:
    """The accepted numbers by case."""
    accepted: dict[str, Numbers] = json.loads(NUMBERS.read_text("utf-8"))
    return accepted


def write_numbers(found: dict[str, Numbers]) -> None:
    """Accept numbers."""
    NUMBERS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


__all__ = ["NAMES", "Case", "Tolerance", "judged", "numbers", "read_numbers", "take", "write_numbers"]

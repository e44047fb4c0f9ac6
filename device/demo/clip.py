"""The demo clip and what is exactly known about it.

A phantom proves geometry, timing and arithmetic, not accuracy on people. Angles follow the gait package:
degrees; thigh, shank and trunk from the vertical, + forward; knee 0 straight, + flexed.
"""

import csv
import gzip
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")

LANDMARKS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
"""The 17 COCO landmarks, in order."""

JOINTS = tuple(f"{side}_{joint}" for side in SIDES for joint in
               ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"))  # fmt: skip
"""Anatomical joint centres, in order."""

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class TruthEvent:
    """One exact foot contact or toe-off; `t` in s of the clip."""

    t: float
    kind: Literal["initial_contact", "toe_off"]
    side: Side


@dataclass(frozen=True, slots=True)
class TruthValue:
    """Mean and SD over `n` strides of one form."""

    mean: float
    sd: float
    n: int


@dataclass(frozen=True, slots=True)
class TruthPhase:
    """A stretch of one form, or the change between two (`name` "changing", no values).

    `values` holds, per side: cadence_spm, contact_time_s, duty_factor, knee_contact_deg,
    knee_stance_peak_deg, knee_excursion_deg, knee_swing_peak_deg, thigh_toe_off_deg,
    thigh_extension_peak_deg, shank_contact_deg, overstride_pct (of leg), hip_bounce_cm, trunk_lean_deg.
    """

    name: str
    start_s: float
    end_s: float
    cadence_spm: float
    values: dict[Side, dict[str, TruthValue]]


@dataclass(frozen=True, slots=True)
class TruthFrames:
    """Per-frame truth, first axis = frame.

    `landmarks_px` (n, 17, 2) as a keypoint network marks them, `joints_px` (n, 12, 2) anatomical joint
    centres; pixels of the picture, y down, its top left corner at (0, 0). The dictionaries hold one value
    per frame for each side; `*_ahead_cm` is along the belt in the running direction, heights above it.
    """

    t_s: FloatArray
    landmarks_px: FloatArray
    joints_px: FloatArray
    thigh_deg: dict[Side, FloatArray]
    knee_deg: dict[Side, FloatArray]
    ankle_ahead_cm: dict[Side, FloatArray]
    ankle_height_cm: dict[Side, FloatArray]
    contact: dict[Side, npt.NDArray[np.bool_]]
    trunk_lean_deg: FloatArray
    mid_hip_ahead_cm: FloatArray
    mid_hip_height_cm: FloatArray


@dataclass(frozen=True, slots=True)
class DemoTruth:
    """Everything known about a phantom clip. The clip loops: time `duration_s` is time 0 again."""

    fps: int
    width: int
    height: int
    duration_s: float
    px_per_cm: float
    """In the runner's mid plane."""
    stature_cm: float
    leg_cm: float
    """Thigh plus shank."""
    belt_speed_mps: float
    facing: Side
    """Side of the picture the runner faces; it is also the runner's side near the camera."""
    cadence_spm: float
    """Over the whole loop."""
    events: tuple[TruthEvent, ...]
    phases: tuple[TruthPhase, ...]
    frames: TruthFrames
    provenance: str
    generator: int
    """Version of the generator that rendered the clip."""

    def phase(self, name: str) -> TruthPhase:
        """The first phase of that name. Raises KeyError when there is none."""
        for phase in self.phases:
            if phase.name == name:
                return phase
        raise KeyError(name)


def demo_clip() -> Path:
    """The rendered runner, an H.264 video that loops without a seam."""
    return _FOLDER / "runner.mp4"


def load_truth(video: Path | None = None) -> DemoTruth:
    """The truth beside a phantom video: by default the demo clip's.

    Reads `<stem>_truth.json` and `<stem>_truth.csv.gz` in the video's folder; raises FileNotFoundError
    when one is missing.
    """
    clip = video if video is not None else demo_clip()
    facts: dict[str, Any] = json.loads(clip.with_name(f"{clip.stem}_truth.json").read_text("ascii"))
    return DemoTruth(
        fps=facts["fps"],
        width=facts["width"],
        height=facts["height"],
        duration_s=facts["duration_s"],
        px_per_cm=facts["px_per_cm"],
        stature_cm=facts["stature_cm"],
        leg_cm=facts["leg_cm"],
        belt_speed_mps=facts["belt_speed_mps"],
        facing=facts["facing"],
        cadence_spm=facts["cadence_spm"],
        events=tuple(TruthEvent(e["t"], e["kind"], e["side"]) for e in facts["events"]),
        phases=tuple(_phase(p) for p in facts["phases"]),
        frames=_frames(clip.with_name(f"{clip.stem}_truth.csv.gz")),
        provenance=facts["provenance"],
        generator=facts["generator"]["version"],
    )


def _phase(entry: dict[str, Any]) -> TruthPhase:
    values = {
        side: {name: TruthValue(v["mean"], v["sd"], v["n"]) for name, v in entry[side].items()}
        for side in SIDES
        if side in entry
    }
    return TruthPhase(entry["name"], entry["start_s"], entry["end_s"], entry["cadence_spm"], values)


def _frames(path: Path) -> TruthFrames:
    with gzip.open(path, "rt", encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))

    def column(name: str) -> FloatArray:
        return np.array([float(row[name]) for row in rows])

    def points(names: tuple[str, ...], prefix: str) -> FloatArray:
        return np.stack(
            [np.stack([column(f"{prefix}{name}_{axis}") for axis in "xy"], axis=1) for name in names], axis=1
        )

    def by_side(name: str) -> dict[Side, FloatArray]:
        return {side: column(f"{side}_{name}") for side in SIDES}

    return TruthFrames(
        t_s=column("t"),
        landmarks_px=points(LANDMARKS, ""),
        joints_px=points(JOINTS, "joint_"),
        thigh_deg=by_side("thigh_deg"),
        knee_deg=by_side("knee_deg"),
        ankle_ahead_cm=by_side("ankle_ahead_cm"),
        ankle_height_cm=by_side("ankle_height_cm"),
        contact={side: values > 0.5 for side, values in by_side("contact").items()},
        trunk_lean_deg=column("trunk_lean_deg"),
        mid_hip_ahead_cm=column("mid_hip_ahead_cm"),
        mid_hip_height_cm=column("mid_hip_height_cm"),
    )


__all__ = [
    "JOINTS",
    "LANDMARKS",
    "DemoTruth",
    "TruthEvent",
    "TruthFrames",
    "TruthPhase",
    "TruthValue",
    "demo_clip",
    "load_truth",
]

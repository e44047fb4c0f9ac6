"""What is exactly known about a phantom clip: one row per frame, and one summary."""

import csv
import gzip
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .body import load_body
from .camera import Camera
from .landmarks import COCO, joint_centres, landmarks
from .schedule import Schedule
from .skeleton import Skeleton
from .spec import GENERATOR_VERSION, FloatArray, PhantomSpec

PROVENANCE = "A phantom proves geometry, timing and arithmetic, not accuracy on people."
SIDES = ("left", "right")
CURVE_HZ = 400


@dataclass(frozen=True, slots=True)
class Angles:
    """Sagittal angles of joint centres, deg: + is forward (thigh, shank, lean) and flexed (knee)."""

    thigh: dict[str, float]
    knee: dict[str, float]
    shank: dict[str, float]
    lean: float


def angles(joints: dict[str, FloatArray]) -> Angles:
    """Angles of the joint centres projected on the plane of progression."""

    def towards(upper: str, lower: str) -> float:
        a, b = joints[upper], joints[lower]
        return float(np.degrees(np.arctan2(b[2] - a[2], a[1] - b[1])))

    thigh = {side: towards(f"{side}_hip", f"{side}_knee") for side in SIDES}
    shank = {side: towards(f"{side}_knee", f"{side}_ankle") for side in SIDES}
    trunk = joints["left_shoulder"] + joints["right_shoulder"] - joints["left_hip"] - joints["right_hip"]
    lean = float(np.degrees(np.arctan2(trunk[2], trunk[1])))
    return Angles(thigh, {side: thigh[side] - shank[side] for side in SIDES}, shank, lean)


def frame_row(skeleton: Skeleton, camera: Camera, k: int) -> dict[str, str]:
    """One frame's truth as text, in column order."""
    t = k / skeleton.spec.fps
    posed = skeleton.pose(t)
    joints = joint_centres(posed)
    row = {"t": f"{t:.6f}"}
    marked = camera.project(landmarks(posed, skeleton.body))
    for name, (x, y) in zip(COCO, marked, strict=True):
        row[f"{name}_x"], row[f"{name}_y"] = f"{x:.2f}", f"{y:.2f}"
    centres = camera.project(np.array(list(joints.values())))
    for name, (x, y) in zip(joints, centres, strict=True):
        row[f"joint_{name}_x"], row[f"joint_{name}_y"] = f"{x:.2f}", f"{y:.2f}"
    found = angles(joints)
    for side in SIDES:
        row[f"{side}_thigh_deg"] = f"{found.thigh[side]:.3f}"
        row[f"{side}_knee_deg"] = f"{found.knee[side]:.3f}"
        row[f"{side}_ankle_ahead_cm"] = f"{100 * joints[f'{side}_ankle'][2]:.3f}"
        row[f"{side}_ankle_height_cm"] = f"{100 * joints[f'{side}_ankle'][1]:.3f}"
        row[f"{side}_contact"] = str(int(posed.legs[side].contact))
    row["trunk_lean_deg"] = f"{found.lean:.3f}"
    hips = (joints["left_hip"] + joints["right_hip"]) / 2
    row["mid_hip_ahead_cm"], row["mid_hip_height_cm"] = f"{100 * hips[2]:.3f}", f"{100 * hips[1]:.3f}"
    row["form"] = _form_name(skeleton, t)
    return row


def _form_name(skeleton: Skeleton, t: float) -> str:
    if not skeleton.spec.phases:
        return "standing"
    step = skeleton.schedule.steps[int(np.searchsorted(skeleton.schedule.times, t + 1e-12, side="right")) - 1]
    return skeleton.spec.phases[step.phase].name or "changing"


def write_frames(skeleton: Skeleton, camera: Camera, path: Path) -> None:
    """Writes the gzipped CSV; the same specification gives the same bytes."""
    rows = [frame_row(skeleton, camera, k) for k in range(skeleton.schedule.frames)]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
        packed.write(text.getvalue().encode("ascii"))


def summary(skeleton: Skeleton, camera: Camera, video: str) -> dict[str, Any]:
    """The clip's constants, exact events, phases, and what each form measures."""
    spec, schedule = skeleton.spec, skeleton.schedule
    return {
        "schema": "treadlight-phantom/1",
        "provenance": PROVENANCE,
        "generator": {"version": GENERATOR_VERSION, "seed": spec.seed, "spec": spec.name, "body": spec.body},
        "video": video,
        "fps": spec.fps,
        "frames": schedule.frames,
        "duration_s": schedule.duration_s,
        "width": spec.camera.width,
        "height": spec.camera.height,
        "px_per_cm": round(camera.px_per_cm, 6),
        "stature_cm": round(100 * skeleton.body.stature_m, 3),
        "leg_cm": round(100 * skeleton.gait.leg_m, 3),
        "belt_speed_mps": spec.speed_mps,
        "facing": spec.facing,
        "near_side": "right" if spec.facing == "right" else "left",
        "cadence_spm": round(60 * len(schedule.steps) / schedule.duration_s, 6),
        "activity": activity(skeleton),
        "phases": _phases(skeleton),
        "events": events(skeleton),
        "spec": asdict(spec),
    }


def activity(skeleton: Skeleton) -> str:
    """What the person does: running, walking or standing."""
    if not skeleton.spec.phases:
        return "standing"
    duties = [step.form.duty for step in skeleton.schedule.steps]
    return "running" if max(duties) < 0.5 else "walking"


def events(skeleton: Skeleton) -> list[dict[str, Any]]:
    """Every contact and toe-off of one loop with its exact time, s, in order."""
    duration = skeleton.schedule.duration_s
    found = []
    for step in skeleton.schedule.steps:
        for kind, t in (("initial_contact", step.t), ("toe_off", (step.t + step.contact_s) % duration)):
            found.append({"t": round(t, 6), "kind": kind, "side": step.side})
    return sorted(found, key=lambda event: float(str(event["t"])))


def _phases(skeleton: Skeleton) -> list[dict[str, Any]]:
    schedule = skeleton.schedule
    out = []
    for i, phase in enumerate(skeleton.spec.phases):
        own = [k for k, step in enumerate(schedule.steps) if step.phase == i]
        start = schedule.steps[own[0]].t
        end = schedule.steps[own[-1] + 1].t if own[-1] + 1 < len(schedule.steps) else schedule.duration_s
        entry: dict[str, Any] = {
            "name": phase.name or "changing",
            "start_s": round(start, 6),
            "end_s": round(end, 6),
            "cadence_spm": round(60 * len(own) / (end - start), 6),
        }
        if phase.name is not None:
            strides = [k for k in own if k + 2 in own]
            measured = [stride_values(skeleton, k) for k in strides]
            for side in SIDES:
                rows = [m for k, m in zip(strides, measured, strict=True) if schedule.steps[k].side == side]
                entry[side] = {
                    name: {
                        "mean": round(float(np.mean([row[name] for row in rows])), 4),
                        "sd": round(
                            float(np.std([row[name] for row in rows], ddof=min(1, len(rows) - 1))), 4
                        ),
                        "n": len(rows),
                    }
                    for name in rows[0]
                }
        out.append(entry)
    return out


def stride_values(skeleton: Skeleton, k: int) -> dict[str, float]:
    """What the stride that starts with step `k` measures, from curves at 400 Hz and exact events."""
    schedule = skeleton.schedule
    if not isinstance(schedule, Schedule):
        raise TypeError("Somebody who stands makes no strides.")
    step, stride_s = schedule.steps[k], schedule.stride_s(k)
    side = step.side
    n = int(np.ceil(stride_s * CURVE_HZ)) + 1
    at = np.linspace(0, stride_s, n)
    joints = [joint_centres(skeleton.pose(step.t + since)) for since in at]
    found = [angles(j) for j in joints]
    toe_off = angles(joint_centres(skeleton.pose(step.t + step.contact_s)))
    thigh = np.array([a.thigh[side] for a in found])
    knee = np.array([a.knee[side] for a in found])
    height = np.array([(j["left_hip"][1] + j["right_hip"][1]) / 2 for j in joints])
    stance = at <= step.contact_s
    ahead = joints[0][f"{side}_ankle"][2] - (joints[0]["left_hip"][2] + joints[0]["right_hip"][2]) / 2
    half = at <= schedule.times[k + 1] - step.t if k + 1 < len(schedule.times) else at <= stride_s / 2
    return {
        "cadence_spm": 120 / stride_s,
        "contact_time_s": step.contact_s,
        "duty_factor": step.contact_s / stride_s,
        "knee_contact_deg": float(knee[0]),
        "knee_stance_peak_deg": float(knee[stance].max()),
        "knee_excursion_deg": float(knee[stance].max() - knee[0]),
        "knee_swing_peak_deg": float(knee[~stance].max()),
        "thigh_toe_off_deg": toe_off.thigh[side],
        "thigh_extension_peak_deg": float(-thigh.min()),
        "shank_contact_deg": found[0].shank[side],
        "overstride_pct": float(100 * ahead / skeleton.gait.leg_m),
        "hip_bounce_cm": float(50 * (np.ptp(height[half]) + np.ptp(height[~half]))),
        "trunk_lean_deg": float(np.mean([a.lean for a in found[:-1]])),
    }


def write_summary(skeleton: Skeleton, camera: Camera, video: str, path: Path) -> None:
    """Writes the JSON."""
    path.write_text(json.dumps(summary(skeleton, camera, video), indent=1) + "\n", encoding="ascii")


def write_truth(spec: PhantomSpec, folder: Path) -> Skeleton:
    """Writes `<name>_truth.csv.gz` and `<name>_truth.json`; needs no graphics."""
    skeleton = Skeleton(spec, load_body(spec.body))
    camera = Camera(spec.camera, -1 if spec.facing == "right" else 1)
    folder.mkdir(parents=True, exist_ok=True)
    write_frames(skeleton, camera, folder / f"{spec.name}_truth.csv.gz")
    write_summary(skeleton, camera, f"{spec.name}.mp4", folder / f"{spec.name}_truth.json")
    return skeleton

"""What is measured besides the clips as they are: noise, frame rates, force plates, honest intervals."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from oracle.replay import Replay, match

from device.camera.frame import Frame
from device.camera.video import VideoCamera
from device.demo.clip import load_truth
from device.gait.analyzer import GaitAnalyzer
from device.gait.summary import FormWindow
from device.gait.types import EventKind, Facing, RunSetup
from device.pose.models import find
from device.pose.movenet import MoveNet
from device.pose.tracker import PoseTracker
from device.pose.types import Pose

from .cases import LOOPS, Case
from .measure import Result, judge, run_setup
from .posing import MODEL, poses, region
from .test_forceplate import TRIALS, contacts, joints
from .test_forceplate import poses as trial_poses
from .truths import LoopedTruth

NOISES_CM = (0.0, 0.5, 1.0, 1.5, 2.0)
EVERY = (1, 2, 3)


def with_noise(cases: list[Case], folder: Path) -> dict[float, list[Result]]:
    """Cases measured again with white noise added to every keypoint, by its SD in cm."""
    return {cm: [_spoiled(case, folder, cm, 1) for case in cases] for cm in NOISES_CM}


def with_fewer_frames(cases: list[Case], folder: Path) -> dict[int, list[Result]]:
    """Cases measured again with every second or third pose, by frames a second."""
    return {60 // every: [_spoiled(case, folder, 0.0, every) for case in cases] for every in EVERY}


def _spoiled(case: Case, folder: Path, noise_cm: float, every: int) -> Result:
    truth = load_truth(folder / f"{case.clip.spec.name}.mp4")
    rng = np.random.default_rng(17)
    sd = noise_cm * truth.px_per_cm
    seen = [
        Pose(p.t, (p.xy + rng.normal(0, sd, p.xy.shape)).astype(np.float32), p.score)
        for p in poses(case, folder, truth)[::every]
    ]
    return judge(case, truth, seen, run_setup(case, folder, truth))


@dataclass(frozen=True, slots=True)
class Plates:
    """Force-plate trials at one frame rate: errors in ms (found minus plate), steps missed and too many."""

    fps: int
    trial: str
    contact_ms: list[float]
    toe_off_ms: list[float]
    contacts: int
    missed: int
    extra: int


def on_force_plates(data: Path) -> Iterator[Plates]:
    """Each trial, both directions and several noises together."""
    for fps in (60, 30):
        for trial in TRIALS:
            yield _on_plates(data, trial, fps)


def _on_plates(data: Path, trial: str, fps: int) -> Plates:
    t, k = joints(data / "forceplate" / f"hamner2013_s04_{trial}_sagittal.csv")
    truth = [event for event in contacts(data, trial) if event[2] > t[0] + 0.1]
    found = Plates(fps, trial, [], [], 0, 0, 0)
    for facing in (Facing.RIGHT, Facing.LEFT):
        for seed in range(5):
            events = Replay.of(trial_poses(t, k, fps, facing, seed), RunSetup(height_cm=177)).events
            strikes = match(events, truth, EventKind.INITIAL_CONTACT)
            found.contact_ms.extend(strikes.errors_ms)
            found.toe_off_ms.extend(match(events, truth, EventKind.TOE_OFF).errors_ms)
            found = replace(
                found,
                contacts=found.contacts + len(strikes.errors_ms) + len(strikes.missed),
                missed=found.missed + len(strikes.missed),
                extra=found.extra + len(strikes.extra),
            )
    return found


RUNS = 20
IMAGE_NOISE = 8.0
"""Added to the picture, SD in 8-bit levels, anew in every run."""
INTERVAL_METRICS = (
    "cadence_spm",
    "knee_flexion_contact_deg",
    "knee_flexion_stance_peak_deg",
    "knee_flexion_swing_peak_deg",
    "thigh_extension_peak_deg",
    "trunk_lean_deg",
    "overstride_pct",
    "hip_bounce_cm",
    "contact_time_s",
)


def coverage(case: Case, folder: Path) -> dict[str, tuple[float, int]]:
    """How often the shown 95 % interval holds the true value, the constant bias taken out; and of how many.

    The same clip is filmed `RUNS` times with fresh picture noise; each window of the last strides that the
    device would have shown is held against the true mean of the same strides.
    """
    video = folder / f"{case.clip.spec.name}.mp4"
    truth = load_truth(video)
    setup = run_setup(case, folder, truth)
    true = LoopedTruth(truth, LOOPS).strides()
    frames = [f.image for f in VideoCamera(video, paced=False).frames()]
    off: dict[str, list[tuple[float, float]]] = {name: [] for name in INTERVAL_METRICS}
    for run in range(RUNS):
        window = FormWindow()
        analyzer = GaitAnalyzer((truth.width, truth.height), setup)
        recent: list[float] = []
        for pose in _filmed_again(frames, truth, run):
            for form in analyzer.update(pose).form:
                window.add(form)
                if form.stride_time_s is None:
                    continue
                recent.append(form.t)
                own = [s for s in true if any(abs(s.end - t) < 0.1 for t in recent[-6:])]
                if len(own) == 6:
                    _note(off, window, own)
    return {name: _covered(values) for name, values in off.items()}


def _filmed_again(frames, truth, run: int) -> Iterator[Pose]:
    cv2.setNumThreads(1)
    rng = np.random.default_rng(1000 + run)
    tracker = PoseTracker(MoveNet(find(MODEL)), region(truth))
    for k in range(len(frames) * LOOPS):
        image = frames[k % len(frames)]
        grain = rng.normal(0, IMAGE_NOISE, image.shape).astype(np.float32)
        noisy = np.clip(image + grain, 0, 255).astype(np.uint8)
        yield tracker.estimate(Frame(k / truth.fps, noisy))


def _note(off, window: FormWindow, own) -> None:
    for name in INTERVAL_METRICS:
        stat = window.stat(name)
        if stat is None or stat.ci95 is None:
            continue
        if name == "cadence_spm":
            value = 120 * len(own) / sum(s.values["stride_time_s"] for s in own)
        else:
            value = float(np.mean([s.values[name] for s in own]))
        off[name].append((stat.mean - value, stat.ci95))


def _covered(values: list[tuple[float, float]]) -> tuple[float, int]:
    if not values:
        return np.nan, 0
    error, half = np.array(values).T
    return 100 * float((np.abs(error - error.mean()) <= half).mean()), len(values)


__all__ = ["Plates", "coverage", "on_force_plates", "with_fewer_frames", "with_noise"]

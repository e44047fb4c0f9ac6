"""What is measured besides the clips as they are: noise, frame rates, force plates, honest intervals."""

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from oracle.replay import Match, Replay, match
from oracle.view import Spoil

from device.demo.clip import load_truth
from device.gait.analyzer import GaitAnalyzer
from device.gait.types import EventKind, Facing, RunSetup
from device.pose.types import Keypoint, Pose

from .cases import Case
from .forceplate import TRIALS, contacts, filmed, joints
from .measure import Result, judge, run_setup
from .posing import poses

Array = NDArray[np.float64]

NOISES_CM = (0.0, 0.5, 1.0, 2.0)
EVERY = (1, 2, 3)


def with_noise(cases: list[Case], folder: Path, pool: Executor) -> dict[float, list[Result]]:
    """Cases measured again with white noise added to every keypoint, by its SD in cm."""
    todo = {cm: [pool.submit(_spoiled, case, folder, cm, 1) for case in cases] for cm in NOISES_CM}
    return {cm: [job.result() for job in jobs] for cm, jobs in todo.items()}


def with_fewer_frames(cases: list[Case], folder: Path, pool: Executor) -> dict[int, list[Result]]:
    """Cases measured again with every second or third pose, by frames a second."""
    todo = {60 // k: [pool.submit(_spoiled, case, folder, 0.0, k) for case in cases] for k in EVERY}
    return {fps: [job.result() for job in jobs] for fps, jobs in todo.items()}


def _spoiled(case: Case, folder: Path, noise_cm: float, every: int) -> Result:
    truth = load_truth(folder / f"{case.clip.spec.name}.mp4")
    rng = np.random.default_rng(17)
    sd = noise_cm * truth.px_per_cm
    seen = [
        Pose(p.t, (p.xy + rng.normal(0, sd, p.xy.shape)).astype(np.float32), p.score)
        for p in poses(case, folder, truth)[::every]
    ]
    return judge(case, truth, seen, run_setup(case, folder, truth))


CLEAN = Spoil(noise_m=0.01)
HARD = Spoil(noise_m=0.007, slow_m=0.008, swapped=0.06, collapsed=0.5, lost=0.02, dropped=0.02)
"""White and slow noise of 1 cm together, whole-leg swaps in bursts, far leg on the near one, lost points."""


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


def on_force_plates(data: Path, pool: Executor) -> list[Plates]:
    """Each trial, both directions and several noises together."""
    todo = [(trial, fps, CLEAN) for fps in (60, 30) for trial in TRIALS]
    todo += [(trial, 60, HARD) for trial in TRIALS]
    jobs = [pool.submit(_on_plates, data, *which) for which in todo]
    return [job.result() for job in jobs]


def _on_plates(data: Path, trial: str, fps: int, spoil: Spoil) -> Plates:
    t, k = joints(data, trial)
    truth = contacts(data, trial)
    strikes: list[Match] = []
    offs: list[float] = []
    for facing in (Facing.RIGHT, Facing.LEFT):
        for seed in range(5):
            at, pixels = filmed(t, k, fps, facing, seed)
            seen = replace(spoil, seed=seed).poses(at, pixels, near=facing.value)[0]
            events = Replay.of(seen, RunSetup(height_cm=177)).events
            strikes.append(match(events, truth, EventKind.INITIAL_CONTACT))
            offs += match(events, truth, EventKind.TOE_OFF).errors_ms
    return Plates(
        fps,
        trial if spoil == CLEAN else f"{trial}, corrupted",
        [e for s in strikes for e in s.errors_ms],
        offs,
        sum(len(s.errors_ms) + len(s.missed) for s in strikes),
        sum(len(s.missed) for s in strikes),
        sum(len(s.extra) for s in strikes),
    )


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A run whose every pose has its legs exchanged: when that was found out, and what was given before."""

    name: str
    found_s: float | None
    strides: int
    mislabelled: int


def mirrored(case: Case, folder: Path) -> Mirrored:
    """Measure a case with left and right legs exchanged in every pose."""
    truth = load_truth(folder / f"{case.clip.spec.name}.mp4")
    order = np.arange(len(Keypoint))
    order[Keypoint.LEFT_KNEE :] = order[Keypoint.LEFT_KNEE :].reshape(-1, 2)[:, ::-1].ravel()
    seen = [Pose(p.t, p.xy[order], p.score[order]) for p in poses(case, folder, truth)]
    setup = run_setup(case, folder, truth)
    errors = judge(case, truth, seen, setup).errors
    analyzer = GaitAnalyzer((truth.width, truth.height), setup)
    found = None
    for pose in seen:
        codes = {notice.code for notice in analyzer.update(pose).tracking.notices}
        if found is None and codes & {"legs_exchanged", "legs_unclear"}:
            found = pose.t
    return Mirrored(case.name, found, errors.strides, errors.mislabelled_strides)

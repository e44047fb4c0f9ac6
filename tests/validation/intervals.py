"""Whether the shown 95 % interval is honest: the same form filmed again, and run again."""

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import replace
from itertools import product, repeat
from pathlib import Path

import numpy as np
from phantom.body import load_body
from phantom.camera import Camera
from phantom.landmarks import landmarks
from phantom.skeleton import Skeleton

from device.demo.clip import load_truth
from device.gait.analyzer import GaitAnalyzer
from device.gait.summary import STRIDES, FormWindow
from device.gait.types import RunSetup
from device.pose.types import Pose

from .cases import Case
from .measure import run_setup
from .posing import poses

FILMS = 6
"""Times that each clip is filmed."""
RUNS, RUN_STRIDES = 30, 19
"""Runs of one runner, and how long each is: two windows of strides and the start."""
NOISE_CM = 0.7
"""Scatter of the network's points from frame to frame."""
METRICS = (
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

Shown = dict[str, list[tuple[float, float]]]
"""Metric: mean and half width of the interval, of each window that shares no stride with another."""
Covered = dict[str, tuple[float, int]]
"""Metric: share of windows whose interval holds the true mean, %; and their number."""


def filmed_again(cases: list[Case], folder: Path, pool: Executor) -> Covered:
    """The same pictures, each time with fresh grain and the camera moved by some pixels.

    The true mean is the form's: strides of a clip vary about it, and their sum of deviations is zero. The
    constant bias of reading a clip is taken out, for the interval does not claim to cover it.
    """
    todo = list(product(cases, range(1, FILMS + 1)))
    shown = pool.map(_film, [case for case, _ in todo], repeat(folder), [film for _, film in todo])
    by_case: dict[str, list[Shown]] = defaultdict(list)
    for (case, _), windows in zip(todo, shown, strict=True):
        by_case[case.name].append(windows)
    return _covered(by_case.values())


def run_again(case: Case, pool: Executor) -> Covered:
    """The same form run anew each time, no stride like another; marked points with noise, no pictures."""
    return _covered([list(pool.map(_run, repeat(case, RUNS), range(RUNS)))])


def _film(case: Case, folder: Path, film: int) -> Shown:
    truth = load_truth(folder / f"{case.clip.spec.name}.mp4")
    setup = run_setup(case, folder, truth)
    return _shown(poses(case, folder, truth, film=film), (truth.width, truth.height), setup)


def _run(case: Case, seed: int) -> Shown:
    clip = case.clip.spec
    phases = tuple(replace(phase, strides=RUN_STRIDES) for phase in clip.phases)
    spec = replace(clip, phases=phases, seed=5000 + seed)
    skeleton = Skeleton(spec, load_body(spec.body))
    camera = Camera(spec.camera, -1 if spec.facing == "right" else 1)
    rng = np.random.default_rng(seed)
    score = np.full(17, 0.8, np.float32)
    seen = []
    for k in range(skeleton.schedule.frames):
        marked = camera.project(landmarks(skeleton.pose(k / spec.fps), skeleton.body))
        marked += rng.normal(0, NOISE_CM * camera.px_per_cm, marked.shape)
        seen.append(Pose(k / spec.fps, marked.astype(np.float32), score))
    setup = RunSetup(speed_mps=spec.speed_mps, height_cm=100 * skeleton.body.stature_m)
    return _shown(seen, (spec.camera.width, spec.camera.height), setup)


def _shown(seen: Iterable[Pose], size: tuple[int, int], setup: RunSetup) -> Shown:
    analyzer, window = GaitAnalyzer(size, setup), FormWindow()
    shown: Shown = defaultdict(list)
    strides = 0
    for pose in seen:
        for form in analyzer.update(pose).form:
            window.add(form)
            strides += form.stride_time_s is not None
        if strides == STRIDES:
            strides = 0
            for name in METRICS:
                stat = window.stat(name)
                if stat is not None and stat.ci95 is not None:
                    shown[name].append((stat.mean, stat.ci95))
    return dict(shown)


def _covered(groups: Iterable[list[Shown]]) -> Covered:
    inside: dict[str, list[bool]] = defaultdict(list)
    for group in groups:
        for name in METRICS:
            values = np.array([v for shown in group for v in shown.get(name, [])])
            if len(values):
                off = np.abs(values[:, 0] - values[:, 0].mean())
                inside[name] += (off <= values[:, 1]).tolist()
    return {name: (100 * float(np.mean(found)), len(found)) for name, found in inside.items()}

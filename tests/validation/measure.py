"""One case through the live analyzer, held against the truth."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from phantom.standing import UPRIGHT
from phantom.suite import SUITE

from device.demo.clip import LANDMARKS, DemoTruth, load_truth
from device.gait.standing import StandingCapture
from device.gait.types import RunSetup
from device.offline.analysis import ClipAnalyzer
from device.pose.types import Pose

from .cases import LOOPS, Case
from .errors import Errors, Run, errors_of
from .posing import poses
from .truths import LoopedTruth

LOST_CM = 20.0
HALF_TRUNK_M = 0.15
"""Half of a trunk seen from the side, with the arm beside it."""
STANDING_S = 3.5
STANDING_LEAN_DEG = UPRIGHT.lean_deg
"""True lean of every phantom while it stands."""
ROLLS_OVER_TOES = 2
"""Version of the generator from which feet leave the belt as on force plates; before, 25 ms too early."""
NO_TRUTH = frozenset({"frontal", "rear", "oblique", "cut_off", "far", "too_dark", "walking", "standing"})
"""Conditions that are to be refused: only what is said of them counts."""


@dataclass
class Result:
    """One case: what was said of it, and how far it was off."""

    case: Case
    calibrated: bool
    activity: str
    view: str
    facing: str
    measured: bool
    measuring_pct: float
    locked_pct: float
    """Share of the frames in which nobody hides the runner's trunk, with a pose whose hips are his."""
    hidden_pct: float
    """Share of the frames in which somebody nearer to the camera hides the runner's trunk."""
    first_form_s: float | None
    said: tuple[str, ...]
    numbers_while_refused: int
    named: tuple[str, ...]
    """Patterns that the device names in the run as a whole, by their codes."""
    errors: Errors
    metrics: dict[str, float]
    generator: int
    """Version of the generator that rendered the clip."""


def measure(case: Case, folder: Path, calibrate: bool = True) -> Result:
    """Measure one case; with the standing calibration of the same runner when the folder has it."""
    truth = load_truth(folder / f"{case.clip.spec.name}.mp4")
    seen = poses(case, folder, truth)
    return judge(case, truth, seen, run_setup(case, folder, truth, calibrate))


def run_setup(case: Case, folder: Path, truth: DemoTruth, calibrate: bool = True) -> RunSetup:
    """What a therapist tells the device before this run."""
    setup = RunSetup(speed_mps=truth.belt_speed_mps, height_cm=truth.stature_cm)
    if case.clip.group == "standing":
        return RunSetup(height_cm=truth.stature_cm)
    return _stood(case, folder, setup) if calibrate else setup


def judge(case: Case, truth: DemoTruth, seen: list[Pose], setup: RunSetup) -> Result:
    """Hold what the analyzer says of these poses against the truth."""
    size = (truth.width, truth.height)
    run = Run.of(seen, size, setup)
    updates = run.updates
    clip = ClipAnalyzer(size, setup)
    for pose in seen:
        clip.update(pose)
    whole = clip.finish()
    loops = 1 if case.clip.group == "standing" else LOOPS
    looped = LoopedTruth(truth, loops)
    hidden = np.array([_hidden(case, truth, pose.t) for pose in seen])
    form = [f for u in updates for f in u.form]
    errors = Errors()
    if case.condition not in NO_TRUTH:
        errors = errors_of(run, looped)
        if truth.generator < ROLLS_OVER_TOES:
            errors.toe_off_ms.clear()
            errors.pairs.pop("contact_time_s", None)
    return Result(
        case=case,
        calibrated=setup.standing is not None,
        activity=whole.activity.value,
        view=whole.view.value,
        facing=whole.facing.value,
        measured=whole.measured,
        measuring_pct=100 * float(np.mean([u.tracking.measuring for u in updates])),
        locked_pct=_locked_pct(seen, looped, hidden),
        hidden_pct=100 * float(hidden.mean()),
        first_form_s=next((u.t for u in updates if u.form), None),
        said=tuple(code for code, _ in Counter(n.code for n in whole.warnings).most_common()),
        numbers_while_refused=sum(bool(u.form) for u in updates if not u.tracking.measuring),
        named=tuple(deviation.code for deviation in whole.deviations),
        errors=errors,
        metrics={name: stat.mean for name, stat in whole.metrics.items()} if form else {},
        generator=truth.generator,
    )


def standing_case(case: Case) -> Case | None:
    """The quiet standing before this run: of the same runner, before the same camera."""
    stand = SUITE.get(f"{case.clip.look}_standing")
    if stand is None or case.clip.group in {"camera", "refusal"}:
        return None
    return Case(stand) if stand.spec.facing == case.clip.spec.facing else None


def stood(setup: RunSetup, seen: Iterable[Pose]) -> RunSetup:
    """The set-up after the standing calibration, unchanged when that was refused."""
    capture = StandingCapture(setup, STANDING_S)
    for pose in seen:
        capture.update(pose)
    if capture.standing is None:
        return setup
    return replace(setup, standing=capture.standing, lean_offset_deg=capture.standing.lean_offset_deg)


def _stood(case: Case, folder: Path, setup: RunSetup) -> RunSetup:
    stand = standing_case(case)
    if stand is None or not (folder / f"{stand.name}.mp4").exists():
        return setup
    return stood(setup, poses(stand, folder, load_truth(folder / f"{stand.name}.mp4")))


def _hidden(case: Case, truth: DemoTruth, t: float) -> bool:
    """Whether somebody between camera and runner covers a part of the runner's trunk at `t`."""
    spec = case.clip.spec
    for person in spec.scene.people:
        if person.aside_m > 0:
            nearer = spec.camera.distance_m / (spec.camera.distance_m - person.aside_m)
            walked_m = person.walks_mps * np.cos(np.radians(person.heading_deg)) * (t % truth.duration_s)
            if nearer * abs(person.ahead_m + walked_m) < HALF_TRUNK_M * (1 + nearer):
                return True
    return False


def _locked_pct(seen: list[Pose], truth: LoopedTruth, hidden: NDArray[np.bool_]) -> float:
    """Share of the frames in which he is not hidden, whose pose stands where the runner's hips are."""
    marks = np.tile(truth.clip.frames.landmarks_px, (truth.loops, 1, 1))
    hips = (marks[:, LANDMARKS.index("left_hip")] + marks[:, LANDMARKS.index("right_hip")]) / 2
    at = np.clip(np.searchsorted(truth.t, [p.t - 1e-4 for p in seen]), 0, len(truth.t) - 1)
    found = np.array(
        [(p.xy[LANDMARKS.index("left_hip")] + p.xy[LANDMARKS.index("right_hip")]) / 2 for p in seen]
    )
    off_cm = np.hypot(*(found - hips[at]).T) / truth.clip.px_per_cm
    present = np.array([p.present for p in seen])
    return 100 * float((present & (off_cm < LOST_CM))[~hidden].mean())

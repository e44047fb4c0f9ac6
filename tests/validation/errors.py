"""Measured minus true: legs, angles, strides and events of one run."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from oracle.replay import Truth, match

from device.demo.clip import LANDMARKS
from device.gait.analyzer import GaitAnalyzer
from device.gait.measures.window import StrideWindow
from device.gait.types import EventKind, GaitEvent, GaitUpdate, Kinematics, RunSetup, Stride
from device.pose.types import Pose

from .truths import LoopedTruth, TrueStride

Array = NDArray[np.float64]
APART_SHARE = 0.06
"""Legs closer than this share of the stature cannot be told apart by place."""
BINS = 25
"""Parts of the stride in which the error is averaged."""
EDGE_S = (0.35, 0.45)
"""Events so near to the ends of a run are not asked for."""
AROUND_S = 0.1
SETTLED_S = 0.12
"""So much later an instant's legs are settled, and it shows whether the device was measuring."""
MISLABELLED = 0.15
"""A stride with more than this share of its instants on the wrong leg was measured on the wrong leg."""


@dataclass
class Errors:
    """Measured minus true, of one case."""

    near_wrong_pct: float = np.nan
    far_wrong_pct: float = np.nan
    told_near_wrong_pct: float = np.nan
    told_far_wrong_pct: float = np.nan
    """The same two, of the instants at which the device was measuring; NaN when it never was."""
    near_missing_pct: float = np.nan
    raw_wrong_pct: float = np.nan
    mislabelled_strides: int = 0
    strides: int = 0
    knee_mae: float = np.nan
    knee_stance_mae: float = np.nan
    thigh_mae: float = np.nan
    pairs: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """Metric: (true, measured) of each near stride."""
    contact_ms: list[float] = field(default_factory=list)
    contact_far_ms: list[float] = field(default_factory=list)
    toe_off_ms: list[float] = field(default_factory=list)
    contacts: int = 0
    missed: int = 0
    extra: int = 0
    cadence_pct: list[float] = field(default_factory=list)
    """Of each ten steps."""
    knee_by_phase: list[float] = field(default_factory=list)
    thigh_by_phase: list[float] = field(default_factory=list)


@dataclass
class Run:
    """What one analyzer said, pose by pose, and the joint paths on which it measured."""

    setup: RunSetup
    seen: list[Pose]
    updates: list[GaitUpdate]
    measured: list[StrideWindow]
    """Each near stride as it was measured at that moment."""
    last: Kinematics | None
    """Joint paths known at the end."""

    @classmethod
    def of(cls, seen: list[Pose], size: tuple[int, int], setup: RunSetup) -> "Run":
        """Give every pose to an analyzer, as the live device does."""
        analyzer = GaitAnalyzer(size, setup)
        run = cls(setup, seen, [], [], None)
        for pose in seen:
            run._take(analyzer, analyzer.update(pose))
        run._take(analyzer, analyzer.finish())
        run.last = analyzer.kinematics(-1.0, seen[-1].t + 1.0)
        return run

    def _take(self, analyzer: GaitAnalyzer, update: GaitUpdate) -> None:
        self.updates.append(update)
        for stride in update.strides:
            kin = analyzer.kinematics(stride.initial_contact - AROUND_S, stride.next_contact + AROUND_S)
            if stride.near and kin is not None:
                speed = self.setup.speed_mps
                self.measured.append(StrideWindow(stride, kin, self.setup, speed, analyzer.correction))

    def paths(self) -> list[Kinematics]:
        """Everything known of the legs once: the strides of runs that were lost, and what the end knows."""
        begin = self.last.t[0] if self.last is not None and len(self.last.t) else np.inf
        early = [window.kin for window in self.measured if window.end < begin]
        return early if self.last is None or len(self.last.t) == 0 else [*early, self.last]


def errors_of(run: Run, truth: LoopedTruth) -> Errors:
    """Hold what the analyzer said, and its joint paths, against the truth."""
    errors = Errors()
    _time_events(errors, truth, [e for u in run.updates for e in u.events])
    _count_raw(errors, truth, run.seen)
    judged = [_wrong_legs(truth, kin) for kin in run.paths()]
    if not judged:
        return errors
    wrong, far_wrong, missing = (np.concatenate(parts) for parts in zip(*judged, strict=True))
    errors.near_wrong_pct = 100 * float(wrong.mean())
    errors.far_wrong_pct = 100 * float(far_wrong.mean())
    errors.near_missing_pct = 100 * float(missing.mean())
    told = _told(run)
    if told.any():
        errors.told_near_wrong_pct = 100 * float(wrong[told].mean())
        errors.told_far_wrong_pct = 100 * float(far_wrong[told].mean())
    _angles(errors, run, truth)
    _strides(errors, run, truth)
    return errors


def _told(run: Run) -> NDArray[np.bool_]:
    """Which instants of all joint paths came while the device was measuring."""
    at = np.array([u.t for u in run.updates])
    measuring = np.array([u.tracking.measuring for u in run.updates])
    t = np.concatenate([kin.t for kin in run.paths()])
    return np.asarray(measuring[np.minimum(np.searchsorted(at, t + SETTLED_S), len(at) - 1)])


def _time_events(errors: Errors, truth: LoopedTruth, found: list[GaitEvent]) -> None:
    low, high = EDGE_S[0], truth.end_s - EDGE_S[1]
    true = [e for e in truth.events() if low <= e[2] <= high]
    inside = [e for e in found if low - 0.1 <= e.t <= high + 0.1]
    strikes = match(inside, true, EventKind.INITIAL_CONTACT)
    errors.contacts = sum(e[0] is EventKind.INITIAL_CONTACT for e in true)
    errors.missed = len(strikes.missed)
    errors.extra = sum(low <= e.t <= high for e in strikes.extra)

    def of_side(side: str, kind: EventKind) -> list[float]:
        own = [e for e in true if e[1] == side]
        return match([e for e in inside if e.side == side], own, kind).errors_ms

    errors.contact_ms += of_side(truth.near, EventKind.INITIAL_CONTACT)
    errors.contact_far_ms += of_side(truth.far, EventKind.INITIAL_CONTACT)
    errors.toe_off_ms += of_side(truth.near, EventKind.TOE_OFF)
    errors.cadence_pct += _cadence_pct(true, inside)


def _cadence_pct(true: list[Truth], found: list[GaitEvent]) -> list[float]:
    """Error of the cadence over each ten steps whose first and last contact were found."""
    contacts = [e for e in true if e[0] is EventKind.INITIAL_CONTACT]
    seen = []
    for _, side, t in contacts:
        own = [e.t for e in found if e.kind is EventKind.INITIAL_CONTACT and e.side == side]
        best = min(own, key=lambda x: abs(x - t), default=np.inf)
        seen.append(best if abs(best - t) < 0.1 else np.nan)
    spans = [(contacts[i + 10][2] - contacts[i][2], seen[i + 10] - seen[i]) for i in range(len(seen) - 10)]
    return [100 * (of_truth / of_device - 1) for of_truth, of_device in spans if np.isfinite(of_device)]


def _count_raw(errors: Errors, truth: LoopedTruth, seen: list[Pose]) -> None:
    """Share of frames in which the network's own labels put the near knee or ankle on the far leg."""
    marks = np.tile(truth.clip.frames.landmarks_px, (truth.loops, 1, 1))
    at = np.clip(np.searchsorted(truth.t, [p.t - 1e-4 for p in seen]), 0, len(truth.t) - 1)
    apart_px = APART_SHARE * truth.clip.stature_cm * truth.clip.px_per_cm
    wrong = np.zeros(len(seen), bool)
    for joint in ("knee", "ankle"):
        near, far = (marks[at, LANDMARKS.index(f"{s}_{joint}")] for s in (truth.near, truth.far))
        found = np.array([p.xy[LANDMARKS.index(f"{truth.near}_{joint}")] for p in seen])
        nearer = np.hypot(*(found - far).T) < np.hypot(*(found - near).T)
        wrong |= nearer & (np.hypot(*(near - far).T) > apart_px)
    errors.raw_wrong_pct = 100 * float(wrong.mean())


def _wrong_legs(truth: LoopedTruth, kin: Kinematics) -> tuple[Array, Array, Array]:
    """Per instant: the near point lies on the far leg, the far one on the near leg, a near point missing."""
    apart_cm = APART_SHARE * truth.clip.stature_cm
    wrong, far_wrong = np.zeros(len(kin.t), bool), np.zeros(len(kin.t), bool)
    at = np.clip(np.searchsorted(truth.t, kin.t - 1e-4), 0, len(truth.t) - 1)
    for joint, near, far in (
        ("knee", kin.near_knee, kin.far_knee),
        ("ankle", kin.near_ankle, kin.far_ankle),
    ):
        true_near, true_far = (path[at] for path in truth.legs_cm(joint))
        apart = np.hypot(*(true_near - true_far).T) > apart_cm
        wrong |= apart & _nearer(near - kin.hip, true_far, true_near)
        far_wrong |= apart & _nearer(far - kin.hip, true_near, true_far)
    missing = ~np.isfinite(kin.near_knee[:, 0]) | ~np.isfinite(kin.near_ankle[:, 0])
    return wrong, far_wrong, missing


def _nearer(p: Array, one: Array, other: Array) -> NDArray[np.bool_]:
    """Where `p` is nearer to the one than to the other."""
    return np.asarray(np.hypot(*(p - one).T) < np.hypot(*(p - other).T))


def _angles(errors: Errors, run: Run, truth: LoopedTruth) -> None:
    f = truth.clip.frames
    true_knee, true_thigh = truth.curve(f.knee_deg[truth.near]), truth.curve(f.thigh_deg[truth.near])
    true_strides = truth.strides()
    knee, thigh, stance, phase = [], [], [], []
    for window in run.measured:
        at = truth.t[(truth.t >= window.start) & (truth.t < window.end)]
        own = _own_stride(true_strides, window.stride)
        if own is None or len(at) < 5:
            continue
        found = window.knee.sample(at), window.thigh.sample(at)
        if found[0] is None or found[1] is None:
            continue
        knee.append(found[0] - true_knee(at))
        thigh.append(found[1] - true_thigh(at))
        stance.append((at >= own.contact) & (at <= own.toe_off))
        phase.append(((at - own.contact) / (own.end - own.contact)) % 1.0)
    if not knee:
        return
    k, h, s, p = (np.concatenate(x) for x in (knee, thigh, stance, phase))
    errors.knee_mae, errors.thigh_mae = float(np.abs(k).mean()), float(np.abs(h).mean())
    errors.knee_stance_mae = float(np.abs(k[s]).mean())
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    for values, into in ((k, errors.knee_by_phase), (h, errors.thigh_by_phase)):
        into += [float(values[bins == b].mean()) if (bins == b).any() else np.nan for b in range(BINS)]


def _own_stride(true: list[TrueStride], stride: Stride) -> TrueStride | None:
    best = min(true, key=lambda s: abs(s.contact - stride.initial_contact), default=None)
    return best if best is not None and abs(best.contact - stride.initial_contact) < 0.1 else None


def _strides(errors: Errors, run: Run, truth: LoopedTruth) -> None:
    true = truth.strides()
    forms = [f for u in run.updates for f in u.form if f.near and f.stride_time_s is not None]
    for stride, kin in ((window.stride, window.kin) for window in run.measured):
        wrong = _wrong_legs(truth, kin)[0][(kin.t >= stride.initial_contact) & (kin.t <= stride.next_contact)]
        errors.strides += 1
        errors.mislabelled_strides += bool(len(wrong) and wrong.mean() > MISLABELLED)
        own = _own_stride(true, stride)
        form = next((f for f in forms if abs(f.t - stride.next_contact) < 1e-6), None)
        if own is None or form is None:
            continue
        for name, value in own.values.items():
            found = getattr(form, name)
            if found is not None:
                errors.pairs.setdefault(name, []).append((value, found))

"""The demo clip through camera, network and analyzer as in live use, and what came out beside the truth."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from device.camera.frame import Camera
from device.demo.clip import LANDMARKS, DemoTruth, FloatArray
from device.gait.analyzer import GaitAnalyzer
from device.gait.types import EventKind, FormMetrics, GaitEvent, Kinematics, RunSetup, Stride
from device.pose.region import whole_runner
from device.pose.tracker import Network, PoseTracker

APART_SHARE = 0.06
"""Legs closer than this share of the stature cannot be told apart by place."""
MATCH_S = 0.1
EDGE_S = 0.5
"""Contacts so near to the ends of the clip are not asked for."""

Progress = Callable[[float], None]
"""Told the share done, 0 to 1."""


@dataclass
class Seen:
    """All that the device said of the clip."""

    frames: int = 0
    unseen: int = 0
    events: list[GaitEvent] = field(default_factory=list)
    strides: list[FormMetrics] = field(default_factory=list)
    """Form of each near stride."""
    compared: int = 0
    mistaken: int = 0
    """Instants at which the legs could be told apart, and at which the near one was taken for the far one."""


def replay(camera: Camera, network: Network, truth: DemoTruth, progress: Progress) -> Seen:
    """Take every frame once, as the pose thread does. The clip's times are kept: nothing waits."""
    setup = RunSetup(speed_mps=truth.belt_speed_mps, height_cm=truth.stature_cm)
    analyzer = GaitAnalyzer(camera.size, setup)
    tracker = PoseTracker(network, whole_runner(*camera.size))
    seen, total = Seen(), len(truth.frames.t_s)
    for frame in camera.frames():
        pose = tracker.estimate(frame)
        seen.frames += 1
        seen.unseen += not pose.present
        update = analyzer.update(pose)
        seen.events += update.events
        seen.strides += [form for form in update.form if form.stride_time_s is not None]
        for stride in update.strides:
            _compare_legs(seen, stride, analyzer, truth)
        if seen.frames % 30 == 0:
            progress(min(1.0, seen.frames / total))
    seen.events += analyzer.finish().events
    progress(1.0)
    return seen


def _compare_legs(seen: Seen, stride: Stride, analyzer: GaitAnalyzer, truth: DemoTruth) -> None:
    if not stride.near:
        return
    kin = analyzer.kinematics(stride.initial_contact, stride.next_contact)
    if kin is None:
        return
    for joint, found in (("knee", kin.near_knee), ("ankle", kin.near_ankle)):
        near, far = _true_legs(truth, joint, kin)
        apart = np.hypot(*(near - far).T) > APART_SHARE * truth.stature_cm
        own, other = (np.hypot(*(found - kin.hip - place).T) for place in (near, far))
        seen.compared += int(apart.sum())
        seen.mistaken += int((apart & (other < own)).sum())


def _true_legs(truth: DemoTruth, joint: str, kin: Kinematics) -> tuple[FloatArray, FloatArray]:
    """Where near and far joint truly are at the kinematics' times, cm from mid-hip, x forward, y up."""
    at = np.clip(np.searchsorted(truth.frames.t_s, kin.t - 1e-4), 0, len(truth.frames.t_s) - 1)
    marks = truth.frames.landmarks_px[at]

    def mark(side: str, name: str) -> FloatArray:
        place: FloatArray = marks[:, LANDMARKS.index(f"{side}_{name}")]
        return place

    hip = (mark("left", "hip") + mark("right", "hip")) / 2
    scale = np.array([1.0 if truth.facing == "right" else -1.0, -1.0]) / truth.px_per_cm
    far = "left" if truth.facing == "right" else "right"
    return (mark(truth.facing, joint) - hip) * scale, (mark(far, joint) - hip) * scale


@dataclass(frozen=True, slots=True)
class Contacts:
    """Initial contacts found against the true ones: errors in ms (found minus true), missed, too many."""

    errors_ms: FloatArray
    missed: int
    extra: int


def contacts(seen: Seen, truth: DemoTruth) -> Contacts:
    """Pair every true contact, a little inside the clip, with the nearest found one of the same foot."""
    begin, end = EDGE_S, truth.duration_s - EDGE_S
    left = [e for e in seen.events if e.kind is EventKind.INITIAL_CONTACT and begin <= e.t <= end]
    errors, missed = [], 0
    for t, side in _true_contacts(truth):
        near = [e for e in left if e.side == side and abs(e.t - t) < MATCH_S]
        if near:
            best = min(near, key=lambda e: abs(e.t - t))
            errors.append(1000 * (best.t - t))
            left.remove(best)
        elif begin + MATCH_S < t < end - MATCH_S:
            missed += 1
    return Contacts(np.array(errors), missed, len(left))


def _true_contacts(truth: DemoTruth) -> Iterator[tuple[float, str]]:
    return ((e.t, e.side) for e in truth.events if e.kind == "initial_contact")

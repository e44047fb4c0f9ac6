"""Runs poses through the analyzer and matches what it says with the truth."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from device.gait.analyzer import GaitAnalyzer
from device.gait.types import EventKind, FormMetrics, GaitEvent, GaitUpdate, RunSetup, Side, Stride
from device.pose.types import Pose

Truth = tuple[EventKind, Side, float]


@dataclass
class Replay:
    """Everything the analyzer said over a clip, and when it said it."""

    analyzer: GaitAnalyzer
    updates: list[GaitUpdate] = field(default_factory=list)

    @classmethod
    def of(cls, poses: Iterable[Pose], setup: RunSetup, size: tuple[int, int] = (960, 720)) -> "Replay":
        replay = cls(GaitAnalyzer(size, setup, correction=None))
        for pose in poses:
            replay.updates.append(replay.analyzer.update(pose))
        replay.updates.append(replay.analyzer.finish())
        return replay

    @property
    def events(self) -> list[GaitEvent]:
        return [event for update in self.updates for event in update.events]

    @property
    def strides(self) -> list[Stride]:
        return [stride for update in self.updates for stride in update.strides]

    @property
    def form(self) -> list[FormMetrics]:
        return [form for update in self.updates for form in update.form]

    @property
    def codes(self) -> set[str]:
        """Codes of every notice given at any time."""
        return {notice.code for update in self.updates for notice in update.tracking.notices}

    def values(self, name: str) -> list[float]:
        return [v for f in self.form for n, v in f.measured() if n == name]

    def lags(self) -> list[float]:
        """From each event to the pose that announced it, seconds."""
        return [update.t - event.t for update in self.updates for event in update.events]


@dataclass(frozen=True)
class Match:
    """Errors (found minus true, ms) of matched events, true ones missed and found ones that are extra."""

    errors_ms: list[float]
    missed: list[Truth]
    extra: list[GaitEvent]

    @property
    def bias_ms(self) -> float:
        return float(np.mean(self.errors_ms))

    @property
    def sd_ms(self) -> float:
        return float(np.std(self.errors_ms))


def match(found: list[GaitEvent], truth: list[Truth], kind: EventKind, within_s: float = 0.1) -> Match:
    """Pair events of one kind, same side, each at most once."""
    left = [event for event in found if event.kind is kind]
    errors, missed = [], []
    for true in truth:
        if true[0] is not kind:
            continue
        near = [e for e in left if e.side is true[1] and abs(e.t - true[2]) < within_s]
        if not near:
            missed.append(true)
            continue
        best = min(near, key=lambda e: abs(e.t - true[2]))
        errors.append(1e3 * (best.t - true[2]))
        left.remove(best)
    return Match(errors, missed, left)

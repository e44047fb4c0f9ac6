"""Newest-wins publishing: the frame loop writes, any number of viewers read, nobody waits for anybody."""

import threading
from dataclasses import dataclass
from typing import Generic, TypeVar

from device.camera.frame import Frame
from device.feedback.schedule import RunProgress
from device.feedback.training import RunPlan
from device.feedback.types import Baseline, CueState, Deviation
from device.gait.types import FormMetrics, GaitEvent, Notice, Side, Standing, Stat, Tracking
from device.pose.types import Pose

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tile:
    """One metric as the tablet shows it.

    stat: mean, spread and n of the last 10 steps (near-leg metrics: 6 strides); None when not measured.
    last: the last valid mean, kept while nothing is measured. own: baseline mean and spread, if captured.
    """

    name: str
    stat: Stat | None
    last: float | None
    own: Stat | None


@dataclass(frozen=True, slots=True)
class SessionState:
    """The recording in progress: id and start on the frame clock, or no session (id None)."""

    id: int | None = None
    started_t: float | None = None
    label: str = ""
    marks: tuple[tuple[float, str], ...] = ()
    baseline: Baseline | None = None
    baseline_progress: float | None = None
    """0 to 1 while a baseline is being captured, else None."""
    standing: Standing | None = None
    """The standing calibration in use, with its warnings; it outlasts the recording."""
    standing_progress: float | None = None
    """0 to 1 while somebody stands for it, else None; a refusal is among the notices."""
    plan: RunPlan | None = None
    """The feedback run in progress, None when there is none."""
    run: RunProgress | None = None
    """Where it stands."""
    notices: tuple[Notice, ...] = ()
    """What the therapist should know about the recording or the last baseline: disk full, refused, why."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenPose:
    """A pose with what was known of it at its frame: legs named the wrong way round, and being measured."""

    pose: Pose
    swapped: bool
    measuring: bool


@dataclass(frozen=True, slots=True, eq=False)
class LiveState:
    """Everything known about one frame; immutable, replaced whole at the next frame.

    steps: number of steps measured so far; tiles change only when it does.
    fps: frames per second achieved over the last 2 s. latency_s: frame time to light decision, p50 of 2 s.
    near: the leg facing the camera, None while undecided.
    """

    seq: int
    frame: Frame
    pose: Pose
    swapped: bool
    near: Side | None
    tracking: Tracking
    cue: CueState
    tiles: tuple[Tile, ...]
    steps: int
    events: tuple[GaitEvent, ...]
    """Events announced with this very frame (so a viewer that skips frames may miss some)."""
    deviations: tuple[Deviation, ...]
    session: SessionState
    fps: float | None
    latency_s: float | None
    latency_p95_s: float | None = None
    """95 of 100 frames of the last 2 s were faster from frame time to light decision."""
    error: str | None = None
    """Set once the loop has stopped for a named reason, in words for the therapist."""
    light_fault: str | None = None
    """Why the light does not show what it was sent, in words for the therapist; None while it does."""
    recent_events: tuple[GaitEvent, ...] = ()
    """The last few events, so that a viewer may skip frames and miss none."""
    recent_form: tuple[FormMetrics, ...] = ()
    """The last few steps and strides measured, likewise."""
    recent_poses: tuple[SeenPose, ...] = ()
    """The last few poses, this frame's own last, likewise."""


class Newest(Generic[T]):
    """A one-place slot: `put` replaces, `wait` gives the newest once it is newer than what the caller has.

    Thread-safe. `close` wakes every waiter, which then gets None.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: T | None = None
        self._version = 0
        self._closed = False

    def put(self, value: T) -> None:
        """Replace the value and wake the waiters."""
        with self._changed:
            self._value = value
            self._version += 1
            self._changed.notify_all()

    def close(self) -> None:
        """End the stream for every waiter."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def latest(self) -> T | None:
        """Give the newest value at once, None before the first."""
        with self._changed:
            return self._value

    def wait(self, seen: int, timeout_s: float) -> tuple[int, T | None]:
        """Wait until there is something newer than version `seen`.

        Returns (version, value); (seen, None) on timeout or after `close`. Start with seen=0.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._version > seen or self._closed, timeout_s)
            if self._version > seen and not self._closed:
                return self._version, self._value
            return seen, None

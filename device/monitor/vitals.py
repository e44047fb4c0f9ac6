"""The device's figures as they were over the last ten minutes."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from device import __version__
from device.host.health import Health, read_health
from device.live import LiveState, Newest

SAMPLE_EVERY_S = 10.0
KEPT = 60
"""Samples kept: ten minutes."""
BYTES_PER_FRAME = 420
"""Of a pose log: 17 keypoints as text."""


class Frames(Protocol):
    """What counts the device's frames; `FrameLoop` is one."""

    frames: int
    fps_asked: float | None

    @property
    def live(self) -> Newest[LiveState]:
        """The newest frame with everything known about it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The figures at one moment, for the small charts; None where not known."""

    fps: float | None
    latency_ms: float | None
    temperature_c: float | None


@dataclass(frozen=True, slots=True)
class Vitals:
    """The device at one moment.

    fps_asked: what the camera was asked for. fps: frames measured a second, over 2 s. frames: measured since
    the start. skipped: camera frames passed over since the start, because a newer one was there or none came.
    latency_p50_s, latency_p95_s: camera frame to light decision, over 2 s. computer: see `Health`.
    running_s: since the program started. samples: the oldest first. recording_h: hours of running that the
    free disk takes; None while nothing is known of the frame rate or the disk.
    """

    fps_asked: float | None
    fps: float | None
    frames: int
    skipped: int
    latency_p50_s: float | None
    latency_p95_s: float | None
    measuring: bool
    recording: bool
    trouble: str | None
    light_fault: str | None
    computer: Health
    running_s: float
    software: str
    samples: tuple[Sample, ...]

    @property
    def recording_h(self) -> float | None:
        """Hours of running that the free disk takes as numbers and keypoints."""
        rate, free = self.fps_asked or self.fps, self.computer.disk_free_bytes
        return None if not rate or free is None else free / (BYTES_PER_FRAME * rate * 3600)


class VitalSigns:
    """Follows the device from its main thread; anybody may read `now`.

    source: the frame loop. folder: where sessions are kept. clock: monotonic seconds.
    """

    def __init__(
        self,
        source: Frames,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
        look: Callable[[Path], Health] = read_health,
    ) -> None:
        self._source = source
        self._folder = folder
        self._clock = clock
        self._look = look
        self._begun = self._at = clock()
        self._seen = source.frames
        self._missed = 0.0
        self._samples: deque[Sample] = deque(maxlen=KEPT)
        self._sample_due = float("-inf")
        self._computer: Health | None = None

    def keep_up(self) -> None:
        """Take what has happened since the last call; to be called about once a second."""
        now, frames, asked = self._clock(), self._source.frames, self._source.fps_asked
        elapsed, seen = now - self._at, frames - self._seen
        if asked and seen > 0:
            self._missed = max(0.0, self._missed + asked * elapsed - seen)
        self._at, self._seen = now, frames
        if now < self._sample_due:
            return
        self._sample_due = now + SAMPLE_EVERY_S
        self._computer = self._look(self._folder)
        state = self._source.live.latest()
        delay = state.latency_s if state else None
        self._samples.append(
            Sample(
                state.fps if state else None,
                None if delay is None else 1000 * delay,
                self._computer.temperature_c,
            )
        )

    @property
    def now(self) -> Vitals:
        """The newest figures."""
        state = self._source.live.latest()
        stopped = state is None or state.error is not None
        return Vitals(
            fps_asked=self._source.fps_asked,
            fps=None if stopped else state.fps if state else None,
            frames=self._source.frames,
            skipped=int(self._missed),
            latency_p50_s=None if stopped or state is None else state.latency_s,
            latency_p95_s=None if stopped or state is None else state.latency_p95_s,
            measuring=bool(state and not stopped and state.tracking.measuring),
            recording=bool(state and state.session.id is not None),
            trouble=state.error if state else None,
            light_fault=state.light_fault if state else None,
            computer=self._computer or self._look(self._folder),
            running_s=self._clock() - self._begun,
            software=__version__,
            samples=tuple(self._samples),
        )

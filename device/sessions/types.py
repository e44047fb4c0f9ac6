"""A recorded session: what it was made with, and what a reader gets back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from device.feedback.dose import BlockDose
from device.feedback.types import Band, Baseline, CueSetting, LightState
from device.gait.types import FormMetrics, GaitEvent, Notice, RunSetup, Stat, Stride
from device.pose.region import Region


class SessionStatus(StrEnum):
    """How a session stands; `interrupted` means that the device stopped before the session was ended."""

    RUNNING = "running"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMeta:
    """What is known when a session begins.

    label: initials or a code for the runner. started_t: frame time in seconds on the monotonic clock.
    size: width and height in pixels of the frames that keypoints are in. software: version of treadlight.
    model, model_sha256, runtime, camera: what found the joints, in words, and the model file's hash.
    """

    label: str
    note: str = ""
    started_t: float
    size: tuple[int, int]
    setup: RunSetup
    region: Region | None
    software: str
    model: str
    model_sha256: str
    runtime: str
    camera: str


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line of the list of sessions.

    started_at: wall time, UTC, for labels only. duration_s: recorded time on the frame clock.
    steps: measured steps of either leg. pose_log_bytes: size of the kept keypoints, 0 when there are none.
    """

    id: int
    label: str
    note: str
    started_at: datetime
    duration_s: float
    status: SessionStatus
    steps: int
    pose_log_bytes: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A named instant, `t` in seconds on the frame clock."""

    t: float
    label: str


@dataclass(frozen=True, slots=True)
class RunChange:
    """The operator's settings of the run from `t` on."""

    t: float
    setup: RunSetup


@dataclass(frozen=True, slots=True)
class CueChange:
    """From `t` on the cue was set so, the metric stood so, and the light said so.

    value: mean of the cued metric at that instant. outside: below, above or None (inside or unknown).
    """

    t: float
    setting: CueSetting | None
    value: float | None
    outside: str | None
    light: LightState


@dataclass(frozen=True, slots=True)
class CuePeriod:
    """A stretch with one unchanged cue setting, and how the runner did in it.

    shown: whether the light was allowed to show the cue (False: withheld). cued_s: seconds it did.
    steps, steps_in_band: measured values of the cued metric, and how many of them lay in its band.
    """

    start_t: float
    end_t: float
    metric: str
    band: Band
    shown: bool
    cued_s: float
    steps: int
    steps_in_band: int

    @property
    def in_band_fraction(self) -> float | None:
        """Share of the measured steps that lay in the band, 0 to 1; None when nothing was measured."""
        return self.steps_in_band / self.steps if self.steps else None


@dataclass(frozen=True, slots=True)
class TrackingChange:
    """From `t` on the runner was or was not being measured; `notice` says why not, or warns."""

    t: float
    measuring: bool
    activity: str
    view: str
    facing: str
    speed_mps: float | None
    speed_estimated: bool
    notice: Notice | None


@dataclass(frozen=True, slots=True)
class SessionNotice:
    """Something the recording itself went through, such as a gap while the disk was full."""

    t: float
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """Everything kept of one session; all times in seconds on the frame clock of `meta.started_t`."""

    summary: SessionSummary
    meta: SessionMeta
    ended_t: float
    runs: tuple[RunChange, ...]
    baselines: tuple[Baseline, ...]
    form: tuple[FormMetrics, ...]
    strides: tuple[Stride, ...]
    events: tuple[GaitEvent, ...]
    cues: tuple[CueChange, ...]
    marks: tuple[Mark, ...]
    tracking: tuple[TrackingChange, ...]
    notices: tuple[SessionNotice, ...]
    stats: dict[str, Stat]
    """Mean, spread and count of each metric over the whole session."""
    cue_periods: tuple[CuePeriod, ...]
    blocks: tuple[BlockDose, ...] = ()
    """The blocks of feedback runs in the order they were run, with the dose of each."""

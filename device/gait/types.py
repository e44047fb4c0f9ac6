"""What gait analysis says: events, strides, one step's form, and whether to believe it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Side(StrEnum):
    """The runner's own left or right."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> "Side":
        """The opposite side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


class EventKind(StrEnum):
    """The two instants that bound ground contact."""

    INITIAL_CONTACT = "initial_contact"
    TOE_OFF = "toe_off"


class Activity(StrEnum):
    """What the person in the picture is doing."""

    RUNNING = "running"
    WALKING = "walking"
    STANDING = "standing"
    NONE = "none"
    UNCLEAR = "unclear"


class View(StrEnum):
    """The runner's side that faces the camera; otherwise how far from square it stands."""

    LEFT = "left"
    RIGHT = "right"
    FRONTAL = "frontal"
    REAR = "rear"
    OBLIQUE = "oblique"
    UNCLEAR = "unclear"

    @property
    def sideways(self) -> bool:
        """Whether the runner is seen from the side."""
        return self in {View.LEFT, View.RIGHT}


class Facing(StrEnum):
    """The direction of running in the picture."""

    LEFT = "left"
    RIGHT = "right"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Notice:
    """A named warning or refusal: `code` for machines, `message` (cause, then fix) for the therapist."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What quiet standing told about this runner before this camera (`gait.standing`).

    t: end of it, seconds. neutral_deg: trunk lean the runner was assumed to have, forward positive.
    lean_offset_deg: what trunk lean reads too much. noise_cm: SD of the worst leg joint. yaw_deg: turn of
    the camera against the belt, 0 square. tilt_deg: line from ankles to shoulders against the vertical.
    leg_px: thigh plus shank. hip_px, shoulder_px: from the middle to the left side's point, x right, y down.
    notices: warnings; what was refused outright has no Standing.
    """

    t: float
    duration_s: float
    neutral_deg: float
    lean_offset_deg: float
    noise_cm: float
    yaw_deg: float
    tilt_deg: float
    leg_px: float
    hip_px: tuple[float, float]
    shoulder_px: tuple[float, float]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class RunSetup:
    """What the operator tells the device about this run.

    speed_mps: belt speed in m/s, None when unknown (it is then estimated and marked so).
    grade_pct: treadmill slope in percent, uphill positive.
    height_cm: the runner's standing height, None when unknown (lengths are then in leg lengths only).
    cm_per_px: scale at the runner's mid-plane from two marks on the deck; goes before the height.
    facing: direction of running in the picture; None decides from the first seconds.
    lean_offset_deg: subtracted from trunk lean, from a standing calibration; None when not calibrated.
    standing: the standing calibration in use, whole.
    """

    speed_mps: float | None = None
    grade_pct: float = 0.0
    height_cm: float | None = None
    facing: Facing | None = None
    lean_offset_deg: float | None = None
    cm_per_px: float | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class GaitEvent:
    """One foot meets or leaves the belt at `t` seconds; `near` says the leg faces the camera."""

    kind: EventKind
    side: Side
    t: float
    near: bool


@dataclass(frozen=True, slots=True)
class Stride:
    """One leg from initial contact to its next, seconds; `toe_off` is None when it was not seen."""

    side: Side
    near: bool
    initial_contact: float
    toe_off: float | None
    next_contact: float

    @property
    def duration_s(self) -> float:
        """Stride time."""
        return self.next_contact - self.initial_contact


@dataclass(frozen=True, slots=True, eq=False)
class Kinematics:
    """Cleaned and smoothed joint paths on which every angle and length is measured.

    Rows are instants, oldest first; `t` in seconds (n). Points are n x 2 in cm: x forward in the direction
    of running, y up (against gravity), from an arbitrary fixed origin; NaN where not known.
    `hip` and `shoulder` are the middle of left and right. `leg_cm` is thigh plus shank of the near leg.
    When `calibrated` is False cm assume a runner of 175 cm: ratios and angles hold, lengths do not.
    """

    t: NDArray[np.float64]
    hip: NDArray[np.float64]
    shoulder: NDArray[np.float64]
    near_knee: NDArray[np.float64]
    near_ankle: NDArray[np.float64]
    far_knee: NDArray[np.float64]
    far_ankle: NDArray[np.float64]
    near_elbow: NDArray[np.float64]
    near_wrist: NDArray[np.float64]
    near_shoulder: NDArray[np.float64]
    near_ear: NDArray[np.float64]
    near_eye: NDArray[np.float64]
    hip_velocity: NDArray[np.float64]
    near_ankle_velocity: NDArray[np.float64]
    leg_cm: float
    calibrated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormMetrics:
    """Running form of one step (far leg: timing only) or one near-leg stride; None means not measured.

    Each field is described in `gait.catalog` by the same name: label, unit, trust, direction, evidence.
    `t` is the instant the step or stride was complete, `side` the leg whose contact began it.
    """

    t: float
    side: Side
    near: bool
    cadence_spm: float | None = None
    step_time_s: float | None = None
    stride_time_s: float | None = None
    step_time_asymmetry_pct: float | None = None
    contact_time_s: float | None = None
    flight_time_s: float | None = None
    duty_factor: float | None = None
    hip_bounce_cm: float | None = None
    vertical_ratio_pct: float | None = None
    landing_speed_mps: float | None = None
    peak_force_bw: float | None = None
    vertical_stiffness_npmkg: float | None = None
    leg_stiffness_npmkg: float | None = None
    trunk_lean_deg: float | None = None
    trunk_lean_range_deg: float | None = None
    push_off_trunk_change_deg: float | None = None
    shoulder_hip_ankle_deg: float | None = None
    pelvis_forward_pct: float | None = None
    knee_flexion_contact_deg: float | None = None
    knee_flexion_stance_peak_deg: float | None = None
    knee_excursion_deg: float | None = None
    knee_flexion_swing_peak_deg: float | None = None
    thigh_extension_peak_deg: float | None = None
    thigh_extension_toe_off_deg: float | None = None
    overstride_pct: float | None = None
    shank_contact_deg: float | None = None
    ground_speed_matching: float | None = None
    head_forward_pct: float | None = None
    elbow_deg: float | None = None
    curve_regularity: float | None = None
    stride_time_cv_pct: float | None = None
    sparc: float | None = None

    def measured(self) -> Iterator[tuple[str, float]]:
        """Give the name and value of each metric that was measured."""
        for name in METRIC_NAMES:
            value = getattr(self, name)
            if value is not None:
                yield name, value


METRIC_NAMES: tuple[str, ...] = tuple(
    f.name for f in fields(FormMetrics) if f.name not in {"t", "side", "near"}
)


@dataclass(frozen=True, slots=True)
class Stat:
    """A mean with its spread (sample SD, None below two values) over n values.

    ci95: half width of the 95 % interval of the mean against chance, None below three values
    (`gait.spread`). A constant bias of the reading is not in it.
    """

    mean: float
    sd: float | None
    n: int
    ci95: float | None = None


@dataclass(frozen=True, slots=True)
class Tracking:
    """Whether the runner is being measured now, and if not, why.

    measuring: True when events and metrics are being given.
    valid_fraction: share of frames in the last 10 s whose near-leg points could be used, 0 to 1.
    points: how many of the 12 body points (shoulders to ankles) were confident in the newest frame.
    swaps: left/right exchanges of leg labels repaired in the last 10 s.
    speed_mps / speed_estimated: belt speed in use, and whether it was estimated from the feet.
    notices: refusals first, then warnings; the first one explains `measuring=False`.
    """

    measuring: bool
    activity: Activity
    view: View
    facing: Facing
    valid_fraction: float
    points: int
    swaps: int
    speed_mps: float | None
    speed_estimated: bool
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class GaitUpdate:
    """What one more pose taught: new events, finished strides, newly measured form, and trust.

    `swapped` says that the newest pose has its left and right legs exchanged (for drawing).
    """

    t: float
    tracking: Tracking
    events: tuple[GaitEvent, ...] = ()
    strides: tuple[Stride, ...] = ()
    form: tuple[FormMetrics, ...] = ()
    swapped: bool = False

"""Whether this picture can be measured, and if not, what to do: watched live before a visit's first run.

Each check has a state; one that fails names its reason, for which the screen has the fix in words. Limits:
a runner who fills 60 to 75 % of the height is measured best; every degree of tilt is a degree of trunk lean;
at 1/500 s a foot smears by a centimetre.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from device.gait.types import Facing, RunSetup, View
from device.live import LiveState
from device.pose.region import Region
from device.pose.types import Keypoint, Pose
from device.review.framing import Geometry, measure_geometry
from device.review.level import LevelMeter
from device.review.types import Shot

LOOK_BACK_S = 4.0
ENOUGH = 60
"""Frames looked at; more tell nothing new."""
MIN_PRESENT = 0.6
FILL = (0.50, 0.88)
MIN_SPARE = 0.01
MAX_TILT_DEG = 1.0
LUMA = (42.0, 218.0)
SLOWEST_SHUTTER_S = 1 / 450
MIN_FPS = 24.0
MAX_SWAPS = 3
MIN_VALID = 0.85
_STRANGER = frozenset({"second_person", "two_people", "bystander", "wrong_person"})


class CheckName(StrEnum):
    """What is looked at, in the order of the list."""

    BODY = "body"
    DISTANCE = "distance"
    LEVEL = "level"
    SIDE = "side"
    PERSON = "person"
    BRIGHTNESS = "brightness"
    SHUTTER = "shutter"
    RATE = "rate"
    TRACKED = "tracked"


class CheckState(StrEnum):
    """How one check stands; `unsure` cannot be measured here and does not hold anything up."""

    GOOD = "good"
    FIX = "fix"
    WAIT = "wait"
    UNSURE = "unsure"


class Reason(StrEnum):
    """Why a check fails; the screen has a fix for each."""

    NO_PICTURE = "no_picture"
    NOBODY = "nobody_there"
    CUT_OFF = "cut_off"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    TILTED = "tilted"
    NOT_SIDEWAYS = "not_sideways"
    OTHER_WAY = "other_way"
    NO_REGION = "no_region"
    STRANGER = "stranger"
    DARK = "dark"
    BRIGHT = "bright"
    SLOW_SHUTTER = "slow_shutter"
    FEW_FRAMES = "few_frames"
    LEGS = "legs"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: `value` in the unit the screen knows for this name (share, degrees, s, fps, count)."""

    name: CheckName
    state: CheckState
    value: float | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class CameraCheck:
    """All checks, worst first kept apart by their state, and what they were made from."""

    checks: tuple[Check, ...]
    geometry: Geometry
    tilt_deg: float | None
    view: View
    facing: Facing

    @property
    def fixes(self) -> tuple[Check, ...]:
        """What stands against measuring."""
        return tuple(check for check in self.checks if check.state is CheckState.FIX)

    @property
    def green(self) -> bool:
        """Whether nothing stands against it and nothing is still awaited."""
        return all(check.state in {CheckState.GOOD, CheckState.UNSURE} for check in self.checks)


def examine(
    state: LiveState | None,
    shots: tuple[Shot, ...],
    setup: RunSetup,
    region: Region | None,
    meter: LevelMeter,
) -> CameraCheck:
    """Look at the newest frame and the last seconds' keypoints. Costs some milliseconds; not for every frame.

    meter: remembers how level the camera was over the last looks.
    """
    if state is None or state.error is not None:
        lost = Check(CheckName.BODY, CheckState.FIX, reason=Reason.NO_PICTURE)
        waiting = [Check(name, CheckState.WAIT) for name in CheckName if name is not CheckName.BODY]
        return CameraCheck((lost, *waiting), Geometry(None, None, None), None, View.UNCLEAR, Facing.UNCLEAR)
    recent = [shot.pose for shot in shots if shot.t > state.frame.t - LOOK_BACK_S]
    recent = recent[:: max(1, len(recent) // ENOUGH)]
    seen = [pose for pose in recent if pose.present]
    present = len(seen) / len(recent) if recent else 0.0
    geometry = measure_geometry(seen if present >= MIN_PRESENT else [], state.frame.size, setup)
    level, tilt = _level(state, setup, meter.read(state.frame.t, state.frame.image, region))
    codes = {notice.code for notice in state.tracking.notices}
    checks = (
        _body(present, geometry, codes),
        _distance(geometry),
        level,
        _side(state, setup, present),
        _person(seen, present, codes, region),
        _brightness(state, region),
        _shutter(state),
        _rate(state.fps),
        _tracked(state),
    )
    return CameraCheck(checks, geometry, tilt, state.tracking.view, state.tracking.facing)


def _body(present: float, geometry: Geometry, codes: set[str]) -> Check:
    if present < MIN_PRESENT or geometry.spare is None:
        return Check(CheckName.BODY, CheckState.WAIT, reason=Reason.NOBODY)
    if geometry.spare < MIN_SPARE or "cut_off" in codes:
        return Check(CheckName.BODY, CheckState.FIX, max(0.0, geometry.spare), Reason.CUT_OFF)
    return Check(CheckName.BODY, CheckState.GOOD, geometry.spare)


def _distance(geometry: Geometry) -> Check:
    fill = geometry.fill
    if fill is None:
        return Check(CheckName.DISTANCE, CheckState.WAIT)
    if FILL[0] <= fill <= FILL[1]:
        return Check(CheckName.DISTANCE, CheckState.GOOD, fill)
    reason = Reason.TOO_FAR if fill < FILL[0] else Reason.TOO_NEAR
    return Check(CheckName.DISTANCE, CheckState.FIX, fill, reason)


def _level(state: LiveState, setup: RunSetup, seen: float | None) -> tuple[Check, float | None]:
    """Compare the tilt of the deck's long edges with the slope that was entered."""
    if seen is None:
        return Check(CheckName.LEVEL, CheckState.UNSURE), None
    uphill = float(np.degrees(np.arctan(setup.grade_pct / 100)))
    facing = setup.facing or state.tracking.facing
    tilt = seen - (-uphill if facing is Facing.LEFT else uphill)
    good = abs(tilt) <= MAX_TILT_DEG
    state_of = CheckState.GOOD if good else CheckState.FIX
    return Check(CheckName.LEVEL, state_of, tilt, None if good else Reason.TILTED), tilt


def _side(state: LiveState, setup: RunSetup, present: float) -> Check:
    tracking = state.tracking
    codes = {notice.code for notice in tracking.notices}
    if present < MIN_PRESENT:
        return Check(CheckName.SIDE, CheckState.WAIT)
    if "facing_conflict" in codes:
        return Check(CheckName.SIDE, CheckState.FIX, reason=Reason.OTHER_WAY)
    if tracking.view in {View.FRONTAL, View.REAR, View.OBLIQUE}:
        return Check(CheckName.SIDE, CheckState.FIX, reason=Reason.NOT_SIDEWAYS)
    if tracking.view is View.UNCLEAR:
        return Check(CheckName.SIDE, CheckState.WAIT)
    yaw = setup.standing.yaw_deg if setup.standing else None
    return Check(CheckName.SIDE, CheckState.GOOD, yaw)


def _person(seen: list[Pose], present: float, codes: set[str], region: Region | None) -> Check:
    """Only what is inside the region is looked at; there, a body that jumps is two bodies."""
    if region is None:
        return Check(CheckName.PERSON, CheckState.FIX, reason=Reason.NO_REGION)
    if present < MIN_PRESENT:
        return Check(CheckName.PERSON, CheckState.WAIT)
    if codes & _STRANGER or _jumps(seen) > 2:
        return Check(CheckName.PERSON, CheckState.FIX, reason=Reason.STRANGER)
    return Check(CheckName.PERSON, CheckState.GOOD)


def _jumps(seen: list[Pose]) -> int:
    """How often the hips moved by more than half a trunk from one frame to the next."""
    hips = np.array([pose.xy[[Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP]].mean(axis=0) for pose in seen])
    if len(hips) < 2:
        return 0
    shoulders = np.array(
        [pose.xy[[Keypoint.LEFT_SHOULDER, Keypoint.RIGHT_SHOULDER]].mean(axis=0) for pose in seen]
    )
    trunk = float(np.nanmedian(np.hypot(*(shoulders - hips).T)))
    close = np.diff([pose.t for pose in seen]) < 0.2
    return int((np.hypot(*np.diff(hips, axis=0).T)[close] > 0.5 * trunk).sum())


def _brightness(state: LiveState, region: Region | None) -> Check:
    image = state.frame.image
    height, width = image.shape[:2]
    left, top, right, bottom = (0.0, 0.0, float(width), float(height))
    if region is not None:
        left, top, right, bottom = region.pixels((width, height))
    piece = image[int(top) : int(bottom) : 4, int(left) : int(right) : 4]
    luma = float(cv2.mean(cv2.cvtColor(np.ascontiguousarray(piece), cv2.COLOR_RGB2GRAY))[0])
    if luma < LUMA[0]:
        return Check(CheckName.BRIGHTNESS, CheckState.FIX, luma / 255, Reason.DARK)
    if luma > LUMA[1]:
        return Check(CheckName.BRIGHTNESS, CheckState.FIX, luma / 255, Reason.BRIGHT)
    return Check(CheckName.BRIGHTNESS, CheckState.GOOD, luma / 255)


def _shutter(state: LiveState) -> Check:
    exposure_s = state.frame.exposure_s
    if exposure_s is None:
        return Check(CheckName.SHUTTER, CheckState.UNSURE)
    slow = exposure_s > SLOWEST_SHUTTER_S
    reason = Reason.SLOW_SHUTTER if slow else None
    return Check(CheckName.SHUTTER, CheckState.FIX if slow else CheckState.GOOD, exposure_s, reason)


def _rate(fps: float | None) -> Check:
    if fps is None:
        return Check(CheckName.RATE, CheckState.WAIT)
    if fps < MIN_FPS:
        return Check(CheckName.RATE, CheckState.FIX, fps, Reason.FEW_FRAMES)
    return Check(CheckName.RATE, CheckState.GOOD, fps)


def _tracked(state: LiveState) -> Check:
    """Left and right hold; only a run can tell, so before it this waits for nothing."""
    tracking = state.tracking
    codes = {notice.code for notice in tracking.notices}
    if codes & {"legs_unclear", "poor_tracking"} and "nobody" not in codes:
        return Check(CheckName.TRACKED, CheckState.FIX, float(tracking.swaps), Reason.LEGS)
    if not tracking.measuring:
        return Check(CheckName.TRACKED, CheckState.UNSURE)
    poor = tracking.swaps > MAX_SWAPS or tracking.valid_fraction < MIN_VALID
    reason = Reason.LEGS if poor else None
    return Check(
        CheckName.TRACKED, CheckState.FIX if poor else CheckState.GOOD, float(tracking.swaps), reason
    )

"""Ten seconds of quiet standing beside the running: what camera, network and runner add to every number.

The runner stands tall on the stopped belt, side to the camera, arms hanging. Assumption: the trunk is then
upright, the middle of the shoulders above the middle of the hips (`neutral_deg`, 0 unless the therapist says
otherwise). A therapist who sees a swayed posture corrects it first, or the sway is taken for upright.

What trunk lean reads in standing foretells only part of what it reads too much in running: the network is not
equally wrong in both. So a quarter of it is believed, and three quarters of the network's usual bias; on 13
rendered runners that errs by 0.8 deg, the standing reading alone by 1.3. A tilted camera bends the whole body
line and is taken away beyond what posture explains.
"""

from dataclasses import replace
from math import copysign, hypot

import numpy as np

from device.errors import ConfigError
from device.gait.calibration import DEFAULT_HEIGHT_CM, LEG_SHARE
from device.gait.correction import MOVENET
from device.gait.standing_points import StandingPoints
from device.gait.types import Facing, Notice, RunSetup, Standing
from device.pose.types import Keypoint, Pose

MIN_DURATION_S = 3.0
MAX_STRETCH = 3.0
"""The capture is given up after this many times its duration."""
STILL_SHARE = 0.06
"""Largest wander of mid-hip or ankle, as a share of the leg, that still is standing."""
WARN_NOISE_CM, REFUSE_NOISE_CM = 1.0, 2.0
MAX_YAW_DEG, REFUSE_YAW_DEG = 6.0, 20.0
POSTURE_DEG, MAX_TILT_DEG = 1.5, 3.0
"""Lean of the whole body that posture explains; more than the second is said to be a tilted camera."""
STANDING_SHARE = 0.25
"""How far what lean reads in standing is believed against the network's usual bias."""

NOT_SEEN = Notice(
    "standing_not_seen",
    "The runner could not be seen well enough while standing. Check light and region, then stand again.",
)
MOVED = Notice(
    "standing_moved",
    "The runner moved. Stand still on the stopped belt, side to the camera, arms hanging, and start again.",
)
NOT_SIDEWAYS = Notice(
    "standing_not_sideways",
    "The camera does not see the runner from the side. Turn it square to the belt and start again.",
)
NOISY = Notice(
    "standing_noisy",
    "The joints are found with more than 2 cm of noise, so nothing that is timed by contact is given. "
    "Add light, move the camera closer, or ask for tighter clothing.",
)
UNSTEADY = Notice(
    "standing_unsteady",
    "The joints are found with more than 1 cm of noise; single steps scatter. Add light or move closer.",
)
TURNED = Notice(
    "standing_turned",
    "The camera seems turned against the belt. Set it square: both shoulders should hide one another.",
)
TILTED = Notice(
    "standing_tilted",
    "The camera seems tilted, or the runner did not stand upright. Level the camera, then stand again.",
)


class StandingCapture:
    """Gathers poses of somebody standing still; then either `standing` or `refusal` is set.

    Gathering begins anew whenever the person moves. Raises ConfigError for less than 3 s.
    """

    def __init__(self, setup: RunSetup, duration_s: float = 10.0, neutral_deg: float = 0.0) -> None:
        if not MIN_DURATION_S <= duration_s <= 60:
            raise ConfigError(f"Standing for {duration_s:g} s does not do. Give 3 to 60 s.")
        self.duration_s = duration_s
        self.standing: Standing | None = None
        """What was learned, once captured."""
        self.refusal: Notice | None = None
        """Why nothing was learned, once given up."""
        self._setup, self._neutral = setup, neutral_deg
        self._poses: list[Pose] = []
        self._begun: float | None = None
        self._why = NOT_SEEN

    @property
    def progress(self) -> float:
        """Share of the standing gathered, 0 to 1."""
        return min((self._poses[-1].t - self._poses[0].t) / self.duration_s, 1.0) if self._poses else 0.0

    @property
    def done(self) -> bool:
        """Whether the capture has ended, either way."""
        return self.standing is not None or self.refusal is not None

    def update(self, pose: Pose) -> None:
        """Take one more pose, in order of time."""
        if self.done:
            return
        self._begun = pose.t if self._begun is None else self._begun
        if pose.present:
            self._poses.append(pose)
            if self._moved():
                self._why = MOVED
                self._poses = [pose]
        if self._poses and self._poses[-1].t - self._poses[0].t >= self.duration_s:
            found = measure_standing(self._poses, self._setup, self._neutral)
            if isinstance(found, Standing):
                self.standing = found
            else:
                self.refusal = found
        elif pose.t - self._begun > MAX_STRETCH * self.duration_s:
            self.refusal = self._why

    def _moved(self) -> bool:
        first, last = self._poses[0].xy, self._poses[-1].xy
        hips, ankles = [Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP], [Keypoint.LEFT_ANKLE, Keypoint.RIGHT_ANKLE]
        leg = np.nanmean(first[ankles, 1]) - np.nanmean(first[hips, 1])
        wander = np.nanmean(last[hips], axis=0) - np.nanmean(first[hips], axis=0)
        return bool(hypot(*wander.tolist()) > 2 * STILL_SHARE * abs(leg))


def measure_standing(poses: list[Pose], setup: RunSetup, neutral_deg: float = 0.0) -> Standing | Notice:
    """Learn from poses of quiet standing, or give the reason why nothing can be learned.

    neutral_deg: trunk lean that the runner is assumed to have, forward positive.
    """
    points = StandingPoints(poses)
    if points.lost():
        return NOT_SEEN
    facing = setup.facing or points.facing()
    if facing is Facing.UNCLEAR or abs(points.yaw_deg()) > REFUSE_YAW_DEG:
        return NOT_SIDEWAYS
    if points.wander() > STILL_SHARE:
        return MOVED
    forward = 1.0 if facing is Facing.RIGHT else -1.0
    leg_cm = LEG_SHARE * (setup.height_cm or DEFAULT_HEIGHT_CM)
    cm_per_px = setup.cm_per_px or leg_cm / points.leg_px()
    noise = cm_per_px * points.noise_px()
    tilt = points.tilt_deg(forward)
    read = points.lean_deg(forward) - neutral_deg
    usual = MOVENET.lean_deg + copysign(max(0.0, abs(tilt) - POSTURE_DEG), tilt)
    found = Standing(
        t=poses[-1].t,
        duration_s=poses[-1].t - poses[0].t,
        neutral_deg=neutral_deg,
        lean_offset_deg=STANDING_SHARE * read + (1 - STANDING_SHARE) * usual,
        noise_cm=noise,
        yaw_deg=points.yaw_deg(),
        tilt_deg=tilt,
        leg_px=points.leg_px(),
        hip_px=points.half(1),
        shoulder_px=points.half(0),
    )
    return replace(found, notices=_warnings(found))


def standing_setup(setup: RunSetup, standing: Standing | None) -> RunSetup:
    """Give the run as measured with this standing calibration, or without one."""
    offset = None if standing is None else standing.lean_offset_deg
    return replace(setup, lean_offset_deg=offset, standing=standing)


def timed_by_events(standing: Standing | None) -> bool:
    """Tell whether contact and toe-off may be used: the noise self-test did not refuse them."""
    return standing is None or standing.noise_cm <= REFUSE_NOISE_CM


def _warnings(found: Standing) -> tuple[Notice, ...]:
    seen = []
    if found.noise_cm > WARN_NOISE_CM:
        seen.append(NOISY if found.noise_cm > REFUSE_NOISE_CM else UNSTEADY)
    if abs(found.yaw_deg) > MAX_YAW_DEG:
        seen.append(TURNED)
    if abs(found.tilt_deg) > MAX_TILT_DEG:
        seen.append(TILTED)
    return tuple(seen)

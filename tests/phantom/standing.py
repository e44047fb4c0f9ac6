"""Quiet standing: feet still, the body swaying about the ankles by about a centimetre at the hips."""

import numpy as np

from .foot import SOLE_M
from .leg import LegGeometry, LegState, two_link
from .motion import turn_x
from .schedule import Step
from .spec import FloatArray, Form, PhantomSpec

SWAY_HZ = (0.23, 0.41, 0.74, 1.1)
SWAY_M = (0.0030, 0.0022, 0.0012, 0.0006)
"""Sway of the hips along the belt: about that of quiet stance, most of it below 1 Hz."""
SIDEWAYS = 0.5
"""Sway to the side as a share of it."""
KNEE_DEG = 4.0
HALF_STANCE_M = 0.09

UPRIGHT = Form(
    lean_deg=1.5,
    lean_swing_deg=0.0,
    tilt_deg=8.0,
    tilt_swing_deg=0.0,
    pelvis_turn_deg=0.0,
    thorax_turn_deg=0.0,
    pelvis_drop_deg=0.0,
    arm_mean_deg=2.0,
    arm_swing_deg=0.0,
    elbow_deg=22.0,
    arm_out_deg=12.0,
    head_deg=2.0,
)
"""Arms at the sides."""


class StillSchedule:
    """Nothing happens: one form, no steps."""

    def __init__(self, spec: PhantomSpec) -> None:
        self.frames = round(spec.still_s * spec.fps)
        self.duration_s = self.frames / spec.fps
        self.steps: list[Step] = []
        self.times: FloatArray = np.zeros(0)
        self.phases = np.random.default_rng(spec.seed).uniform(0, 2 * np.pi, (2, len(SWAY_HZ)))

    def form(self, t: float) -> Form:
        """Always the same."""
        return UPRIGHT

    def stride_phase(self, t: float) -> float:
        """A phase at which arms and pelvis are in the middle of their swing."""
        return 0.25

    def sway(self, t: float) -> tuple[float, float]:
        """Hips off their mean place at `t`: forward and to the left, m."""
        angle = 2 * np.pi * np.array(SWAY_HZ) * t + self.phases
        forward, left = (np.sin(angle) * np.array(SWAY_M)).sum(axis=1)
        return float(forward), float(SIDEWAYS * left)


class Stance:
    """Pelvis and legs of somebody who stands on both feet, the ankles below the hips."""

    def __init__(self, schedule: StillSchedule, left: LegGeometry, right: LegGeometry) -> None:
        self.schedule = schedule
        self._legs = {"left": left, "right": right}
        self._middle = (left.hip + right.hip) / 2
        self._ankle_m = float(right.ankle[1]) + SOLE_M
        knee = np.radians(KNEE_DEG)
        a, b = right.thigh_m, right.shank_m
        self._reach_m = float(np.sqrt(a**2 + b**2 + 2 * a * b * np.cos(knee)))

    @property
    def leg_m(self) -> float:
        """Thigh plus shank."""
        leg = self._legs["right"]
        return leg.thigh_m + leg.shank_m

    def pelvis_parts(self, t: float) -> tuple[FloatArray, FloatArray, tuple[float, float, float]]:
        """Mid-hip position, pelvis rotation, and its turn, drop and tilt in rad."""
        forward, left = self.schedule.sway(t)
        height = self._ankle_m + float(np.sqrt(self._reach_m**2 - forward**2))
        tilt = float(np.radians(self.schedule.form(t).tilt_deg))
        return np.array([left, height, forward]), turn_x(tilt), (0.0, 0.0, tilt)

    def leg(self, side: str, t: float) -> LegState:
        """The leg's angles at `t`: the ankle stays where it is."""
        position, rotation, _ = self.pelvis_parts(t)
        leg = self._legs[side]
        hip = position + rotation @ (leg.hip - self._middle)
        outward = 1.0 if side == "left" else -1.0
        ankle = np.array([outward * HALF_STANCE_M, self._ankle_m, 0.0])
        thigh, knee, plane = two_link(leg, ankle - hip)
        return LegState(thigh, knee, plane, 0.0, 0.0, contact=True)

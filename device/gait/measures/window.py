"""One near-leg stride laid out for measuring: joints in belt axes, angles in degrees, its instants."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from device.gait.correction import Correction
from device.gait.measures.curve import Curve
from device.gait.types import Kinematics, RunSetup, Stride

Array = NDArray[np.float64]
G = 9.81
LEVEL_GRADE_PCT = 1.0
"""Up to this slope the belt counts as level."""
UNCALIBRATED_SHARE = 0.5
"""How much of the network's usual bias is taken from trunk lean without a standing calibration."""


@dataclass(frozen=True)
class StrideWindow:
    """The stride, its kinematics and the run; every derived curve is made once, when asked for.

    Belt axes: x along the belt, y square to it. Leg angles, foot placement and bounce are measured in them,
    so a slope does not change them; trunk and head are measured against gravity.
    """

    stride: Stride
    kin: Kinematics
    setup: RunSetup
    speed_mps: float | None
    correction: Correction | None = None
    """The network's bias to take away; None leaves the angles as they are read."""

    @property
    def start(self) -> float:
        """Initial contact, s."""
        return self.stride.initial_contact

    @property
    def toe_off(self) -> float | None:
        """Toe-off, s; None when it was not seen."""
        return self.stride.toe_off

    @property
    def end(self) -> float:
        """Next initial contact of the same leg, s."""
        return self.stride.next_contact

    @property
    def mid_stance(self) -> float | None:
        """Half of ground contact, s."""
        return None if self.toe_off is None else (self.start + self.toe_off) / 2

    @property
    def leg_cm(self) -> float | None:
        """Thigh plus shank; None when not known."""
        leg = self.kin.leg_cm
        return leg if math.isfinite(leg) and leg > 0 else None

    def along(self, vector: Array) -> Array:
        """Component along the belt, forward positive."""
        slope = math.atan(self.setup.grade_pct / 100)
        return vector[:, 0] * math.cos(slope) + vector[:, 1] * math.sin(slope)

    def above(self, vector: Array) -> Array:
        """Component square to the belt, up positive."""
        slope = math.atan(self.setup.grade_pct / 100)
        return vector[:, 1] * math.cos(slope) - vector[:, 0] * math.sin(slope)

    def curve(self, y: Array) -> Curve:
        """Put values on the stride's time."""
        return Curve(self.kin.t, y)

    @cached_property
    def _phase(self) -> Array:
        """Share of the stride gone by at each instant."""
        return (self.kin.t - self.start) / (self.end - self.start)

    @cached_property
    def _knee_excess(self) -> Array | float:
        return 0.0 if self.correction is None else self.correction.knee(self._phase)

    @cached_property
    def _thigh_excess(self) -> Array | float:
        return 0.0 if self.correction is None else self.correction.thigh(self._phase)

    @cached_property
    def hip_height(self) -> Curve:
        """Height of the middle of the hips above a fixed line along the belt, cm."""
        return self.curve(self.above(self.kin.hip))

    @cached_property
    def hip_rise(self) -> Curve:
        """Speed of the hips away from the belt, cm/s."""
        return self.curve(self.above(self.kin.hip_velocity))

    @cached_property
    def thigh(self) -> Curve:
        """Thigh angle, degrees, knee ahead of hip positive."""
        limb = self.kin.near_knee - self.kin.hip
        read = np.degrees(np.arctan2(self.along(limb), -self.above(limb)))
        return self.curve(read - self._thigh_excess)

    @cached_property
    def shank(self) -> Curve:
        """Shank angle, degrees, ankle ahead of knee positive."""
        limb = self.kin.near_ankle - self.kin.near_knee
        read = np.degrees(np.arctan2(self.along(limb), -self.above(limb)))
        return self.curve(read - self._thigh_excess + self._knee_excess)

    @cached_property
    def knee(self) -> Curve:
        """Knee flexion, degrees, 0 straight."""
        thigh = self.kin.hip - self.kin.near_knee
        shank = self.kin.near_ankle - self.kin.near_knee
        cross = thigh[:, 0] * shank[:, 1] - thigh[:, 1] * shank[:, 0]
        along = -(thigh * shank).sum(axis=1)
        return self.curve(np.degrees(np.arctan2(cross, along)) - self._knee_excess)

    @cached_property
    def lean(self) -> Curve:
        """Trunk lean against gravity, degrees, forward positive.

        Less the standing calibration, or without one less half of the network's usual bias: renders ask for
        all of it, the lean that people counted on filmed runners for none.
        """
        trunk = self.kin.shoulder - self.kin.hip
        lean = np.degrees(np.arctan2(trunk[:, 0], trunk[:, 1]))
        offset = self.setup.lean_offset_deg
        if offset is None:
            offset = 0.0 if self.correction is None else UNCALIBRATED_SHARE * self.correction.lean_deg
        return self.curve(lean - offset)

    @cached_property
    def reach(self) -> Curve:
        """How far the near ankle is ahead of the hips along the belt, cm."""
        return self.curve(self.along(self.kin.near_ankle - self.kin.hip))

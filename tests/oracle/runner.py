"""A synthetic runner in closed form: all 17 keypoints, every event and metric known exactly.

Hips on Morin's sine-force spring (J Appl Biomech 2005, 21:167), forefoot fixed to the belt in stance, splines
in swing, two-link inverse kinematics for the knee (in front). Metres, x forward, y up. The right leg lands at
t = 0, the left one half a stride later. Not a model of how people are seen by a network: heel-strike
transients, clothes and the network's own errors are absent.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from device.gait.types import EventKind, Side
from device.pose.types import Keypoint

Array = NDArray[np.float64]
G = 9.81
FOOT_LENGTH_M, FOOT_HEIGHT_M = 0.17, 0.07
HEEL_OFF, SLAP, SLAP_M = 0.38, 0.22, 0.04
MAX_REACH = 0.9995


@dataclass(frozen=True)
class Runner:
    """What can be chosen about the run; SI units, degrees, steps a minute.

    ahead_m: ankle ahead of the hip at contact (None: from the speed). lift: how far the ankle goes on back
    after toe-off and how high it is lifted, shares of the leg. drift_m: slow wandering on the belt.
    """

    speed_mps: float = 2.8
    cadence_spm: float = 165.0
    contact_s: float = 0.27
    knee_contact_deg: float = 18.0
    lean_deg: float = 6.0
    lean_swing_deg: float = 2.0
    ahead_m: float | None = None
    lift: tuple[float, float] = (0.11, 0.30)
    height_m: float = 1.75
    hip_gain: float = 1.10
    drift_m: float = 0.03
    arm_swing_deg: float = 28.0
    elbow_deg: float = 95.0

    @property
    def stride_s(self) -> float:
        return 120 / self.cadence_spm

    @property
    def flight_s(self) -> float:
        return self.stride_s / 2 - self.contact_s

    @property
    def thigh_m(self) -> float:
        return 0.245 * self.height_m

    @property
    def shank_m(self) -> float:
        return 0.246 * self.height_m

    @property
    def leg_m(self) -> float:
        return self.thigh_m + self.shank_m

    @property
    def trunk_m(self) -> float:
        return 0.288 * self.height_m

    @property
    def peak_force_bw(self) -> float:
        return np.pi / 2 * (self.flight_s / self.contact_s + 1)

    def events(self, begin_s: float, end_s: float) -> list[tuple[EventKind, Side, float]]:
        """Every contact and toe-off of both legs between two times."""
        found = []
        for side, offset in ((Side.RIGHT, 0.0), (Side.LEFT, self.stride_s / 2)):
            for k in range(int(begin_s / self.stride_s) - 2, int(end_s / self.stride_s) + 2):
                contact = offset + k * self.stride_s
                found.append((EventKind.INITIAL_CONTACT, side, contact))
                found.append((EventKind.TOE_OFF, side, contact + self.contact_s))
        return sorted((e for e in found if begin_s <= e[2] <= end_s), key=lambda e: e[2])

    def hip_xy(self, t: Array) -> Array:
        """Middle of the hips."""
        tau = np.mod(t, self.stride_s / 2)
        tc, tf = self.contact_s, self.flight_s
        push = self.peak_force_bw * G * tc / np.pi
        ground = -G * tf / 2 * tau - G * tau**2 / 2 + push * (tau - tc / np.pi * np.sin(np.pi * tau / tc))
        air = G * tf / 2 * (tau - tc) - G * (tau - tc) ** 2 / 2
        y = self._hip_contact_m() + self.hip_gain * np.where(tau < tc, ground, air)
        return np.stack([self.drift_m * np.sin(2 * np.pi * t / 7.3), y], axis=-1)

    def leg_xy(self, t: Array, offset_s: float) -> tuple[Array, Array]:
        """Knee and ankle of the leg that lands at `offset_s`."""
        hip = self.hip_xy(t)
        ankle = self._ankle(np.mod(t - offset_s, self.stride_s))
        ankle[:, 0] += hip[:, 0]
        reach = ankle - hip
        far = np.hypot(reach[:, 0], reach[:, 1])
        unit = reach / far[:, None]
        near = np.minimum(far, self.leg_m * MAX_REACH)
        along = (self.thigh_m**2 - self.shank_m**2 + near**2) / (2 * near)
        aside = np.sqrt(np.maximum(self.thigh_m**2 - along**2, 0))
        knee = hip + along[:, None] * unit + aside[:, None] * np.stack([-unit[:, 1], unit[:, 0]], axis=-1)
        return knee, ankle

    def keypoints(self, t: Array) -> Array:
        """All keypoints, n x 17 x 2; both sides of the trunk and head coincide."""
        t = np.asarray(t, float)
        k = np.zeros((len(t), len(Keypoint), 2))
        hip = self.hip_xy(t)
        lean = np.radians(self.lean_deg + self.lean_swing_deg * np.sin(4 * np.pi * t / self.stride_s))
        shoulder = hip + self.trunk_m * np.stack([np.sin(lean), np.cos(lean)], axis=-1)
        head = shoulder + np.stack(
            [
                0.017 * self.height_m + 0.126 * self.height_m * np.sin(lean),
                np.full(len(t), 0.135 * self.height_m),
            ],
            axis=-1,
        )
        for side, offset in ((0, self.stride_s / 2), (1, 0.0)):
            k[:, Keypoint.LEFT_HIP + side] = hip
            k[:, Keypoint.LEFT_SHOULDER + side] = shoulder
            k[:, Keypoint.LEFT_KNEE + side], k[:, Keypoint.LEFT_ANKLE + side] = self.leg_xy(t, offset)
            swing = self.arm_swing_deg * np.cos(2 * np.pi * (t - offset) / self.stride_s)
            upper = np.radians(-swing - 15.0)
            fore = upper + np.radians(180 - self.elbow_deg)
            elbow = shoulder + 0.186 * self.height_m * np.stack([np.sin(upper), -np.cos(upper)], axis=-1)
            k[:, Keypoint.LEFT_ELBOW + side] = elbow
            k[:, Keypoint.LEFT_WRIST + side] = elbow + 0.146 * self.height_m * np.stack(
                [np.sin(fore), -np.cos(fore)], axis=-1
            )
            k[:, Keypoint.LEFT_EAR + side] = head
            k[:, Keypoint.LEFT_EYE + side] = head + self.height_m * np.array([0.055, 0.012])
        k[:, Keypoint.NOSE] = k[:, Keypoint.LEFT_EYE] + self.height_m * np.array([0.012, -0.012])
        return k

    def _hip_contact_m(self) -> float:
        """Hip height at contact that gives the wanted knee angle there."""
        bend = 2 * self.thigh_m * self.shank_m * np.cos(np.radians(self.knee_contact_deg))
        reach = np.sqrt(self.thigh_m**2 + self.shank_m**2 + bend)
        return float(FOOT_HEIGHT_M + 0.035 * self.leg_m + np.sqrt(reach**2 - self._ahead_m() ** 2))

    def _ahead_m(self) -> float:
        return self.leg_m * (0.0575 + 0.077 * self.speed_mps) if self.ahead_m is None else self.ahead_m

    def _heel_rise(self) -> float:
        """Foot angle at toe-off that lifts the ankle by 0.11 leg, radians."""
        low, high = 0.0, 1.3
        for _ in range(60):
            middle = (low + high) / 2
            rise = FOOT_LENGTH_M * np.sin(middle) + FOOT_HEIGHT_M * (np.cos(middle) - 1)
            low, high = (middle, high) if rise < 0.11 * self.leg_m else (low, middle)
        return low

    def _stance(self, tau: Array) -> Array:
        """Ankle in stance, x ahead of the hip."""
        rise = self._heel_rise() * np.clip((tau / self.contact_s - HEEL_OFF) / (1 - HEEL_OFF), 0, 1) ** 2
        slap = np.clip(1 - tau / (SLAP * self.contact_s), 0, 1) ** 2
        forefoot = self._ahead_m() + SLAP_M + FOOT_LENGTH_M - self.speed_mps * tau
        x = forefoot - FOOT_LENGTH_M * np.cos(rise) + FOOT_HEIGHT_M * np.sin(rise) - SLAP_M * slap
        y = FOOT_HEIGHT_M * np.cos(rise) + FOOT_LENGTH_M * np.sin(rise) + 0.035 * self.leg_m * slap
        return np.stack([x, y], axis=-1)

    def _ankle(self, tau: Array) -> Array:
        step = 1e-5
        leave, before = self._stance(np.array([self.contact_s, self.contact_s - step]))
        back = leave[0] - self.lift[0] * self.leg_m
        ahead, lift = self._ahead_m(), self.lift[1] * self.leg_m
        low, contact_y = FOOT_HEIGHT_M, FOOT_HEIGHT_M + 0.035 * self.leg_m
        knots = self.contact_s + np.array([0, 0.22, 0.40, 0.60, 0.88, 1.0]) * (self.stride_s - self.contact_s)
        xs = [leave[0], back, 0.84 * back, 0.36 * back, ahead - 0.004 * self.leg_m, ahead]
        ys = [
            leave[1],
            low + 0.74 * lift,
            low + lift,
            low + 0.72 * lift,
            contact_y + 0.048 * self.leg_m,
            contact_y,
        ]
        end = np.array([-0.30 * self.speed_mps, -0.55])
        swing = CubicSpline(
            knots, np.stack([xs, ys], axis=-1), bc_type=((1, (leave - before) / step), (1, end))
        )
        stance = (tau < self.contact_s)[:, None]
        return np.where(
            stance, self._stance(np.minimum(tau, self.contact_s)), swing(np.maximum(tau, self.contact_s))
        )


EASY = Runner(2.5, 158, 0.295, knee_contact_deg=19, lift=(0.10, 0.29))
MODERATE = Runner(3.0, 165, 0.260, lift=(0.13, 0.35))
STEADY = Runner(3.5, 170, 0.235, lift=(0.16, 0.41))
OVERSTRIDER = Runner(2.8, 152, 0.275, 13, lean_deg=-1, ahead_m=0.28, lift=(0.12, 0.33))
COMPACT = Runner(2.8, 176, 0.255, lean_deg=9, ahead_m=0.20, lift=(0.12, 0.33))
PRESETS = {
    "easy": EASY,
    "moderate": MODERATE,
    "steady": STEADY,
    "overstrider": OVERSTRIDER,
    "compact": COMPACT,
}

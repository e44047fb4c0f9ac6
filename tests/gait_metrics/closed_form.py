"""A runner in closed form: every joint path and every metric is known exactly.

Morin's sine-force mass on a spring for the hips (J Appl Biomech 2005, 21:167), a forefoot fixed to the belt
in stance, a spline in swing, two-link inverse kinematics for the knee. Metres and degrees inside, cm outside.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from device.gait.types import Kinematics, Side, Stride

Array = NDArray[np.float64]
G = 9.81
FOOT_LENGTH, FOOT_HEIGHT = 0.17, 0.07
HEEL_OFF, SLAP, X_SLAP = 0.38, 0.22, 0.04


@dataclass
class ClosedForm:
    speed: float = 2.8
    cadence: float = 165.0
    contact: float = 0.27
    knee_contact: float = 18.0
    lean: float = 6.0
    lean_swing: float = 2.0
    ahead: float | None = None
    lift: tuple[float, float] = (0.11, 0.30)
    height: float = 1.75
    hip_gain: float = 1.10

    def __post_init__(self) -> None:
        self.stride = 120 / self.cadence
        self.flight = self.stride / 2 - self.contact
        self.thigh_m, self.shank_m = 0.245 * self.height, 0.246 * self.height
        self.leg = self.thigh_m + self.shank_m
        self.trunk = 0.288 * self.height
        self.d_ic = self.leg * (0.0575 + 0.077 * self.speed) if self.ahead is None else self.ahead
        self.y_ic = 0.035 * self.leg
        self.force = np.pi / 2 * (self.flight / self.contact + 1)
        self.drop = self.force * G * self.contact**2 / np.pi**2 - G * self.contact**2 / 8
        self.bounce = self.hip_gain * (self.drop + G * self.flight**2 / 8)
        self.stiffness = self.force * G / self.drop
        low, high = 0.0, 1.3
        for _ in range(60):
            middle = (low + high) / 2
            rise = FOOT_LENGTH * np.sin(middle) + FOOT_HEIGHT * np.cos(middle) - FOOT_HEIGHT
            low, high = (middle, high) if rise < 0.11 * self.leg else (low, middle)
        self.heel = middle
        bend = 2 * self.thigh_m * self.shank_m * np.cos(np.radians(self.knee_contact))
        reach = np.sqrt(self.thigh_m**2 + self.shank_m**2 + bend)
        self.hip_contact = FOOT_HEIGHT + self.y_ic + np.sqrt(reach**2 - self.d_ic**2)
        self._swing()

    def hip_y(self, t: Array) -> Array:
        tau = np.mod(t, self.stride / 2)
        push = self.force * G * self.contact / np.pi
        ground = -G * self.flight / 2 * tau - G * tau**2 / 2
        ground = ground + push * (tau - self.contact / np.pi * np.sin(np.pi * tau / self.contact))
        q = tau - self.contact
        air = G * self.flight / 2 * q - G * q**2 / 2
        return self.hip_contact + self.hip_gain * np.where(tau < self.contact, ground, air)

    def _stance(self, tau: Array) -> tuple[Array, Array]:
        r = np.clip((tau / self.contact - HEEL_OFF) / (1 - HEEL_OFF), 0, 1)
        heel = self.heel * r**2
        q = np.clip(1 - tau / (SLAP * self.contact), 0, 1) ** 2
        toe = self.d_ic + X_SLAP + FOOT_LENGTH - self.speed * tau
        x = toe - FOOT_LENGTH * np.cos(heel) + FOOT_HEIGHT * np.sin(heel) - X_SLAP * q
        return x, FOOT_HEIGHT * np.cos(heel) + FOOT_LENGTH * np.sin(heel) + self.y_ic * q

    def _swing(self) -> None:
        e = 1e-5
        (x0, y0), (x1, y1) = self._stance(np.array(self.contact - e)), self._stance(np.array(self.contact))
        rear, lift = self.lift
        times = self.contact + np.array([0, 0.22, 0.40, 0.60, 0.88, 1]) * (self.stride - self.contact)
        back = float(x1) - rear * self.leg
        xs = [x1, back, 0.84 * back, 0.36 * back, self.d_ic - 0.004 * self.leg, self.d_ic]
        base = FOOT_HEIGHT + self.y_ic
        up = lift * self.leg
        ys = [y1, FOOT_HEIGHT + 0.74 * up, FOOT_HEIGHT + up, FOOT_HEIGHT + 0.72 * up]
        ys += [base + 0.048 * self.leg, base]
        self._x = CubicSpline(times, xs, bc_type=((1, (x1 - x0) / e), (1, -0.3 * self.speed)))
        self._y = CubicSpline(times, ys, bc_type=((1, (y1 - y0) / e), (1, -0.55)))

    def ankle(self, t: Array) -> tuple[Array, Array]:
        tau = np.mod(t, self.stride)
        x, y = self._stance(np.minimum(tau, self.contact))
        swing = np.maximum(tau, self.contact)
        return np.where(tau < self.contact, x, self._x(swing)), np.where(
            tau < self.contact, y, self._y(swing)
        )

    def joints(self, t: Array) -> dict[str, Array]:
        hip = np.stack([np.zeros_like(t), self.hip_y(t)], axis=1)
        ankle = np.stack(self.ankle(t), axis=1)
        limb = ankle - hip
        d = np.hypot(*limb.T)
        a = (self.thigh_m**2 - self.shank_m**2 + d**2) / (2 * d)
        h = np.sqrt(np.maximum(self.thigh_m**2 - a**2, 0))
        along = limb / d[:, None]
        front = np.stack([-along[:, 1], along[:, 0]], axis=1)
        lean = np.radians(self.lean + self.lean_swing * np.sin(4 * np.pi * t / self.stride))
        shoulder = hip + self.trunk * np.stack([np.sin(lean), np.cos(lean)], axis=1)
        return {
            "hip": hip,
            "ankle": ankle,
            "knee": hip + a[:, None] * along + h[:, None] * front,
            "shoulder": shoulder,
        }

    def truth(self) -> dict[str, float]:
        t = np.linspace(0, self.stride, 40001)
        j = self.joints(t)
        thigh_v, shank_v = j["knee"] - j["hip"], j["ankle"] - j["knee"]
        thigh = np.degrees(np.arctan2(thigh_v[:, 0], -thigh_v[:, 1]))
        shank = np.degrees(np.arctan2(shank_v[:, 0], -shank_v[:, 1]))
        knee = thigh - shank
        off = round(self.contact / self.stride * 40000)
        down = -np.gradient(j["hip"][:, 1], t)
        force = self.force
        half_path = self.speed * self.contact / 2
        shortening = self.leg - np.sqrt(self.leg**2 - half_path**2) + self.drop
        return {
            "stride_time_s": self.stride,
            "contact_time_s": self.contact,
            "flight_time_s": self.flight,
            "duty_factor": self.contact / self.stride,
            "hip_bounce_cm": 100 * self.bounce,
            "vertical_ratio_pct": 100 * self.bounce / (self.speed * self.stride / 2),
            "landing_speed_mps": float(down.max()),
            "peak_force_bw": force,
            "vertical_stiffness_npmkg": self.stiffness,
            "leg_stiffness_npmkg": force * G / shortening,
            "trunk_lean_deg": self.lean,
            "trunk_lean_range_deg": 2 * self.lean_swing,
            "push_off_trunk_change_deg": self.lean_swing * np.sin(4 * np.pi * self.contact / self.stride),
            "knee_flexion_contact_deg": knee[0],
            "knee_flexion_stance_peak_deg": knee[: off + 1].max(),
            "knee_excursion_deg": knee[: off + 1].max() - knee[0],
            "knee_flexion_swing_peak_deg": knee[off:].max(),
            "thigh_extension_peak_deg": -thigh.min(),
            "thigh_extension_toe_off_deg": -thigh[off],
            "overstride_pct": 100 * self.d_ic / self.leg,
            "shank_contact_deg": shank[0],
        }

    def near_stride(self, n: int = 1, fps: float = 240.0) -> tuple[Stride, Kinematics]:
        """Stride n and the joint paths round it, with samples that do not fall on the events."""
        start = n * self.stride
        t = np.arange(start - 0.11, start + self.stride + 0.11, 1 / fps)
        return Stride(Side.RIGHT, True, start, start + self.contact, start + self.stride), self.kinematics(t)

    def kinematics(self, t: Array) -> Kinematics:
        j = {name: 100 * path for name, path in self.joints(t).items()}
        e = 1e-6
        later, sooner = self.joints(t + e), self.joints(t - e)
        speed = {name: 100 * (later[name] - sooner[name]) / (2 * e) for name in ("hip", "ankle")}
        other = self.joints(t + self.stride / 2)
        head = j["shoulder"] + np.array([8.0, 22.0])
        return Kinematics(
            t=t, hip=j["hip"], shoulder=j["shoulder"], near_knee=j["knee"], near_ankle=j["ankle"],
            far_knee=100 * other["knee"], far_ankle=100 * other["ankle"],
            near_elbow=j["shoulder"] + np.array([-10.0, -28.0]),
            near_wrist=j["shoulder"] + np.array([18.0, -38.0]),
            near_shoulder=j["shoulder"], near_ear=head, near_eye=head + np.array([9.0, 2.0]),
            hip_velocity=speed["hip"], near_ankle_velocity=speed["ankle"],
            leg_cm=100 * self.leg, calibrated=True,
        )  # fmt: skip


PRESETS = {
    "easy": ClosedForm(2.5, 158, 0.295, 19, lift=(0.10, 0.29)),
    "moderate": ClosedForm(3.0, 165, 0.260, 18, lift=(0.13, 0.35)),
    "steady": ClosedForm(3.5, 170, 0.235, 18, lift=(0.16, 0.41)),
    "upright": ClosedForm(2.8, 152, 0.275, 13, lean=-1, ahead=0.28, lift=(0.12, 0.33)),
    "compact": ClosedForm(2.8, 176, 0.255, 18, lean=9, ahead=0.20, lift=(0.12, 0.33)),
}

"""The synthetic runner as the metrics see him: one near-leg stride with exact events, and its true values."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from oracle import runner as oracle
from oracle.runner import G, Runner

from device.gait.types import Kinematics, Side, Stride
from device.pose.types import Keypoint

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ClosedForm:
    """One synthetic runner, standing still on the belt; the right leg is near and lands at t = 0."""

    runner: Runner

    @property
    def speed(self) -> float:
        return self.runner.speed_mps

    @property
    def stride(self) -> float:
        return self.runner.stride_s

    @property
    def contact(self) -> float:
        return self.runner.contact_s

    @property
    def force(self) -> float:
        return self.runner.peak_force_bw

    @property
    def drop(self) -> float:
        """Fall of the centre of mass from contact to mid-stance, m."""
        return self.force * G * self.contact**2 / np.pi**2 - G * self.contact**2 / 8

    @property
    def stiffness(self) -> float:
        return self.force * G / self.drop

    def truth(self) -> dict[str, float]:
        r, n = self.runner, 40000
        t = np.linspace(0, self.stride, n + 1)
        hip, (knee, ankle) = r.hip_xy(t), r.leg_xy(t, 0.0)
        thigh_v, shank_v = knee - hip, ankle - knee
        thigh = np.degrees(np.arctan2(thigh_v[:, 0], -thigh_v[:, 1]))
        shank = np.degrees(np.arctan2(shank_v[:, 0], -shank_v[:, 1]))
        bend = thigh - shank
        off = round(self.contact / self.stride * n)
        bounce = 100 * r.hip_gain * (self.drop + G * r.flight_s**2 / 8)
        shortening = r.leg_m - np.sqrt(r.leg_m**2 - (self.speed * self.contact / 2) ** 2) + self.drop
        swing = 4 * np.pi * self.contact / self.stride
        return {
            "stride_time_s": self.stride,
            "contact_time_s": self.contact,
            "flight_time_s": r.flight_s,
            "duty_factor": self.contact / self.stride,
            "hip_bounce_cm": bounce,
            "vertical_ratio_pct": bounce / (self.speed * self.stride / 2),
            "landing_speed_mps": float(-np.gradient(hip[:, 1], t).min()),
            "peak_force_bw": self.force,
            "vertical_stiffness_npmkg": self.stiffness,
            "leg_stiffness_npmkg": self.force * G / shortening,
            "trunk_lean_deg": r.lean_deg,
            "trunk_lean_range_deg": 2 * r.lean_swing_deg,
            "push_off_trunk_change_deg": r.lean_swing_deg * np.sin(swing),
            "knee_flexion_contact_deg": bend[0],
            "knee_flexion_stance_peak_deg": bend[: off + 1].max(),
            "knee_excursion_deg": bend[: off + 1].max() - bend[0],
            "knee_flexion_swing_peak_deg": bend[off:].max(),
            "thigh_extension_peak_deg": -thigh.min(),
            "thigh_extension_toe_off_deg": -thigh[off],
            "overstride_pct": 100 * (ankle[0, 0] - hip[0, 0]) / r.leg_m,
            "shank_contact_deg": shank[0],
        }

    def near_stride(self, n: int = 1, fps: float = 240.0) -> tuple[Stride, Kinematics]:
        """Stride n and the joint paths round it, with samples that do not fall on the events."""
        start = n * self.stride
        t = np.arange(start - 0.11, start + self.stride + 0.11, 1 / fps)
        return Stride(Side.RIGHT, True, start, start + self.contact, start + self.stride), self.kinematics(t)

    def kinematics(self, t: Array) -> Kinematics:
        k = 100 * self.runner.keypoints(t)
        e = 1e-6
        speed = 100 * (self.runner.keypoints(t + e) - self.runner.keypoints(t - e)) / (2 * e)
        return Kinematics(
            t=t,
            hip=k[:, Keypoint.RIGHT_HIP],
            shoulder=k[:, Keypoint.RIGHT_SHOULDER],
            near_knee=k[:, Keypoint.RIGHT_KNEE],
            near_ankle=k[:, Keypoint.RIGHT_ANKLE],
            far_knee=k[:, Keypoint.LEFT_KNEE],
            far_ankle=k[:, Keypoint.LEFT_ANKLE],
            near_elbow=k[:, Keypoint.RIGHT_ELBOW],
            near_wrist=k[:, Keypoint.RIGHT_WRIST],
            near_shoulder=k[:, Keypoint.RIGHT_SHOULDER],
            near_ear=k[:, Keypoint.RIGHT_EAR],
            near_eye=k[:, Keypoint.RIGHT_EYE],
            hip_velocity=speed[:, Keypoint.RIGHT_HIP],
            near_ankle_velocity=speed[:, Keypoint.RIGHT_ANKLE],
            leg_cm=100 * self.runner.leg_m,
            calibrated=True,
        )


PRESETS = {name: ClosedForm(replace(runner, drift_m=0.0)) for name, runner in oracle.PRESETS.items()}

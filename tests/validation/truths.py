"""The truth of a looped phantom at any time, and what each of its strides measures."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from device.demo.clip import LANDMARKS, DemoTruth, Side
from device.gait.types import EventKind
from device.gait.types import Side as GaitSide

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TrueStride:
    """One stride of the near leg, by the names of the gait catalogue."""

    contact: float
    toe_off: float
    end: float
    values: dict[str, float]


class LoopedTruth:
    """Truth against the anatomical joint centres over `loops` rounds; times in s from the first frame."""

    def __init__(self, truth: DemoTruth, loops: int) -> None:
        self.clip = truth
        self.loops = loops
        self.near: Side = truth.facing
        self.far: Side = "left" if truth.facing == "right" else "right"
        self.end_s = loops * truth.duration_s
        self.t: Array = np.concatenate([truth.frames.t_s + k * truth.duration_s for k in range(loops)])

    def curve(self, values: Array) -> CubicSpline:
        """A per-frame series as a function of time, through all rounds."""
        t = np.append(self.t, self.end_s)
        looped = np.concatenate([*[values] * self.loops, values[:1]])
        return CubicSpline(t, looped)

    def events(self) -> list[tuple[EventKind, GaitSide, float]]:
        """Every contact and toe-off, in order."""
        found = [
            (EventKind(e.kind), GaitSide(e.side), e.t + k * self.clip.duration_s)
            for k in range(self.loops)
            for e in self.clip.events
        ]
        return sorted(found, key=lambda e: e[2])

    def strides(self) -> list[TrueStride]:
        """Whole strides of the near leg."""
        own = [e for e in self.events() if e[1] == self.near]
        contacts = [e[2] for e in own if e[0] is EventKind.INITIAL_CONTACT]
        offs = [e[2] for e in own if e[0] is EventKind.TOE_OFF]
        found = []
        for begin, end in pairwise(contacts):
            off = next((t for t in offs if begin < t < end), None)
            if off is not None:
                found.append(TrueStride(begin, off, end, self._values(begin, off, end)))
        return found

    def _values(self, begin: float, off: float, end: float) -> dict[str, float]:
        f = self.clip.frames
        knee, thigh = self.curve(f.knee_deg[self.near]), self.curve(f.thigh_deg[self.near])
        lean, hip = self.curve(f.trunk_lean_deg), self.curve(f.mid_hip_height_cm)
        ahead = self.curve(f.ankle_ahead_cm[self.near] - f.mid_hip_ahead_cm)
        stance, swing = np.linspace(begin, off, 160), np.linspace(off, end, 160)
        whole = np.linspace(begin, end, 320)
        middle = next(
            (e[2] for e in self.events() if e[0] is EventKind.INITIAL_CONTACT and begin < e[2] < end),
            (begin + end) / 2,
        )
        first, second = (whole <= middle), (whole > middle)
        height = hip(whole)
        return {
            "knee_flexion_contact_deg": float(knee(begin)),
            "knee_flexion_stance_peak_deg": float(knee(stance).max()),
            "knee_excursion_deg": float(knee(stance).max() - knee(begin)),
            "knee_flexion_swing_peak_deg": float(knee(swing).max()),
            "thigh_extension_peak_deg": float(-thigh(whole).min()),
            "thigh_extension_toe_off_deg": float(-thigh(off)),
            "shank_contact_deg": float(thigh(begin) - knee(begin)),
            "overstride_pct": float(100 * ahead(begin) / self.clip.leg_cm),
            "hip_bounce_cm": float((np.ptp(height[first]) + np.ptp(height[second])) / 2),
            "trunk_lean_deg": float(lean(whole).mean()),
            "contact_time_s": off - begin,
            "stride_time_s": end - begin,
        }

    def legs_cm(self, joint: str) -> tuple[Array, Array]:
        """Paths of the near and far marked knee or ankle from marked mid-hip; x forward, y up, cm."""
        marks = self.clip.frames.landmarks_px
        hip = (marks[:, LANDMARKS.index("left_hip")] + marks[:, LANDMARKS.index("right_hip")]) / 2
        scale = np.array([1.0 if self.clip.facing == "right" else -1.0, -1.0]) / self.clip.px_per_cm
        near, far = (
            np.tile((marks[:, LANDMARKS.index(f"{side}_{joint}")] - hip) * scale, (self.loops, 1))
            for side in (self.near, self.far)
        )
        return near, far

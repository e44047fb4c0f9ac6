"""The synthetic runner's foot at contact and toe-off against runs on force plates, by the same reading."""

from pathlib import Path

import numpy as np
import pytest
from oracle.replay import Truth
from oracle.runner import OVERSTRIDER, PRESETS, Runner
from scipy.interpolate import CubicSpline
from validation.forceplate import TRIALS, Array, contacts, joints

from device.gait.types import EventKind, Side
from device.pose.types import Keypoint

RATE_HZ = 100
"""Of the plates' markers, and so of the model as read here."""
OF_THE_KNEE = {"contact_knee_dps", "contact_shank"}


class Leg:
    """One leg's path: what it does at its contacts and toe-offs, by differences over 20 ms."""

    def __init__(self, t: Array, mid_hip: Array, hip: Array, knee: Array, ankle: Array) -> None:
        thigh, shank = knee - hip, ankle - knee
        bend = np.arctan2(thigh[:, 0], -thigh[:, 1]) - np.arctan2(shank[:, 0], -shank[:, 1])
        self.leg_m = float(np.median(np.hypot(*thigh.T) + np.hypot(*shank.T)))
        self.span = (t[0] + 0.1, t[-1] - 0.1)
        self.ahead = CubicSpline(t, ankle[:, 0] - mid_hip[:, 0])
        self.before_knee = CubicSpline(t, shank[:, 0])
        self.height = CubicSpline(t, ankle[:, 1])
        self.knee_deg = CubicSpline(t, np.degrees(bend))

    def read(self, events: list[Truth], belt_mps: float) -> dict[str, float]:
        """Means over the events, by name; speeds along the belt are shares of its own."""
        met = self._times(events, EventKind.INITIAL_CONTACT)
        left = self._times(events, EventKind.TOE_OFF)
        near = np.arange(-0.08, 0.08, 0.001)
        stands = [(a, b) for a in met for b in left if 0.1 < b - a < 0.45]
        low = {b: float(self.height(np.linspace(a, b, 200)).min()) for a, b in stands}
        values = {
            "contact_ahead": [_rate(self.ahead, t) / belt_mps for t in met],
            "contact_shank": [_rate(self.before_knee, t) / belt_mps for t in met],
            "contact_fall_mps": [_rate(self.height, t) for t in met],
            "contact_knee_dps": [_rate(self.knee_deg, t) for t in met],
            "furthest_ahead_ms": [1e3 * near[np.argmax(self.ahead(t + near))] for t in met],
            "toe_off_ahead": [_rate(self.ahead, t) / belt_mps for t in left],
            "toe_off_rise_mps": [_rate(self.height, t) for t in left],
            "toe_off_risen_pct": [100 * (self.height(t) - low[t]) / self.leg_m for t in low],
            "toe_off_knee_dps": [_rate(self.knee_deg, t) for t in left],
            "straightest_ms": [1e3 * near[np.argmin(self.knee_deg(t + near))] for t in left],
        }
        return {name: float(np.mean(read)) for name, read in values.items()}

    def _times(self, events: list[Truth], kind: EventKind) -> list[float]:
        return [t for what, _, t in events if what is kind and self.span[0] < t < self.span[1]]


def _rate(curve: CubicSpline, t: float) -> float:
    return float(curve(t + 0.01) - curve(t - 0.01)) / 0.02


def filmed_runner(runner: Runner) -> dict[str, float]:
    t = np.arange(0, 8, 1 / RATE_HZ)
    hip, (knee, ankle) = runner.hip_xy(t), runner.leg_xy(t, 0.0)
    events = [event for event in runner.events(0, 8) if event[1] is Side.RIGHT]
    return Leg(t, hip, hip, knee, ankle).read(events, runner.speed_mps)


def on_plates(data: Path, trial: str) -> dict[str, float]:
    """Mean of both legs; the belt's speed in cm/s is in the trial's name."""
    t, k = joints(data, trial)
    events = contacts(data, trial)
    mid_hip = k[:, [Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP]].mean(axis=1)
    legs = [
        Leg(
            t,
            mid_hip,
            *(k[:, joint + leg] for joint in (Keypoint.LEFT_HIP, Keypoint.LEFT_KNEE, Keypoint.LEFT_ANKLE)),
        ).read([event for event in events if event[1] is side], int(trial[3:]) / 100)
        for leg, side in enumerate((Side.LEFT, Side.RIGHT))
    ]
    return {name: float(np.mean([read[name] for read in legs])) for name in legs[0]}


@pytest.fixture(scope="module")
def people(data_dir: Path) -> list[dict[str, float]]:
    return [on_plates(data_dir, trial) for trial in TRIALS]


@pytest.mark.parametrize("preset", PRESETS)
def test_foot_meets_and_leaves_the_belt_as_on_force_plates(
    people: list[dict[str, float]], preset: str
) -> None:
    """Within what one runner did from 2 to 5 m/s, and a tenth of that range to either side.

    Who lands far ahead on a straight leg bends it at once: the overstrider's knee at contact is his own.
    """
    for name, value in filmed_runner(PRESETS[preset]).items():
        if PRESETS[preset] is OVERSTRIDER and name in OF_THE_KNEE:
            continue
        seen = [read[name] for read in people]
        room = 0.1 * (max(seen) - min(seen))
        assert min(seen) - room < value < max(seen) + room, (name, value, seen)

"""One leg: its lengths at rest, its angles at a moment, and those that put the ankle where it must be."""

from dataclasses import dataclass

import numpy as np

from .spec import FloatArray


@dataclass(frozen=True, slots=True)
class LegGeometry:
    """Rest positions of one leg's joint centres (runner standing, m)."""

    hip: FloatArray
    knee: FloatArray
    ankle: FloatArray
    toe: FloatArray
    tip: FloatArray
    """The foremost point of the sole, which leaves the belt last."""

    @property
    def thigh_m(self) -> float:
        """Hip to knee."""
        return float(np.linalg.norm(self.knee - self.hip))

    @property
    def shank_m(self) -> float:
        """Knee to ankle."""
        return float(np.linalg.norm(self.ankle - self.knee))


@dataclass(frozen=True, slots=True)
class LegState:
    """One leg's angles, deg: thigh and knee in the leg's plane, the plane's tilt, foot pitch (toes up +)."""

    thigh: float
    knee: float
    plane: float
    foot: float
    toe: float
    contact: bool


def two_link(leg: LegGeometry, reach: FloatArray) -> tuple[float, float, float]:
    """Thigh, knee and plane angle (deg) that put the ankle at `reach` from the hip, knee in front.

    A leg that is too short gives a negative knee angle, so that a root finder sees the sign.
    """
    plane = np.arctan2(reach[0], -reach[1])
    down = np.hypot(reach[0], reach[1])
    length = np.hypot(down, reach[2])
    a, b = leg.thigh_m, leg.shank_m
    cosine = (length**2 - a**2 - b**2) / (2 * a * b)
    if cosine > 1:
        return float(np.degrees(np.arctan2(reach[2], down))), -300.0 * float(cosine - 1), 0.0
    knee = np.arccos(cosine)
    thigh = np.arctan2(reach[2], down) + np.arctan2(b * np.sin(knee), a + b * np.cos(knee))
    return float(np.degrees(thigh)), float(np.degrees(knee)), float(np.degrees(plane))

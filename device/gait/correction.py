"""The network's own bias in the course of a stride, known from renders with known joints, and taken away.

A pose network marks landmarks, not joint centres, and marks them a little differently in each phase of the
stride. No filter removes that. Here is its mean, learned once, as a fixed curve over the phase of the stride:
the same amount for every runner, so it cannot draw unusual form towards the usual. Models that look at the
pose itself were tried and pulled deviations in by up to a quarter; they are not used.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Correction:
    """What a network reads too much.

    knee_deg, thigh_deg: Fourier series over the stride from contact (0) to the next (1): constant, then
    cosine and sine of each harmonic. lean_deg, overstride_pct: constants. provenance: how they were learned.
    """

    name: str
    knee_deg: tuple[float, ...]
    thigh_deg: tuple[float, ...]
    lean_deg: float
    overstride_pct: float
    provenance: str

    def knee(self, phase: Array) -> Array:
        """Degrees of knee bend read too much at each phase."""
        return _series(self.knee_deg, phase)

    def thigh(self, phase: Array) -> Array:
        """Degrees of thigh angle (knee ahead of hip positive) read too much at each phase."""
        return _series(self.thigh_deg, phase)


def _series(terms: tuple[float, ...], phase: Array) -> Array:
    value = np.full(phase.shape, terms[0])
    for harmonic, (cosine, sine) in enumerate(zip(terms[1::2], terms[2::2], strict=True), start=1):
        angle = 2 * np.pi * harmonic * phase
        value += cosine * np.cos(angle) + sine * np.sin(angle)
    return value


MOVENET = Correction(
    name="movenet-stride-1",
    knee_deg=(-0.06, 2.53, 1.5, -0.01, -0.21, -0.19, 0.18, 0.39, -0.58),
    thigh_deg=(-1.05, 1.44, 0.99, -0.21, 0.51, 0.21, 0.04, 0.16, -0.7),
    lean_deg=-2.25,
    overstride_pct=-2.4,
    provenance="MoveNet Lightning on 27 renders: ten bodies, both sides, 2.2 to 3.3 m/s, random forms",
)
"""Of the shipped Lightning network; learned and tested by `python -m models.build.fit_correction`."""

CORRECTED = frozenset(
    {
        "trunk_lean_deg",
        "knee_flexion_contact_deg",
        "knee_flexion_stance_peak_deg",
        "knee_excursion_deg",
        "knee_flexion_swing_peak_deg",
        "thigh_extension_peak_deg",
        "thigh_extension_toe_off_deg",
        "overstride_pct",
        "shank_contact_deg",
    }
)
"""Metrics from which the known bias is taken."""

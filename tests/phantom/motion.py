"""Closed forms the motion is made of: the bounce of running, and rotations. x left, y up, z forward."""

import numpy as np

from .spec import FloatArray

GRAVITY = 9.81
WALK_RISE = 0.0011
"""Half the rise of the hips in walking: 2.5 cm in all at a stride of 1.07 s."""


def spring_mass_height(psi: float, duty: float) -> float:
    """Height of a runner's centre of mass above its height at contact, in units of g T^2.

    `psi` is the step phase (0 at contact, 1 at the next), `duty` contact over stride time T. Sine-force
    model: Morin et al. 2005, J Appl Biomech 21:167.
    """
    contact, flight = duty, 0.5 - duty
    tau = 0.5 * psi
    if tau < contact:
        force = np.pi / 2 * (flight / contact + 1)
        push = force * contact / np.pi * (tau - contact / np.pi * np.sin(np.pi * tau / contact))
        return float(-flight / 2 * tau + push - tau**2 / 2)
    rest = tau - contact
    return float(flight / 2 * rest - rest**2 / 2)


def pendulum_height(psi: float, duty: float) -> float:
    """Height of a walker's hips above that at contact, in units of g T^2; lowest amid double support."""
    lowest = duty - 0.5
    return WALK_RISE * float(np.cos(2 * np.pi * lowest) - np.cos(2 * np.pi * (psi - lowest)))


def turn_x(a: float) -> FloatArray:
    """Rotation about x (to the left): positive turns up towards forward."""
    c, s = np.cos(a), np.sin(a)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def turn_y(a: float) -> FloatArray:
    """Rotation about y (up)."""
    c, s = np.cos(a), np.sin(a)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def turn_z(a: float) -> FloatArray:
    """Rotation about z (forward)."""
    c, s = np.cos(a), np.sin(a)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])

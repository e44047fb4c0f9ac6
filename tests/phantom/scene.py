"""The room and the treadmill. The belt surface is y = 0; the runner faces +z; the far wall is at +x."""

import numpy as np

from .mesh import Material, Mesh, box, tube
from .motion import turn_x
from .spec import Colour, Scene

DECK_M = 0.19
"""Belt above the floor."""
CENTRE_M = 0.12
"""Deck centre ahead of the runner's mean position."""

DARK: Colour = (0.135, 0.14, 0.15)
GREY: Colour = (0.30, 0.31, 0.33)
STEEL: Colour = (0.56, 0.57, 0.60)
WHITE: Colour = (0.90, 0.90, 0.88)
OAK: Colour = (0.62, 0.53, 0.42)
TEAL: Colour = (0.26, 0.45, 0.45)


def build_casters(scene: Scene) -> list[Mesh]:
    """Still surfaces that throw shadows; the camera stands on the -x side."""
    parts = [*_furniture(), *_treadmill()]
    if scene.rail:
        parts += _rail()
    if scene.console:
        parts += _console()
    return parts


def build_room(scene: Scene) -> list[Mesh]:
    """Floor and wall."""
    floor = -DECK_M
    wood: Colour = (0.17, 0.16, 0.16) if scene.dark else (0.66, 0.61, 0.54)
    plaster: Colour = (0.16, 0.17, 0.19) if scene.dark else (0.80, 0.82, 0.82)
    return [
        box((0, floor - 0.01, 0), (6, 0.01, 6), wood, Material.FLOOR),
        box((1.65, 1.4, 0), (0.02, 3, 6), plaster, Material.WALL),
        box((1.625, floor + 0.05, 0), (0.012, 0.05, 6), WHITE, shine=0.1),
        box((1.625, 0.52, 0), (0.010, 0.018, 6), OAK, shine=0.1),
    ]


def _rail() -> list[Mesh]:
    z = CENTRE_M
    ends = (z - 0.55, z + 0.80)
    parts = [tube((-0.40, 0.95, ends[0]), (-0.40, 0.95, ends[1]), 0.024, STEEL)]
    return parts + [tube((-0.40, -0.02, end), (-0.40, 0.95, end), 0.022, STEEL) for end in ends]


def _console() -> list[Mesh]:
    z = CENTRE_M
    return [
        box((-0.40, 1.16, z + 0.12), (0.02, 0.11, 0.15), DARK, shine=0.2),
        tube((-0.40, 1.10, z + 0.25), (-0.37, 0.95, z + 0.80), 0.020, STEEL),
    ]


def _furniture() -> list[Mesh]:
    floor = -DECK_M
    couch = floor + 0.52
    parts = [
        box((1.30, couch, -1.62), (0.30, 0.045, 0.72), TEAL, shine=0.25),
        box((1.30, couch + 0.085, -1.98), (0.28, 0.045, 0.30), TEAL, shine=0.25, turn=turn_x(0.30)),
        box((1.30, couch - 0.07, -1.62), (0.26, 0.02, 0.68), STEEL),
    ]
    parts += [
        tube((x, floor, z), (x, couch - 0.07, z), 0.022, STEEL) for x in (1.06, 1.54) for z in (-2.2, -1.02)
    ]
    # A framed exercise chart: paper, a head line and three coloured rows.
    parts += [
        box((1.62, 1.42, -1.02), (0.012, 0.30, 0.22), OAK, shine=0.15),
        box((1.606, 1.42, -1.02), (0.004, 0.275, 0.195), WHITE, shine=0.1),
        box((1.601, 1.63, -1.02), (0.002, 0.018, 0.15), TEAL),
    ]
    for i, colour in enumerate(((0.83, 0.62, 0.36), (0.50, 0.62, 0.72), (0.55, 0.66, 0.50))):
        parts.append(box((1.601, 1.54 - 0.115 * i, -1.12), (0.002, 0.038, 0.05), colour))
        parts += [
            box((1.601, 1.555 - 0.115 * i - 0.028 * j, -0.97), (0.002, 0.006, 0.075), (0.62, 0.64, 0.65))
            for j in range(2)
        ]
    parts += [
        box((1.63, 0.88, 1.62), (0.02, 1.07, 0.50), (0.88, 0.86, 0.82), shine=0.1),
        box((1.622, 0.88, 1.62), (0.02, 1.03, 0.45), OAK, shine=0.15),
        tube((1.58, 0.84, 1.24), (1.58, 0.84, 1.34), 0.012, STEEL),
        tube((1.60, 1.72, -0.42), (1.63, 1.72, -0.42), 0.125, (0.25, 0.26, 0.28), sides=40),
        tube((1.59, 1.72, -0.42), (1.605, 1.72, -0.42), 0.110, WHITE, sides=40),
        box((1.586, 1.755, -0.42), (0.003, 0.035, 0.006), DARK),
        box((1.586, 1.705, -0.385), (0.003, 0.006, 0.042), DARK, turn=turn_x(0.4)),
    ]
    return parts


def _treadmill() -> list[Mesh]:
    z = CENTRE_M
    floor = -DECK_M
    parts = [
        box((0, -0.02, z), (0.25, 0.02, 0.80), (0.115, 0.12, 0.13), Material.BELT),
        box((0, 0.045, z + 0.99), (0.385, 0.085, 0.19), DARK, shine=0.2),
        box((0, 0.035, z + 0.80), (0.36, 0.055, 0.06), DARK, shine=0.2, turn=turn_x(0.7)),
    ]
    for side in (-1, 1):
        parts += [
            box((side * 0.325, -0.016, z), (0.072, 0.026, 0.86), GREY, shine=0.08),
            box((side * 0.345, -0.10, z), (0.050, 0.062, 0.85), (0.20, 0.205, 0.22), shine=0.1),
            box((side * 0.396, -0.085, z), (0.002, 0.010, 0.78), (0.40, 0.56, 0.68), shine=0.2),
            tube((side * 0.38, -0.02, z + 0.98), (side * 0.36, 1.06, z + 0.80), 0.027, STEEL),
            tube((side * 0.36, 0.93, z + 0.83), (side * 0.35, 0.89, z + 0.50), 0.019, DARK),
        ]
        parts += [box((side * 0.33, floor + 0.03, z + end), (0.05, 0.03, 0.06), DARK) for end in (-0.75, 0.8)]
    tilt = turn_x(-0.42)
    parts += [
        box((0, 1.13, z + 0.80), (0.40, 0.15, 0.032), DARK, shine=0.2, turn=tilt),
        tube((-0.36, 0.93, z + 0.83), (0.36, 0.93, z + 0.83), 0.018, DARK),
    ]
    screen = np.array([0, 1.14, z + 0.80]) + tilt @ np.array([0, 0.0, -0.034])
    parts.append(
        box(
            (0.0, float(screen[1]), float(screen[2])),
            (0.27, 0.095, 0.002),
            (0.20, 0.42, 0.55),
            Material.SCREEN,
            turn=tilt,
        )
    )
    return parts

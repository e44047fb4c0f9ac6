"""Triangle meshes: shapes to build from, and cutting one along a field."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from .body import IntArray
from .spec import Colour, FloatArray


class Material(IntEnum):
    """What the shader does with a surface."""

    PLAIN = 0
    BELT = 1
    FLOOR = 2
    WALL = 3
    SKIN = 4
    FABRIC = 5
    HAIR = 6
    SCREEN = 7


@dataclass(frozen=True, slots=True)
class Mesh:
    """A surface; `weights` (vertices, bones) only where it moves with the body. Shine from 0 to 0.9."""

    vertices: FloatArray
    triangles: IntArray
    colours: FloatArray
    material: Material = Material.PLAIN
    shine: float = 0.05
    normals: FloatArray | None = None
    weights: FloatArray | None = None

    def surface(self) -> FloatArray:
        """(n, 4) per vertex: colour and shine."""
        shine = np.full((len(self.colours), 1), self.shine)
        return np.concatenate([self.colours, shine], axis=1)


def paint(colour: Colour, count: int) -> FloatArray:
    """The same colour for every vertex."""
    return np.tile(np.array(colour, dtype=np.float64), (count, 1))


def joined(meshes: list[Mesh]) -> dict[Material, IntArray]:
    """The triangles of several meshes whose vertices are laid end to end, by material."""
    starts = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
    placed = [(mesh.material, mesh.triangles + start) for mesh, start in zip(meshes, starts, strict=True)]
    kinds = sorted({kind for kind, _ in placed})
    return {kind: np.concatenate([t for own, t in placed if own == kind]) for kind in kinds}


def vertex_normals(vertices: FloatArray, triangles: IntArray) -> FloatArray:
    """Area-weighted unit normals."""
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for i in range(3):
        np.add.at(normals, triangles[:, i], face)
    unit: FloatArray = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return unit


def compact(values: FloatArray, triangles: IntArray) -> tuple[FloatArray, IntArray]:
    """Only the rows in use, renumbered."""
    used, inverse = np.unique(triangles, return_inverse=True)
    return values[used], inverse.reshape(-1, 3)


def clip(values: FloatArray, triangles: IntArray, field: FloatArray) -> tuple[FloatArray, IntArray]:
    """The part of a surface where `field` > 0, cut exactly along the zero line. Rows of `values` blend."""
    rows = list(values)
    cuts: dict[tuple[int, int], int] = {}
    kept: list[tuple[int, int, int]] = []

    def cut(i: int, j: int) -> int:
        key = (min(i, j), max(i, j))
        if key not in cuts:
            share = field[i] / (field[i] - field[j])
            cuts[key] = len(rows)
            rows.append(values[i] * (1 - share) + values[j] * share)
        return cuts[key]

    for corners in triangles.tolist():
        inside = [field[i] > 0 for i in corners]
        count = sum(inside)
        if count == 3:
            kept.append(tuple(corners))
        elif count in {1, 2}:
            odd = inside.index(count == 1)
            a, b, c = corners[odd], corners[(odd + 1) % 3], corners[(odd + 2) % 3]
            ab, ac = cut(a, b), cut(a, c)
            kept += [(a, ab, ac)] if count == 1 else [(ab, b, c), (ab, c, ac)]
    return compact(np.array(rows), np.array(kept, dtype=np.int64))


def subdivide(values: FloatArray, triangles: IntArray) -> tuple[FloatArray, IntArray]:
    """Each triangle into four."""
    edges = np.sort(
        np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1
    )
    unique, inverse = np.unique(edges, axis=0, return_inverse=True)
    middle = len(values) + inverse.reshape(3, -1)
    a, b, c = triangles.T
    x, y, z = middle
    out = np.concatenate([np.stack(t, axis=1) for t in ((a, x, z), (x, b, y), (z, y, c), (x, y, z))])
    return np.concatenate([values, (values[unique[:, 0]] + values[unique[:, 1]]) / 2]), out


def box(
    centre: tuple[float, float, float],
    half: tuple[float, float, float],
    colour: Colour,
    material: Material = Material.PLAIN,
    shine: float = 0.05,
    turn: FloatArray | None = None,
) -> Mesh:
    """An axis-aligned box, turned about its centre by `turn`."""
    h = np.array(half)
    corners: list[FloatArray] = []
    normals: list[FloatArray] = []
    triangles: list[list[int]] = []
    for axis in range(3):
        u, w = (axis + 1) % 3, (axis + 2) % 3
        for sign in (-1, 1):
            start = len(corners)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                corner, normal = np.zeros(3), np.zeros(3)
                corner[[axis, u, w]] = sign * h[axis], a * h[u], b * h[w]
                normal[axis] = sign
                corners.append(corner)
                normals.append(normal)
            triangles += [[start, start + 1, start + 2], [start, start + 2, start + 3]]
    rotation = np.eye(3) if turn is None else turn
    points = np.array(corners) @ rotation.T + np.array(centre)
    return Mesh(
        points, np.array(triangles), paint(colour, 24), material, shine, np.array(normals) @ rotation.T
    )


def tube(
    start: tuple[float, float, float],
    end: tuple[float, float, float],
    radius: float,
    colour: Colour,
    shine: float = 0.15,
    sides: int = 18,
) -> Mesh:
    """An open cylinder from `start` to `end`, closed at both ends by flat caps."""
    a, b = np.array(start), np.array(end)
    along = (b - a) / np.linalg.norm(b - a)
    helper = np.array([1.0, 0, 0]) if abs(along[0]) < 0.9 else np.array([0, 1.0, 0])
    u = np.cross(along, helper)
    u /= np.linalg.norm(u)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.cos(angle)[:, None] * u + np.sin(angle)[:, None] * np.cross(along, u)
    points = np.concatenate([a + ring * radius, b + ring * radius] * 2 + [[a, b]])
    caps = np.repeat([-along, along], sides, axis=0)
    normals = np.concatenate([ring, ring, caps, [-along, along]])
    i = np.arange(sides)
    j = (i + 1) % sides
    n = 2 * sides
    faces = [(i, j, sides + j), (i, sides + j, sides + i)]
    faces += [
        (n + i, n + j, np.full(sides, 2 * n)),
        (n + sides + i, n + sides + j, np.full(sides, 2 * n + 1)),
    ]
    triangles = np.concatenate([np.stack(face, axis=1) for face in faces])
    return Mesh(points, triangles, paint(colour, len(points)), Material.PLAIN, shine, normals)


def ball(
    centre: FloatArray, radii: tuple[float, float, float], rings: int = 14
) -> tuple[FloatArray, IntArray]:
    """An ellipsoid's vertices and triangles."""
    theta = np.linspace(0, np.pi, rings)
    phi = np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False)
    grid_theta, grid_phi = np.meshgrid(theta, phi, indexing="ij")
    unit = np.stack(
        [np.sin(grid_theta) * np.cos(grid_phi), np.cos(grid_theta), np.sin(grid_theta) * np.sin(grid_phi)],
        axis=-1,
    )
    points = unit.reshape(-1, 3) * np.array(radii) + centre
    triangles = []
    m = 2 * rings
    for r in range(rings - 1):
        for c in range(m):
            a, b = r * m + c, r * m + (c + 1) % m
            triangles += [[a, b, a + m], [b, b + m, a + m]]
    return points, np.array(triangles)

"""Skin, hair, shirt, shorts, socks and shoes: surfaces cut from the body mesh and its tights helper."""

from dataclasses import dataclass

import numpy as np

from .body import Body, IntArray
from .foot import SOLE_M
from .mesh import Material, Mesh, ball, clip, compact, paint, subdivide, vertex_normals
from .spec import Clothes, Colour, FloatArray

REFERENCE_STATURE_M = 1.76
HEMS = {"shorts": (0.655, 0.007, 0.022), "loose": (0.57, 0.012, 0.040), "tights": (0.10, 0.005, 0.0)}
"""Height of the hem, distance from the skin, and how much wider at the thigh; m at that stature."""


@dataclass(frozen=True, slots=True)
class _Cloth:
    """A rest surface with everything that must blend when it is cut."""

    vertices: FloatArray
    weights: FloatArray
    normals: FloatArray
    triangles: IntArray

    def where(self, field: FloatArray) -> "_Cloth":
        """The part where `field` > 0."""
        bones = self.weights.shape[1]
        rows = np.concatenate([self.vertices, self.weights, self.normals], axis=1)
        rows, triangles = clip(rows, self.triangles, field)
        return _Cloth(rows[:, :3], rows[:, 3 : 3 + bones], rows[:, 3 + bones :], triangles)

    def pushed(
        self, distance: FloatArray | float, squash: tuple[float, float, float] = (1, 1, 1)
    ) -> FloatArray:
        """Vertices moved out along the normals."""
        amount = np.broadcast_to(np.asarray(distance, dtype=np.float64), len(self.vertices))
        moved: FloatArray = self.vertices + self.normals * np.array(squash) * amount[:, None]
        return moved

    def mesh(
        self, vertices: FloatArray, colour: Colour | FloatArray, material: Material, shine: float
    ) -> Mesh:
        colours = colour if isinstance(colour, np.ndarray) else paint(colour, len(vertices))
        return Mesh(vertices, self.triangles, colours, material, shine, None, self.weights)


def dress(body: Body, clothes: Clothes) -> list[Mesh]:
    """Every surface of the runner at rest, with skin weights."""
    scale = body.stature_m / REFERENCE_STATURE_M
    skin = _part(body, "body")
    suit = _part(body, "helper-tights", fine=True)
    return [
        skin.mesh(skin.vertices, _skin_colours(body, skin, clothes, scale), Material.SKIN, 0.16),
        *_eyes(body),
        *_hair(body, skin, clothes, scale),
        _shirt(body, suit, clothes, scale),
        _shorts(body, suit, clothes, scale),
        _socks(suit, clothes, scale),
        *_shoes(suit, clothes, scale),
    ]


def _part(body: Body, name: str, fine: bool = False) -> _Cloth:
    bones = body.weights.shape[1]
    normals = vertex_normals(body.vertices, body.triangles[name])
    rows = np.concatenate([body.vertices, body.weights, normals], axis=1)
    rows, triangles = compact(rows, body.triangles[name])
    if fine:
        rows, triangles = subdivide(rows, triangles)
    return _Cloth(rows[:, :3], rows[:, 3 : 3 + bones], rows[:, 3 + bones :], triangles)


def _skin_colours(body: Body, skin: _Cloth, clothes: Clothes, scale: float) -> FloatArray:
    """Skin with brows and lips."""
    colours = paint(clothes.skin, len(skin.vertices))
    x, y, z = ((skin.vertices - body.head("head")) / scale).T
    brow = (
        (np.abs(y - 0.061 + 0.25 * (np.abs(x) - 0.03)) < 0.0045)
        & (z > 0.08)
        & (np.abs(np.abs(x) - 0.031) < 0.02)
    )
    lips = (np.abs(y + 0.029) < 0.007) & (z > 0.10) & (np.abs(x) < 0.022)
    colours[brow] = 0.35 * colours[brow] + 0.65 * np.array(clothes.hair)
    colours[lips] *= np.array([0.88, 0.70, 0.70])
    return colours


def _eyes(body: Body) -> list[Mesh]:
    meshes = []
    for name in ("helper-l-eye", "helper-r-eye"):
        eye = _part(body, name)
        front = (eye.vertices[:, 2] - eye.vertices[:, 2].min()) / np.ptp(eye.vertices[:, 2])
        colours = np.where((front > 0.93)[:, None], (0.08, 0.06, 0.05), (0.9, 0.9, 0.88))
        meshes.append(eye.mesh(eye.vertices, colours, Material.PLAIN, 0.5))
    return meshes


def _hair(body: Body, skin: _Cloth, clothes: Clothes, scale: float) -> list[Mesh]:
    """Short hair: a shell over the scalp, thin at the edge, down the nape and in front of the ear."""
    bone = body.bone("head")
    x, y, z = ((skin.vertices - body.head("head")) / scale).T
    front = 0.060 + 0.33 * z
    back = 0.056 + 1.15 * (z + 0.022)
    edge = np.where(z > -0.022, front, np.maximum(back, -0.035))
    edge -= 0.022 * np.exp(-(((z - 0.030) / 0.012) ** 2)) * (np.abs(x) > 0.05)
    field = np.where(skin.weights[:, bone] > 0.5, y - edge, -1.0)
    shell = skin.where(field)
    x, y, z = ((shell.vertices - body.head("head")) / scale).T
    depth = np.maximum(0.0, y - np.where(z > -0.022, 0.060 + 0.33 * z, 0.056 + 1.15 * (z + 0.022)))
    thickness = (0.0010 + 0.013 * np.sqrt(np.clip(depth / 0.06, 0, 1))) * scale
    parts = [shell.mesh(shell.pushed(thickness), clothes.hair, Material.HAIR, 0.12)]
    if clothes.bun:
        centre = body.head("head") + np.array([0, 0.085, -0.125]) * scale
        vertices, triangles = ball(centre, (0.042 * scale, 0.040 * scale, 0.040 * scale))
        weights = np.zeros((len(vertices), body.weights.shape[1]))
        weights[:, bone] = 1.0
        hair = paint(clothes.hair, len(vertices))
        parts.append(Mesh(vertices, triangles, hair, Material.HAIR, 0.12, None, weights))
    return parts


def _arm_share(body: Body, cloth: _Cloth) -> tuple[FloatArray, FloatArray]:
    """Weight of the arm bones, and the share of the way from shoulder to elbow (0 off the arm)."""
    arm = [i for name, i in _bones(body) if name.startswith(("upperarm", "lowerarm", "wrist", "finger"))]
    weight = cloth.weights[:, arm].sum(axis=1)
    along = np.zeros(len(weight))
    for tag, sign in (("L", 1), ("R", -1)):
        shoulder, elbow = body.head(f"upperarm01.{tag}"), body.head(f"lowerarm01.{tag}")
        length = float(np.linalg.norm(elbow - shoulder))
        share = (cloth.vertices - shoulder) @ (elbow - shoulder) / length**2
        along = np.where((sign * cloth.vertices[:, 0] > 0) & (weight > 0.25), share, along)
    return weight, along


def _bones(body: Body) -> list[tuple[str, int]]:
    from .assets import bone_names

    return [(name, body.bone(name)) for name in bone_names()]


def _shirt(body: Body, suit: _Cloth, clothes: Clothes, scale: float) -> Mesh:
    neck = body.head("neck01")
    _, along = _arm_share(body, suit)
    y, z = suit.vertices[:, 1], suit.vertices[:, 2]
    collar = neck[1] - y + 0.55 * (neck[2] - z) - 0.012 * scale
    hem = y - 0.925 * scale
    cloth = suit.where(np.minimum.reduce([hem, collar, (0.60 - along) * 0.3]))
    low = np.clip((1.25 * scale - cloth.vertices[:, 1]) / (0.3 * scale), 0, 1)
    _, along = _arm_share(body, cloth)
    vertices = cloth.pushed(0.010 + 0.013 * low + 0.008 * np.clip(along / 0.6, 0, 1))
    colours = paint(clothes.shirt, len(vertices))
    return cloth.mesh(vertices, colours, Material.FABRIC, 0.03)


def _shorts(body: Body, suit: _Cloth, clothes: Clothes, scale: float) -> Mesh:
    arm, _ = _arm_share(body, suit)
    hem, gap, flare = HEMS[clothes.legs]
    y = suit.vertices[:, 1]
    field = np.where(arm > 0.3, -1.0, np.minimum(1.03 * scale - y, y - hem * scale))
    cloth = suit.where(field)
    loose = np.clip((0.90 * scale - cloth.vertices[:, 1]) / (0.24 * scale), 0, 1)
    vertices = cloth.pushed(gap + flare * loose, squash=(1, 0.3, 1))
    return cloth.mesh(vertices, clothes.shorts, Material.FABRIC, 0.04)


def _socks(suit: _Cloth, clothes: Clothes, scale: float) -> Mesh:
    y = suit.vertices[:, 1]
    cloth = suit.where(np.minimum(0.155 * scale - y, y - 0.06 * scale))
    return cloth.mesh(cloth.pushed(0.004), clothes.sock, Material.FABRIC, 0.03)


def _shoes(suit: _Cloth, clothes: Clothes, scale: float) -> list[Mesh]:
    """The lower foot pushed out; its underside pressed flat onto the sole plane."""
    y, z = suit.vertices[:, 1], suit.vertices[:, 2]
    foot = suit.where(0.085 * scale - y - 0.25 * np.clip(z - 0.02, 0, 0.04))
    vertices = foot.pushed(0.010, squash=(1, 0.6, 1))
    low = np.clip(1 - vertices[:, 1] / (0.030 * scale), 0, 1)
    height = np.maximum(vertices[:, 1] - low * (SOLE_M + 0.004), -SOLE_M)
    vertices[:, 1] = np.where(low > 0.9, -SOLE_M, height)
    welt = vertices[:, 1] - 0.006 - 0.012 * (vertices[:, 2] < 0.02)
    shaped = _Cloth(vertices, foot.weights, foot.normals, foot.triangles)
    upper, sole = shaped.where(welt + 1e-9), shaped.where(1e-9 - welt)
    return [
        upper.mesh(upper.vertices, clothes.shoe, Material.FABRIC, 0.15),
        sole.mesh(sole.vertices, clothes.sole, Material.PLAIN, 0.12),
    ]

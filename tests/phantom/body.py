"""A body at rest: skin, clothes' base surface, skeleton, and how they move together."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .assets import ASSET, RECIPES, bone_names
from .foot import SOLE_M
from .leg import LegGeometry
from .spec import FloatArray

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Body:
    """Rest mesh standing on y = 0 facing +z, left at +x; m. `weights` is (vertices, bones), rows sum to 1."""

    vertices: FloatArray
    weights: FloatArray
    triangles: dict[str, IntArray]
    heads: FloatArray
    parents: list[int]
    stature_m: float

    def bone(self, name: str) -> int:
        """Index of a bone."""
        return BONES[name]

    def head(self, name: str) -> FloatArray:
        """Rest position of a bone's proximal joint."""
        joint: FloatArray = self.heads[BONES[name]]
        return joint

    def leg(self, side: str) -> LegGeometry:
        """Rest joint centres of the "left" or "right" leg."""
        tag = side[0].upper()
        bones = ("upperleg01", "lowerleg01", "foot", "toe1-1")
        toes = self.vertices[self.weights[:, self.bone(f"toe1-1.{tag}")] > 0.5]
        tip = np.array([toes[:, 0].mean(), -SOLE_M, toes[:, 2].max()])
        hip, knee, ankle, toe = (self.head(f"{bone}.{tag}") for bone in bones)
        return LegGeometry(hip, knee, ankle, toe, tip)


BONES = {name: i for i, name in enumerate(bone_names())}


def load_body(name: str, asset: Path = ASSET) -> Body:
    """One of the packed bodies.

    Raises ValueError for a name that was not packed.
    """
    if name not in RECIPES:
        raise ValueError(f"No body is called {name!r}: choose one of {', '.join(sorted(RECIPES))}.")
    with np.load(asset) as data:
        step, stature = data[f"step_{name}"]
        vertices = data[f"shape_{name}"].astype(np.float64) * step + np.array([0, 0.9, 0])
        weights = np.zeros((len(vertices), len(BONES)))
        top = data["weights"].astype(np.float64)
        np.put_along_axis(weights, data["weight_bones"].astype(np.int64), top, axis=1)
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
        triangles = {
            key.removeprefix("triangles_"): data[key].astype(np.int64)
            for key in data.files
            if key.startswith("triangles_")
        }
        return Body(
            vertices,
            weights,
            triangles,
            data[f"heads_{name}"].astype(np.float64),
            [int(p) for p in data["parents"]],
            float(stature),
        )

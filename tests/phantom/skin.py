"""The dressed body as one surface that follows the skeleton (linear blend skinning)."""

import numpy as np
from scipy.sparse import csr_matrix

from .mesh import Mesh, joined
from .skeleton import Posed
from .spec import FloatArray


class Skin:
    """All garments of one runner. `rest` (n, 3) m, `surfaces` (n, 4), `triangles` (m, 3)."""

    def __init__(self, parts: list[Mesh]) -> None:
        self.rest: FloatArray = np.concatenate([part.vertices for part in parts])
        self.surfaces: FloatArray = np.concatenate([part.surface() for part in parts])
        self.by_material = joined(parts)
        self.triangles = np.concatenate(list(self.by_material.values()))
        self.weights: FloatArray = np.concatenate([p.weights for p in parts if p.weights is not None])
        self._blend = csr_matrix(self.weights)
        self._homogeneous = np.concatenate([self.rest, np.ones((len(self.rest), 1))], axis=1)
        count = len(self.triangles)
        where = (self.triangles.T.ravel(), np.tile(np.arange(count), 3))
        self._gather = csr_matrix((np.ones(3 * count), where), shape=(len(self.rest), count))

    def posed(self, posed: Posed) -> FloatArray:
        """(n, 6): positions (m) and unit normals of the posed runner, world."""
        blended = (self._blend @ posed.matrices().reshape(-1, 12)).reshape(-1, 3, 4)
        points = np.einsum("vij,vj->vi", blended, self._homogeneous)
        a, b, c = (points[self.triangles[:, i]] for i in range(3))
        normals = self._gather @ np.cross(b - a, c - a)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        return np.concatenate([points, normals], axis=1)

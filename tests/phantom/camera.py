"""The pinhole camera: world points to pixels."""

import numpy as np
import numpy.typing as npt

from .spec import CameraSpec, FloatArray

NEAR_M, FAR_M = 0.1, 30.0


class Camera:
    """A camera looking across the belt; `side` is +1 when it stands on the runner's left."""

    def __init__(self, spec: CameraSpec, side: int) -> None:
        self.spec = spec
        target = np.array([0.0, spec.height_m, spec.ahead_m])
        pitch, yaw = np.radians(spec.pitch_deg), np.radians(spec.yaw_deg)
        level = np.cos(pitch)
        away = np.array([side * level * np.cos(yaw), np.sin(pitch), level * np.sin(yaw)])
        self.eye = target + spec.distance_m * away
        tangent = np.tan(np.radians(spec.vertical_view_deg) / 2)
        view = _rolled(np.radians(spec.roll_deg)) @ look_at(self.eye, target)
        self.matrix = _perspective(tangent, spec.width / spec.height) @ view
        self.px_per_cm: float = spec.height / 2 / tangent / spec.distance_m / 100
        """Of objects in the runner's mid plane."""

    def project(self, points: FloatArray) -> FloatArray:
        """(n, 3) world points in m to (n, 2) pixels, y down, the picture's top left corner at (0, 0)."""
        clip = np.c_[points, np.ones(len(points))] @ self.matrix.T
        x, y = clip[:, 0] / clip[:, 3], clip[:, 1] / clip[:, 3]
        return np.stack([(x + 1) / 2 * self.spec.width, (1 - y) / 2 * self.spec.height], axis=1)

    def in_front(self, points: FloatArray) -> npt.NDArray[np.bool_]:
        """Which of (n, 3) world points lie before the lens, by more than the near plane."""
        depth: FloatArray = np.c_[points, np.ones(len(points))] @ self.matrix[3]
        return depth > NEAR_M


def look_at(eye: FloatArray, target: FloatArray, up: tuple[float, float, float] = (0, 1, 0)) -> FloatArray:
    """World to view matrix (4, 4); the view looks along -z."""
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    view = np.eye(4)
    view[:3, :3] = np.stack([right, np.cross(right, forward), -forward])
    view[:3, 3] = -view[:3, :3] @ eye
    return view


def orthographic(half_m: float, near_m: float, far_m: float) -> FloatArray:
    """A square orthographic projection, `half_m` to each side."""
    matrix = np.diag([1 / half_m, 1 / half_m, -2 / (far_m - near_m), 1.0])
    matrix[2, 3] = -(far_m + near_m) / (far_m - near_m)
    return matrix


def _rolled(a: float) -> FloatArray:
    """The view of a camera turned clockwise by `a` rad."""
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]
    return matrix


def _perspective(tangent: float, aspect: float) -> FloatArray:
    matrix = np.zeros((4, 4))
    matrix[0, 0] = 1 / (tangent * aspect)
    matrix[1, 1] = 1 / tangent
    matrix[2, 2] = (FAR_M + NEAR_M) / (NEAR_M - FAR_M)
    matrix[2, 3] = 2 * FAR_M * NEAR_M / (NEAR_M - FAR_M)
    matrix[3, 2] = -1.0
    return matrix

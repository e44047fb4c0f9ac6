"""What makes a pose model good or bad for running, as numbers: on the phantom and against float32."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device.demo.clip import JOINTS, DemoTruth
from device.pose.types import Keypoint

FloatArray = NDArray[np.float64]

# Legs closer together than this share of the body height cannot be told apart by where they are.
_APART = 0.06
_LEG_JOINTS = ("hip", "knee", "ankle")
_WINDOW = 7


@dataclass(frozen=True, slots=True)
class PhantomFigures:
    """How a model reads the phantom, before any repair; shares in %, of frames with the legs apart.

    label_error_pct: left and right exchanged, mean of knees and ankles.
    collapsed_pct: both points on one leg, mean of knees and ankles.
    jitter_cm: random error per axis of the near hip, knee and ankle (their mean), one standard deviation.
    knee_error_deg: mean absolute error of the near knee's angle.
    """

    label_error_pct: float
    collapsed_pct: float
    jitter_cm: float
    knee_error_deg: float


def phantom_figures(xy: FloatArray, truth: DemoTruth) -> PhantomFigures:
    """Compare raw keypoints with the truth.

    xy: frames x 17 x 2 in pixels of the phantom clip, one row for each of its frames.
    """
    near, far = truth.facing, "left" if truth.facing == "right" else "right"
    apart_px = _APART * truth.stature_cm * truth.px_per_cm
    wrong, collapsed = [], []
    for joint in ("knee", "ankle"):
        points = np.stack([_marked(xy, side, joint) for side in (near, far)], axis=1)
        joints = np.stack([_true(truth, side, joint) for side in (near, far)], axis=1)
        apart = np.linalg.norm(joints[:, 0] - joints[:, 1], axis=1) > apart_px
        distance = np.linalg.norm(points[:, :, None] - joints[:, None], axis=3)[apart]
        nearest = distance.argmin(axis=2)
        exchanged = distance[:, 0, 1] + distance[:, 1, 0] < distance[:, 0, 0] + distance[:, 1, 1]
        wrong.append(exchanged.mean())
        collapsed.append((nearest[:, 0] == nearest[:, 1]).mean())
    errors = [_marked(xy, near, joint) - _true(truth, near, joint) for joint in _LEG_JOINTS]
    hip, knee, ankle = (_marked(xy, near, joint) for joint in _LEG_JOINTS)
    knee_error = np.abs(_flexion_deg(hip, knee, ankle) - truth.frames.knee_deg[near])
    return PhantomFigures(
        label_error_pct=100 * float(np.mean(wrong)),
        collapsed_pct=100 * float(np.mean(collapsed)),
        jitter_cm=float(np.mean([random_error(e) for e in errors])) / truth.px_per_cm,
        knee_error_deg=float(knee_error.mean()),
    )


def random_error(error: FloatArray) -> float:
    """Estimate the random part, one standard deviation per axis, of an error over time (frames x 2).

    It is what departs from a quadratic through 7 frames, so neither a constant nor a slow error counts.
    The spread is the median's (1.4826 MAD): single exchanged frames are counted as label error, not here.
    """
    t = np.arange(_WINDOW) - _WINDOW // 2
    design = np.vander(t, 3)
    centre = design[_WINDOW // 2] @ np.linalg.pinv(design)
    windows = np.lib.stride_tricks.sliding_window_view(error, _WINDOW, axis=0)
    residual = error[_WINDOW // 2 : -(_WINDOW // 2)] - windows @ centre
    spread = 1.4826 * np.median(np.abs(residual - np.median(residual, axis=0)), axis=0)
    return float(np.sqrt(np.mean(spread**2) / (1 - centre[_WINDOW // 2])))


def leg_disagreement(
    keypoints: Sequence[NDArray[np.float32]], reference: Sequence[NDArray[np.float32]]
) -> FloatArray:
    """Give the distances between two readings of the same pictures, for hips, knees and ankles.

    keypoints, reference: one 17 x 3 array per picture, pixels. Points that the reference scores below 0.2
    are left out: there the reference itself guesses.
    """
    a, b = np.stack(keypoints)[:, Keypoint.LEFT_HIP :], np.stack(reference)[:, Keypoint.LEFT_HIP :]
    sure = b[..., 2] > 0.2
    return np.asarray(np.linalg.norm((a - b)[..., :2], axis=2)[sure], np.float64)


def _marked(xy: FloatArray, side: str, joint: str) -> FloatArray:
    marked: FloatArray = xy[:, Keypoint[f"{side}_{joint}".upper()]]
    return marked


def _true(truth: DemoTruth, side: str, joint: str) -> FloatArray:
    return truth.frames.joints_px[:, JOINTS.index(f"{side}_{joint}")]


def _flexion_deg(hip: FloatArray, knee: FloatArray, ankle: FloatArray) -> FloatArray:
    """Give the knee's flexion: 0 straight."""
    thigh, shank = knee - hip, ankle - knee
    cross = thigh[:, 0] * shank[:, 1] - thigh[:, 1] * shank[:, 0]
    dot = (thigh * shank).sum(axis=1)
    return np.asarray(np.degrees(np.abs(np.arctan2(cross, dot))), np.float64)

"""Runs on a treadmill with force plates: joint paths as a camera would see them, and the true contacts.

Hamner and Delp 2013 (doi:10.1016/j.jbiomech.2012.11.024), one runner at 2, 3, 4 and 5 m/s.
"""

import csv
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from oracle.replay import Truth
from oracle.view import PX_PER_M, SIZE

from device.gait.types import EventKind, Facing, Side
from device.pose.types import Keypoint

Array = NDArray[np.float64]

TRIALS = ("run200", "run300", "run400", "run500")
HEAD = {
    Keypoint.NOSE: (0.14, 0.22),
    Keypoint.LEFT_EYE: (0.12, 0.25),
    Keypoint.RIGHT_EYE: (0.12, 0.25),
    Keypoint.LEFT_EAR: (0.02, 0.23),
    Keypoint.RIGHT_EAR: (0.02, 0.23),
}


def joints(data: Path, trial: str) -> tuple[Array, Array]:
    """Times and n x 17 x 2 metres; the head is set on the shoulders, for there were no markers on it."""
    with (data / "forceplate" / f"hamner2013_s04_{trial}_sagittal.csv").open() as file:
        header, *rows = csv.reader(file)
    table = np.array(rows, float)
    k = np.zeros((len(table), len(Keypoint), 2))
    for point in list(Keypoint)[Keypoint.LEFT_SHOULDER :]:
        side, joint = point.name.split("_")
        column = header.index(f"{side[0]}_{joint.lower()}_x")
        k[:, point] = table[:, column : column + 2]
    shoulder = k[:, [Keypoint.LEFT_SHOULDER, Keypoint.RIGHT_SHOULDER]].mean(axis=1)
    for point, offset in HEAD.items():
        k[:, point] = shoulder + offset
    return table[:, 0], k


def contacts(data: Path, trial: str) -> list[Truth]:
    """Contacts and toe-offs as the plates felt them, each foot's in order.

    A contact in the very first frames is left out: it has no swing before it from which it could be told.
    """
    document = json.loads((data / "forceplate" / "events.json").read_text())
    sides = document[f"hamner2013_s04_{trial}"]["contacts"]
    begins = joints(data, trial)[0][0]
    return [
        (kind, side, strike[i])
        for side in Side
        for strike in sides[side[0].upper()]
        for i, kind in enumerate((EventKind.INITIAL_CONTACT, EventKind.TOE_OFF))
        if strike[i] > begins + 0.1
    ]


def filmed(t: Array, k: Array, fps: int, facing: Facing, seed: int) -> tuple[Array, Array]:
    """Times of frames, and the joints in them in pixels, from a camera that begins at any instant."""
    at = np.arange(t[0] + np.random.default_rng(seed).uniform(0, 1 / fps), t[-1], 1 / fps)
    paths = [[np.interp(at, t, k[:, point, axis]) for axis in (0, 1)] for point in range(k.shape[1])]
    place: Array = np.moveaxis(np.array(paths), -1, 0)
    x = place[..., 0] - place[:, Keypoint.LEFT_HIP, 0].mean()
    forward = -x if facing is Facing.LEFT else x
    return at, np.stack([SIZE[0] / 2 + PX_PER_M * forward, SIZE[1] - 60 - PX_PER_M * place[..., 1]], axis=-1)

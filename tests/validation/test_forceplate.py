"""Contacts of real treadmill runs against force plates: joint paths as keypoints with 1 cm of noise.

Hamner and Delp 2013 (doi:10.1016/j.jbiomech.2012.11.024), one runner at 2, 3, 4 and 5 m/s.
"""

import csv
import json

import numpy as np
import pytest
from oracle.replay import Replay, match
from oracle.view import PX_PER_M, SIZE, Spoil

from device.gait.types import EventKind, Facing, RunSetup, Side
from device.pose.types import Keypoint

TRIALS = ("run200", "run300", "run400", "run500")
HEAD = {
    Keypoint.NOSE: (0.14, 0.22),
    Keypoint.LEFT_EYE: (0.12, 0.25),
    Keypoint.RIGHT_EYE: (0.12, 0.25),
    Keypoint.LEFT_EAR: (0.02, 0.23),
    Keypoint.RIGHT_EAR: (0.02, 0.23),
}


def joints(path):
    """Times and n x 17 x 2 metres; the head is set on the shoulders, for there were no markers on it."""
    with path.open() as file:
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


def contacts(data_dir, trial):
    document = json.loads((data_dir / "forceplate" / "events.json").read_text())
    sides = document[f"hamner2013_s04_{trial}"]["contacts"]
    return [
        (kind, side, strike[i])
        for side in Side
        for strike in sides[side[0].upper()]
        for i, kind in enumerate((EventKind.INITIAL_CONTACT, EventKind.TOE_OFF))
    ]


def poses(t, k, fps, facing, seed):
    rng = np.random.default_rng(seed)
    at = np.arange(t[0] + rng.uniform(0, 1 / fps), t[-1], 1 / fps)
    k = np.stack(
        [np.stack([np.interp(at, t, k[:, p, c]) for c in (0, 1)], axis=-1) for p in range(len(Keypoint))],
        axis=1,
    )
    x = k[..., 0] - k[:, Keypoint.LEFT_HIP, 0].mean()
    if facing is Facing.LEFT:
        x = -x
    pixels = np.stack([SIZE[0] / 2 + PX_PER_M * x, SIZE[1] - 60 - PX_PER_M * k[..., 1]], axis=-1)
    return Spoil(noise_m=0.01, seed=seed).poses(at, pixels)[0]


def errors(data_dir, trial, fps):
    """Errors of initial contact and toe-off, ms, over both directions and several noises."""
    t, k = joints(data_dir / "forceplate" / f"hamner2013_s04_{trial}_sagittal.csv")
    # A contact in the very first frames has no swing before it from which it could be told.
    truth = [event for event in contacts(data_dir, trial) if event[2] > t[0] + 0.1]
    contact, toe_off = [], []
    for facing in (Facing.RIGHT, Facing.LEFT):
        for seed in range(5):
            found = Replay.of(poses(t, k, fps, facing, seed), RunSetup(height_cm=177)).events
            strikes = match(found, truth, EventKind.INITIAL_CONTACT)
            assert not strikes.missed, (trial, facing, seed)
            assert not strikes.extra, (trial, facing, seed)
            contact += strikes.errors_ms
            toe_off += match(found, truth, EventKind.TOE_OFF).errors_ms
    return contact, toe_off


@pytest.mark.parametrize(
    ("fps", "bias_ms", "sd_ms", "toe_off_ms", "contact_time_ms"), [(60, 13, 13, 15, 10), (30, 13, 13, 20, 20)]
)
def test_no_step_is_missed_or_doubled_and_contact_is_timely(
    data_dir, fps, bias_ms, sd_ms, toe_off_ms, contact_time_ms
):
    contact, toe_off = [], []
    for trial in TRIALS:
        c, o = errors(data_dir, trial, fps)
        print(f"{trial} {fps} fps: contact {np.mean(c):+.1f} ± {np.std(c):.1f} ms")
        print(f"{trial} {fps} fps: toe-off {np.mean(o):+.1f} ± {np.std(o):.1f} ms")
        assert abs(np.mean(c)) < bias_ms
        assert np.std(c) < sd_ms
        assert abs(np.mean(o)) < toe_off_ms
        assert abs(np.mean(o) - np.mean(c)) < contact_time_ms
        contact += c
        toe_off += o
    assert abs(np.mean(contact)) < 10
    assert np.std(contact) < sd_ms
    assert abs(np.mean(toe_off)) < toe_off_ms

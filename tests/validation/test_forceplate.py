"""Contacts of real treadmill runs against force plates: joint paths as keypoints with 1 cm of noise."""

from pathlib import Path

import numpy as np
import pytest
from oracle.replay import Replay, match
from oracle.view import Spoil
from validation.forceplate import TRIALS, contacts, filmed, joints

from device.gait.types import EventKind, Facing, RunSetup


def errors(data_dir: Path, trial: str, fps: int) -> tuple[list[float], list[float]]:
    """Errors of initial contact and toe-off, ms, over both directions and several noises."""
    t, k = joints(data_dir, trial)
    truth = contacts(data_dir, trial)
    contact: list[float] = []
    toe_off: list[float] = []
    for facing in (Facing.RIGHT, Facing.LEFT):
        for seed in range(5):
            seen, _ = Spoil(noise_m=0.01, seed=seed).poses(*filmed(t, k, fps, facing, seed))
            found = Replay.of(seen, RunSetup(height_cm=177)).events
            strikes = match(found, truth, EventKind.INITIAL_CONTACT)
            assert not strikes.missed, (trial, facing, seed)
            assert not strikes.extra, (trial, facing, seed)
            contact += strikes.errors_ms
            toe_off += match(found, truth, EventKind.TOE_OFF).errors_ms
    return contact, toe_off


@pytest.mark.parametrize(
    ("fps", "bias_ms", "sd_ms", "toe_off_ms", "contact_time_ms"), [(60, 13, 13, 15, 10), (30, 13, 13, 15, 10)]
)
def test_no_step_is_missed_or_doubled_and_contact_is_timely(
    data_dir: Path, fps: int, bias_ms: float, sd_ms: float, toe_off_ms: float, contact_time_ms: float
) -> None:
    contact: list[float] = []
    toe_off: list[float] = []
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

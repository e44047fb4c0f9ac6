"""Tilt and speed from the feet that stand."""

import numpy as np
import pytest

from device.gait.deck import Deck
from device.gait.types import Side

BELT_MPS = 3.0


def stood(slopes_deg: list[float], noise_cm: float = 0.3) -> Deck:
    """A deck on which left and right stood in turn, ankles at their usual share of the speed of the belt."""
    deck, rng = Deck(Side.RIGHT), np.random.default_rng(0)
    for slope in slopes_deg:
        for side in Side:
            t = np.arange(6) / 60
            ahead = -100 * BELT_MPS * Deck.SPEED_RATIO * t + rng.normal(0, noise_cm, 6)
            deck.add(side, t, ahead, np.tan(np.radians(slope)) * ahead + rng.normal(0, noise_cm, 6))
    return deck


@pytest.mark.parametrize("tilt_deg", [-10, -4, 0, 4, 10])
def test_tilt_is_the_slope_without_the_rise_of_a_rolling_foot(tilt_deg):
    deck = stood([tilt_deg - Deck.RISE_DEG] * 8)
    assert deck.tilt_deg == pytest.approx(tilt_deg, abs=1.0)
    assert deck.belt_mps == pytest.approx(BELT_MPS, rel=0.02)
    deck.mirror()
    assert deck.tilt_deg == pytest.approx(tilt_deg, abs=1.0)


def test_nothing_is_said_before_five_stances_or_when_they_disagree():
    assert stood([0.0] * 4).tilt_deg is None
    assert stood([0.0] * 4).belt_mps is None
    assert stood([-20.0, 20.0] * 4).tilt_deg is None


def test_a_foot_that_is_not_seen_or_does_not_move_says_nothing():
    deck, lost = Deck(Side.RIGHT), np.full(6, np.nan)
    for _ in range(8):
        for side in Side:
            deck.add(side, np.arange(6) / 60, lost, lost)
            deck.add(side, np.arange(6) / 60, np.zeros(6), np.zeros(6))
    assert deck.tilt_deg is None

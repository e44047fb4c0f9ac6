"""Points near the other leg are steadied by the frames around them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.gait.crossing import Crossing, Joints, parabola


def passing(t: float) -> Joints:
    """Knees that pass each other at 3 m/s at t = 0, ankles far apart; pixels are centimetres."""
    return (300 * t, 40 + 500 * t * t), (-300 * t, 38.0), (-30.0, 80.0), (30.0, 80.0)


def steadied(spoilt: dict[int, Joints], fps: float = 60, frames: int = 12) -> list[Joints]:
    seen = [spoilt.get(i, passing(i / fps)) for i in range(-frames, frames + 1)]
    crossing = Crossing()
    return [
        crossing.steady(
            (k - frames) / fps,
            joints,
            (((k + n - frames) / fps, later) for n, later in enumerate(seen[k + 1 : k + 4], 1)),
            1.0,
        )
        for k, joints in enumerate(seen)
    ]


@given(
    st.tuples(*[st.floats(-500, 500)] * 3),
    st.lists(st.floats(0.1, 1.0), min_size=4, max_size=9),
)
def test_a_parabola_is_reproduced_whatever_the_weights(curve, weights):
    a, b, c = curve
    taus = [(i - len(weights) // 2) / 60 for i in range(len(weights))]
    samples = [(t, w, a + b * t + c * t * t, -a) for t, w in zip(taus, weights, strict=True)]
    assert parabola(samples) == pytest.approx((a, -a), abs=1e-5 * (1 + abs(a) + abs(b) + abs(c)))


@pytest.mark.parametrize("fps", [30, 60])
def test_clean_paths_stay_as_they_are(fps):
    for i, found in enumerate(steadied({}, fps)):
        assert np.allclose(found, passing((i - 12) / fps), atol=1e-6)


def test_knees_drawn_between_the_legs_are_put_back_on_their_path():
    t = 2 / 60
    left, right, *ankles = passing(t)
    middle = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    found = steadied({2: ((middle[0] + 1, middle[1]), middle, *ankles)})[14]
    for point, true in zip(found[:2], passing(t), strict=False):
        assert np.hypot(point[0] - true[0], point[1] - true[1]) < 3.5
    assert found[2:] == tuple(ankles)


def test_what_was_lost_stays_lost_and_what_is_far_from_the_other_leg_is_not_touched():
    t = -11 / 60
    _, right, *ankles = passing(t)
    wild = (right[0], right[1] + 3)
    found = steadied({-11: (None, wild, *ankles)})
    assert found[1][0] is None
    lone = steadied({-9: ((-60.0, 30.0), (40.0, 33.0), *ankles)})[3]
    assert lone[:2] == ((-60.0, 30.0), (40.0, 33.0))

"""The quadratic smoother, its rows, and bridging of lost points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.gait.legs import LegFrame
from device.gait.rows import Rows
from device.gait.signals import BodyFrame
from device.gait.smoothing import POINTS, WIDTH, Smoother


def frame(t, x, y, ankle=True):
    points = ((x, y),) * 17
    body = BodyFrame(t, points, (x, y), (x, y), ((x, y), (x, y)), ((x, y), (x, y)))
    return LegFrame(
        body, (x, y), (x, y), body.knees, (None if not ankle else (x, y), (x, y)), (True, True), False
    )


def run(frames):
    smoother = Smoother()
    out = [item for f in frames for item in smoother.update(f)]
    return out, smoother


@given(
    st.lists(st.floats(0.008, 0.03), min_size=12, max_size=30),
    st.tuples(*[st.floats(-50, 50)] * 3),
)
def test_a_parabola_is_left_as_it_is_at_any_times(gaps, c):
    t = np.cumsum(gaps)
    path = c[0] + c[1] * t + c[2] * t**2
    rate = c[1] + 2 * c[2] * t
    smoothed, _ = run(frame(float(a), float(b), 0.0) for a, b in zip(t, path, strict=True))
    assert smoothed
    for at, values in smoothed:
        i = int(np.argmin(abs(t - at)))
        assert values[0, 0] == pytest.approx(path[i], abs=1e-5)
        assert values[1, 0] == pytest.approx(rate[i], abs=1e-3)


@pytest.mark.parametrize("fps", [30, 60, 120])
def test_noise_is_halved_and_lag_is_known(fps):
    rng = np.random.default_rng(0)
    t = np.arange(600) / fps
    smoother, errors, lags = Smoother(), [], []
    for at in t:
        for when, values in smoother.update(frame(float(at), float(rng.normal()), 0.0)):
            errors.append(values[0, 0])
            lags.append(at - when)
    assert np.std(errors) < 0.75
    assert max(lags) == pytest.approx(max(2 / fps, 0.0333), abs=0.003)


@pytest.mark.parametrize(
    ("lost", "bridged"), [(range(10, 11), True), (range(10, 12), True), (range(10, 18), False)]
)
def test_short_gap_is_bridged_a_long_one_is_not_and_others_are_spared(lost, bridged):
    ankle = 2 * POINTS["left_ankle"]
    smoothed, _ = run(frame(i / 60, 3.0 * i, 5.0, ankle=i not in lost) for i in range(30))
    for i in lost:
        values = smoothed[i][1]
        assert values[0, 0] == pytest.approx(3.0 * i)
        assert np.isnan(values[:, ankle]).all() != bridged
        if bridged:
            assert values[:, ankle] == pytest.approx([3.0 * i, 180.0])
    assert smoothed[lost[-1] + 1][1][:, ankle] == pytest.approx([3.0 * (lost[-1] + 1), 180.0])


def test_end_is_given_only_where_there_is_something_on_both_sides():
    smoothed, smoother = run(frame(i / 60, float(i), 0.0) for i in range(10))
    late = smoother.finish()
    assert [round(t * 60) for t, _ in smoothed + late] == [0, 1, 2, 3, 4, 5, 6, 7]


@given(st.integers(1, 400))
def test_rows_keep_the_newest(n):
    rows = Rows(2, 20)
    for i in range(n):
        rows.append(float(i), [float(i), -float(i)])
    assert rows.end == n
    assert rows.end - rows.start >= min(n, 20)
    assert rows.values(rows.start, rows.end)[:, 0].tolist() == [float(i) for i in range(rows.start, n)]
    assert rows.index_at(n - 1.5) == n - 1
    assert rows.time(n - 1) == n - 1


def test_every_point_has_its_columns():
    assert 2 * len(POINTS) == WIDTH
    assert set(POINTS.values()) == set(range(len(POINTS)))


def test_rates_are_not_flattened_at_30_frames_a_second():
    """A swing of 4 Hz, about that of the foot's arrest at contact: its rate keeps 88 % at 30 as at 60.

    The first frames are left out: their fit has frames on one side only.
    """

    def most(fps):
        t = np.arange(60) / fps
        out, _ = run(frame(float(at), float(np.sin(2 * np.pi * 4 * at)), 0.0) for at in t)
        return max(values[1, 0] for at, values in out if at > 0.2) / (2 * np.pi * 4)

    assert most(60) == pytest.approx(0.91, abs=0.03)
    assert most(30) == pytest.approx(0.89, abs=0.03)

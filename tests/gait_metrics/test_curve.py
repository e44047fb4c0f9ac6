"""Reading one quantity between its samples: exact on cubics, honest at holes and ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.gait.measures.curve import MAX_GAP_S, Curve

T = np.arange(0, 1.0, 1 / 60)


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=4), st.floats(0, T[-1]))
def test_cubic_is_read_exactly(c, x):
    y = c[0] + c[1] * T + c[2] * T**2 + c[3] * T**3
    wanted = c[0] + c[1] * x + c[2] * x**2 + c[3] * x**3
    curve = Curve(T, y)
    assert curve.at(x) == pytest.approx(wanted, abs=1e-9)
    assert curve.sample(np.array([x]))[0] == pytest.approx(wanted, abs=1e-9)


@given(st.floats(0.05, 0.4), st.floats(0.5, 0.95), st.floats(-3, 3), st.floats(-3, 3))
def test_mean_of_a_line_is_its_middle(start, end, level, slope):
    assert Curve(T, level + slope * T).mean(start, end) == pytest.approx(level + slope * (start + end) / 2)


@given(st.floats(0.2, 0.8), st.floats(0.5, 40))
def test_peak_of_a_parabola_is_exact_between_samples(at, bend):
    curve = Curve(T, 7 - bend * (T - at) ** 2)
    assert curve.highest(0.1, 0.9) == pytest.approx(7.0, abs=1e-9)
    assert curve.negative().lowest(0.1, 0.9) == pytest.approx(-7.0, abs=1e-9)


def test_extreme_at_an_end_counts():
    curve = Curve(T, 3 * T)
    assert curve.highest(0.205, 0.507) == pytest.approx(3 * 0.507)
    assert curve.lowest(0.205, 0.507) == pytest.approx(3 * 0.205)
    assert curve.highest(0.201, 0.205) == pytest.approx(3 * 0.205)


def test_outside_and_across_a_hole_there_is_nothing():
    y = np.sin(T)
    y[(T > 0.4) & (T < 0.4 + MAX_GAP_S + 1 / 60)] = np.nan
    curve = Curve(T, y)
    assert curve.at(0.42) is None
    assert curve.mean(0.3, 0.6) is None
    assert curve.highest(0.3, 0.6) is None
    assert curve.sample(np.array([0.3, 0.6])) is None
    assert curve.at(-0.01) is curve.at(1.2) is None
    assert curve.at(0.39) == pytest.approx(np.sin(0.39), abs=1e-4)
    assert curve.highest(0.6, 0.6) is None


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_samples(n):
    curve = Curve(T[:n], T[:n])
    read = curve.at(0.01)
    assert read is None if n < 2 else read == pytest.approx(0.01)


@given(st.lists(st.booleans(), min_size=60, max_size=60), st.floats(0, 1), st.floats(0, 1))
def test_missing_samples_never_raise_and_never_give_nan(known, a, b):
    y = np.where(known, np.cos(5 * T), np.nan)
    curve = Curve(T, y)
    low, high = min(a, b), max(a, b)
    for value in (curve.at(a), curve.mean(low, high), curve.highest(low, high), curve.lowest(low, high)):
        assert value is None or np.isfinite(value)

"""Intervals of means hold what they promise, and comparisons follow them."""

import numpy as np
import pytest

from device.gait.compare import Verdict, compare, interval
from device.gait.spread import half_width, quantile
from device.gait.summary import summarize
from device.gait.types import FormMetrics, Side, Stat

RUNS = 400


def wandering(rng: np.random.Generator, n: int, rho: float, sd: float) -> np.ndarray:
    """Values of which each is like the one before (AR(1))."""
    x = np.zeros(n)
    for i, push in enumerate(rng.normal(0, sd, n)):
        x[i] = push if i == 0 else rho * x[i - 1] + push * np.sqrt(1 - rho**2)
    return x


def share_held(name: str, draw, truth: float) -> float:
    """Share of runs whose 95 % interval holds the truth."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(RUNS):
        values = draw(rng)
        held += abs(float(values.mean()) - truth) <= half_width(name, values.tolist())
    return held / RUNS


@pytest.mark.parametrize("n", [6, 20, 70])
@pytest.mark.parametrize(("rho", "sd"), [(0.0, 1.5), (0.3, 1.0)])
def test_an_angle_s_interval_holds_the_truth_in_nine_of_ten_runs_or_more(n, rho, sd):
    held = share_held(
        "knee_flexion_contact_deg", lambda rng: 20 + wandering(rng, n, rho, sd) + rng.normal(0, 1, n), 20.0
    )
    assert 0.90 <= held <= 0.985


@pytest.mark.parametrize("n", [6, 20, 70])
@pytest.mark.parametrize("name", ["step_time_s", "stride_time_s"])
def test_times_that_share_contacts_are_neither_too_sure_nor_too_unsure(name, n):
    """The runner varies by 0.8 % from step to step, contacts are found within 3 ms."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        steps = 0.36 + wandering(rng, 2 * n + 4, 0.2, 0.0028)
        contacts = np.concatenate([[0.0], np.cumsum(steps)]) + rng.normal(0, 0.003, 2 * n + 5)
        return np.diff(contacts)[:n] if name == "step_time_s" else (contacts[2::2] - contacts[:-2:2])[:n]

    assert 0.90 <= share_held(name, draw, 0.36 if name == "step_time_s" else 0.72) <= 0.99


def test_points_that_stand_still_by_chance_are_not_believed_to_be_exact():
    assert half_width("trunk_lean_deg", [5.0] * 10) > 0.02


def test_a_value_that_is_itself_a_mean_of_many_is_not_made_surer_by_repetition():
    assert half_width("step_time_asymmetry_pct", [1.0, 1.01, 1.02] * 4) == pytest.approx(1.57, abs=0.1)


def test_too_few_values_have_no_interval():
    assert half_width("trunk_lean_deg", [5.0, 6.0]) is None
    assert quantile(1) > quantile(5) > quantile(200) > 1.95


def lean(mean: float, n: int, seed: int) -> Stat:
    rng = np.random.default_rng(seed)
    forms = [
        FormMetrics(t=0.7 * i, side=Side.RIGHT, near=True, stride_time_s=0.7, trunk_lean_deg=float(v))
        for i, v in enumerate(rng.normal(mean, 0.8, n))
    ]
    return summarize(forms)["trunk_lean_deg"]


def test_a_real_change_is_larger_and_none_is_within():
    verdicts = [
        compare(lean(6.0, 30, s), lean(8.0, 30, s + 500), "trunk_lean_deg").verdict for s in range(50)
    ]
    assert verdicts.count(Verdict.LARGER) >= 49
    same = [compare(lean(6.0, 30, s), lean(6.0, 30, s + 500), "trunk_lean_deg").verdict for s in range(100)]
    assert same.count(Verdict.LARGER) <= 6


def test_comparison_tells_change_and_spread_and_needs_enough_strides():
    found = compare(lean(6.0, 30, 1), lean(9.0, 30, 2), "trunk_lean_deg")
    assert found.change == pytest.approx(3.0, abs=0.6)
    assert found.spread == pytest.approx(0.55, abs=0.25)
    few = compare(lean(6.0, 4, 1), lean(9.0, 30, 2), "trunk_lean_deg")
    assert (few.verdict, few.spread) == (Verdict.UNSURE, None)


def test_means_kept_before_there_were_intervals_can_be_compared():
    assert interval(Stat(10.0, 2.0, 25)) == pytest.approx(0.83, abs=0.02)
    assert interval(Stat(10.0, None, 1)) is None
    assert compare(Stat(10.0, 2.0, 25), Stat(13.0, 2.0, 25), "knee_excursion_deg").verdict is Verdict.LARGER

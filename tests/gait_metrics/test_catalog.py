"""The table of metrics and the windows over them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.gait.catalog import METRICS, Per, Trust, format_value, trust_of
from device.gait.summary import FormWindow, summarize
from device.gait.types import METRIC_NAMES, FormMetrics, RunSetup, Side

FORBIDDEN = re.compile(
    r"\b(risk|better|worse|good|bad|normal|abnormal|lordosis|pelvic tilt|foot strike|diagnos\w*)\b", re.I
)


def test_table_and_fields_agree():
    assert tuple(METRICS) == METRIC_NAMES
    assert all(name == metric.name for name, metric in METRICS.items())


@pytest.mark.parametrize("name", METRICS)
def test_row_is_complete_and_in_honest_words(name):
    metric = METRICS[name]
    assert metric.label and metric.low and metric.high and metric.evidence.endswith(".")
    assert metric.noise > 0
    text = " ".join((metric.label, metric.low, metric.high, metric.evidence, metric.reads))
    assert FORBIDDEN.search(text) is None
    assert text.isprintable()


def test_what_reads_wrong_is_never_graded_a_value():
    assert {m.name for m in METRICS.values() if m.trust is Trust.A} == {"cadence_spm", "stride_time_s"}
    assert all(not m.reads for m in METRICS.values() if m.trust is Trust.A)


def test_trunk_lean_is_a_value_after_standing_calibration_only():
    assert trust_of("trunk_lean_deg", RunSetup()) is Trust.B
    assert trust_of("trunk_lean_deg", RunSetup(lean_offset_deg=0.0)) is Trust.A
    assert trust_of("hip_bounce_cm", RunSetup(lean_offset_deg=0.0)) is Trust.B


def test_values_are_written_with_their_unit():
    assert format_value("cadence_spm", 164.6) == "165"
    assert format_value("trunk_lean_deg", -0.96) == "-1.0°"
    assert format_value("hip_bounce_cm", 9.04) == "9.0 cm"
    assert format_value("duty_factor", 0.357) == "0.36"


def step(t: float, cadence: float | None) -> FormMetrics:
    return FormMetrics(t=t, side=Side.LEFT, near=False, cadence_spm=cadence)


def stride(t: float, lean: float | None) -> FormMetrics:
    return FormMetrics(t=t, side=Side.RIGHT, near=True, stride_time_s=0.72, trunk_lean_deg=lean)


def test_window_holds_ten_steps_and_six_strides():
    window = FormWindow()
    for i in range(20):
        window.add(step(i * 0.36, 160.0 + i))
        if i % 2:
            window.add(stride(i * 0.36, float(i)))
    cadence, lean = window.stat("cadence_spm"), window.stat("trunk_lean_deg")
    assert (cadence.n, cadence.mean) == (10, 174.5)
    assert (lean.n, lean.mean) == (6, 14.0)
    assert lean.sd == pytest.approx(3.7416574)
    assert set(window.stats()) == {"cadence_spm", "stride_time_s", "trunk_lean_deg"}


def test_window_counts_only_what_was_measured():
    window = FormWindow()
    window.add(step(0.0, None))
    assert window.stat("cadence_spm") is None
    window.add(step(0.4, 160.0))
    stat = window.stat("cadence_spm")
    assert (stat.n, stat.sd, stat.mean) == (1, None, 160.0)


def test_window_forgets_what_is_old():
    window = FormWindow()
    window.add(stride(0.0, 5.0))
    window.add(step(13.0, 160.0))
    assert window.stat("trunk_lean_deg") is None
    window.clear()
    assert window.stats() == {}


def test_clip_summary_leaves_out_a_wild_value():
    forms = [step(i * 0.36, 165.0 + (i % 3)) for i in range(30)] + [step(11.0, 230.0)]
    stat = summarize(forms)["cadence_spm"]
    assert (stat.n, stat.mean) == (30, 166.0)


@given(st.lists(st.one_of(st.none(), st.floats(-50, 50)), max_size=40))
def test_none_stays_none_and_means_stay_inside(values):
    stats = summarize(step(i * 0.36, v) for i, v in enumerate(values))
    known = [v for v in values if v is not None]
    if not known:
        assert stats == {}
        return
    stat = stats["cadence_spm"]
    assert min(known) - 1e-9 <= stat.mean <= max(known) + 1e-9
    assert 1 <= stat.n <= len(known)
    assert Per.STEP is METRICS["cadence_spm"].per

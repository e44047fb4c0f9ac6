"""The runner's own form: captured over valid running, or refused with the reason; bands made from it."""

import numpy as np
import pytest
from gait_updates import STEP_S, STRIDE_S, form, update
from hypothesis import given
from hypothesis import strategies as st

from device.errors import ConfigError
from device.feedback.bands import CADENCE_RISES_PCT, cadence_band, lean_band, own_band
from device.feedback.baseline import BaselineCapture, floor_of, own_form
from device.feedback.cue import CueController
from device.feedback.types import Baseline, CueSetting
from device.gait.catalog import METRICS, Trust
from device.gait.types import Stat


def feed(
    capture: BaselineCapture, seconds: float, start: float = 0.0, skip: int = 1, **kw: float | bool
) -> float:
    """Run at 60 frames a second with a step each 0.36 s; every `skip`-th stride is measured."""
    rng = np.random.default_rng(0)
    last_step = start
    for i in range(round(seconds * 60)):
        t = start + i / 60
        forms = []
        if t - last_step >= STEP_S:
            last_step = t
            n = round(t / STEP_S)
            forms.append(form(t, cadence_spm=165 + rng.normal(0, 2)))
            if n % (2 * skip) == 0:
                forms.append(form(t, trunk_lean_deg=6 + rng.normal(0, 0.8), overstride_pct=27.0))
        capture.update(update(t, *(forms if kw.get("measuring", True) else ()), **kw))
        if capture.done:
            break
    return t


def test_minute_of_running_is_captured():
    capture = BaselineCapture(60.0)
    assert (capture.progress, capture.done) == (0.0, False)
    feed(capture, 30.0)
    assert capture.progress == pytest.approx(0.5, abs=0.01)
    end = feed(capture, 40.0, start=30.0)
    own = capture.baseline
    assert capture.refusal is None and capture.done and capture.progress == 1.0
    assert end == pytest.approx(60.0, abs=0.1)
    assert (own.t, own.duration_s, own.speed_mps) == (end, 60.0, 3.0)
    assert own.metrics["cadence_spm"].mean == pytest.approx(165, abs=0.5)
    assert own.metrics["trunk_lean_deg"].mean == pytest.approx(6, abs=0.3)
    assert own.metrics["cadence_spm"].n > 150


def test_spread_has_a_floor():
    capture = BaselineCapture(60.0)
    feed(capture, 61.0)
    assert capture.baseline.metrics["overstride_pct"].sd == 0.8
    assert capture.baseline.metrics["trunk_lean_deg"].sd == 0.8
    assert floor_of("cadence_spm") == pytest.approx(2.5 / 10**0.5)


def test_spread_is_between_windows():
    forms = [form(i * STRIDE_S, trunk_lean_deg=float(10 * (i // 6))) for i in range(24)]
    stat = own_form(forms)["trunk_lean_deg"]
    assert (stat.mean, stat.n) == (15.0, 24)
    assert stat.sd == pytest.approx(np.std([0, 10, 20, 30], ddof=1))


def test_pauses_do_not_count():
    capture = BaselineCapture(30.0)
    feed(capture, 20.0)
    feed(capture, 10.0, start=20.0, measuring=False)
    assert capture.progress == pytest.approx(20 / 30, abs=0.02)
    feed(capture, 15.0, start=30.0)
    assert capture.baseline is not None


@pytest.mark.parametrize(
    ("story", "code"),
    [
        ([(200.0, {"measuring": False})], "baseline_interrupted"),
        ([(61.0, {"valid": 0.5})], "baseline_tracking_poor"),
        ([(20.0, {}), (20.0, {"speed": 3.4})], "baseline_speed_changed"),
        ([(61.0, {"skip": 2})], "baseline_too_few_strides"),
    ],
)
def test_poor_capture_is_refused_with_its_reason(story, code):
    capture, t = BaselineCapture(60.0), 0.0
    for seconds, how in story:
        feed(capture, seconds, start=t, **how)
        t += seconds
    assert capture.baseline is None
    assert capture.refusal.code == code
    assert capture.refusal.message.count(". ") == 1
    capture.update(update(t + 1))
    assert capture.refusal.code == code


@pytest.mark.parametrize("seconds", [0.0, -5.0, 10.0, float("nan"), float("inf")])
def test_duration_is_checked(seconds):
    with pytest.raises(ConfigError, match="at least 20 s"):
        BaselineCapture(seconds)


OWN = Baseline(
    0.0,
    60.0,
    3.0,
    {name: Stat(10.0, floor_of(name), 80) for name in METRICS} | {"cadence_spm": Stat(160.0, 1.2, 160)},
)


def test_bands_from_the_runners_own_values():
    assert [cadence_band(OWN, rise).low for rise in CADENCE_RISES_PCT] == pytest.approx([163.8, 167.7, 171.6])
    assert cadence_band(OWN, 5.0).high == pytest.approx(172.2)
    lean = lean_band(OWN)
    assert (lean.low, lean.high) == (11.0, 15.0)
    own = own_band(OWN, "cadence_spm", sds=2.0)
    assert (own.low, own.high) == (157.6, 162.4)
    assert own_band(OWN, "cadence_spm", noise=4.0).low == 156.0
    with pytest.raises(ConfigError, match="baseline holds no value"):
        own_band(Baseline(0.0, 60.0, None, {}), "cadence_spm")


@given(st.sampled_from([m.name for m in METRICS.values() if m.trust is not Trust.C]), st.floats(0.5, 4))
def test_proposed_bands_are_never_refused(metric, sds):
    cues = CueController()
    for proposed in (
        CueSetting(metric, own_band(OWN, metric, sds, noise=cues.noise(metric))),
        CueSetting("cadence_spm", cadence_band(OWN, 5.0)),
        CueSetting("trunk_lean_deg", lean_band(OWN)),
    ):
        cues.set(proposed)
        assert cues.setting == proposed

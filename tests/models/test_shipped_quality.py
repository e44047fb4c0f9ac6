"""The shipped files keep the quality they were chosen for."""

import tomllib

import pytest

from device.pose.models import MODELS_DIR, find
from device.pose.movenet import MoveNet
from models.build.cache import DEFAULT_CACHE, float32_path, plain_int8_path
from models.evaluate import agreement_px, latency_ratio, on_phantom


@pytest.fixture(scope="module")
def lightning():
    return on_phantom(MoveNet(find("lightning")))


def test_lightning_tells_the_legs_apart(lightning):
    assert lightning.label_error_pct <= 1.5


def test_lightning_is_steady(lightning):
    assert lightning.jitter_cm <= 0.75


def test_lightning_is_small():
    assert find("lightning").path.stat().st_size < 3_000_000


def test_figures_in_the_manifest_are_the_measured_ones(lightning):
    manifest = tomllib.loads((MODELS_DIR / "manifest.toml").read_text("utf-8"))
    written = manifest["model"]["lightning"]["measured"]
    # Another processor rounds a few frames differently.
    assert written["phantom_label_error_pct"] == pytest.approx(lightning.label_error_pct, abs=0.3)
    assert written["phantom_jitter_cm"] == pytest.approx(lightning.jitter_cm, abs=0.05)
    assert written["phantom_knee_error_deg"] == pytest.approx(lightning.knee_error_deg, abs=0.5)
    assert written["leg_agreement_median_px"] <= 0.7


@pytest.mark.slow
def test_lightning_agrees_with_float32_on_a_person_it_was_not_calibrated_on():
    if not float32_path(DEFAULT_CACHE, "lightning").exists():
        pytest.skip("needs the float32 reference: run models/build/build.sh first")
    median, _ = agreement_px(MoveNet(find("lightning")), DEFAULT_CACHE)
    assert median <= 0.7


@pytest.mark.slow
def test_lightning_is_nearly_as_fast_as_plain_int8():
    if not plain_int8_path(DEFAULT_CACHE, "lightning").exists():
        pytest.skip("needs the plain int8 build: run models/build/build.sh first")
    _, ratio = latency_ratio(find("lightning").path, DEFAULT_CACHE, "lightning")
    assert ratio <= 1.15

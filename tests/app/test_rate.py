"""Frames per second and delay from frame times alone."""

import pytest

from device.rate import Rate


@pytest.mark.parametrize("fps", [15.0, 30.0, 59.94])
def test_rate_of_steady_frames(fps: float) -> None:
    rate = Rate()
    for i in range(int(5 * fps)):
        rate.add(100.0 + i / fps, 0.004)
    assert rate.fps == pytest.approx(fps, rel=0.01)
    assert rate.latency_s == pytest.approx(0.004)


def test_a_single_frame_has_no_rate() -> None:
    rate = Rate()
    rate.add(3.0, 0.01)
    assert rate.fps is None


def test_old_frames_are_forgotten() -> None:
    rate = Rate()
    for i in range(300):
        rate.add(i / 60, 0.5)
    for i in range(300):
        rate.add(5 + i / 20, 0.004)
    assert rate.fps == pytest.approx(20, rel=0.02)
    assert rate.latency_s == pytest.approx(0.004)

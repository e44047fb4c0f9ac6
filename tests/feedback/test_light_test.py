"""The light in the camera's picture: found with its delay, missed when dead, not fooled by a runner."""

from collections import deque

import numpy as np
import pytest

from device.camera.frame import Image
from device.feedback.light_test import GRID, LightSeen, LightTest, code_at
from device.feedback.types import LightState

SIZE = (320, 240)
LED = (260, 60)


def run(fps: float, delay_frames: int, *, brighter: int, size_px: int = 3, seed: int = 0) -> LightSeen:
    """Run the test on a noisy picture with a limb swinging through it and a light that lags some frames."""
    noise = np.random.default_rng(seed)
    orders = deque([LightState.OFF] * (delay_frames + 1))
    test, t = LightTest(), 100.0
    background = noise.integers(60, 120, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
    while not test.done:
        image = background + noise.integers(0, 4, background.shape, dtype=np.uint8)
        draw_limb(image, t)
        if orders[0] is LightState.CUE:
            x, y = LED
            image[y : y + size_px, x : x + size_px] += np.uint8(brighter)
        orders.append(test.look(t, image))
        orders.popleft()
        t += 1 / fps
    assert test.result is not None
    return test.result


def draw_limb(image: Image, t: float) -> None:
    x = int(150 + 60 * np.sin(2 * np.pi * 1.37 * t))
    image[100:200, x : x + 20] = (230, 200, 180)


@pytest.mark.parametrize("fps", [15.0, 30.0])
@pytest.mark.parametrize("delay_frames", [0, 3])
def test_finds_a_small_light_and_its_delay(fps: float, delay_frames: int) -> None:
    found = run(fps, delay_frames, brighter=100)
    assert found.seen, found.why
    # An order given with one frame can be seen with the next at the earliest.
    expected = (delay_frames + 1) / fps
    assert found.delay_s == pytest.approx(expected, abs=0.6 / fps + 0.005)
    assert found.place is not None
    assert found.place[0] * SIZE[0] == pytest.approx(LED[0] + 1, abs=SIZE[0] / GRID[0])
    assert found.place[1] * SIZE[1] == pytest.approx(LED[1] + 1, abs=SIZE[1] / GRID[1])


@pytest.mark.parametrize("seed", range(3))
def test_a_dead_light_is_not_seen_whoever_runs_in_the_picture(seed: int) -> None:
    found = run(30.0, 0, brighter=0, seed=seed)
    assert not found.seen
    assert "wiring" in found.why


def test_too_few_pictures_say_so() -> None:
    found = run(4.0, 0, brighter=100)
    assert not found.seen
    assert "too few" in found.why


def test_the_code_never_flashes_faster_than_three_a_second() -> None:
    times = np.arange(-1.0, 10.0, 0.01)
    rises = times[1:][np.diff(code_at(times)) > 0]
    assert np.diff(rises).min() >= 1 / 3

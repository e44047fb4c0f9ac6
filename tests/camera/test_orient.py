"""Orientation: turning, mirroring, and one after the other."""

import numpy as np
import pytest

from device.camera.orient import Orientation
from device.errors import ConfigError

ALL = [Orientation(r, m) for r in (0, 90, 180, 270) for m in (False, True)]
IMAGE = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)


@pytest.mark.parametrize("way", ALL)
def test_turn_clockwise_then_flip(way: Orientation) -> None:
    expected = np.rot90(IMAGE, -way.rotation // 90)
    expected = expected[:, ::-1] if way.mirrored else expected
    image = way.apply(IMAGE)
    np.testing.assert_array_equal(image, expected)
    assert way.size((7, 5)) == (image.shape[1], image.shape[0])


@pytest.mark.parametrize("first", ALL)
@pytest.mark.parametrize("second", ALL)
def test_one_after_the_other(first: Orientation, second: Orientation) -> None:
    np.testing.assert_array_equal(second.after(first).apply(IMAGE), second.apply(first.apply(IMAGE)))


def test_nothing_to_do_copies_nothing() -> None:
    assert Orientation().apply(IMAGE) is IMAGE


@pytest.mark.parametrize("rotation", [45, -90, 360])
def test_other_rotations_are_refused(rotation: int) -> None:
    with pytest.raises(ConfigError, match="0, 90, 180 or 270"):
        Orientation(rotation)

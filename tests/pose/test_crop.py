"""The crop follows the runner's hips and fits the whole body, by time rather than by frame count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.pose.crop import BodyCrop, Box, _Recent
from device.pose.crop_box import Crop

START = Crop(480, 360, 720)
BODY: Box = (400.0, 100.0, 560.0, 530.0)
"""Eyes to ankles 430 px: the body is 500 px high, from 55 to 555."""


HIPS = (480.0, 320.0)


def followed(boxes: list[Box], fps: float = 60, hips: list[tuple[float, float]] | None = None) -> list[Crop]:
    crop = BodyCrop(START)
    crops = []
    for i, box in enumerate(boxes):
        crop.update(10 + i / fps, hips[i] if hips else HIPS, box)
        crops.append(crop.crop)
    return crops


def moved(x: float) -> Box:
    return BODY[0] + x, BODY[1], BODY[2] + x, BODY[3]


def test_the_crop_is_the_body_with_head_and_soles() -> None:
    crop = followed([BODY] * 120)[-1]
    assert crop.side == pytest.approx(430 + 0.14 * 500)
    assert crop.cx == pytest.approx(480)
    assert crop.cy - crop.side / 2 == pytest.approx(100 - 45)
    assert crop.cy + crop.side / 2 == pytest.approx(530 + 25)


def test_a_wide_body_is_not_cut_at_the_sides() -> None:
    crop = followed([(100.0, 200.0, 600.0, 530.0)] * 120)[-1]
    assert crop.side == pytest.approx(500 + 2 * (15 + 0.02 * 330 / 0.86))


def test_single_points_that_jump_do_not_move_it() -> None:
    boxes = [BODY] * 180
    calm = followed(boxes)[-1]
    for i in (100, 150, 178):
        boxes[i] = (0.0, 0.0, 959.0, 719.0)
    wild = followed(boxes)[-1]
    assert wild.side == pytest.approx(calm.side, rel=0.02)
    assert (wild.cx, wild.cy) == pytest.approx((calm.cx, calm.cy), abs=5)


@pytest.mark.parametrize("fps", [20, 30, 60, 240])
def test_it_follows_the_hips_within_a_tenth_of_a_second_at_any_frame_rate(fps: int) -> None:
    there = [0.0] * (2 * fps) + [100.0] * (2 * fps)
    crops = followed([moved(x) for x in there], fps, [(480 + x, 320) for x in there])
    assert crops[2 * fps - 1].cx == pytest.approx(480)
    assert crops[2 * fps + round(0.1 * fps) - 1].cx == pytest.approx(480 + 100 * (1 - np.exp(-1)), abs=1)
    assert crops[-1].cx == pytest.approx(580, abs=0.1)
    assert max(crop.side for crop in crops) == pytest.approx(500), "moving does not widen it"


@pytest.mark.parametrize("fps", [20, 30, 60, 240])
def test_its_size_changes_with_a_time_constant_of_half_a_second(fps: int) -> None:
    tall = (400.0, 14.0, 560.0, 530.0)
    crops = followed([BODY] * (2 * fps) + [tall] * (4 * fps), fps)
    assert crops[2 * fps - 1].side == pytest.approx(500)
    # The percentile takes 0.04 s to see the new box.
    assert crops[2 * fps + round(0.54 * fps)].side == pytest.approx(500 + 100 * (1 - np.exp(-1)), abs=6)
    assert crops[-1].side == pytest.approx(600, abs=1)


def test_arms_and_feet_of_a_whole_stride_stay_inside() -> None:
    t = np.arange(240) / 60
    swing = 80 * np.sin(2 * np.pi * t / 0.7)
    boxes = [(400.0 - abs(s), 100.0, 560.0 + abs(s), 530.0 - abs(s) / 2) for s in swing]
    for box, crop in list(zip(boxes, followed(boxes), strict=True))[60:]:
        assert crop.cx - crop.side / 2 < box[0]
        assert crop.cx + crop.side / 2 > box[2]
        assert crop.cy + crop.side / 2 > box[3]


def test_the_first_boxes_are_followed_at_once() -> None:
    assert followed([BODY])[0].side == pytest.approx(500)


@pytest.mark.parametrize(
    ("box", "share"), [((470.0, 350.0, 475.0, 356.0), 0.12), ((-9e3, -9e3, 9e3, 9e3), 1.15)]
)
def test_it_is_never_absurdly_small_or_large(box: Box, share: float) -> None:
    assert followed([box] * 60)[-1].side == pytest.approx(share * START.side)


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=40), st.floats(0, 1))
def test_quantiles_are_numpys(values: list[float], q: float) -> None:
    recent = _Recent()
    for value in [7.5, *values]:
        recent.add(value)
    recent.remove(7.5)
    assert recent.quantile(q) == pytest.approx(np.quantile(values, q), abs=1e-6)


@given(st.lists(st.tuples(st.floats(0.001, 3), st.floats(-500, 1500), st.floats(0, 900)), max_size=60))
def test_old_boxes_are_forgotten_and_the_crop_stays_finite(steps: list[tuple[float, float, float]]) -> None:
    crop, t = BodyCrop(START), 0.0
    for elapsed, x, size in steps:
        t += elapsed
        crop.update(t, (x + size / 2, x / 2 + size / 2), (x, x / 2, x + size, x / 2 + size))
        assert np.isfinite([crop.crop.cx, crop.crop.cy]).all()
        assert 0.12 * START.side <= crop.crop.side <= 1.15 * START.side + 1e-6
    if steps:
        for _ in range(400):
            t += 0.02
            crop.update(t + 1.1, HIPS, BODY)
        assert crop.crop.side == pytest.approx(500, rel=1e-3)
        assert (crop.crop.cx, crop.crop.cy) == pytest.approx((480, 305), abs=1)

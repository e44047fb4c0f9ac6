"""Rendering: repeatable, in the right place, and the same as the shipped clip. Needs moderngl and EGL."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import av
import numpy as np
import pytest
from phantom.body import load_body
from phantom.camera import Camera
from phantom.landmarks import COCO, landmarks
from phantom.skeleton import Skeleton
from phantom.spec import CameraSpec, PhantomSpec
from phantom.specs import DEMO

from device.demo.clip import demo_clip

pytest.importorskip(
    "moderngl", reason="rendering tests need the packages of tests/phantom/requirements.txt and EGL"
)

from phantom.render import Picture, Renderer

QUICK = replace(DEMO, camera=CameraSpec(width=320, height=240), sub_frames=1)


def frames(spec: PhantomSpec, *numbers: int) -> list[Picture]:
    renderer = Renderer(Skeleton(spec, load_body(spec.body)))
    return [renderer.frame(k) for k in numbers]


@pytest.fixture(scope="module")
def shipped() -> Iterator[Picture]:
    """Frame 100 of the shipped clip."""
    with av.open(str(demo_clip())) as container:
        for k, frame in enumerate(container.decode(video=0)):
            if k == 100:
                yield frame.to_ndarray(format="rgb24").astype(np.uint8)
                return


def test_frames_are_the_same_every_time_and_in_any_order() -> None:
    first, second = frames(QUICK, 7, 60)
    again_second, again_first = frames(QUICK, 60, 7)
    assert np.array_equal(first, again_first)
    assert np.array_equal(second, again_second)
    assert not np.array_equal(first, second)


def test_the_picture_after_the_last_is_the_first() -> None:
    skeleton = Skeleton(QUICK, load_body(QUICK.body))
    renderer = Renderer(skeleton)
    difference = renderer.frame(0).astype(int) - renderer.frame(skeleton.schedule.frames)
    assert np.abs(difference).max() <= 1


def test_shipped_clip_is_what_the_generator_draws(shipped: Picture) -> None:
    (drawn,) = frames(DEMO, 100)
    error = drawn.astype(float) - shipped
    psnr_db = 10 * np.log10(255**2 / np.mean(error**2))
    assert psnr_db > 32


@pytest.mark.parametrize("facing", ["left", "right"])
def test_shoes_and_hair_are_drawn_where_the_truth_marks_them(facing: Literal["left", "right"]) -> None:
    spec = replace(QUICK, facing=facing, sub_frames=2)
    skeleton = Skeleton(spec, load_body(spec.body))
    near = "right" if facing == "right" else "left"
    k = next(k for k in range(60) if skeleton.pose(k / spec.fps).legs[near].contact)
    picture = Renderer(skeleton).frame(k).astype(int)
    red = (picture[..., 0] > 150) & (picture[..., 1] < 110) & (picture[..., 2] < 90)
    camera = Camera(spec.camera, -1 if facing == "right" else 1)
    marks = camera.project(landmarks(skeleton.pose(k / spec.fps), skeleton.body))
    x, y = marks[COCO.index(f"{near}_ankle")]
    ahead = 1 if facing == "right" else -1
    around = red[int(y) : int(y) + 20, :]
    columns = np.nonzero(around.any(axis=0))[0]
    assert np.any(np.abs(columns - (x + ahead * 8)) < 4)

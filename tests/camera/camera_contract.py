"""What every camera keeps to; each implementation's test file subclasses `CameraContract`.

The camera under test shows the numbered pictures of `clip_files`, over and over.
"""

import threading
import time
from collections.abc import Iterator
from itertools import islice, pairwise

import numpy as np
import pytest
from clip_files import LEVELS, corners, number_of
from numpy.typing import NDArray

from device.camera.frame import Camera, Frame

LOOKS = {
    (0, False): ("red", "green", "blue", "grey"),
    (90, False): ("blue", "red", "grey", "green"),
    (180, False): ("grey", "blue", "green", "red"),
    (270, False): ("green", "grey", "red", "blue"),
    (0, True): ("green", "red", "grey", "blue"),
    (90, True): ("red", "blue", "green", "grey"),
}
"""Where the colours of an upright picture end up, for rotation and mirror."""


class CameraContract:
    live = False
    """Frames are timed on the monotonic clock, and the newest wins."""

    def open(self, rotation: int = 0, mirrored: bool = False) -> Camera:
        raise NotImplementedError

    def number(self, image: NDArray[np.uint8]) -> int:
        return number_of(image)

    @pytest.fixture(autouse=True)
    def _closing(self) -> Iterator[None]:
        self.cameras: list[Camera] = []
        yield
        for camera in self.cameras:
            camera.close()

    def opened(self, rotation: int = 0, mirrored: bool = False) -> Camera:
        self.cameras.append(self.open(rotation, mirrored))
        return self.cameras[-1]

    def take(self, n: int) -> list[Frame]:
        camera = self.opened()
        frames = list(islice(camera.frames(), n))
        camera.close()
        assert len(frames) == n
        return frames

    def test_what_it_promises_holds_before_the_first_frame(self) -> None:
        camera = self.opened()
        width, height = camera.size
        assert width > height > 0
        assert 1 <= camera.fps <= 1000
        camera.close()

    @pytest.mark.parametrize(("rotation", "mirrored"), list(LOOKS))
    def test_pictures_are_upright_rgb_of_the_stated_size(self, rotation: int, mirrored: bool) -> None:
        camera = self.opened(rotation, mirrored)
        frame = next(camera.frames())
        size = camera.size
        camera.close()
        assert frame.size == size
        assert (size[0] > size[1]) == (rotation % 180 == 0)
        for image in (frame.image, frame.picture):
            if image is None:
                continue
            assert (image.dtype, image.ndim, image.shape[2]) == (np.uint8, 3, 3)
            assert image.flags.c_contiguous
            assert corners(image) == LOOKS[rotation, mirrored]

    def test_the_picture_for_people_shows_the_same_in_more_detail(self) -> None:
        for frame in self.take(6):
            if frame.picture is not None:
                height, width = frame.picture.shape[:2]
                assert width > frame.size[0]
                assert width / height == pytest.approx(frame.size[0] / frame.size[1], rel=0.02)
                assert self.number(frame.picture) == self.number(frame.image)

    def test_time_rises_by_whole_frame_periods(self) -> None:
        camera = self.opened()
        times = [frame.t for frame in islice(camera.frames(), 25)]
        camera.close()
        steps = np.diff(times) * camera.fps
        assert steps.min() > 0
        assert np.median(steps) == pytest.approx(1, abs=0.35)

    def test_frames_come_in_order_and_are_not_overwritten(self) -> None:
        camera = self.opened()
        frames, seen = [], []
        for frame in islice(camera.frames(), 15):
            frames.append(frame)
            seen.append(frame.image.copy())
        camera.close()
        for frame, image in zip(frames, seen, strict=True):
            np.testing.assert_array_equal(frame.image, image)
        numbers = [self.number(image) for image in seen]
        steps = [(b - a) % LEVELS for a, b in pairwise(numbers)]
        assert all(1 <= step < LEVELS / 2 for step in steps), numbers
        assert sum(steps) >= 3, numbers

    def test_close_ends_frames_and_is_harmless_twice(self) -> None:
        camera = self.opened()
        frames = camera.frames()
        next(frames)
        camera.close()
        camera.close()
        assert list(frames) == []
        assert list(camera.frames()) == []

    def test_close_from_another_thread_ends_frames(self) -> None:
        camera = self.opened()
        begun = threading.Event()

        def watch() -> None:
            for _ in camera.frames():
                begun.set()

        thread = threading.Thread(target=watch)
        thread.start()
        assert begun.wait(10)
        camera.close()
        thread.join(30)
        assert not thread.is_alive()

    def test_it_can_be_opened_again(self) -> None:
        for _ in range(2):
            assert corners(self.take(2)[0].image) == LOOKS[0, False]

    def test_live_frames_are_timed_on_the_monotonic_clock(self) -> None:
        if not self.live:
            pytest.skip("a file's own time")
        before = time.monotonic()
        camera = self.opened()
        ages = []
        for frame in islice(camera.frames(), 10):
            ages.append(time.monotonic() - frame.t)
            assert frame.t > before - 1
        camera.close()
        assert min(ages) > -0.001
        assert np.median(ages) < 0.5

    def test_a_slow_consumer_gets_the_newest(self) -> None:
        if not self.live:
            pytest.skip("a file for analysis never drops")
        camera = self.opened()
        frames = camera.frames()
        before = list(islice(frames, 3))[-1]
        busy_s = 10 / camera.fps
        threading.Event().wait(busy_s)
        after = list(islice(frames, 3))
        camera.close()
        assert after[-1].t - before.t > busy_s * 0.9, "old frames were queued"

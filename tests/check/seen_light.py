"""A camera that sees the simulated light: its pin's state is drawn into the frames, some time late."""

import threading
import time
from collections import deque
from collections.abc import Iterator

import numpy as np

from device.camera.frame import Frame
from device.feedback.indicator import Light

PLACE = (500, 90)


class SeeingCamera:
    """Noise with a lamp that shows the pin as it was `late_s` ago; a dead lamp when not `works`.

    A dead lamp looks the same at any speed: its frames come as fast as they can be made.
    """

    size, fps = (640, 480), 30.0

    def __init__(self, light: Light, late_s: float = 0.0, works: bool = True, size_px: int = 8) -> None:
        self._light, self._late_s, self._works, self._size_px = light, late_s, works, size_px
        self._closed = threading.Event()
        self._noise = np.random.default_rng(5).integers(20, 60, (8, 480, 640, 3), np.uint8)

    def frames(self) -> Iterator[Frame]:
        past: deque[tuple[float, bool]] = deque()
        number, lit = 0, False
        begun = time.monotonic()
        while not self._closed.wait(1 / self.fps if self._works else 0.0):
            now = time.monotonic() if self._works else begun + number / self.fps
            past.append((now, bool(self._light._led.value)))
            while past and past[0][0] <= now - self._late_s:
                lit = past.popleft()[1]
            number += 1
            image = self._noise[number % len(self._noise)].copy()
            if lit and self._works:
                x, y = PLACE
                image[y : y + self._size_px, x : x + self._size_px] = (90, 160, 255)
            yield Frame(now, image)

    def close(self) -> None:
        self._closed.set()

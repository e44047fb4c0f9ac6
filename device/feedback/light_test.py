"""Finds the light in the camera's own picture: a coded blink, and the place that follows it.

The light goes on and off by a fixed code while the brightness of small parts of the picture is noted. The
part that follows the code, delayed, is the light; the delay is how long the light takes to be seen. A dead
light is followed by nothing. Correlation with a pseudo-random code is the usual way to find a weak signal and
its delay in noise (Knapp and Carter 1976, doi:10.1109/TASSP.1976.1162830).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from device.camera.frame import Image
from device.feedback.types import LightState

BIT_S = 0.4
"""On or off for so long: at most 1.25 flashes a second, and longer than the light's shortest dark."""
CODE = (1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0)
"""As often on as off, and unlike itself when shifted."""
DARK_S = 0.8
"""Dark before the code, so that every pattern has ended."""
AFTER_S = 0.6
GRID = (64, 48)
"""Parts of the picture, across and down."""
MAX_DELAY_S = 0.5
STEP_S = 0.005
LEAST_FOLLOWING = 0.75
"""Least correlation of a part's brightness with the code; twenty random bits stay below 0.65."""
LEAST_LEVELS = 1.0
"""Least difference between lit and dark, in grey levels of 256."""
LEAST_FRAMES_A_BIT = 2.5


@dataclass(frozen=True, slots=True)
class LightSeen:
    """What the test found.

    seen: the light follows its orders. delay_s: from a frame's order to the first picture that shows it.
    levels: how much brighter its place is when lit, grey levels. place: across and down the picture, 0 to 1.
    why: when it was not seen, cause then fix.
    """

    seen: bool
    delay_s: float | None = None
    levels: float | None = None
    place: tuple[float, float] | None = None
    why: str = ""


NOT_SEEN = (
    "The camera does not see the light blink. Check its wiring, and that it stands in the picture; "
    "if it blinks by eye, turn it towards the camera."
)
TOO_FEW = "There were too few pictures for the test. Check the camera, then test the light again."


class LightTest:
    """One test, from the first frame given to `look` until `done`; about ten seconds."""

    def __init__(self) -> None:
        self._begun: float | None = None
        self._times: list[float] = []
        self._brightness: list[NDArray[np.float32]] = []
        self.result: LightSeen | None = None
        """What was found, once done."""
        self.progress = 0.0
        """Share done, 0 to 1."""

    @property
    def done(self) -> bool:
        """Whether the test is over."""
        return self.result is not None

    def look(self, t: float, image: Image) -> LightState:
        """Take the picture of time `t` (seconds) and give what the light is to show now."""
        if self._begun is None or t < self._begun:
            self._begun, self._times, self._brightness = t, [], []
        into = t - self._begun
        end = DARK_S + len(CODE) * BIT_S + AFTER_S
        self.progress = min(1.0, into / end)
        self._times.append(into - DARK_S)
        # The mean over each part keeps a light that is smaller than the part.
        small = cv2.resize(image, GRID, interpolation=cv2.INTER_AREA)
        self._brightness.append(small.astype(np.float32).max(axis=2).ravel())
        if into >= end:
            self.result = find_light(np.array(self._times), np.stack(self._brightness))
            self._times, self._brightness = [], []
        return LightState.CUE if code_at(np.array([into - DARK_S]))[0] else LightState.OFF


def code_at(times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the code, 1 lit and 0 dark, at seconds since its begin; dark before and after it."""
    index = np.floor(times_s / BIT_S).astype(int)
    inside = (index >= 0) & (index < len(CODE))
    return np.where(inside, np.array(CODE)[np.clip(index, 0, len(CODE) - 1)], 0).astype(float)


def find_light(times_s: NDArray[np.float64], brightness: NDArray[np.float32]) -> LightSeen:
    """Look for the part of the picture that follows the code.

    times_s: n seconds since the code's begin. brightness: n x parts, grey levels, by rows of `GRID`.
    """
    if len(times_s) < LEAST_FRAMES_A_BIT * len(CODE):
        return LightSeen(False, why=TOO_FEW)
    signal = brightness - brightness.mean(axis=0)
    strength = np.sqrt((signal**2).mean(axis=0)) + 1e-6
    best, best_delay, best_part = 0.0, 0.0, 0
    for delay in np.arange(0.0, MAX_DELAY_S, STEP_S):
        code = code_at(times_s - delay)
        code -= code.mean()
        following = (code @ signal) / (len(code) * code.std() * strength)
        part = int(np.argmax(following))
        if following[part] > best:
            best, best_delay, best_part = float(following[part]), float(delay), part
    lit = code_at(times_s - best_delay) > 0
    levels = float(brightness[lit, best_part].mean() - brightness[~lit, best_part].mean())
    if best < LEAST_FOLLOWING or levels < LEAST_LEVELS:
        return LightSeen(False, why=NOT_SEEN)
    down, across = divmod(best_part, GRID[0])
    place = ((across + 0.5) / GRID[0], (down + 0.5) / GRID[1])
    return LightSeen(True, best_delay, levels, place)

"""Cameras and estimators of these tests, and waiting for what a device publishes."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from device.camera.frame import Frame
from device.demo.clip import DemoTruth
from device.gait.types import RunSetup
from device.live import LiveState, Newest
from device.pose.region import Region
from device.pose.types import Pose
from device.sessions.types import SessionRecord

SIZE = (640, 480)
WAIT_S = 30.0


def until(
    live: Newest[LiveState], holds: Callable[[LiveState], bool], timeout_s: float = WAIT_S
) -> LiveState:
    """Give the first published state of which something holds."""
    version, ends = 0, time.monotonic() + timeout_s
    while (left := ends - time.monotonic()) > 0:
        version, state = live.wait(version, left)
        if state is not None and holds(state):
            return state
    raise AssertionError(f"not seen within {timeout_s:g} s; the last state was {live.latest()}")


@dataclass(frozen=True)
class DemoRun:
    """One and a bit turns of the demo clip: what was published, the poses, the recorded session."""

    truth: DemoTruth
    setup: RunSetup
    states: list[LiveState]
    poses: list[Pose]
    session: SessionRecord


class BlackCamera:
    """Frames of one black picture, at an even pace in real time or as fast as they are taken."""

    size = SIZE
    fps = 60.0

    def __init__(self, paced: bool = True) -> None:
        self._paced = paced
        self._closed = threading.Event()
        self._image = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)

    def frames(self) -> Iterator[Frame]:
        begun, n = time.monotonic(), 0
        while not self._closed.wait(1 / self.fps if self._paced else 0):
            n += 1
            yield Frame(time.monotonic() if self._paced else begun + n / self.fps, self._image)

    def close(self) -> None:
        self._closed.set()


class Replay:
    """Gives recorded poses, over and over, at the times of the frames."""

    def __init__(self, poses: Sequence[Pose]) -> None:
        self._poses = poses
        self._next = 0

    def estimate(self, frame: Frame) -> Pose:
        pose = self._poses[self._next % len(self._poses)]
        self._next += 1
        return Pose(frame.t, pose.xy, pose.score)

    def set_region(self, region: Region | None) -> None:
        pass

"""The demo runner through the real loop, with the clip's own landmarks in the network's place."""

import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gpiozero.pins.mock import MockFactory, MockPWMPin

from device.camera.frame import Frame, Image
from device.camera.video import VideoCamera
from device.current_runner import CurrentRunner, Origin
from device.demo.clip import DemoTruth, demo_clip, load_truth
from device.feedback.cue import CueController
from device.feedback.indicator import Light
from device.gait.types import Facing, RunSetup
from device.loop import FrameLoop
from device.pipeline import Pipeline
from device.pose.region import Region
from device.pose.types import N_KEYPOINTS, Pose
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore

SIZE = (640, 480)
REGION = Region(0.15, 0.02, 0.7, 0.96)
ORIGIN = Origin("landmarks", "0" * 64, "none", "demo clip")


def one_picture() -> Image:
    """Give the clip's first picture."""
    clip = VideoCamera(str(demo_clip()), paced=False)
    image = next(iter(clip.frames())).image
    clip.close()
    return image


class DemoCamera:
    """One picture of the clip, `speed` times as often as in life; frame times are those of life.

    The joints move by themselves (`Landmarks`), and decoding a clip would take longer than measuring.
    """

    size = SIZE
    fps = 30.0

    def __init__(self, speed: float = 1.0) -> None:
        self.image = one_picture()
        self.speed = speed
        """May be changed at any time."""
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        begun = due = time.monotonic()
        for n in itertools.count():
            if self._closed.wait(max(0.0, due - time.monotonic())):
                return
            due = max(due + 1 / self.fps / self.speed, time.monotonic() - 0.1)
            yield Frame(begun + n / self.fps, self.image)

    def close(self) -> None:
        self._closed.set()


class Landmarks:
    """Gives each frame of the clip its true landmarks."""

    def __init__(self, truth: DemoTruth) -> None:
        self._points = truth.frames.landmarks_px.astype(np.float32)
        self._score = np.full(N_KEYPOINTS, 0.8, np.float32)
        self._begun: float | None = None
        self.away = False
        """Nobody is there."""
        self.still = False
        """The runner stands as if frozen."""

    def estimate(self, frame: Frame) -> Pose:
        self._begun = frame.t if self._begun is None else self._begun
        if self.away:
            return Pose.missing(frame.t)
        n = round(60 * (frame.t - self._begun))
        return Pose(frame.t, self._points[(0 if self.still else n) % len(self._points)], self._score)

    def set_region(self, region: Region | None) -> None:
        pass


@dataclass
class DemoDevice:
    """A device in motion; `loop` is its control."""

    loop: FrameLoop
    store: SessionStore
    landmarks: Landmarks
    recorder: Recorder
    camera: DemoCamera
    light: Light
    thread: threading.Thread

    def close(self) -> None:
        self.camera.close()
        self.thread.join(5.0)
        self.loop.live.close()
        self.recorder.close()
        self.light.close()


def start_demo(folder: Path, speed: float = 1.0) -> DemoDevice:
    """Set the demo runner running, with sessions recorded in `folder`."""
    truth = load_truth()
    setup = RunSetup(speed_mps=truth.belt_speed_mps, height_cm=truth.stature_cm, facing=Facing(truth.facing))
    store = SessionStore(folder)
    recorder = Recorder(store)
    light = Light(17, pin_factory=MockFactory(pin_class=MockPWMPin))
    landmarks = Landmarks(truth)
    pipeline = Pipeline(
        SIZE, setup, REGION, landmarks, CueController(), light, CurrentRunner(recorder, ORIGIN)
    )
    loop, camera = FrameLoop(pipeline, lambda region: None), DemoCamera(speed)
    thread = threading.Thread(target=loop.run, args=(camera,), name="pose", daemon=True)
    thread.start()
    return DemoDevice(loop, store, landmarks, recorder, camera, light, thread)

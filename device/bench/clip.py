"""The built-in clip as frames in memory, the same for every measurement."""

from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from device.camera.video import VideoCamera
from device.demo.clip import demo_clip, load_truth
from device.gait.types import Facing, RunSetup
from device.pose.region import Region, whole_runner

SIZE = (640, 480)


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """frames: n x 480 x 640 x 3, RGB; one every `period_s` seconds."""

    frames: NDArray[np.uint8]
    period_s: float
    setup: RunSetup
    region: Region


def load_clip(n: int) -> Clip:
    """Give the first n frames of the built-in clip, scaled to what the camera gives the network."""
    truth = load_truth()
    camera = VideoCamera(demo_clip(), paced=False)
    frames = [
        cv2.resize(frame.image, SIZE, interpolation=cv2.INTER_AREA) for frame in islice(camera.frames(), n)
    ]
    camera.close()
    setup = RunSetup(truth.belt_speed_mps, 0.0, truth.stature_cm, Facing(truth.facing))
    return Clip(np.asarray(frames, np.uint8), 1.0 / truth.fps, setup, whole_runner(truth.width, truth.height))

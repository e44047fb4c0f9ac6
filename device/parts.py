"""The network and the camera that the settings ask for."""

import time
from statistics import median

import numpy as np

from device.camera.frame import Camera
from device.config import CameraConfig, ModelConfig
from device.pose.crop_box import Crop
from device.pose.models import find
from device.pose.movenet import MoveNet


def open_network(config: ModelConfig) -> MoveNet:
    """Load the configured model. Raises ModelError when it or its runtime cannot be had."""
    return MoveNet(find(config.name), config.thread_count, config.package)


def configured_camera(config: CameraConfig, net: MoveNet) -> Camera:
    """Open the configured camera or clip. Raises CameraError (a leaf) when it cannot be had."""
    if config.source != "picamera":
        return open_clip(config)
    from device.camera.picam import PiCamera, sustainable_fps

    fps = config.fps if isinstance(config.fps, float) else sustainable_fps(invoke_ms(net))
    return PiCamera((config.width, config.height), fps, config.shutter_s, config.rotation, config.mirrored)


def open_clip(config: CameraConfig) -> Camera:
    """Open a video file that stands for the camera. Raises VideoError when it cannot be played."""
    from device.camera.video import VideoCamera

    return VideoCamera(
        config.source, paced=True, loop=config.loop, rotation=config.rotation, mirrored=config.mirrored
    )


def invoke_ms(net: MoveNet, repeats: int = 15) -> float:
    """Time one inference on an empty picture, in milliseconds: the median, after one to warm up."""
    size = net.input_size
    empty, crop = np.zeros((size, size, 3), np.uint8), Crop(size / 2, size / 2, size)
    net.detect(empty, crop)
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        net.detect(empty, crop)
        times.append(1000 * (time.perf_counter() - begun))
    return median(times)

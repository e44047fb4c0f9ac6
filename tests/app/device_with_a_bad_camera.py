"""A whole device, in a process of its own, whose camera behaves as the first argument says.

Prints one JSON line when the dashboard is served and one with what the tablets and the light show once there
is a fault. Arguments: absent, silent, hangs, stops or breaks; the data folder.
"""

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from device import app, appliance
from device.camera.frame import Camera, Frame
from device.config import Config, LightConfig, StorageConfig, WebConfig
from device.errors import CameraNotFoundError, CameraSilentError
from device.gait.types import RunSetup
from device.live import LiveState, Newest

appliance.ALIVE_WITHIN_S = 1.5
appliance.OPEN_CAMERA_S = 10.0
appliance.TELL_TABLETS_S = 0.5


class BadCamera:
    """Gives 30 frames, then misbehaves."""

    size = (640, 480)
    fps = 30.0

    def __init__(self, way: str) -> None:
        self._way = way

    def frames(self) -> Iterator[Frame]:
        for i in range(30):
            yield Frame(100 + i / 30, np.zeros((480, 640, 3), np.uint8))
        if self._way == "silent":
            raise CameraSilentError("The camera has given no picture for 2 s. Check its ribbon cable.")
        if self._way == "breaks":
            raise ZeroDivisionError("a fault of the program")
        threading.Event().wait()

    def close(self) -> None:
        if self._way in {"silent", "hangs"}:
            threading.Event().wait()


def open_camera() -> Camera:
    if sys.argv[1] == "absent":
        raise CameraNotFoundError("No camera was found. Check both ends of the ribbon cable.")
    return BadCamera(sys.argv[1])


def tell(live: Newest[LiveState]) -> None:
    version = 0
    while True:
        version, state = live.wait(version, 60.0)
        if state is not None and state.error is not None:
            print(json.dumps({"error": state.error, "light": state.cue.light}), flush=True)
            return


def announce(port: int) -> None:
    """Print the port first: a fault may come as early as the port."""
    print(json.dumps({"port": port}), flush=True)
    threading.Thread(target=tell, args=(device.live,), daemon=True).start()


config = Config(
    light=LightConfig(kind="mock"),
    web=WebConfig(host="127.0.0.1", port=0, access_code="a code for tests"),
    storage=StorageConfig(folder=Path(sys.argv[2])),
)
device = app.build(config, RunSetup(), open_camera=open_camera)
device._pipeline.start_session("AB", "")
sys.exit(device.run(announce))

"""A whole device in a process of its own, with a pin whose states are written down.

Arguments: data folder, file for the pin's states, what happens ("runs", "breaks", "no_memory").
The runner is recorded keypoints of the demo, out of band, so that the light has a cue to show.
Prints the port, then a line once the light is steady.
"""

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from gpiozero.pins import mock

from device import app, appliance
from device.camera.frame import Frame
from device.config import CameraConfig, Config, LightConfig, StorageConfig, WebConfig
from device.feedback.types import LightState
from device.gait.types import RunSetup

appliance.TELL_TABLETS_S = 0.3
DATA, PINS, WAY = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]


class WrittenPin(mock.MockPWMPin):
    """A pin that appends 1 or 0 to a file at each change."""

    def _change_state(self, value: float) -> bool:
        changed: bool = super()._change_state(value)
        with PINS.open("a") as file:
            file.write(str(int(bool(value))))
        return changed


mock.MockPWMPin = WrittenPin


class Camera:
    size, fps = (640, 480), 30.0

    def __init__(self) -> None:
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        image = np.zeros((480, 640, 3), np.uint8)
        while not self._closed.wait(1 / 30):
            if (DATA / "now").exists():
                if WAY == "breaks":
                    raise ZeroDivisionError("a fault of the program")
                if WAY == "no_memory":
                    held = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
                    resource.setrlimit(resource.RLIMIT_AS, (held + 8_000_000, resource.RLIM_INFINITY))
                    image = np.concatenate([image] * 400)
            yield Frame(time.monotonic(), image)
            if device._pipeline.runner.state.id is None:
                device._pipeline.start_session("AB", "")

    def close(self) -> None:
        self._closed.set()


config = Config(
    camera=CameraConfig(source="from the test"),
    light=LightConfig(kind="mock"),
    web=WebConfig(host="127.0.0.1", port=0),
    storage=StorageConfig(folder=DATA),
)
if WAY == "dark":
    app.open_light(config.light).close()
    sys.exit(0)
device = app.build(config, RunSetup(), open_camera=Camera)
show = device._pipeline.light.show
# The form does not matter here, the light does: it is to be lit when the trouble comes.
device._pipeline.light.show = lambda state: show(
    LightState.CUE if state is LightState.NOT_MEASURING else state
)


def announce(port: int) -> None:
    print(json.dumps({"port": port}), flush=True)


sys.exit(device.run(announce))

"""Opens the Raspberry Pi camera, takes one picture and says so as JSON; a program of its own for the doctor.

The camera's software may hang or crash in native code: then it takes only this process with it.
"""

import json
import os
import sys

from device.camera.picam import PiCamera
from device.errors import CameraError


def probe(width: int, height: int) -> dict[str, str]:
    """Give {"picture": "WxH at N fps"}, or {"error": class, "text": message}."""
    try:
        camera = PiCamera((width, height))
        next(camera.frames())
    except CameraError as error:
        return {"error": type(error).__name__, "text": str(error)}
    try:
        return {"picture": f"{width}x{height} at {camera.fps:.0f} fps"}
    finally:
        camera.close()


if __name__ == "__main__":
    print(json.dumps(probe(int(sys.argv[1]), int(sys.argv[2]))), flush=True)
    # A camera that fell silent hangs in its exit handlers too.
    os._exit(0)

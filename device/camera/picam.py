"""The Raspberry Pi camera; the only module that imports picamera2, and only when a camera is opened."""

import atexit
import math
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from device.camera.frame import Frame
from device.camera.orient import Orientation
from device.camera.pixels import Layout, to_rgb
from device.errors import CameraBusyError, CameraError, CameraNotFoundError, CameraSilentError

SILENT_S = 2.0
MODEL_SIDE_PX = 640
"""Longer side of the model's stream: a runner who fills its height is larger than the model's input."""
HEADROOM = 1.3
"""Frame period over inference time: what else a frame costs, and room for a slow moment."""
FOCUS_DIOPTRES = 0.33
"""Lenses with a motor are set to 3 m: a runner must not make them hunt."""


def sustainable_fps(
    invoke_ms: float, offered: Sequence[float] = (60.0, 50.0, 40.0, 30.0, 25.0, 20.0, 15.0, 10.0)
) -> float:
    """Give the highest offered frame rate at which the model keeps up with every frame.

    invoke_ms: time of one inference. When no rate can be sustained, the lowest is given.
    A rate that is kept is better than a higher one with frames left out: their spacing stays even.
    """
    kept = [fps for fps in offered if invoke_ms * HEADROOM <= 1000.0 / fps]
    return max(kept, default=min(offered))


def model_size(size: tuple[int, int], longer_px: int = MODEL_SIDE_PX) -> tuple[int, int]:
    """Give the size of the model's stream: the picture's shape, for the camera would squash any other."""
    scale = min(1.0, longer_px / max(size))
    return max(2, round(size[0] * scale / 2) * 2), max(2, round(size[1] * scale / 2) * 2)


class PiCamera:
    """Newest frames of the Raspberry Pi camera, timed by the sensor.

    size: of the picture for people, before rotation; the model gets a smaller copy of it, which the camera's
        own hardware makes.
    fps: frames per second to ask for; `fps` tells what the sensor can do.
    shutter_s: exposure time, fixed.
    gain: of the sensor, 1 and up; None lets it follow the light.
    rotation, mirrored: see `Orientation`.
    Raises CameraNotFoundError, CameraBusyError, or CameraError when picamera2 is missing or the camera
    refuses the size.
    """

    def __init__(
        self,
        size: tuple[int, int] = (1280, 720),
        fps: float = 30.0,
        shutter_s: float = 1 / 500,
        rotation: int = 0,
        mirrored: bool = False,
        gain: float | None = None,
    ) -> None:
        self._orientation = Orientation(rotation, mirrored)
        self._lock = threading.Lock()
        self._started = self._closed = self._hung = False
        self._camera, self._mapped = _open()
        try:
            self._configure(size, fps, shutter_s, gain)
        except BaseException:
            self._camera.close()
            raise

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the upright images the model gets."""
        return self._orientation.size(self._image_layout.size)

    @property
    def fps(self) -> float:
        """Frames per second the sensor was set to."""
        return self._fps

    def frames(self) -> Iterator[Frame]:
        """Give the newest frame at each step, until `close`; frames nobody asked for in time are left out.

        Raises CameraSilentError when no frame comes for 2 s, as when the cable is out. From then on picamera2
        hangs in every call: end the process with `os._exit`, which no exit handler can hold up.
        """
        last_t = -math.inf
        while True:
            with self._lock:
                if self._closed:
                    return
                frame = self._capture()
            if frame.t > last_t:
                last_t = frame.t
                yield frame

    def close(self) -> None:
        """Stop and release the camera once a capture under way is over (at most 2 s); twice is harmless.

        A camera that fell silent is left alone, for stopping it would hang.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if not self._hung:
                self._camera.stop()
                self._camera.close()

    def _configure(self, size: tuple[int, int], fps: float, shutter_s: float, gain: float | None) -> None:
        camera = self._camera
        main = (size[0] // 2 * 2, size[1] // 2 * 2)
        small = model_size(main)
        period_us = round(1e6 / fps)
        wanted = {
            "FrameDurationLimits": (period_us, period_us),
            "ExposureTime": round(shutter_s * 1e6),
            "AnalogueGain": gain,
            "AfMode": 0,
            "LensPosition": FOCUS_DIOPTRES,
        }
        known = camera.camera_controls
        controls = {name: v for name, v in wanted.items() if name in known and v is not None}
        lores = {"size": small, "format": "YUV420"} if small != main else None
        try:
            camera.configure(
                camera.create_video_configuration(
                    main={"size": main, "format": "BGR888"}, lores=lores, controls=controls
                )
            )
        except RuntimeError as error:
            raise CameraError(
                f"The camera refuses pictures of {main[0]} x {main[1]} ({error}). Choose another size."
            ) from error
        given = camera.camera_configuration()
        self._image_stream = "lores" if given.get("lores") else "main"
        self._picture_layout = _layout(given["main"])
        self._image_layout = _layout(given[self._image_stream])
        shortest_us = camera.camera_controls.get("FrameDurationLimits", (0,))[0]
        self._fps = 1e6 / float(max(period_us, shortest_us))

    def _capture(self) -> Frame:
        try:
            if not self._started:
                self._camera.start()
                self._started = True
            request = self._camera.capture_request(wait=SILENT_S)
        except TimeoutError:
            self._hung = True
            atexit.unregister(self._camera.close)
            raise CameraSilentError(
                f"The camera has given no picture for {SILENT_S:g} s. Check its ribbon cable, then restart."
            ) from None
        except RuntimeError as error:
            raise _named(error) from error
        try:
            return self._frame(request)
        finally:
            request.release()

    def _frame(self, request: Any) -> Frame:
        told = request.get_metadata()
        t = told["SensorTimestamp"] / 1e9
        exposure_s = told["ExposureTime"] / 1e6 if "ExposureTime" in told else None
        image = self._picture(request, self._image_stream, self._image_layout)
        if self._image_stream == "main":
            return Frame(t, image, exposure_s=exposure_s)
        return Frame(t, image, self._picture(request, "main", self._picture_layout), exposure_s)

    def _picture(self, request: Any, stream: str, layout: Layout) -> np.ndarray[Any, np.dtype[np.uint8]]:
        with self._mapped(request, stream, reshape=False, write=False) as mapped:
            return self._orientation.apply(to_rgb(mapped.array, layout))


def _open() -> tuple[Any, Any]:
    try:
        from picamera2 import MappedArray, Picamera2
    # A numpy that is too new for the system's own picamera2 shows as ValueError.
    except (ImportError, ValueError) as error:
        raise CameraError(
            f"The camera software picamera2 cannot be loaded ({error}). "
            "Install it with: sudo apt install python3-picamera2"
        ) from error
    try:
        return Picamera2(), MappedArray
    except (RuntimeError, IndexError) as error:
        raise _named(error) from error


def _layout(stream: dict[str, Any]) -> Layout:
    return Layout(str(stream["format"]), (stream["size"][0], stream["size"][1]), stream["stride"])


def _named(error: BaseException) -> CameraError:
    """Name what picamera2 raised; it wraps the cause in one or more RuntimeErrors."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    text = " ".join(str(link) for link in chain).lower()
    if "busy" in text:
        return CameraBusyError(
            "Another program holds the camera. Close it (such as rpicam-hello) or stop the other treadlight."
        )
    if (
        any(isinstance(link, IndexError) for link in chain)
        or "camera(s) not found" in text
        or "no camera" in text
    ):
        return CameraNotFoundError(
            "No camera was found. "
            "Switch the Raspberry Pi off, check both ends of the ribbon cable, and start it again."
        )
    return CameraError(f"The camera does not start ({chain[-1]}). Restart the Raspberry Pi.")

"""What PiCamera makes of picamera2's answers; the real picamera2 runs the contract suite in tests/rig."""

import itertools
import sys
import types
from typing import Any, ClassVar

import numpy as np
import pytest
from clip_files import UPRIGHT, corners, number_of, picture

from device.camera.picam import PiCamera, model_size, sustainable_fps
from device.errors import CameraBusyError, CameraError, CameraNotFoundError, CameraSilentError


class HandWritten:
    """A camera with one buffer for each stream, used again for every frame, rows padded by 32 bytes."""

    stamps_ns: ClassVar[list[int]] = []
    camera_controls: ClassVar[dict[str, tuple]] = {
        "FrameDurationLimits": (20000, 10**6, None),
        "ExposureTime": (0, 66666, None),
        "AnalogueGain": (1, 16, None),
    }

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.numbers = itertools.count()
        self.stamps = iter(self.stamps_ns)
        self.buffers: dict[str, np.ndarray] = {}

    def create_video_configuration(self, **wanted: Any) -> dict[str, Any]:
        return wanted

    def configure(self, wanted: dict[str, Any]) -> None:
        self.wanted = wanted
        self.given = {"lores": None}
        for name in ("main", "lores"):
            if wanted[name]:
                width, height = wanted[name]["size"]
                self.given[name] = {"format": "BGR888", "size": (width, height), "stride": width * 3 + 32}
                self.buffers[name] = np.zeros((height, width * 3 + 32), np.uint8)

    def camera_configuration(self) -> dict[str, Any]:
        return self.given

    def start(self) -> None:
        self.calls.append("start")

    def capture_request(self, wait: float) -> "HandWritten":
        assert 0 < wait <= 2
        try:
            self.stamp_ns = next(self.stamps)
        except StopIteration:
            raise TimeoutError from None
        number = next(self.numbers)
        for name, buffer in self.buffers.items():
            width, height = self.given[name]["size"]
            buffer[:, : width * 3] = picture(number, (width, height)).reshape(height, -1)
        return self

    def get_metadata(self) -> dict[str, int]:
        return {"SensorTimestamp": self.stamp_ns}

    def release(self) -> None:
        for buffer in self.buffers.values():
            buffer[:] = 255

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")


class Mapped:
    def __init__(self, request: HandWritten, stream: str, reshape: bool, write: bool) -> None:
        assert not reshape
        assert not write
        self.array = request.buffers[stream].ravel()

    def __enter__(self) -> "Mapped":
        return self

    def __exit__(self, *exc: object) -> None:
        pass


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[HandWritten]:
    """Put the hand-written camera in picamera2's place; gives the cameras that were opened."""
    cameras: list[HandWritten] = []

    def open_camera() -> HandWritten:
        cameras.append(HandWritten())
        return cameras[-1]

    module = types.ModuleType("picamera2")
    module.Picamera2, module.MappedArray = open_camera, Mapped
    monkeypatch.setitem(sys.modules, "picamera2", module)
    monkeypatch.setattr(HandWritten, "stamps_ns", [10**9 + i * 20_000_000 for i in range(5)])
    return cameras


def test_frames_carry_sensor_time_and_both_pictures(opened: list[HandWritten]) -> None:
    camera = PiCamera(size=(1280, 720))
    frames = list(itertools.islice(camera.frames(), 5))
    assert [f.t for f in frames] == pytest.approx([1.0, 1.02, 1.04, 1.06, 1.08])
    assert [number_of(f.image) for f in frames] == [0, 1, 2, 3, 4], "a released buffer was handed on"
    assert camera.size == frames[0].size == (640, 360)
    for frame in frames:
        assert corners(frame.image) == UPRIGHT
        assert frame.picture is not None
        assert frame.picture.shape == (720, 1280, 3)
        assert corners(frame.picture) == UPRIGHT


def test_a_small_picture_serves_the_model_too(opened: list[HandWritten]) -> None:
    camera = PiCamera(size=(640, 480))
    frame = next(camera.frames())
    assert opened[0].wanted["lores"] is None
    assert (frame.size, frame.picture) == ((640, 480), None)


def test_a_turned_camera_gives_upright_pictures(opened: list[HandWritten]) -> None:
    camera = PiCamera(size=(1280, 720), rotation=90, mirrored=True)
    frame = next(camera.frames())
    assert camera.size == frame.size == (360, 640)
    assert frame.picture is not None
    assert frame.picture.shape == (1280, 720, 3)
    assert corners(frame.image) == corners(frame.picture) == ("red", "blue", "green", "grey")


def test_the_shutter_is_fixed_and_only_known_controls_are_set(opened: list[HandWritten]) -> None:
    camera = PiCamera(fps=120)
    assert opened[0].wanted["controls"] == {"FrameDurationLimits": (8333, 8333), "ExposureTime": 2000}
    PiCamera(gain=4)
    assert opened[1].wanted["controls"]["AnalogueGain"] == 4
    assert camera.fps == pytest.approx(50), "what the sensor can do, not what was asked for"


def test_a_frame_that_is_not_newer_is_left_out(
    opened: list[HandWritten], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HandWritten, "stamps_ns", [10, 20, 20, 15, 30])
    assert [round(f.t * 1e9) for f in itertools.islice(PiCamera().frames(), 3)] == [10, 20, 30]


def test_a_silent_camera_is_named_and_never_stopped(
    opened: list[HandWritten], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HandWritten, "stamps_ns", [10])
    camera = PiCamera()
    frames = camera.frames()
    next(frames)
    with pytest.raises(CameraSilentError, match="no picture for 2 s"):
        next(frames)
    camera.close()
    assert opened[0].calls == ["start"]


def test_close_stops_releases_and_ends_frames(opened: list[HandWritten]) -> None:
    camera = PiCamera()
    frames = camera.frames()
    next(frames)
    camera.close()
    camera.close()
    assert list(frames) == []
    assert opened[0].calls == ["start", "stop", "close"]


def chained(*links: Exception) -> Exception:
    for outer, inner in itertools.pairwise(links):
        outer.__cause__ = inner
    return links[0]


SEQUENCE = "Camera __init__ sequence did not complete."


@pytest.mark.parametrize(
    ("raised", "named"),
    [
        (IndexError("list index out of range"), CameraNotFoundError),
        (RuntimeError("No camera number 0 found - use rpicam-hello --list-cameras"), CameraNotFoundError),
        (
            chained(
                RuntimeError(SEQUENCE),
                RuntimeError("Failed to initialize camera"),
                RuntimeError(
                    "Camera(s) not found (Do not forget to disable legacy camera with raspi-config)."
                ),
            ),
            CameraNotFoundError,
        ),
        (
            chained(
                RuntimeError(SEQUENCE), RuntimeError("Failed to acquire camera: Device or resource busy")
            ),
            CameraBusyError,
        ),
        (chained(RuntimeError(SEQUENCE), RuntimeError("Tuning file not found")), CameraError),
    ],
)
def test_what_picamera2_raises_is_named(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, named: type[CameraError]
) -> None:
    def fail() -> None:
        raise raised

    module = types.ModuleType("picamera2")
    module.Picamera2, module.MappedArray = fail, Mapped
    monkeypatch.setitem(sys.modules, "picamera2", module)
    with pytest.raises(CameraError) as caught:
        PiCamera()
    assert type(caught.value) is named
    assert str(caught.value).rstrip(".").count(". ") == 1, "a cause, then a fix"


def test_missing_camera_software_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CameraError, match="apt install python3-picamera2"):
        PiCamera()


@pytest.mark.parametrize(
    ("invoke_ms", "fps"),
    [(2, 60), (12.8, 60), (12.9, 50), (16, 40), (20, 30), (25, 30), (26, 25), (60, 10), (95, 10), (500, 10)],
)
def test_the_frame_rate_is_what_the_model_sustains(invoke_ms: float, fps: float) -> None:
    assert sustainable_fps(invoke_ms) == fps


def test_the_frame_rate_is_one_the_camera_offers() -> None:
    assert sustainable_fps(5, offered=(56, 28)) == 56
    assert sustainable_fps(500, offered=(56, 28)) == 28


@pytest.mark.parametrize(
    ("size", "small"),
    [
        ((1280, 720), (640, 360)),
        ((1296, 972), (640, 480)),
        ((640, 480), (640, 480)),
        ((720, 1280), (360, 640)),
    ],
)
def test_the_models_picture_has_the_shape_of_the_large_one(
    size: tuple[int, int], small: tuple[int, int]
) -> None:
    assert model_size(size) == small

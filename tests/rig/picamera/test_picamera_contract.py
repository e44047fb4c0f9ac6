"""PiCamera keeps to the camera contract, through the real picamera2 on libcamera's virtual camera."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "camera"))

from camera_contract import CameraContract
from clip_files import number_of
from numpy.typing import NDArray

from device.camera.picam import PiCamera
from device.errors import CameraBusyError

pytestmark = pytest.mark.rig


@pytest.fixture(autouse=True, scope="module")
def _virtual_camera() -> None:
    pytest.importorskip("libcamera", reason="no libcamera here: run tests/rig/picamera/run.sh")
    import virtual_camera

    virtual_camera.install()


class VirtualCamera(CameraContract):
    live = True

    def number(self, image: NDArray[np.uint8]) -> int:
        # The virtual camera's YUV has the full range of its JPEGs, where a real one's has that of video.
        return number_of((image * (219 / 255) + 16).astype(np.uint8))


class TestTwoStreams(VirtualCamera):
    def open(self, rotation: int = 0, mirrored: bool = False) -> PiCamera:
        return PiCamera(size=(1280, 720), fps=20, rotation=rotation, mirrored=mirrored)

    def test_model_and_people_get_streams_of_their_own(self) -> None:
        (frame,) = self.take(1)
        assert frame.size == (640, 360)
        assert frame.picture is not None
        assert frame.picture.shape == (720, 1280, 3)


class TestOneStream(VirtualCamera):
    def open(self, rotation: int = 0, mirrored: bool = False) -> PiCamera:
        return PiCamera(size=(640, 360), fps=20, rotation=rotation, mirrored=mirrored)

    def test_the_one_stream_serves_both(self) -> None:
        (frame,) = self.take(1)
        assert (frame.size, frame.picture) == ((640, 360), None)


def test_a_second_opener_is_told_that_the_camera_is_busy() -> None:
    camera = PiCamera(fps=20)
    try:
        with pytest.raises(CameraBusyError):
            PiCamera(fps=20)
    finally:
        camera.close()


def test_without_a_camera_that_is_said() -> None:
    code = (
        f"import sys; sys.path[:0] = {sys.path[:3]!r}\n"
        "import virtual_camera; virtual_camera.install()\n"
        "from device.camera.picam import PiCamera\n"
        "from device.errors import CameraNotFoundError\n"
        "try: PiCamera(fps=20)\n"
        "except CameraNotFoundError: print('none')\n"
    )
    nothing = {"LIBCAMERA_PIPELINES_MATCH_LIST": "simple", "PATH": "/usr/bin:/bin"}
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60, env=nothing
    )
    assert other.stdout.strip() == "none", other.stderr

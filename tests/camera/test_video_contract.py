"""VideoCamera keeps to the camera contract: at its own pace and as fast as possible."""

from pathlib import Path

import pytest
from camera_contract import CameraContract
from clip_files import LEVELS, write_clip

from device.camera.video import VideoCamera


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", (320, 240), fps=50, n=LEVELS)


class TestForAnalysis(CameraContract):
    @pytest.fixture(autouse=True)
    def _clip(self, clip: Path) -> None:
        self.clip = clip

    def open(self, rotation: int = 0, mirrored: bool = False) -> VideoCamera:
        return VideoCamera(self.clip, paced=False, loop=True, rotation=rotation, mirrored=mirrored)


class TestAtItsOwnPace(CameraContract):
    live = True

    @pytest.fixture(autouse=True)
    def _clip(self, clip: Path) -> None:
        self.clip = clip

    def open(self, rotation: int = 0, mirrored: bool = False) -> VideoCamera:
        return VideoCamera(self.clip, paced=True, loop=True, rotation=rotation, mirrored=mirrored)

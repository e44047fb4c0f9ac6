"""A video file as a camera: every frame for analysis, or at its own pace for the demo."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from device.camera.frame import Frame, Image
from device.camera.orient import Orientation
from device.camera.timeline import Timeline, paced
from device.camera.video_file import COPY_AGAIN, VideoFile
from device.errors import VideoError


class VideoCamera:
    """Frames of a video file with its own presentation times, upright as the recording device meant them.

    paced: for live use: frames come when they are due, timed on the monotonic clock; a slow consumer gets the
        newest. Otherwise every frame comes as fast as it can be decoded, timed in the file's own seconds.
    loop: start over at the end; time goes on rising by one frame period at the seam.
    rotation, mirrored: see `Orientation`; applied after the rotation that the file itself asks for.
    time_scale: how many times slower than life the clip plays; times are divided by it.
    Raises VideoError when the file is missing, empty, damaged or holds no picture.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        paced: bool,
        loop: bool = False,
        rotation: int = 0,
        mirrored: bool = False,
        time_scale: float = 1.0,
    ) -> None:
        if not 0 < time_scale < 1000:
            raise VideoError(f"The time scale is {time_scale:g}. Give how many times slower than life, as 4.")
        self._paced, self._loop, self._time_scale = paced, loop, time_scale
        self._closed = threading.Event()
        self._end_s: float | None = None
        self._dropped = 0
        self._file = VideoFile(Path(path))
        self._facts = self._file.facts
        self._orientation = Orientation(rotation, mirrored).after(self._facts.orientation)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the upright images."""
        return self._orientation.size(self._facts.size)

    @property
    def fps(self) -> float:
        """Frames per second of the runner's own time: the file's mean rate times the time scale."""
        return self._facts.fps * self._time_scale

    @property
    def frame_count(self) -> int | None:
        """How many frames the file says it holds; None when it does not say."""
        return self._facts.frame_count

    @property
    def dropped(self) -> int:
        """Frames left out so far because their time was not after that of the frame before."""
        return self._dropped

    @property
    def notice(self) -> str | None:
        """What was wrong with the file although it could be read (cut off, damaged, no times), or None.

        Known once `frames` has come to the end of the file.
        """
        if self._end_s is None:
            return None
        name, read, told = self._file.path.name, self._end_s, self._facts.duration_s
        if told is not None and read < told - max(0.5, 0.02 * told):
            return (
                f"{name} ends early: {read:.1f} s of {told:.1f} s could be read. "
                "The part that could be read was used; copy the file again to have all of it."
            )
        if self._file.damaged:
            return (
                f"{name} is damaged in {self._file.damaged} places. "
                "What could be read was used; copy the file again."
            )
        if not self._facts.timed:
            return (
                f"{name} states no times, so {self._facts.fps:g} frames per second were assumed. "
                "Every time and rate hangs on that; record to mp4 or mkv instead."
            )
        return None

    def frames(self) -> Iterator[Frame]:
        """Give frames in strictly rising time until the file's end or `close`; each call starts anew.

        Raises VideoError when the file has gone or can no longer be read.
        """
        timed = self._timed()
        if self._paced:
            for t, image in paced(timed, self._image, time.monotonic, self._closed.wait):
                if self._closed.is_set():
                    return
                yield Frame(t, image)
        else:
            for t, picture in timed:
                yield Frame(t, self._image(picture))

    def close(self) -> None:
        """End `frames`, also while it waits; calling it twice is harmless."""
        self._closed.set()

    def _timed(self) -> Iterator[tuple[float, VideoFrame]]:
        timeline = Timeline(1.0 / self.fps)
        while not self._closed.is_set():
            begun = None
            for picture in self._file.pictures(one_thread=self._paced):
                presented = None if picture.time is None else picture.time / self._time_scale
                t = timeline.place(presented)
                self._dropped = timeline.dropped
                if t is not None:
                    begun = t if begun is None else begun
                    yield t, picture
                if self._closed.is_set():
                    return
            if begun is None:
                raise VideoError(f"{self._file.path} can no longer be read. {COPY_AGAIN}")
            self._end_s = (timeline.end - begun) * self._time_scale
            if not self._loop:
                return
            timeline.join()

    def _image(self, picture: VideoFrame) -> Image:
        width, height = self._facts.size
        rgb = picture.reformat(width, height, "rgb24", threads=1).to_ndarray()
        return self._orientation.apply(np.asarray(rgb, np.uint8))

"""A video file as a camera: every frame for analysis, or at its own pace for the demo."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from device.camera.frame import Frame, Image
from device.camera.orient import Orientation
from device.camera.timeline import Timeline, paced
from device.errors import VideoError

_USUAL_FPS = 30.0
_COPY_AGAIN = "Copy the file again from where it was recorded, or choose another."
_SOURCES = {"protocol_whitelist": "file"}
"""A playlist must not make the device reach out to the network."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What opening the file told; `size` is that of the decoded picture with square pixels."""

    size: tuple[int, int]
    orientation: Orientation
    fps: float
    timed: bool
    frame_count: int | None
    duration_s: float | None


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
        self._path = Path(path)
        self._paced, self._loop, self._time_scale = paced, loop, time_scale
        self._closed = threading.Event()
        self._damaged = 0
        self._end_s: float | None = None
        self._dropped = 0
        self._facts = self._probe()
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
        read, told = self._end_s, self._facts.duration_s
        if told is not None and read < told - max(0.5, 0.02 * told):
            return (
                f"{self._path.name} ends early: {read:.1f} s of {told:.1f} s could be read. "
                "The part that could be read was used; copy the file again to have all of it."
            )
        if self._damaged:
            return (
                f"{self._path.name} is damaged in {self._damaged} places. "
                "What could be read was used; copy the file again."
            )
        if not self._facts.timed:
            return (
                f"{self._path.name} states no times, so {self._facts.fps:g} frames per second were assumed. "
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
            for picture in self._decoded():
                presented = None if picture.time is None else picture.time / self._time_scale
                t = timeline.place(presented)
                self._dropped = timeline.dropped
                if t is not None:
                    begun = t if begun is None else begun
                    yield t, picture
                if self._closed.is_set():
                    return
            if begun is None:
                raise VideoError(f"{self._path} can no longer be read. {_COPY_AGAIN}")
            self._end_s = (timeline.end - begun) * self._time_scale
            if not self._loop:
                return
            timeline.join()

    def _decoded(self) -> Iterator[VideoFrame]:
        with self._opened() as (container, stream):
            self._damaged = 0
            if self._paced:
                stream.thread_count = 1
            else:
                stream.thread_type = "AUTO"
            try:
                for packet in container.demux(stream):
                    try:
                        pictures = packet.decode()
                    except av.error.InvalidDataError:
                        self._damaged += 1
                        continue
                    yield from pictures
            except av.error.FFmpegError:
                self._damaged += 1

    def _image(self, picture: VideoFrame) -> Image:
        width, height = self._facts.size
        rgb = picture.reformat(width, height, "rgb24", threads=1).to_ndarray()
        return self._orientation.apply(np.asarray(rgb, np.uint8))

    def _probe(self) -> _Facts:
        with self._opened() as (container, stream):
            first = self._first(container, stream)
            timed = first.pts is not None
            rates = (stream.average_rate, stream.guessed_rate)
            # Without presentation times the mean rate is the reader's default, not the file's.
            known = [float(r) for r in (rates if timed else rates[::-1]) if r and 0 < r <= 1000]
            return _Facts(
                _square_pixels(first, stream.sample_aspect_ratio),
                _display_orientation(first),
                known[0] if known else _USUAL_FPS,
                timed,
                stream.frames or None,
                _stated_duration(container),
            )

    def _first(self, container: InputContainer, stream: VideoStream) -> VideoFrame:
        reason = "none can be decoded"
        try:
            for packet in container.demux(stream):
                try:
                    for picture in packet.decode():
                        return picture
                except av.error.InvalidDataError as error:
                    reason = str(error.strerror)
        except av.error.FFmpegError as error:
            reason = str(error.strerror)
        raise VideoError(f"{self._path} holds no picture that can be shown ({reason}). {_COPY_AGAIN}")

    @contextmanager
    def _opened(self) -> Iterator[tuple[InputContainer, VideoStream]]:
        path = self._path
        if not path.is_file():
            fault = "is not a file" if path.exists() else "does not exist"
            raise VideoError(f"{path} {fault}. Give the path of a video file.")
        if path.stat().st_size == 0:
            raise VideoError(f"{path} is empty. {_COPY_AGAIN}")
        try:
            container = av.open(f"file:{path}", options=_SOURCES)
        except (av.error.FFmpegError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise VideoError(f"{path} cannot be read as a video ({reason}). {_COPY_AGAIN}") from error
        with container:
            streams = [s for s in container.streams.video if not s.disposition & s.disposition.attached_pic]
            if not streams or container.format.name == "tty":
                raise VideoError(f"{path} holds no moving picture. Choose a video file.")
            yield container, streams[0]


def _square_pixels(picture: VideoFrame, aspect: Fraction | None) -> tuple[int, int]:
    """Give the size at which a pixel is as wide as it is high: angles are wrong at any other."""
    stretch = float(aspect) if aspect and 0.1 < aspect < 10 else 1.0
    return max(1, round(picture.width * stretch)), picture.height


def _stated_duration(container: InputContainer) -> float | None:
    """Give the duration that the file's head states; other formats only estimate it from what is there."""
    known = {"mov", "matroska", "avi"} & set(container.format.name.split(","))
    return container.duration / av.time_base if known and container.duration else None


def _display_orientation(picture: VideoFrame) -> Orientation:
    """Read how phones ask for their picture to be turned: the display matrix of ISO 14496-12, 16.16 fixed.

    The matrix maps x right and y down to x' = a x + c y, y' = b x + d y.
    """
    data = picture.side_data.get("DISPLAYMATRIX")
    if data is None:
        return Orientation()
    a, b, _, c, d, *_ = (
        np.sign(np.rint(np.frombuffer(cast(bytes, data), np.int32) / 65536)).astype(int).tolist()
    )
    turns = {(1, 0, 0, 1): 0, (0, 1, -1, 0): 90, (-1, 0, 0, -1): 180, (0, -1, 1, 0): 270}
    if a * d - b * c > 0:
        return Orientation(turns.get((a, b, c, d), 0))
    return Orientation(turns.get((-a, b, -c, d), 0), mirrored=True)

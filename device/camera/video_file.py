"""A video file to be decoded: what it says of itself, and its pictures."""

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

from device.camera.orient import Orientation
from device.errors import VideoError

COPY_AGAIN = "Copy the file again from where it was recorded, or choose another."
_USUAL_FPS = 30.0
_SOURCES = {"protocol_whitelist": "file"}
"""A playlist must not make the device reach out to the network."""


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What opening a file told.

    size: width and height of the decoded picture, with square pixels. orientation: how the file asks to be
    turned. fps: mean pictures per second. timed: whether it states when each picture is due. frame_count,
    duration_s: as stated, None where it does not say.
    """

    size: tuple[int, int]
    orientation: Orientation
    fps: float
    timed: bool
    frame_count: int | None
    duration_s: float | None


class VideoFile:
    """A file that can be decoded from its start any number of times.

    Raises VideoError when it is missing, empty, damaged or holds no picture.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = 0
        """Places that could not be decoded in the latest reading."""
        self.facts = self._probe()

    def pictures(self, one_thread: bool) -> Iterator[VideoFrame]:
        """Decode from the start to the end, or to where the file breaks off.

        one_thread: leave the other cores to the network. Raises VideoError when the file has gone.
        """
        with self._opened() as (container, stream):
            self.damaged = 0
            if one_thread:
                stream.thread_count = 1
            else:
                stream.thread_type = "AUTO"
            try:
                for packet in container.demux(stream):
                    try:
                        pictures = packet.decode()
                    except av.error.InvalidDataError:
                        self.damaged += 1
                        continue
                    yield from pictures
            except av.error.FFmpegError:
                self.damaged += 1

    def _probe(self) -> VideoFacts:
        with self._opened() as (container, stream):
            first = self._first(container, stream)
            timed = first.pts is not None
            rates = (stream.average_rate, stream.guessed_rate)
            # Without presentation times the mean rate is the reader's default, not the file's.
            known = [float(r) for r in (rates if timed else rates[::-1]) if r and 0 < r <= 1000]
            return VideoFacts(
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
        raise VideoError(f"{self.path} holds no picture that can be shown ({reason}). {COPY_AGAIN}")

    @contextmanager
    def _opened(self) -> Iterator[tuple[InputContainer, VideoStream]]:
        path = self.path
        if not path.is_file():
            fault = "is not a file" if path.exists() else "does not exist"
            raise VideoError(f"{path} {fault}. Give the path of a video file.")
        if path.stat().st_size == 0:
            raise VideoError(f"{path} is empty. {COPY_AGAIN}")
        try:
            container = av.open(f"file:{path}", options=_SOURCES)
        except (av.error.FFmpegError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise VideoError(f"{path} cannot be read as a video ({reason}). {COPY_AGAIN}") from error
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

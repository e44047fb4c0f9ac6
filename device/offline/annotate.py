"""A copy of a video with the skeleton, the legs told apart, and each contact drawn on it."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from device.camera.frame import Frame, Image
from device.gait.types import EventKind, GaitUpdate, Side
from device.pose.types import Keypoint, Pose

TRUNK = (
    (Keypoint.LEFT_SHOULDER, Keypoint.RIGHT_SHOULDER),
    (Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP),
    (Keypoint.LEFT_SHOULDER, Keypoint.LEFT_HIP),
    (Keypoint.RIGHT_SHOULDER, Keypoint.RIGHT_HIP),
)
LIMBS = {
    Side.LEFT: (
        (Keypoint.LEFT_SHOULDER, Keypoint.LEFT_ELBOW),
        (Keypoint.LEFT_ELBOW, Keypoint.LEFT_WRIST),
        (Keypoint.LEFT_HIP, Keypoint.LEFT_KNEE),
        (Keypoint.LEFT_KNEE, Keypoint.LEFT_ANKLE),
    ),
    Side.RIGHT: (
        (Keypoint.RIGHT_SHOULDER, Keypoint.RIGHT_ELBOW),
        (Keypoint.RIGHT_ELBOW, Keypoint.RIGHT_WRIST),
        (Keypoint.RIGHT_HIP, Keypoint.RIGHT_KNEE),
        (Keypoint.RIGHT_KNEE, Keypoint.RIGHT_ANKLE),
    ),
}
INK, FAR, HALO = (242, 246, 250), (150, 162, 174), (8, 12, 17)
"""Colours, RGB: of the near side, of the far one, and round both."""
EVENT_SHOWN_S = 0.35


class AnnotatedVideo:
    """Writes H.264 video, one picture for each analysed frame.

    size: width and height of the frames in pixels. fps: pictures a second at which the video plays.
    Raises OSError when the disk refuses, ValueError when the file's name does not end in what holds H.264.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: float) -> None:
        self._size = (size[0] // 2 * 2, size[1] // 2 * 2)
        self._file = av.open(f"file:{path}", "w")
        rate = Fraction(fps).limit_denominator(1001)
        self._stream = self._file.add_stream(
            "libx264", rate=rate, options={"crf": "20", "preset": "veryfast"}
        )
        self._stream.width, self._stream.height = self._size
        self._stream.pix_fmt = "yuv420p"
        self._caption = ""
        self._caption_until = float("-inf")

    def write(self, frame: Frame, pose: Pose, update: GaitUpdate) -> None:
        """Draw one frame and append it."""
        image = np.ascontiguousarray(frame.image[: self._size[1], : self._size[0]].copy())
        draw_skeleton(image, pose, update.swapped)
        for event in update.events:
            word = "contact" if event.kind is EventKind.INITIAL_CONTACT else "toe-off"
            self._caption = f"{event.side.value} {word}"
            self._caption_until = frame.t + EVENT_SHOWN_S
        lines = [update.tracking.notices[0].code.replace("_", " ")] if update.tracking.notices else []
        if frame.t < self._caption_until:
            lines.insert(0, self._caption)
        _captions(image, lines)
        for packet in self._stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")):
            self._file.mux(packet)

    def close(self) -> None:
        """Finish the file."""
        for packet in self._stream.encode():
            self._file.mux(packet)
        self._file.close()

    def abandon(self) -> None:
        """Close the file without its end."""
        self._file.close()


def draw_skeleton(image: Image, pose: Pose, swapped: bool, near: Side | None = None) -> None:
    """Draw the pose on an RGB image in place: white with a dark halo, the far side in grey.

    swapped: the pose names the legs the wrong way round. near: the side that faces the camera, if known.
    """
    scale = max(1, round(image.shape[0] / 360))
    for side in (Side.LEFT, Side.RIGHT):
        for upper, lower in LIMBS[side]:
            leg = upper in {Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP, Keypoint.LEFT_KNEE, Keypoint.RIGHT_KNEE}
            owner = side.other if swapped and leg else side
            _line(image, pose, upper, lower, INK if near in {None, owner} else FAR, scale)
    for a, b in TRUNK:
        _line(image, pose, a, b, INK, scale)


def _line(
    image: Image, pose: Pose, a: Keypoint, b: Keypoint, colour: tuple[int, int, int], scale: int
) -> None:
    ends = pose.xy[[a, b]]
    if not np.isfinite(ends).all():
        return
    (x0, y0), (x1, y1) = np.rint(ends).astype(int).tolist()
    cv2.line(image, (x0, y0), (x1, y1), HALO, 3 * scale, cv2.LINE_AA)
    cv2.line(image, (x0, y0), (x1, y1), colour, scale, cv2.LINE_AA)


def _captions(image: Image, lines: list[str]) -> None:
    size = image.shape[0] / 800
    for i, text in enumerate(lines):
        origin = (round(16 * size), round((40 + 34 * i) * size))
        cv2.putText(
            image, text, origin, cv2.FONT_HERSHEY_SIMPLEX, size, HALO, round(5 * size) + 1, cv2.LINE_AA
        )
        cv2.putText(
            image, text, origin, cv2.FONT_HERSHEY_SIMPLEX, size, INK, round(2 * size) + 1, cv2.LINE_AA
        )

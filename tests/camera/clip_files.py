"""Small video files made for a test: each picture says which one it is and which way up it belongs."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RED, GREEN, BLUE = (200, 40, 40), (40, 180, 40), (40, 40, 200)
LEVELS = 20
"""Frame numbers repeat after this many: the grey of the lower right quarter is the number."""


def picture(number: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Upright: red upper left, green upper right, blue lower left, and the number as a grey lower right."""
    w, h = size
    image = np.empty((h, w, 3), np.uint8)
    image[: h // 2, : w // 2] = RED
    image[: h // 2, w // 2 :] = GREEN
    image[h // 2 :, : w // 2] = BLUE
    image[h // 2 :, w // 2 :] = 20 + number % LEVELS * 11
    return image


def number_of(image: NDArray[np.uint8]) -> int:
    h, w = image.shape[:2]
    return round((float(image[h // 2 + h // 6 :, w // 2 + w // 6 :].mean()) - 20) / 11)


def corners(image: NDArray[np.uint8]) -> tuple[str, str, str, str]:
    """Colours of the quarters: upper left, upper right, lower left, lower right."""
    h, w = image.shape[:2]
    found = []
    for y, x in ((h // 4, w // 4), (h // 4, w * 3 // 4), (h * 3 // 4, w // 4), (h * 3 // 4, w * 3 // 4)):
        rgb = image[y, x].astype(int)
        grey = rgb.max() - rgb.min() < 40
        found.append("grey" if grey else ("red", "green", "blue")[int(rgb.argmax())])
    return found[0], found[1], found[2], found[3]


UPRIGHT = ("red", "green", "blue", "grey")


def write_clip(
    path: Path,
    size: tuple[int, int] = (64, 48),
    fps: int = 30,
    n: int = 12,
    times: Sequence[float] | None = None,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    aspect: Fraction | None = None,
) -> Path:
    """Encode pictures 0 to n-1, at `times` in seconds or evenly at `fps`."""
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if codec == "libx264":
            stream.options = {"crf": "12", "preset": "ultrafast", "g": "6"}
        base = Fraction(1, 12000) if times or path.suffix != ".h264" else Fraction(1, fps)
        stream.time_base = stream.codec_context.time_base = base
        for i in range(n if times is None else len(times)):
            frame = av.VideoFrame.from_ndarray(picture(i, size), format="rgb24")
            frame.pts = round((i / fps if times is None else times[i]) / base)
            frame.time_base = base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_sound(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4000), np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 8000, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def turn_in_file(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Write a, b, c, d of the display matrix into an mp4's track header, as a phone does."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = matrix
    values = np.array([a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30], ">i4")
    data[at : at + 36] = values.tobytes()
    path.write_bytes(bytes(data))
    return path

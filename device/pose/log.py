"""The pose log: one line of keypoints for each frame; recording, replay, bug report and golden test share it.

A text file, UTF-8:

    # treadlight-poses 1 width=960 height=720
    # model=lightning
    t,nose_x,nose_y,nose_score,left_eye_x,...,right_ankle_score
    0.000000,512.25,101.50,0.713,...

The first line names the format, its version and the picture's size in pixels. Further `# key=value` lines
may follow. Then the header and one row for each frame: t in seconds, strictly rising; x right and y down in
pixels; score 0 to 1. A point that was not found has three empty fields. A last line without its line end was
cut off by a power failure and is left out, as is all from the first row on that holds a zero byte.
"""

import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from device.errors import PoseLogError
from device.pose.types import N_KEYPOINTS, Keypoint, Pose

COLUMNS = ("t", *(f"{k.name.lower()}_{part}" for k in Keypoint for part in ("x", "y", "score")))
_MAGIC = re.compile(r"# treadlight-poses (\d{1,6}) width=(\d{1,6}) height=(\d{1,6})")
_VERSION = 1
_MAX_LINE_BYTES = 4096
_HEAD_LINES = 2
_MAX_COORDINATE_PX = 1e6
_REPLACE = "Record it again or restore it from a copy."


class PoseLogWriter:
    """Writes a pose log row by row; nothing is sure to be on disk before `flush` or `close`.

    Raises OSError when the file cannot be written, PoseLogError when time does not rise.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        meta: Mapping[str, str] | None = None,
        append: bool = False,
    ) -> None:
        """Begin a log; with `append` go on after the rows of one that has its head already."""
        self._path = path
        self._last_us: int | None = None
        self._file = path.open("a" if append else "w", encoding="utf-8", newline="\n")
        if append:
            return
        self._file.write(f"# treadlight-poses {_VERSION} width={size[0]} height={size[1]}\n")
        for key, value in (meta or {}).items():
            self._file.write(f"# {_one_line(key).replace('=', '_')}={_one_line(value)}\n")
        self._file.write(",".join(COLUMNS) + "\n")

    def __enter__(self) -> "PoseLogWriter":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def write(self, pose: Pose) -> None:
        """Append one pose, a missing one too."""
        t_us = round(pose.t * 1e6)
        if self._last_us is not None and t_us <= self._last_us:
            raise PoseLogError(
                f"{self._path} got t={pose.t:.6f} after t={self._last_us / 1e6:.6f}. "
                "Write poses in order of time."
            )
        self._last_us = t_us
        points = (
            f"{x:.2f},{y:.2f},{score:.3f}" if math.isfinite(x) and math.isfinite(y) else ",,"
            for (x, y), score in zip(pose.xy.tolist(), pose.score.tolist(), strict=True)
        )
        self._file.write(f"{t_us / 1e6:.6f},{','.join(points)}\n")

    def flush(self, to_disk: bool = False) -> None:
        """Hand all rows to the system: a killed process loses none, with `to_disk` a power cut neither."""
        self._file.flush()
        if to_disk:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Write what is left and close; calling it twice is harmless."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class PoseLog:
    """A pose log whose head has been read; `poses` reads the rows as they are asked for.

    size: width and height in pixels of the picture the keypoints are in.
    meta: what the `# key=value` lines say, such as model, runtime and version.
    truncated: the last line was cut off and is left out.
    """

    path: Path
    size: tuple[int, int]
    meta: dict[str, str]
    truncated: bool
    _start: int
    _start_line: int

    @property
    def poses(self) -> Iterator[Pose]:
        """Give the poses from the first on, anew at each call.

        Raises PoseLogError, naming line and fix, when it comes to a row that is not as documented.
        """
        return self._rows()

    def _rows(self) -> Iterator[Pose]:
        last_t = -math.inf
        with _open(self.path) as file:
            file.seek(self._start)
            for number, line in _lines(file, self.path, self._start_line):
                pose = _parse_row(line, f"{self.path}, line {number}")
                if pose.t <= last_t:
                    raise PoseLogError(
                        f"{self.path}, line {number}: t={pose.t:.6f} is not after t={last_t:.6f}. "
                        "Sort the rows by time and leave out doubles."
                    )
                last_t = pose.t
                yield pose


def read_pose_log(path: Path) -> PoseLog:
    """Read the head of a pose log and give access to its rows.

    Raises PoseLogError, naming line and fix, when the file cannot be read or its head is not as documented.
    """
    meta: dict[str, str] = {}
    size: tuple[int, int] | None = None
    with _open(path) as file:
        for number, line in _lines(file, path, 1):
            if size is None:
                size = _parse_size(line, f"{path}, line {number}")
            elif line.startswith("#"):
                key, _, value = line[1:].strip().partition("=")
                meta[key] = value
            elif line == ",".join(COLUMNS):
                start = file.tell()
                return PoseLog(path, size, meta, _cut_off(file), start, number + 1)
            else:
                raise PoseLogError(f"{path}, line {number}: {_header_fault(line)}")
    raise PoseLogError(f"{path} ends before its first row; it is empty or was cut off. {_REPLACE}")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise PoseLogError(
            f"{path} cannot be read ({error.strerror}). Check the path and the file's rights."
        ) from error


def _lines(file: BinaryIO, path: Path, first_number: int) -> Iterator[tuple[int, str]]:
    """Give numbered lines without their ends; a last one without line end is left out."""
    number = first_number
    while line := file.readline(_MAX_LINE_BYTES):
        whole = line.endswith(b"\n")
        if not whole and len(line) < _MAX_LINE_BYTES:
            return
        # Where the disk had given the room but not yet the data when its power went.
        if number > _HEAD_LINES and b"\0" in line:
            return
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            whole = False
        if not whole:
            raise PoseLogError(f"{path}, line {number}: this is not text. Give a pose log (a .csv file).")
        yield number, text.rstrip("\r\n")
        number += 1


def _cut_off(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def _parse_size(line: str, where: str) -> tuple[int, int]:
    found = _MAGIC.fullmatch(line.strip())
    if found is None:
        raise PoseLogError(
            f"{where}: this is not a pose log. "
            "It must begin with '# treadlight-poses 1 width=... height=...'."
        )
    version, width, height = map(int, found.groups())
    if version != _VERSION:
        raise PoseLogError(f"{where}: the pose log has version {version}. Update treadlight to read it.")
    if not (width and height):
        raise PoseLogError(f"{where}: the picture's size is {width} x {height}. Give its size in pixels.")
    return width, height


def _header_fault(line: str) -> str:
    names = line.split(",")
    missing = [name for name in COLUMNS if name not in names]
    if "t" not in names:
        return (
            f"the header with the columns' names is missing. Begin the rows with {','.join(COLUMNS[:4])},..."
        )
    if missing:
        shown = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        return f"the columns {shown} are missing. Keep all {len(COLUMNS)} columns in their documented order."
    return f"the columns are in another order. Keep all {len(COLUMNS)} columns in their documented order."


def _parse_row(line: str, where: str) -> Pose:
    fields = line.split(",")
    if len(fields) != len(COLUMNS):
        raise PoseLogError(
            f"{where}: there are {len(fields)} fields instead of {len(COLUMNS)}. Correct or delete the line."
        )
    if not fields[0]:
        raise PoseLogError(f"{where}: t is empty. Correct or delete the line.")
    values = [
        _parse_number(text, name, where) if text else math.nan
        for text, name in zip(fields, COLUMNS, strict=True)
    ]
    points = np.array(values[1:], np.float32).reshape(N_KEYPOINTS, 3)
    empty = np.isnan(points)
    if (empty.any(axis=1) != empty.all(axis=1)).any():
        raise PoseLogError(
            f"{where}: a point has x, y or score only. Give all three or leave all three empty."
        )
    score = np.where(empty[:, 2], np.float32(0), points[:, 2])
    if score.min() < 0 or score.max() > 1:
        raise PoseLogError(f"{where}: a score is not between 0 and 1. Correct or delete the line.")
    return Pose(values[0], points[:, :2].copy(), score)


def _parse_number(text: str, name: str, where: str) -> float:
    try:
        value = math.nan if "_" in text else float(text)
    except ValueError:
        value = math.nan
    limit = math.inf if name == "t" else _MAX_COORDINATE_PX
    if not (math.isfinite(value) and abs(value) <= limit):
        raise PoseLogError(
            f"{where}: {name} is {text[:20]!r}. "
            "Give a number, or leave the field empty if the point is missing."
        )
    return value

"""VideoCamera on real files: times, order, pace, orientation, and what is wrong with bad files."""

import os
import threading
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from clip_files import (
    LEVELS,
    UPRIGHT,
    corners,
    number_of,
    picture,
    turn_in_file,
    write_clip,
    write_sound,
)

from device.camera.video import VideoCamera
from device.errors import VideoError


def read(path: Path, **options: object) -> tuple[list[float], list[int], VideoCamera]:
    camera = VideoCamera(path, paced=False, **options)
    times, numbers = [], []
    for frame in camera.frames():
        times.append(frame.t)
        numbers.append(number_of(frame.image))
    return times, numbers, camera


def test_every_frame_comes_once_with_its_time(tmp_path: Path) -> None:
    times, numbers, camera = read(write_clip(tmp_path / "a.mp4", n=45))
    assert numbers == [i % LEVELS for i in range(45)]
    assert times == pytest.approx([i / 30 for i in range(45)], abs=1e-4)
    assert (camera.fps, camera.frame_count, camera.size) == (pytest.approx(30), 45, (64, 48))
    assert (camera.notice, camera.dropped) == (None, 0)


def test_a_variable_frame_rate_keeps_its_times(tmp_path: Path) -> None:
    stated = [0, 0.04, 0.05, 0.2, 0.9, 0.93, 1.5]
    times, numbers, _ = read(write_clip(tmp_path / "a.mkv", times=stated))
    assert times == pytest.approx(stated, abs=2e-3)
    assert numbers == list(range(7))


def test_slow_motion_is_read_in_real_time(tmp_path: Path) -> None:
    times, _, camera = read(write_clip(tmp_path / "a.mp4", n=5), time_scale=10)
    assert times == pytest.approx([i / 300 for i in range(5)], abs=1e-5)
    assert camera.fps == pytest.approx(300)


@pytest.mark.parametrize("factor", [0, -1, float("nan"), 1e6])
def test_a_senseless_time_scale_is_refused(tmp_path: Path, factor: float) -> None:
    with pytest.raises(VideoError, match="time scale"):
        VideoCamera(write_clip(tmp_path / "a.mp4"), paced=False, time_scale=factor)


def test_a_stream_without_times_runs_at_its_nominal_rate(tmp_path: Path) -> None:
    times, numbers, camera = read(write_clip(tmp_path / "a.h264", fps=50, n=10))
    assert numbers == list(range(10))
    assert times == pytest.approx([i / 50 for i in range(10)])
    assert camera.notice is not None
    assert "states no times, so 50 frames per second were assumed" in camera.notice


@pytest.mark.parametrize(("fps", "size"), [(1, (64, 48)), (240, (64, 48)), (30, (16, 16)), (60, (50, 98))])
def test_extreme_rates_and_sizes_are_read(tmp_path: Path, fps: int, size: tuple[int, int]) -> None:
    times, numbers, camera = read(write_clip(tmp_path / "a.mp4", size, fps, n=8))
    assert numbers == list(range(8))
    assert times == pytest.approx([i / fps for i in range(8)], abs=1e-4)
    assert (camera.fps, camera.size) == (pytest.approx(fps), size)


def test_a_4k_picture_is_read(tmp_path: Path) -> None:
    camera = VideoCamera(write_clip(tmp_path / "a.mp4", (3840, 2160), n=2), paced=False)
    frames = list(camera.frames())
    assert [f.size for f in frames] == [(3840, 2160)] * 2
    assert corners(frames[1].image) == UPRIGHT


def test_red_is_red(tmp_path: Path) -> None:
    (frame, *_) = VideoCamera(write_clip(tmp_path / "a.mp4"), paced=False).frames()
    difference = frame.image.astype(int) - picture(0, (64, 48))
    assert np.median(abs(difference)) <= 6
    assert frame.image.flags.c_contiguous


@pytest.mark.parametrize(
    ("rotation", "mirrored", "expected"),
    [
        (0, False, ("red", "green", "blue", "grey")),
        (90, False, ("blue", "red", "grey", "green")),
        (180, False, ("grey", "blue", "green", "red")),
        (270, False, ("green", "grey", "red", "blue")),
        (0, True, ("green", "red", "grey", "blue")),
        (90, True, ("red", "blue", "green", "grey")),
        (180, True, ("blue", "grey", "red", "green")),
        (270, True, ("grey", "green", "blue", "red")),
    ],
)
def test_rotation_is_clockwise_and_the_mirror_is_undone_after_it(
    tmp_path: Path, rotation: int, mirrored: bool, expected: tuple[str, ...]
) -> None:
    path = write_clip(tmp_path / "a.mp4", n=2)
    camera = VideoCamera(path, paced=False, rotation=rotation, mirrored=mirrored)
    image = next(camera.frames()).image
    assert corners(image) == expected
    assert camera.size == (image.shape[1], image.shape[0])
    assert camera.size == ((48, 64) if rotation % 180 else (64, 48))


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ((1, 0, 0, 1), ("red", "green", "blue", "grey")),
        ((0, 1, -1, 0), ("blue", "red", "grey", "green")),
        ((-1, 0, 0, -1), ("grey", "blue", "green", "red")),
        ((0, -1, 1, 0), ("green", "grey", "red", "blue")),
        ((-1, 0, 0, 1), ("green", "red", "grey", "blue")),
        ((1, 0, 0, -1), ("blue", "grey", "red", "green")),
    ],
)
def test_a_phone_picture_is_turned_as_the_phone_says(
    tmp_path: Path, matrix: tuple[int, int, int, int], expected: tuple[str, ...]
) -> None:
    path = turn_in_file(write_clip(tmp_path / "a.mp4", n=2), matrix)
    camera = VideoCamera(path, paced=False)
    image = next(camera.frames()).image
    assert corners(image) == expected
    assert camera.size == (image.shape[1], image.shape[0])


def test_the_operators_rotation_comes_after_the_phones(tmp_path: Path) -> None:
    path = turn_in_file(write_clip(tmp_path / "a.mp4", n=2), (-1, 0, 0, 1))
    turned = next(VideoCamera(path, paced=False, rotation=90).frames()).image
    plain = next(VideoCamera(path, paced=False).frames()).image
    np.testing.assert_array_equal(turned, np.rot90(plain, -1))


def test_a_loop_has_no_glitch_in_time(tmp_path: Path) -> None:
    camera = VideoCamera(write_clip(tmp_path / "a.mp4", fps=60, n=7), paced=False, loop=True)
    times, numbers = [], []
    for frame in camera.frames():
        times.append(frame.t)
        numbers.append(number_of(frame.image))
        if len(times) == 25:
            camera.close()
    assert numbers == [i % 7 for i in range(25)]
    assert np.diff(times) == pytest.approx(np.full(24, 1 / 60), abs=2e-4)
    assert times[24] == pytest.approx(24 / 60, abs=1e-3), "no drift from pass to pass"


def test_paced_frames_are_timed_on_the_monotonic_clock(tmp_path: Path) -> None:
    begun = time.monotonic()
    ages, times = [], []
    for frame in VideoCamera(write_clip(tmp_path / "a.mp4", fps=50, n=10), paced=True).frames():
        times.append(frame.t)
        ages.append(time.monotonic() - frame.t)
    assert begun <= times[0]
    assert min(ages) >= -1e-4
    steps = np.diff(times) * 50
    assert steps == pytest.approx(np.rint(steps), abs=0.02), "whole frame periods, frames may be skipped"
    assert times[-1] - times[0] == pytest.approx(9 / 50, abs=1e-3), "the last frame is always given"


def test_close_from_another_thread_wakes_a_paced_camera(tmp_path: Path) -> None:
    camera = VideoCamera(write_clip(tmp_path / "a.mp4", times=[0.0, 4.0, 4.5]), paced=True)
    seen = []
    first = threading.Event()

    def watch() -> None:
        for frame in camera.frames():
            seen.append(frame.t)
            first.set()

    thread = threading.Thread(target=watch)
    thread.start()
    assert first.wait(10)
    closed = time.monotonic()
    camera.close()
    camera.close()
    thread.join(10)
    assert not thread.is_alive()
    assert time.monotonic() - closed < 2
    assert len(seen) == 1


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4"])
def test_a_truncated_file_gives_what_it_has_then_says_so(tmp_path: Path, name: str) -> None:
    options = {"movflags": "faststart"} if name.endswith("mp4") else {}
    path = write_clip(tmp_path / name, (320, 240), n=90, options=options)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])
    times, numbers, camera = read(path)
    assert 20 < len(times) < 80
    assert numbers[:20] == list(range(20))
    assert camera.notice is not None
    assert "ends early" in camera.notice or "damaged" in camera.notice


def test_a_damaged_middle_does_not_end_the_clip(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", (320, 240), n=90, options={"movflags": "faststart"})
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat")
    middle = (start + len(data)) // 2
    data[middle : middle + 1500] = os.urandom(1500)
    path.write_bytes(bytes(data))
    times, _, _ = read(path)
    assert len(times) > 60
    assert times[-1] == pytest.approx(89 / 30, abs=0.1)
    assert all(b > a for a, b in pairwise(times))


def bad_files(folder: Path) -> dict[str, Path]:
    clip = write_clip(folder / "clip.mp4", n=30).read_bytes()
    contents = {
        "empty.mp4": b"",
        "noise.mp4": bytes(np.random.default_rng(1).integers(0, 256, 20000, np.uint8)),
        "text.mp4": b"this is not a video\n" * 50,
        "notes.txt": b"this is not a video\n" * 50,
        "page.html": b"<html><body>no</body></html>",
        "cut_before_index.mp4": clip[: len(clip) // 2],
        "list.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    write_sound(folder / "sound.wav")
    return {name: folder / name for name in [*contents, "sound.wav"]} | {
        "missing": folder / "missing.mp4",
        "folder": folder,
    }


def test_bad_files_are_named_with_a_fix(tmp_path: Path) -> None:
    words = {
        "missing": "does not exist",
        "folder": "is not a file",
        "empty.mp4": "is empty",
        "sound.wav": "holds no moving picture",
    }
    for name, path in bad_files(tmp_path).items():
        with pytest.raises(VideoError, match=words.get(name, "cannot be read as a video|holds no")) as caught:
            VideoCamera(path, paced=False)
        message = str(caught.value)
        assert str(path) in message, name
        assert message.rstrip(".").count(". ") == 1, f"a cause, then a fix: {message}"


def test_a_file_name_is_never_taken_for_an_address(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "plain.mp4", n=3).rename(tmp_path / "http:name.mp4")
    assert len(read(path)[0]) == 3


def test_a_file_that_goes_away_while_looping_is_named(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", n=3)
    frames = VideoCamera(path, paced=False, loop=True).frames()
    next(frames)
    path.unlink()
    with pytest.raises(VideoError, match="does not exist"):
        list(frames)


def test_pixels_that_are_not_square_are_made_square(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", (48, 48), n=2, aspect=Fraction(4, 3))
    camera = VideoCamera(path, paced=False)
    assert camera.size == next(camera.frames()).size == (64, 48)

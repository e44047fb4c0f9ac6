"""The pose log: what is written is read back, and what is damaged is named."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from device.errors import PoseLogError
from device.pose.log import COLUMNS, PoseLogWriter, read_pose_log
from device.pose.types import Keypoint, Pose

SIZE = (960, 720)
MAGIC = "# treadlight-poses 1 width=960 height=720\n"
HEADER = ",".join(COLUMNS) + "\n"
ROW = "0.5," + ",".join(["10.00,20.00,0.500"] * 17) + "\n"


def make_pose(t: float, seed: int = 0) -> Pose:
    rng = np.random.default_rng(seed)
    xy = (rng.random((17, 2)) * SIZE).astype(np.float32)
    return Pose(t, xy, rng.random(17).astype(np.float32))


def write(path: Path, poses: list[Pose], meta: dict[str, str] | None = None) -> Path:
    with PoseLogWriter(path, SIZE, meta) as log:
        for pose in poses:
            log.write(pose)
    return path


def save(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


poses_strategy = st.lists(
    st.tuples(
        st.integers(1, 10**9),
        hnp.arrays(np.float32, (17, 2), elements=st.floats(-5000, 5000, width=32)),
        hnp.arrays(np.float32, 17, elements=st.floats(0, 1, width=32)),
        hnp.arrays(np.bool_, 17),
    ),
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(rows=poses_strategy)
def test_what_is_written_is_read_back(tmp_path: Path, rows: list) -> None:
    t, poses = 0.0, []
    for step_us, xy, score, lost in rows:
        t += step_us * 1e-6
        poses.append(
            Pose(t, np.where(lost[:, None], np.float32(np.nan), xy), np.where(lost, np.float32(0), score))
        )
    log = read_pose_log(write(tmp_path / "log.csv", poses))
    back = list(log.poses)
    assert log.size == SIZE
    assert len(back) == len(poses)
    for a, b in zip(poses, back, strict=True):
        assert b.t == pytest.approx(a.t, abs=6e-7)
        assert (b.xy.dtype, b.score.dtype) == (np.float32, np.float32)
        np.testing.assert_allclose(b.xy, a.xy, atol=0.0055)
        np.testing.assert_allclose(b.score, a.score, atol=0.00055)


def test_the_text_is_as_documented(tmp_path: Path) -> None:
    pose = make_pose(1.25)
    pose.xy[Keypoint.NOSE] = (512.25, 101.5)
    pose.score[Keypoint.NOSE] = 0.713
    pose.xy[Keypoint.LEFT_EYE] = np.nan
    path = write(tmp_path / "log.csv", [pose, Pose.missing(1.5)], {"model": "lightning", "note": "a=b\nc"})
    lines = path.read_text().splitlines()
    assert lines[0] == "# treadlight-poses 1 width=960 height=720"
    assert lines[1:3] == ["# model=lightning", "# note=a=b c"]
    assert lines[3].startswith("t,nose_x,nose_y,nose_score,left_eye_x,")
    assert lines[3].endswith(",right_ankle_score")
    assert lines[4].startswith("1.250000,512.25,101.50,0.713,,,,")
    assert lines[5] == "1.500000" + "," * 51
    assert read_pose_log(path).meta == {"model": "lightning", "note": "a=b c"}


def test_a_missing_pose_comes_back_missing(tmp_path: Path) -> None:
    (pose,) = read_pose_log(write(tmp_path / "log.csv", [Pose.missing(2.0)])).poses
    assert not pose.present
    assert pose.score.max() == 0


def test_poses_can_be_read_again(tmp_path: Path) -> None:
    log = read_pose_log(write(tmp_path / "log.csv", [make_pose(i / 60, i) for i in range(5)]))
    assert [p.t for p in log.poses] == [p.t for p in log.poses]


def test_truncation_at_every_byte_loses_the_last_line_only(tmp_path: Path) -> None:
    poses = [make_pose(i / 60, i) for i in range(3)]
    whole = write(tmp_path / "log.csv", poses, {"model": "lightning"}).read_bytes()
    head = whole.index(HEADER.encode()) + len(HEADER)
    path = tmp_path / "cut.csv"
    for n in range(len(whole) + 1):
        path.write_bytes(whole[:n])
        if n < head:
            with pytest.raises(PoseLogError, match=r"cut off"):
                read_pose_log(path)
            continue
        log = read_pose_log(path)
        assert len(list(log.poses)) == whole[head:n].count(b"\n")
        assert log.truncated == (not whole[:n].endswith(b"\n"))


def test_a_tail_of_zeros_after_a_power_cut_loses_the_last_line_only(tmp_path: Path) -> None:
    path = save(tmp_path / "log.csv", (MAGIC + HEADER + ROW + "0.6,1").encode() + b"\0" * 3000)
    log = read_pose_log(path)
    assert log.truncated
    assert len(list(log.poses)) == 1


def test_what_was_flushed_can_be_read_while_writing_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    with PoseLogWriter(path, SIZE) as writer:
        writer.write(make_pose(0.1))
        writer.flush(to_disk=True)
        assert len(list(read_pose_log(path).poses)) == 1


def test_the_writer_refuses_time_that_does_not_rise(tmp_path: Path) -> None:
    with PoseLogWriter(tmp_path / "log.csv", SIZE) as writer:
        writer.write(make_pose(1.0))
        with pytest.raises(PoseLogError, match="order of time"):
            writer.write(make_pose(1.0))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "empty or was cut off"),
        ("hello\n", "line 1: this is not a pose log"),
        ("t,nose_x\n0,1\n", "line 1: this is not a pose log"),
        ("# treadlight-poses 1 width=abc height=720\n", "line 1: this is not a pose log"),
        ("# treadlight-poses 2 width=960 height=720\n", "version 2. Update"),
        ("# treadlight-poses 1 width=0 height=720\n", "line 1: the picture's size is 0 x 720"),
        (MAGIC + ROW, "line 2: the header"),
        (MAGIC + HEADER.replace("left_knee_x,", ""), "line 2: the columns left_knee_x are missing"),
        (MAGIC + HEADER.replace("_score", "_s"), r"line 2: .* and 14 more are missing"),
        (
            MAGIC + HEADER.replace("left_knee", "tmp").replace("right_knee", "left_knee"),
            "line 2: the columns",
        ),
        (
            MAGIC + HEADER.replace("nose_x,nose_y", "nose_y,nose_x"),
            "line 2: the columns are in another order",
        ),
        (bytes(range(255, -1, -1)) * 40, "line 1: this is not text"),
        (b"\xff" * 10000, "line 1: this is not text"),
        (b"\x00\x01\x02\n", "line 1: this is not a pose log"),
    ],
)
def test_a_bad_head_is_named(tmp_path: Path, text: str | bytes, named: str) -> None:
    with pytest.raises(PoseLogError, match=named):
        read_pose_log(save(tmp_path / "log.csv", text))


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (ROW.replace("0.5,", "nan,", 1), "t is 'nan'"),
        (ROW.replace("10.00", "NaN", 1), "nose_x is 'NaN'"),
        (ROW.replace("20.00", "inf", 1), "nose_y is 'inf'"),
        (ROW.replace("20.00", "1e30", 1), "nose_y is '1e30'"),
        (ROW.replace("20.00", "1_0", 1), "nose_y is '1_0'"),
        (ROW.replace("20.00", "abc", 1), "nose_y is 'abc'"),
        (ROW.replace("20.00", "", 1), "a point has x, y or score only"),
        (ROW.replace("0.500", "1.500", 1), "a score is not between 0 and 1"),
        (ROW.replace("0.500", "-0.1", 1), "a score is not between 0 and 1"),
        (ROW.replace("0.5,", ",", 1), "t is empty"),
        ("0.5,1,2\n", "there are 3 fields instead of 52"),
        ("\n", "there are 1 fields"),
        (ROW.strip() + ",1\n", "there are 53 fields"),
        (ROW.replace("0.5,", "0.1,", 1), "t=0.100000 is not after t=0.250000"),
        (ROW.replace("0.5,", "0.25,", 1), "Sort the rows by time"),
        ("9" * 5000 + "\n", "this is not text"),
    ],
)
def test_a_bad_row_is_named_and_the_rows_before_it_are_given(tmp_path: Path, row: str, named: str) -> None:
    good = ROW.replace("0.5,", "0.25,", 1)
    rows = read_pose_log(save(tmp_path / "log.csv", MAGIC + HEADER + good + row + ROW)).poses
    assert next(rows).t == 0.25
    with pytest.raises(PoseLogError, match=rf"line 4: .*{named}") as caught:
        next(rows)
    assert str(caught.value).count(". ") >= 1, "a cause, then a fix"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PoseLogError, match="No such file"):
        read_pose_log(tmp_path / "none.csv")
    with pytest.raises(PoseLogError, match="Is a directory"):
        read_pose_log(tmp_path)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    text = "\ufeff" + (MAGIC + "# model=x\n" + HEADER + ROW).replace("\n", "\r\n")
    log = read_pose_log(save(tmp_path / "log.csv", text))
    assert log.meta == {"model": "x"}
    assert len(list(log.poses)) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(at=st.integers(0, 2000), byte=st.integers(0, 255))
def test_any_damaged_byte_gives_poses_or_a_named_error(tmp_path: Path, at: int, byte: int) -> None:
    text = bytearray((MAGIC + HEADER + ROW + ROW.replace("0.5,", "0.75,", 1)).encode())
    text[at % len(text)] = byte
    try:
        poses = list(read_pose_log(save(tmp_path / "log.csv", bytes(text))).poses)
    except PoseLogError:
        return
    assert len(poses) <= 2
    assert all(math.isfinite(p.t) and not np.isinf(p.xy).any() for p in poses)

"""Files that are damaged or made to harm: refused by name, never a fault of the program."""

import math
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sessions.session_parts import pose

from device.camera.video import VideoCamera
from device.config import Config, load_config
from device.demo.clip import demo_clip
from device.errors import ConfigError, PoseLogError, VideoError
from device.pose.log import PoseLogWriter, read_pose_log

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEMPLATE = Path(__file__).parents[2] / "deploy" / "treadlight.toml"
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(["put", "cut", "add", "end"]),
        st.binary(max_size=12),
    ),
    min_size=1,
    max_size=6,
)


def edited(content: bytes, edits: list[tuple[float, str, bytes]]) -> bytes:
    """Overwrite, remove or insert bytes at places given as shares of the length; or end there."""
    for share, way, data in edits:
        at = int(share * len(content))
        rest = {"put": at + len(data), "cut": at + 7 * len(data), "add": at, "end": len(content)}[way]
        content = content[:at] + data + content[rest:]
    return content


@pytest.fixture(scope="module")
def pose_log(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("log") / "poses.csv"
    with PoseLogWriter(path, (640, 480), {"model": "lightning"}) as log:
        for number in range(12):
            log.write(pose(100 + number / 30))
    return path.read_bytes()


@QUICK
@given(edits=EDITS)
def test_a_pose_log_is_read_or_refused(
    pose_log: bytes, tmp_path: Path, edits: list[tuple[float, str, bytes]]
) -> None:
    path = tmp_path / "poses.csv"
    path.write_bytes(edited(pose_log, edits))
    try:
        found = list(read_pose_log(path).poses)
    except PoseLogError as refused:
        assert str(path) in str(refused)
        return
    assert all(a.t < b.t for a, b in pairwise(found))
    assert all(math.isfinite(p.t) and p.score.min() >= 0 and p.score.max() <= 1 for p in found)


@QUICK
@given(edits=EDITS)
def test_settings_are_read_or_refused(tmp_path: Path, edits: list[tuple[float, str, bytes]]) -> None:
    path = tmp_path / "treadlight.toml"
    path.write_bytes(edited(TEMPLATE.read_bytes(), edits))
    try:
        assert isinstance(load_config(path), Config)
    except ConfigError as refused:
        assert str(path) in str(refused)


@settings(QUICK, max_examples=25)
@given(
    head=st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=8)), max_size=8),
    tail=st.lists(st.tuples(st.integers(1, 6000), st.binary(min_size=1, max_size=8)), max_size=8),
    length=st.none() | st.integers(0, 60_000),
)
def test_a_video_is_played_or_refused(
    tmp_path: Path, head: list[tuple[int, bytes]], tail: list[tuple[int, bytes]], length: int | None
) -> None:
    """Its headers are at both ends: boxes and sizes first, the index of pictures last."""
    content = bytearray(demo_clip().read_bytes())
    for at, data in [*head, *((len(content) - at, data) for at, data in tail)]:
        content[at : at + len(data)] = data
    path = tmp_path / "clip.mp4"
    path.write_bytes(content[:length])
    try:
        camera = VideoCamera(path, paced=False)
    except VideoError as refused:
        assert "clip.mp4" in str(refused)
        return
    try:
        for number, frame in enumerate(camera.frames()):
            assert frame.image.shape[2] == 3
            if number == 3:
                break
    except VideoError as refused:
        assert str(refused)
    finally:
        camera.close()

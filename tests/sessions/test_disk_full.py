"""Disk full: recording pauses and says so, what was written stays, and it goes on once there is space."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from session_parts import META, running

from device.errors import StoreError
from device.pose.log import read_pose_log
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore

HERE = Path(__file__).parent


@pytest.fixture()
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB of its own; needs the right to mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("cannot mount a small disk to fill: there is no mount command")
    if done.returncode:
        pytest.skip(f"cannot mount a small disk to fill: {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Take all the space that is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        block = bytes(65536)
        while block:
            try:
                file.write(block)
            except OSError as error:
                assert error.errno == errno.ENOSPC
                block = block[: len(block) // 2]
    return filler


def record(recorder: Recorder, start_t: float, seconds: float) -> None:
    for pose, gait, cue in running(start_t, seconds):
        recorder.pose(pose)
        recorder.update(gait, cue)


def test_a_full_disk_pauses_recording_until_there_is_space(small_disk: Path) -> None:
    store = SessionStore(small_disk / "data")
    with closing(Recorder(store)) as recorder:
        number = recorder.start(META)
        record(recorder, 100.0, 10)
        assert recorder.flush()
        filler = fill(small_disk)

        record(recorder, 110.0, 10)
        assert not recorder.flush()
        assert recorder.state == "paused"
        assert [n.code for n in recorder.notices] == ["disk_full"]
        kept = store.load_session(number)
        assert kept.ended_t == pytest.approx(110)
        assert kept.summary.steps == 30
        assert len(list(read_pose_log(store.pose_log(number)).poses)) == 600

        filler.unlink()
        record(recorder, 120.0, 10)
        recorder.stop()
        assert recorder.flush()
        assert recorder.session_id is None
        assert [n.code for n in recorder.notices] == ["recording_resumed"]
        kept = store.load_session(number)
        assert kept.summary.duration_s == pytest.approx(30)
        assert kept.summary.steps == 90
        assert [n.notice.code for n in kept.notices] == ["recording_resumed"]
        times = [p.t for p in read_pose_log(store.pose_log(number)).poses]
        assert len(times) == 1800 - recorder.dropped
        assert times[-1] == pytest.approx(130)
        assert 0 < recorder.dropped <= 1200


def test_a_session_that_starts_and_ends_on_a_full_disk_is_kept_in_memory(small_disk: Path) -> None:
    store = SessionStore(small_disk / "data")
    with closing(Recorder(store)) as recorder:
        filler = fill(small_disk)
        number = recorder.start(META)
        record(recorder, 100.0, 10)
        recorder.stop()
        assert not recorder.flush()
        assert store.list_sessions() == []
        filler.unlink()
        assert recorder.flush()
        assert store.load_session(number).summary.steps == 30


def test_a_full_disk_is_named_when_the_store_is_opened(small_disk: Path) -> None:
    fill(small_disk)
    with pytest.raises(StoreError, match="space"):
        SessionStore(small_disk / "data")


@pytest.mark.parametrize("limit", [50_000, 150_000, 157_001])
def test_files_that_may_not_grow_lose_nothing_already_written(tmp_path: Path, limit: int) -> None:
    command = [sys.executable, str(HERE / "record_on_a_full_disk.py"), str(tmp_path), str(limit)]
    paths = {**os.environ, "PYTHONPATH": f"{HERE}:{HERE.parents[1]}"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=paths)
    said = json.loads(done.stdout)
    assert said["full"] == {"flushed": False, "state": "paused", "codes": ["recording_failed"]}
    assert said["freed"]["flushed"]
    assert said["freed"]["codes"] == ["recording_resumed"]
    store = SessionStore(tmp_path)
    store.check()
    assert store.load_session(1).summary.steps == 180
    assert len(list(read_pose_log(store.pose_log(1)).poses)) == 3600 - said["freed"]["dropped"]
    assert done.stderr == ""

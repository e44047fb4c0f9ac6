"""Damaged databases, settings and models: the device starts, says so, and nothing is lost that was kept."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sessions.session_parts import META, running

from device.checks.databases import check_databases
from device.clinic.store import ClinicStore
from device.config import Config, StorageConfig, load_config
from device.errors import ConfigError, ModelError
from device.monitor.problems import surroundings
from device.pose.models import find
from device.pose.runtime import start_interpreter
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.upkeep.backup import make_backup
from device.upkeep.last_good import load_or_last_good
from device.upkeep.rescue import NUMBERS_APART, SetAside, damage, set_aside_damaged
from device.upkeep.restore import restore_backup

PASSPHRASE = "a long passphrase"


def record(folder: Path, label: str) -> int:
    """Record ten seconds; gives the session's number."""
    with closing(Recorder(SessionStore(folder))) as recorder:
        number = recorder.start(replace(META, label=label))
        for pose, gait, cue in running(META.started_t, 10):
            recorder.pose(pose)
            recorder.update(gait, cue)
        recorder.stop()
        assert recorder.flush()
    return number


def header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"not a database!!" * 8)


def cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def scribbled(path: Path) -> None:
    chance = random.Random(3)
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(chance.randbytes(64))


WAYS = [header, cut_off, scribbled]


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_session_database_is_set_aside_and_a_new_one_started(tmp_path: Path, way) -> None:
    old = record(tmp_path, "A. B.")
    keypoints = SessionStore(tmp_path).pose_log(old).read_bytes()
    database = tmp_path / "sessions.sqlite3"
    way(database)
    damaged = database.read_bytes()
    said = check_databases(Config(storage=StorageConfig(folder=tmp_path)))
    assert (said.level, "sessions.sqlite3 is damaged" in said.message) == ("fail", True)
    (found,) = set_aside_damaged(tmp_path)
    assert found.database == "sessions.sqlite3"
    assert "recordings" in found.cause
    assert "restore" in found.fix
    assert (found.into / "sessions.sqlite3").read_bytes() == damaged
    assert (found.into / "poses" / "session-000001.csv").read_bytes() == keypoints
    assert set_aside_damaged(tmp_path) == ()
    said = check_databases(Config(storage=StorageConfig(folder=tmp_path)))
    assert (said.level, str(found.into) in said.message, "restore" in said.fix) == ("fail", True, True)
    assert SessionStore(tmp_path).list_sessions() == []
    assert record(tmp_path, "C. D.") == old + NUMBERS_APART + 1


def test_new_numbers_keep_clear_of_those_a_visit_knows(tmp_path: Path) -> None:
    clinic = ClinicStore(tmp_path)
    with closing(sqlite3.connect(clinic.database.path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(
            "INSERT INTO visit_session (session_id, visit_id, purpose, linked_at) VALUES (57, 1, 'other', '')"
        )
        connection.commit()
    record(tmp_path, "A. B.")
    header(tmp_path / "sessions.sqlite3")
    set_aside_damaged(tmp_path)
    assert record(tmp_path, "C. D.") == 57 + NUMBERS_APART + 1


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_clinic_database_is_set_aside_with_its_visits(tmp_path: Path, way) -> None:
    session = record(tmp_path, "A. B.")
    ClinicStore(tmp_path)
    picture = tmp_path / "visits" / "1" / "frame.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"a picture")
    with closing(sqlite3.connect(tmp_path / "clinic.sqlite3")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    way(tmp_path / "clinic.sqlite3")
    (found,) = set_aside_damaged(tmp_path)
    assert "patients" in found.cause
    assert (found.into / "visits" / "1" / "frame.jpg").read_bytes() == b"a picture"
    assert not picture.exists()
    assert not ClinicStore(tmp_path).users.any_administrator()
    assert SessionStore(tmp_path).load_session(session).summary.steps == 30


def test_a_backup_brings_everything_back_after_damage(tmp_path: Path) -> None:
    data, config = tmp_path / "data", Config(storage=StorageConfig(folder=tmp_path / "data"))
    number = record(data, "A. B.")
    ClinicStore(data)
    backup = make_backup(config, None, tmp_path / "b.backup", PASSPHRASE)
    for name in ("sessions.sqlite3", "clinic.sqlite3"):
        header(data / name)
    assert len(set_aside_damaged(data)) == 2
    record(data, "after the damage")
    restore_backup(config, None, backup, PASSPHRASE)
    assert SessionStore(data).load_session(number).summary.label == "A. B."
    assert set_aside_damaged(data) == ()


def test_what_was_set_aside_is_called_for_until_somebody_removes_it(tmp_path: Path) -> None:
    config = Config(storage=StorageConfig(folder=tmp_path))
    record(tmp_path, "A. B.")
    header(tmp_path / "sessions.sqlite3")
    (found,) = set_aside_damaged(tmp_path)
    told = check_databases(config)
    assert told.level == "fail"
    assert f"On {datetime.now(UTC):%Y-%m-%d} " in told.message
    assert "sudo ./setup.sh restore" in told.fix
    assert told.fix.endswith(f"sudo rm -r {found.into}")
    assert told.message in [result.message for result in surroundings(config)], "the Health page's list"
    shutil.rmtree(found.into)
    assert check_databases(config).level == "ok"


def test_what_is_not_damaged_is_left_alone(tmp_path: Path) -> None:
    assert set_aside_damaged(tmp_path) == ()
    assert list(tmp_path.iterdir()) == []
    assert check_databases(Config(storage=StorageConfig(folder=tmp_path))).level == "ok"
    record(tmp_path, "A. B.")
    ClinicStore(tmp_path)
    foreign = tmp_path / "clinic.sqlite3"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with closing(sqlite3.connect(tmp_path / "sessions.sqlite3")) as busy:
        busy.execute("BEGIN IMMEDIATE")
        assert set_aside_damaged(tmp_path) == ()
    empty = tmp_path / "empty.sqlite3"
    empty.touch()
    assert damage(empty) is None


def test_the_sentences_hold_for_both_databases(tmp_path: Path) -> None:
    found = SetAside("clinic.sqlite3", "malformed", tmp_path)
    assert found.cause.endswith(".")
    assert str(tmp_path) in found.cause


GOOD = '[camera]\nfps = 30\n[web]\naccess_code = "a secret code"\n'


def test_bad_settings_fall_back_to_the_last_good_ones(tmp_path: Path) -> None:
    file, state = tmp_path / "treadlight.toml", tmp_path / "state"
    state.mkdir()
    file.write_text(GOOD)
    first = load_or_last_good(file, state)
    assert (first.trouble, first.path, first.config) == (None, file, load_config(file))
    kept = state / "last-good.toml"
    assert kept.stat().st_mode & 0o777 == 0o600
    for bad in (b"", GOOD.encode()[:25], b"\0" * 40, b"[camera]\nfps = 9999\n", os.urandom(64)):
        file.write_bytes(bad)
        again = load_or_last_good(file, state)
        assert again.config == first.config
        assert again.trouble is not None
        assert str(file) in again.trouble
        assert "last good settings" in again.trouble
    file.unlink()
    assert load_or_last_good(file, state).config == first.config
    file.write_text(GOOD.replace("30", "25"))
    assert load_or_last_good(file, state).config.camera.fps == 25
    assert "25" in kept.read_text()


def test_bad_settings_without_a_good_copy_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "treadlight.toml"
    file.write_text("[camera]\nfps = 9999\n")
    with pytest.raises(ConfigError, match=r"camera\.fps"):
        load_or_last_good(file, tmp_path)
    (tmp_path / "last-good.toml").write_text("damaged too")
    with pytest.raises(ConfigError, match=r"camera\.fps"):
        load_or_last_good(file, tmp_path)


def test_an_empty_file_means_the_defaults_where_nothing_was_kept(tmp_path: Path) -> None:
    file = tmp_path / "treadlight.toml"
    file.touch()
    assert load_or_last_good(file, tmp_path / "no such folder").config == Config()


def test_settings_that_cannot_be_copied_still_count(tmp_path: Path) -> None:
    file = tmp_path / "treadlight.toml"
    file.write_text(GOOD)
    assert load_or_last_good(file, tmp_path / "no such folder").trouble is None


@pytest.mark.parametrize("size", [0, 1000, None])
def test_a_damaged_model_is_named_before_it_is_run(tmp_path: Path, size: int | None) -> None:
    whole = find("lightning").path.read_bytes()
    damaged = bytearray(whole if size is None else whole[:size])
    if size is None:
        damaged[len(damaged) // 2] ^= 0x10
    copy = tmp_path / "models"
    copy.mkdir()
    for part in find("lightning").path.parent.iterdir():
        if part.is_file() and part.suffix in (".toml", ".tflite"):
            (copy / part.name).write_bytes(part.read_bytes())
    (copy / find("lightning").path.name).write_bytes(damaged)
    with pytest.raises(ModelError, match="manifest"):
        find("lightning", copy)


def test_a_model_that_is_no_model_does_not_bring_the_process_down(tmp_path: Path) -> None:
    junk = tmp_path / "junk.tflite"
    junk.write_bytes(random.Random(1).randbytes(20_000))
    with pytest.raises(ModelError):
        start_interpreter(junk, 1, None)


def test_the_service_starts_with_damaged_databases_and_settings(tmp_path: Path) -> None:
    """The whole start in a process of its own, up to the doctor's and the log's words."""
    record(tmp_path / "data", "A. B.")
    header(tmp_path / "data" / "sessions.sqlite3")
    script = (
        "import sys, logging; from pathlib import Path\n"
        "from device.app import build\n"
        "from device.config import *\n"
        "from device.gait.types import RunSetup\n"
        "logging.basicConfig(level=logging.ERROR)\n"
        "c = Config(camera=CameraConfig(source='clip'), light=LightConfig(kind='mock'),\n"
        "  web=WebConfig(host='127.0.0.1', port=0), storage=StorageConfig(folder=Path(sys.argv[1])))\n"
        "d = build(c, RunSetup()); d.stop(); print('built')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "built\n"
    assert "was damaged and has been set aside" in done.stderr
    assert datetime.now(UTC).strftime("before-repair-%Y") in done.stderr

"""The store: opened with care, older versions brought along, damage named and never made worse."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from session_parts import META, running

from device.errors import StoreError
from device.sessions import schema
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.sessions.types import SessionStatus


def recorded(folder: Path, seconds: float = 60) -> SessionStore:
    """Make a store with one finished session in it."""
    store = SessionStore(folder)
    with closing(Recorder(store)) as recorder:
        recorder.start(META)
        for _, gait, cue in running(META.started_t, seconds):
            recorder.update(gait, cue)
        assert recorder.flush()
    return store


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_new_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    store = recorded(tmp_path / "a" / "data folder?#%", 2)
    assert store.path.stat().st_mode & 0o077 == 0
    assert store.pose_log(1).parent.stat().st_mode & 0o077 == 0
    assert SessionStore(store.folder).load_session(1).summary.status is SessionStatus.FINISHED


def test_a_database_from_a_newer_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = recorded(tmp_path, 2).path
    execute(path, f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}", "PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"newer treadlight.*Update treadlight") as refused:
        SessionStore(tmp_path)
    assert str(path) in str(refused.value)
    assert path.read_bytes() == before


def test_another_programs_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "sessions.sqlite3"
    execute(path, "CREATE TABLE session (id)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="belongs to another program"):
        SessionStore(tmp_path)
    assert path.read_bytes() == before


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database at all, " * 1000)


def lost_header(path: Path) -> None:
    path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])


def cut_off(path: Path) -> None:
    os.truncate(path, 3000)


@pytest.mark.parametrize("damage", [garbage, lost_header, cut_off])
def test_a_damaged_database_is_named_and_left_as_it_is(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = recorded(tmp_path, 2).path
    damage(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"is damaged.*Move it away.*backup") as refused:
        SessionStore(tmp_path)
    assert str(path) in str(refused.value)
    assert path.read_bytes() == before


def test_damage_deep_inside_is_found_by_the_check_and_named_when_read(tmp_path: Path) -> None:
    store = recorded(tmp_path, 600)
    store.check()
    whole = store.path.read_bytes()
    middle = len(whole) // 3
    store.path.write_bytes(whole[:middle] + os.urandom(len(whole) // 2) + whole[middle + len(whole) // 2 :])
    with pytest.raises(StoreError, match="is damaged"):
        store.check()
    with pytest.raises(StoreError, match="is damaged"):
        store.load_session(1)


def test_a_value_that_means_nothing_is_damage_too(tmp_path: Path) -> None:
    store = recorded(tmp_path, 2)
    execute(store.path, "UPDATE cue SET light = 'purple'")
    with pytest.raises(StoreError, match=r"is damaged.*purple"):
        store.load_session(1)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"file/data cannot be used.*storage\.folder"):
        SessionStore(tmp_path / "file" / "data")


def test_a_database_that_vanishes_while_in_use_is_named(tmp_path: Path) -> None:
    store = recorded(tmp_path, 2)
    store.path.unlink()
    with pytest.raises(StoreError, match="cannot be used"):
        store.list_sessions()


def test_no_such_session(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no recording 7\. .*list"):
        SessionStore(tmp_path).load_session(7)


def test_opening_does_not_disturb_a_running_session(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    with closing(Recorder(store)) as recorder:
        recorder.start(META)
        assert recorder.flush()
        assert SessionStore(tmp_path).list_sessions()[0].status is SessionStatus.RUNNING


def test_a_metric_that_an_older_database_does_not_know_is_added(tmp_path: Path) -> None:
    path = recorded(tmp_path, 2).path
    execute(path, "ALTER TABLE form DROP COLUMN sparc")
    store = SessionStore(tmp_path)
    assert store.load_session(1).form[0].sparc is None
    assert recorded(tmp_path, 2).load_session(2).summary.steps == 6


def add_shoe(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE session ADD COLUMN shoe TEXT")


def test_a_migration_brings_an_older_database_along(tmp_path: Path) -> None:
    store = recorded(tmp_path, 2)
    with store.database.writing() as connection:
        schema.migrate(connection, (*schema.MIGRATIONS, add_shoe))
        assert schema.version(connection) == len(schema.MIGRATIONS) + 1
        assert tuple(connection.execute("SELECT label, shoe FROM session").fetchone()) == (META.label, None)
        schema.migrate(connection, (*schema.MIGRATIONS, add_shoe))


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        add_shoe(connection)
        connection.execute("CREATE TABLE session (id)")

    store = recorded(tmp_path, 2)
    before = dump(store)
    with pytest.raises(StoreError, match="already exists"), store.database.writing() as connection:
        schema.migrate(connection, (*schema.MIGRATIONS, broken))
    assert dump(store) == before


def dump(store: SessionStore) -> list[str]:
    with closing(sqlite3.connect(store.path)) as connection:
        return [*connection.iterdump(), str(schema.version(connection))]

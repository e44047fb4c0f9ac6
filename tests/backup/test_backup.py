"""Backup and restore of a whole data folder: nothing lost, nothing let in that was not put there."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.__main__ import main
from device.config import Config, StorageConfig
from device.errors import BackupError
from device.upkeep.backup import make_backup
from device.upkeep.restore import STAMP, read_backup, restore_backup
from device.upkeep.sealed import PIECE_BYTES, SealedReader, SealedWriter

WORDS = "correct horse battery"
SETTINGS = '[light]\nkind = "mock"\n[storage]\nfolder = "{data}"\n'


@pytest.fixture
def config(tmp_path: Path) -> Config:
    data = tmp_path / "data"
    (data / "poses").mkdir(parents=True)
    (data / "visits" / "7").mkdir(parents=True)
    (data / "poses" / "session-000001.csv").write_text("t,x,y\n" + "0.1,0.2,0.3\n" * 40_000)
    (data / "visits" / "7" / "contact.jpg").write_bytes(bytes(range(256)) * 40)
    (data / "access-code").write_text("sunrise-seven\n")
    (data / "recorder.lock").touch()
    for name in ("sessions", "clinic"):
        with closing(sqlite3.connect(data / f"{name}.sqlite3")) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE kept (word TEXT)")
            database.execute("INSERT INTO kept VALUES (?)", (name,))
            database.commit()
    return replace(Config(), storage=StorageConfig(folder=data))


def word_in(path: Path) -> str:
    with closing(sqlite3.connect(path)) as database:
        (word,) = database.execute("SELECT word FROM kept").fetchone()
    return str(word)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the databases' logs and what tells of backups."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".sqlite3" not in path.name and path.name != STAMP
    }


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(BackupError) as refused:
        attempt()
    return str(refused.value)


def test_what_was_backed_up_comes_back_and_what_was_there_stays(config: Config, tmp_path: Path) -> None:
    data = config.storage.folder
    before = contents(data)
    file = make_backup(config, None, tmp_path / "a.backup", WORDS)
    assert b"sunrise" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads((data / STAMP).read_text())["ok"] is True
    (data / "access-code").write_text("changed since\n")
    (data / "poses" / "session-000002.csv").write_text("t\n")
    with closing(sqlite3.connect(data / "clinic.sqlite3")) as database:
        database.execute("UPDATE kept SET word = 'changed'")
        database.commit()
    done = restore_backup(config, None, file, WORDS)
    assert {name: content for name, content in contents(data).items() if "before-" not in name} == before
    assert word_in(data / "clinic.sqlite3") == "clinic"
    assert done.before is not None
    assert (done.before / "access-code").read_text() == "changed since\n"
    assert word_in(done.before / "clinic.sqlite3") == "changed"
    assert not list(data.glob(".restore-*"))


def test_a_database_is_copied_while_it_is_written(config: Config, tmp_path: Path) -> None:
    with closing(sqlite3.connect(config.storage.folder / "sessions.sqlite3")) as live:
        live.execute("INSERT INTO kept VALUES ('committed')")
        live.commit()
        live.execute("INSERT INTO kept VALUES ('not committed')")
        file = make_backup(config, None, tmp_path, WORDS)
    read_backup(file, WORDS, tmp_path / "out")
    with closing(sqlite3.connect(tmp_path / "out" / "data" / "sessions.sqlite3")) as copy:
        assert copy.execute("SELECT word FROM kept").fetchall() == [("sessions",), ("committed",)]


def test_a_wrong_passphrase_and_a_damaged_file_are_told_apart_and_change_nothing(
    config: Config, tmp_path: Path
) -> None:
    data = config.storage.folder
    file = make_backup(config, None, tmp_path / "a.backup", WORDS)
    before = contents(data)
    whole = file.read_bytes()
    assert "passphrase is not the one" in refusal(lambda: restore_backup(config, None, file, WORDS + "!"))
    for damaged in (whole[: len(whole) // 2], whole[:-1], whole[:200] + b"\0" + whole[201:], whole + b"x"):
        file.write_bytes(damaged)
        assert "damaged" in refusal(lambda: restore_backup(config, None, file, WORDS))
    file.write_bytes(b"something else")
    assert "no backup of treadlight" in refusal(lambda: restore_backup(config, None, file, WORDS))
    assert contents(data) == before


def test_a_damaged_database_is_no_backup(config: Config, tmp_path: Path) -> None:
    path = config.storage.folder / "clinic.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        database.executemany("INSERT INTO kept VALUES (?)", [("word" * 50,)] * 2000)
        database.commit()
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    path.write_bytes(content)
    assert "clinic.sqlite3" in refusal(lambda: make_backup(config, None, tmp_path / "a.backup", WORDS))
    assert list(tmp_path.glob("*.backup*")) == []
    assert json.loads((config.storage.folder / STAMP).read_text())["ok"] is False


def test_a_running_device_is_not_restored(config: Config, tmp_path: Path) -> None:
    import fcntl

    file = make_backup(config, None, tmp_path / "a.backup", WORDS)
    with (config.storage.folder / "recorder.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "device is running" in refusal(lambda: restore_backup(config, None, file, WORDS))


def test_the_command_line_brings_settings_along(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = tmp_path / "passphrase"
    words.write_text(WORDS + "\n")
    toml = tmp_path / "treadlight.toml"
    kept = SETTINGS.format(data=config.storage.folder)
    toml.write_text(kept)
    asked = ["--config", str(toml), "--passphrase-file", str(words)]
    assert main(["backup", str(tmp_path), *asked]) == 0
    (file,) = tmp_path.glob("treadlight-treadlight-*.backup")
    toml.write_text(kept.replace("mock", "disabled"))
    assert main(["restore", str(file), *asked]) == 0
    assert toml.read_text() == kept
    assert "disabled" in (tmp_path / "treadlight.toml.before-restore").read_text()
    assert "Settings restored too" in capsys.readouterr().out
    words.write_text("short\n")
    assert main(["backup", str(tmp_path), *asked]) == 2
    assert "at least 10 characters" in capsys.readouterr().err


@settings(max_examples=10)
@given(
    size=st.sampled_from([0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES]),
    pieces=st.lists(st.integers(1, PIECE_BYTES), min_size=1, max_size=4),
    cut=st.floats(0, 1, exclude_max=True),
    flip=st.floats(0, 1, exclude_max=True),
)
def test_what_was_sealed_is_read_whole_or_not_at_all(
    tmp_path_factory: pytest.TempPathFactory, size: int, pieces: list[int], cut: float, flip: float
) -> None:
    file = tmp_path_factory.mktemp("sealed") / "file"
    plain = bytes(i * 7 % 251 for i in range(size))
    with file.open("wb") as raw, SealedWriter(raw, WORDS) as sealed:
        place = 0
        for piece in pieces:
            sealed.write(plain[place : place + piece])
            place += piece
        sealed.write(plain[place:])
    with file.open("rb") as raw:
        assert SealedReader(raw, WORDS).read() == plain
    whole = file.read_bytes()
    changed = bytearray(whole)
    changed[int(flip * len(whole))] ^= 1
    for other in (whole[: int(cut * len(whole))], bytes(changed)):
        file.write_bytes(other)
        with file.open("rb") as raw, pytest.raises(BackupError):
            SealedReader(raw, WORDS).read()

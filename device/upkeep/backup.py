"""Backup: everything the device knows in one encrypted file, read back before it counts.

What is in it: the databases (copied while the device runs, by SQLite's online backup), the pose logs, the
files of the visits, the secrets, the certificate's authority and the settings.
"""

import getpass
import gzip
import hashlib
import io
import json
import os
import sqlite3
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from device.config import Config
from device.errors import BackupError
from device.storage.disk import flush, private
from device.upkeep.restore import (
    DATABASES,
    MANIFEST,
    SETTINGS,
    SKIPPED,
    STAMP,
    check_database,
    hand_over,
    named_errors,
    read_backup,
)
from device.upkeep.sealed import SealedWriter

SHORTEST_PASSPHRASE = 10


def make_backup(config: Config, settings: Path | None, target: Path, passphrase: str) -> Path:
    """Write a backup while the device runs, read it back, and only then give it its name.

    target: the file, or a folder in which one named by date is made. settings: the settings file.
    Gives the file. Raises BackupError: no room, no right to write, a damaged database, a short passphrase.
    Whatever the end, `last-backup.json` in the data folder tells of it.
    """
    data = config.storage.folder
    if target.is_dir():
        target = target / f"treadlight-{config.web.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.backup"
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BackupError(f"The passphrase is too short. Use at least {SHORTEST_PASSPHRASE} characters.")
    draft = target.with_name(f".{target.name}.part")
    try:
        with named_errors(target):
            with private(draft) as file, SealedWriter(file, passphrase) as sealed:
                _pack(data, settings, sealed)
            flush(draft)
            read_backup(draft, passphrase, None)
            draft.replace(target)
            flush(target.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        _stamp(data, target, ok=False)
        raise
    _stamp(data, target, ok=True)
    return target


def ask_passphrase(file: Path | None, twice: bool) -> str:
    """Read the passphrase from a file's first line, or ask for it. Raises BackupError."""
    if file is not None:
        try:
            return file.read_text("utf-8").splitlines()[0]
        except (OSError, ValueError, IndexError) as error:
            raise BackupError(f"No passphrase can be read from {file}. Put it on the first line.") from error
    if not sys.stdin.isatty():
        raise BackupError("There is nobody to ask for the passphrase. Use --passphrase-file.")
    given = getpass.getpass("Passphrase: ")
    if twice and getpass.getpass("Once more: ") != given:
        raise BackupError("The two passphrases differ. Type the same one twice.")
    return given


def _pack(data: Path, settings: Path | None, sealed: SealedWriter) -> None:
    sums: dict[str, str] = {}
    with (
        gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=3) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
        tempfile.TemporaryDirectory(prefix=".backup-", dir=data) as folder,
    ):
        for database in sorted(data.glob(DATABASES)):
            copy = Path(folder) / database.name
            _copy_database(database, copy)
            sums[f"data/{database.name}"] = _add(tar, copy, f"data/{database.name}")
        for path in _files(data):
            name = f"data/{path.relative_to(data)}"
            with suppress(FileNotFoundError):  # deleted while the backup was made
                sums[name] = _add(tar, path, name)
        if settings is not None and settings.is_file():
            sums[SETTINGS] = _add(tar, settings, SETTINGS)
        content = json.dumps(sums).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))


def _files(data: Path) -> Iterator[Path]:
    """Give every ordinary file that is kept, databases apart."""
    for top in sorted(data.iterdir()):
        if top.name.startswith(SKIPPED) or ".sqlite3" in top.name or top.is_symlink():
            continue
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    """Add one file as long as it is now, for a pose log may be growing; gives its SHA-256."""
    with path.open("rb") as file:
        entry = tarfile.TarInfo(name)
        entry.size = os.fstat(file.fileno()).st_size
        entry.mtime = int(os.fstat(file.fileno()).st_mtime)
        reader = _Summed(file)
        tar.addfile(entry, reader)
    return reader.sum.hexdigest()


class _Summed(io.RawIOBase):
    """Reads a file and sums what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._file.read(size)
        self.sum.update(found)
        return found


def _copy_database(source: Path, copy: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as live,
        closing(sqlite3.connect(copy)) as target,
    ):
        live.backup(target)
        # One file, without a log beside it; the device switches the log on again.
        target.execute("PRAGMA journal_mode = DELETE")
    check_database(copy)


def _stamp(data: Path, target: Path, ok: bool) -> None:
    """Leave word for the Health page; a data folder that cannot be written is told of elsewhere."""
    with suppress(OSError):
        draft = data / f".{STAMP}"
        said = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "ok": ok, "path": str(target)}
        draft.write_text(json.dumps(said), "utf-8")
        hand_over(draft, data)
        draft.replace(data / STAMP)

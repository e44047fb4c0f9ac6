"""Reading a backup: verified from end to end before any of it takes the place of what is there."""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from device.config import Config
from device.errors import BackupError
from device.storage.disk import flush, private
from device.upkeep.sealed import DAMAGED, SealedReader

MANIFEST = "manifest.json"
SETTINGS = "settings/treadlight.toml"
DATABASES = "*.sqlite3"
STAMP = "last-backup.json"
SKIPPED = ("before-", "failed-update-", ".", STAMP, "recorder.lock")
"""Beginnings of names that stay where they are: earlier states, drafts, the running device's own."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: `files` brought back, what was there before in `before` (None: nothing was)."""

    files: int
    before: Path | None
    settings: bool


def restore_backup(config: Config, settings: Path | None, source: Path, passphrase: str) -> Restored:
    """Bring a backup back; what was there is kept in `before-restore-<time>` beside it.

    The whole file is read and verified first, so a wrong passphrase or a damaged file changes nothing.
    Raises BackupError, also while the device runs.
    """
    data = config.storage.folder
    with named_errors(source), _device_stopped(data):
        draft = Path(tempfile.mkdtemp(prefix=".restore-", dir=data))
        try:
            count = read_backup(source, passphrase, draft)
            hand_over(draft, data)
            before = _set_aside(data)
            for item in (draft / "data").iterdir():
                item.replace(data / item.name)
            taken = _bring_settings(draft / SETTINGS, settings)
            flush(data)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return Restored(count, before, taken)


def read_backup(source: Path, passphrase: str, into: Path | None) -> int:
    """Read a backup from end to end and compare every file with the manifest; gives how many there are.

    into: a folder to unpack it in, None to verify only. Raises BackupError that says whether the passphrase
    is wrong or the file is damaged.
    """
    sums: dict[str, str] = {}
    manifest: dict[str, str] | None = None
    try:
        with source.open("rb") as file:
            reader = SealedReader(file, passphrase)
            tar = tarfile.open(fileobj=reader, mode="r|gz")  # noqa: SIM115
            for member in tar:
                content = tar.extractfile(member)
                if content is None or not _is_inside(member.name):
                    raise BackupError(f"The backup holds what it must not hold ({member.name}). {DAMAGED}")
                if member.name == MANIFEST:
                    manifest = json.load(content)
                else:
                    sums[member.name] = _unpack(content, into and into / member.name)
            while reader.read(1 << 18):
                pass
    except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
        if isinstance(error, BackupError):
            raise
        raise BackupError(f"The backup {source.name} is damaged ({error}). {DAMAGED}") from error
    if manifest is None or manifest != sums:
        raise BackupError(f"The backup {source.name} is not complete. {DAMAGED}")
    if into is not None:
        for database in (into / "data").glob(DATABASES):
            check_database(database)
    return len(sums)


def _unpack(content: IO[bytes], path: Path | None) -> str:
    total = hashlib.sha256()
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with private(path or Path(os.devnull)) as file:
        while piece := content.read(1 << 18):
            total.update(piece)
            file.write(piece)
    return total.hexdigest()


def check_database(path: Path) -> None:
    """Read a whole database. Raises BackupError when any part of it is damaged."""
    with closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise BackupError(f"The database {path.name} is damaged ({found}). Restore an earlier backup first.")


def _set_aside(data: Path) -> Path | None:
    present = [item for item in data.iterdir() if not item.name.startswith(SKIPPED)]
    if not present:
        return None
    before = data / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}-{time.monotonic_ns() % 1000:03d}"
    before.mkdir(mode=0o700)
    hand_over(before, data)
    for item in present:
        item.replace(before / item.name)
    return before


def _bring_settings(source: Path, settings: Path | None) -> bool:
    """Put the settings in place when they are there and may be written; the present ones are kept beside."""
    if not source.is_file() or settings is None or not os.access(settings.parent, os.W_OK):
        return False
    if settings.exists():
        owner = settings.stat()
        os.chown(source, owner.st_uid, owner.st_gid)
        source.chmod(owner.st_mode & 0o777)
        settings.replace(settings.with_name(f"{settings.name}.before-restore"))
    shutil.copy2(source, settings)
    if os.geteuid() == 0:
        os.chown(settings, source.stat().st_uid, source.stat().st_gid)
    return True


def hand_over(folder: Path, data: Path) -> None:
    """Give everything in `folder` to whoever owns the data folder, when root does the work."""
    if os.geteuid() != 0:
        return
    owner = data.stat()
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def _device_stopped(data: Path) -> Iterator[None]:
    data.mkdir(mode=0o750, parents=True, exist_ok=True)
    with (data / "recorder.lock").open("a") as lock:
        hand_over(data / "recorder.lock", data)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupError(
                "The device is running. Stop it first: sudo systemctl stop treadlight"
            ) from None
        yield


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say into BackupError with a way out."""
    try:
        yield
    except BackupError:
        raise
    except sqlite3.Error as error:
        raise BackupError(
            f"A database cannot be copied ({error}). See what treadlight check says."
        ) from error
    except OSError as error:
        raise BackupError(
            f"{error.filename or path}: {error.strerror or error}. Check the path, its rights and the space."
        ) from error


def _is_inside(name: str) -> bool:
    parts = Path(name).parts
    return name in {MANIFEST, SETTINGS} or (parts[0] == "data" and ".." not in parts)

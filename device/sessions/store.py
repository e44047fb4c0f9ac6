"""The recorded sessions: a database and their pose logs, read without disturbing the recording."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from device.errors import StoreError
from device.sessions import read, schema
from device.sessions.types import SessionRecord, SessionSummary
from device.storage.database import Database, FileKind, utc_now

SESSIONS = FileKind(
    file="sessions.sqlite3",
    application_id=0x54524C54,  # "TRLT"
    title="The database of recordings",
    mend="Move it away to go on with an empty one, or restore it from a backup.",
)


class SessionStore:
    """A folder with the database of sessions and their pose logs.

    Safe from any thread. Only the `Recorder` writes.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        """Open the store, creating it or bringing an older one up to date.

        now: wall clock with a time zone. Raises StoreError: folder unusable, disk full, database damaged,
        made by a newer version or by another program; the file is then left as it was.
        """
        self.folder = folder
        self.now = now
        self.database = Database(folder, SESSIONS)
        self.path = self.database.path
        self.database.open(self._migrate)
        with self.database.named_errors():
            self.pose_log(0).parent.mkdir(mode=0o700, exist_ok=True)

    def list_sessions(self) -> list[SessionSummary]:
        """Give every session, the newest first. Raises StoreError."""
        with self._reading() as connection:
            return read.summaries(connection, self.pose_log)

    def load_session(self, session_id: int) -> SessionRecord:
        """Give everything kept of one session. Raises StoreError, also when there is no such session."""
        with self._reading() as connection:
            record = read.record(connection, session_id, self.pose_log)
        if record is None:
            raise StoreError(f"There is no recording {session_id}. It may have been deleted: see the list.")
        return record

    def pose_log(self, session_id: int) -> Path:
        """Tell where a session's keypoints are kept; there may be none."""
        return self.folder / "poses" / f"session-{session_id:06d}.csv"

    def lock(self) -> int:
        """Take the folder for one recorder, until the file descriptor given is closed. Raises StoreError."""
        with self.database.named_errors():
            lock = os.open(self.folder / "recorder.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            if isinstance(error, BlockingIOError):
                cause = f"Another treadlight records into {self.folder}. Stop it first"
            else:
                cause = f"The data folder {self.folder} cannot be locked ({error}). Check its disk"
            raise StoreError(f"{cause}, or choose another folder.") from error
        return lock

    def check(self) -> None:
        """Read the whole database; slow. Raises StoreError when any part of it is damaged."""
        with self._reading() as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise self.database.damaged(found)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self.database.reading() as connection:
            try:
                yield connection
            except ValueError as error:
                raise self.database.damaged(str(error)) from error

    def _migrate(self, connection: sqlite3.Connection) -> None:
        found, known = schema.version(connection), len(schema.MIGRATIONS)
        if found > known:
            raise self.database.newer(f"database version {found}, this one knows {known}")
        schema.migrate(connection)

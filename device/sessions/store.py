"""The session database on disk: opened with care, read without disturbing the recording."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from device.errors import StoreError
from device.sessions import read, schema
from device.sessions.types import SessionRecord, SessionSummary

BUSY_TIMEOUT_S = 5.0


def utc_now() -> datetime:
    """Give the wall time, which serves for labels only."""
    return datetime.now(UTC)


class SessionStore:
    """A folder with the database of sessions and their pose logs.

    Safe from any thread: each call uses a connection of its own. Only the `Recorder` writes.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        """Open the store, creating it or bringing an older one up to date.

        now: wall clock with a time zone. Raises StoreError: folder unusable, disk full, database damaged,
        made by a newer version or by another program; the file is then left as it was.
        """
        self.folder = folder
        self.now = now
        self.path = folder / "sessions.sqlite3"
        with self.named_errors():
            self._create_files()
            with closing(self._connect("ro")) as connection:
                self._refuse_foreign(connection)
            with closing(self.writer()) as connection:
                schema.migrate(connection)

    def list_sessions(self) -> list[SessionSummary]:
        """Give every session, the newest first. Raises StoreError."""
        with self._reader() as connection:
            return read.summaries(connection, self.pose_log)

    def load_session(self, session_id: int) -> SessionRecord:
        """Give everything kept of one session. Raises StoreError, also when there is no such session."""
        with self._reader() as connection:
            record = read.record(connection, session_id, self.pose_log)
        if record is None:
            raise StoreError(f"There is no session {session_id}. It may have been deleted: see the list.")
        return record

    def pose_log(self, session_id: int) -> Path:
        """Tell where a session's keypoints are kept; there may be none."""
        return self.folder / "poses" / f"session-{session_id:06d}.csv"

    def check(self) -> None:
        """Read the whole database; slow. Raises StoreError when any part of it is damaged."""
        with self._reader() as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise StoreError(self._damaged(found))

    def writer(self) -> sqlite3.Connection:
        """Give a connection that writes, in autocommit mode; may be handed to another thread.

        Each commit is forced to the disk (synchronous=FULL): with WAL's usual NORMAL a power cut would lose
        everything since the last checkpoint, minutes of a session. One commit a second makes it cheap.
        Deleted rows are overwritten with zeros (secure_delete).
        """
        connection = self._connect("rw")
        try:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        with self.named_errors(), closing(self._connect("ro")) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            yield connection

    def _create_files(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pose_log(0).parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))

    def _refuse_foreign(self, connection: sqlite3.Connection) -> None:
        found, ours = schema.version(connection), len(schema.MIGRATIONS)
        if found > ours:
            raise StoreError(
                f"{self.path} was written by a newer treadlight (database version {found}, this one knows "
                f"{ours}). Update treadlight, or choose another storage.folder."
            )
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if tables and application != schema.APPLICATION_ID:
            raise StoreError(f"{self.path} belongs to another program. Choose another storage.folder.")

    @contextmanager
    def named_errors(self) -> Iterator[None]:
        """Turn what SQLite and the system say into StoreError that names the file and the fix."""
        try:
            yield
        except StoreError:
            raise
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"{self.path} cannot be used ({error}). Check the disk's space and the folder's rights."
            ) from error
        except (sqlite3.DatabaseError, ValueError) as error:
            raise StoreError(self._damaged(str(error))) from error
        except OSError as error:
            raise StoreError(
                f"The data folder {self.folder} cannot be used ({error}). "
                "Check the disk's space and the folder's rights, or set storage.folder."
            ) from error

    def _damaged(self, detail: str) -> str:
        return (
            f"The session database {self.path} is damaged ({detail}). "
            "Move it away to go on with an empty one, or restore it from a backup."
        )

"""The clinic's database on disk: opened with care, safe from any thread, forgets what is deleted."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from device.errors import StoreError

APPLICATION_ID = 0x54524C43
"""Marks a SQLite file as treadlight's clinic database ("TRLC")."""
BUSY_TIMEOUT_S = 5.0


def utc_now() -> datetime:
    """Give the wall time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the schema, known by its name; once released it is never changed."""

    name: str
    statements: tuple[str, ...]


class ClinicDatabase:
    """`clinic.sqlite3` in the data folder; each call uses a connection of its own.

    now: wall clock with a time zone. steps: the whole schema in order; those an older database lacks are
    carried out. Raises StoreError: folder unusable, disk full, database damaged, newer or foreign.
    """

    def __init__(self, folder: Path, steps: tuple[Step, ...], now: Callable[[], datetime] = utc_now) -> None:
        self.folder = folder
        self.path = folder / "clinic.sqlite3"
        self.now = now
        with self.named_errors():
            folder.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(self._connect()) as connection:
                self._migrate(connection, steps)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection for one consistent look. Raises StoreError."""
        with self.named_errors(), closing(self._connect()) as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection for one change: all of it, or nothing when an error leaves the block.

        On the disk when the block ends. Raises StoreError for what SQLite refuses; other errors pass.
        """
        with self.named_errors(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def forget(self) -> None:
        """Bring what was deleted out of the file and its write-ahead log. Raises StoreError."""
        with self.named_errors(), closing(self._connect()) as connection:
            connection.execute("VACUUM")
            (blocked, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if blocked:
            raise StoreError("The clinic's database is busy. Try again in a moment.")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "secure_delete = ON",
                "foreign_keys = ON",
                "recursive_triggers = ON",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection, steps: tuple[Step, ...]) -> None:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if tables and application != APPLICATION_ID:
            raise StoreError(f"{self.path} belongs to another program. Choose another storage.folder.")
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS step (name TEXT PRIMARY KEY, done_at TEXT NOT NULL)"
            )
            done = {row["name"] for row in connection.execute("SELECT name FROM step")}
            if unknown := done - {step.name for step in steps}:
                raise StoreError(
                    f"{self.path} was written by a newer treadlight (it knows {', '.join(sorted(unknown))}). "
                    "Update treadlight, or choose another storage.folder."
                )
            for step in steps:
                if step.name not in done:
                    for statement in step.statements:
                        connection.execute(statement)
                    connection.execute("INSERT INTO step VALUES (?, ?)", (step.name, self.now().isoformat()))
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

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
        except sqlite3.IntegrityError as error:
            raise StoreError(f"This does not fit what is stored ({error}). Reload the page.") from error
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"The clinic's database {self.path} is damaged ({error}). Restore it from a backup."
            ) from error
        except OSError as error:
            if error.filename is None:
                raise
            raise StoreError(
                f"The data folder {self.folder} cannot be used ({error}). "
                "Check the disk's space and the folder's rights, or set storage.folder."
            ) from error


def moment(text: str | None) -> datetime | None:
    """Read a stored time; None stays None."""
    return None if text is None else datetime.fromisoformat(text)

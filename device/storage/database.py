"""A database file of the device's own: opened with care, safe from any thread, whole after a power cut."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from device.errors import StoreError

BUSY_TIMEOUT_S = 5.0


def utc_now() -> datetime:
    """Give the wall time, which serves for labels only."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a database file is.

    file: its name in the data folder. application_id: how SQLite marks it. title: what a message calls it.
    mend: what to do when it is damaged, one sentence.
    """

    file: str
    application_id: int
    title: str
    mend: str


class Database:
    """One SQLite file in the data folder; each call uses a connection of its own.

    Reading disturbs no writing (write-ahead log). Each commit is forced to the disk (synchronous=FULL): with
    the log's usual NORMAL a power cut would lose everything since the last checkpoint, minutes of a session.
    Deleted rows are overwritten with zeros (secure_delete).
    """

    def __init__(self, folder: Path, kind: FileKind) -> None:
        self.folder = folder
        self.path = folder / kind.file
        self._kind = kind
        self.changes = 0
        """Rises with each change made through `writing`: what was read before may be out of date."""

    def open(self, migrate: Callable[[sqlite3.Connection], None]) -> None:
        """Create the file, or bring an older one up to date.

        migrate: brings the tables up to date, all or nothing; raises what `newer` gives when it cannot know
        them. Raises StoreError: folder unusable, disk full, file damaged, newer or another program's; it is
        then left as it was.
        """
        with self.named_errors():
            self.folder.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            # Switching the write-ahead log on would change a file that is not ours.
            with closing(self._connect("ro")) as connection:
                self._refuse_foreign(connection)
        with self.writing() as connection:
            migrate(connection)
            connection.execute(f"PRAGMA application_id = {self._kind.application_id}")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection for one consistent look. Raises StoreError."""
        with self.named_errors(), closing(self._connect("ro")) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection for one change: all of it, or nothing when an error leaves the block.

        On the disk when the block ends. Raises StoreError for what SQLite refuses; other errors pass.
        """
        with self.named_errors(), closing(self.writer()) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
                self.changes += 1
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def writer(self) -> sqlite3.Connection:
        """Give a connection that writes, in autocommit mode; may be handed to another thread.

        Raises sqlite3.Error: see `named_errors`.
        """
        connection = self._connect("rw")
        try:
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "secure_delete = ON",
                "recursive_triggers = ON",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

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
        # A number beyond 64 bits, as nobody but a stranger sends one, overflows on its way into SQLite.
        except (sqlite3.IntegrityError, OverflowError) as error:
            raise StoreError(f"This does not fit what is stored ({error}). Reload the page.") from error
        except sqlite3.DatabaseError as error:
            raise self.damaged(str(error)) from error
        except OSError as error:
            if error.filename is None:
                raise
            raise StoreError(
                f"The data folder {self.folder} cannot be used ({error}). "
                "Check the disk's space and the folder's rights, or set storage.folder."
            ) from error

    def damaged(self, detail: str) -> StoreError:
        """Give the error for a file that holds what it should not."""
        return StoreError(f"{self._kind.title} {self.path} is damaged ({detail}). {self._kind.mend}")

    def newer(self, detail: str) -> StoreError:
        """Give the error for a file with tables of a later version."""
        return StoreError(
            f"{self.path} was written by a newer treadlight ({detail}). "
            "Update treadlight, or choose another storage.folder."
        )

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

    def _refuse_foreign(self, connection: sqlite3.Connection) -> None:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if tables and application != self._kind.application_id:
            raise StoreError(f"{self.path} belongs to another program. Choose another storage.folder.")

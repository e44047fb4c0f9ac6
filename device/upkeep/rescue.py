"""Before the device starts: a database that is damaged is set aside whole, so that the device still starts.

Everything that belongs to it goes with it into `before-repair-<time>` in the data folder, and nothing there
is changed again: a backup can be brought back (`treadlight restore`), or an expert can look.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from device.errors import StoreError
from device.sessions.store import SessionStore
from device.storage.database import utc_now
from device.storage.disk import flush

LOOK_S = 3.0
"""Longest look into one database: a large one is not read to its end at every start."""
BELONGS = {"sessions.sqlite3": "poses", "clinic.sqlite3": "visits"}
"""Database -> folder whose files are named by its numbers."""
DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
SET_ASIDE = "before-repair-"
NUMBERS_APART = 1000
"""Room between the last session number that is known of and the first new one."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A damaged database that was moved. detail: what SQLite said. into: where it is now."""

    database: str
    detail: str
    into: Path

    @property
    def cause(self) -> str:
        """What happened, one sentence."""
        what = "recordings" if self.database == "sessions.sqlite3" else "patients and people"
        return f"The database of {what} was damaged and has been set aside in {self.into}."

    @property
    def fix(self) -> str:
        """What to do, one sentence."""
        return "Stop the device and restore the last backup: treadlight restore FILE."


def set_aside_damaged(folder: Path, now: Callable[[], datetime] = utc_now) -> tuple[SetAside, ...]:
    """Look at both databases and move the damaged ones; new sessions begin with free numbers.

    Call it before anything opens them. Raises StoreError when the disk does not let the move happen.
    """
    try:
        moved = [
            _move(folder / name, detail, now())
            for name in BELONGS
            if (detail := damage(folder / name)) is not None
        ]
        if any(found.database == "sessions.sqlite3" for found in moved):
            _begin_sessions(folder, moved)
    except OSError as error:
        raise StoreError(
            f"A damaged database in {folder} cannot be set aside ({error}). "
            "Check the disk's space and rights."
        ) from error
    return tuple(moved)


def damage(path: Path, within_s: float = LOOK_S) -> str | None:
    """Say what is wrong with a database file; None when nothing is, or it is not there.

    Locked, newer or foreign files are not damaged: opening them says what they are.
    """
    if not path.is_file():
        return None
    ends = time.monotonic() + within_s
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=1.0)) as looked:
            looked.set_progress_handler(lambda: time.monotonic() > ends, 10_000)
            (found,) = looked.execute("PRAGMA quick_check(1)").fetchone()
            return None if found == "ok" else str(found)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return str(error) if code in DAMAGE else None


def _move(path: Path, detail: str, at: datetime) -> SetAside:
    into = path.parent / f"{SET_ASIDE}{at:%Y%m%d-%H%M%S}"
    into.mkdir(mode=0o700, exist_ok=True)
    # The file itself goes last: after a power cut half-way the next start finds it damaged still.
    parts = [path.parent / BELONGS[path.name], *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
    for part in [*parts, path]:
        if part.exists():
            part.replace(into / part.name)
    for place in (into, path.parent):
        flush(place)
    return SetAside(path.name, detail, into)


def _begin_sessions(folder: Path, moved: list[SetAside]) -> None:
    """Make the new session database; what still names an old session must never meet a new one."""
    known = [0, *_linked(folder / "clinic.sqlite3")]
    for found in moved:
        for log in (found.into / "poses").glob("session-*.csv"):
            number = log.stem.removeprefix("session-")
            known += [int(number)] if number.isdecimal() else []
    with closing(SessionStore(folder).database.writer()) as connection:
        connection.execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES ('session', ?)", (max(known) + NUMBERS_APART,)
        )


def _linked(clinic: Path) -> list[int]:
    """Give the highest session number that a visit knows of."""
    try:
        with closing(sqlite3.connect(f"{clinic.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (highest,) = connection.execute("SELECT max(session_id) FROM visit_session").fetchone()
    except sqlite3.Error:
        return []
    return [int(highest)] if highest is not None else []

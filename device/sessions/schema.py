"""The session database's tables, and how an older database becomes today's."""

import sqlite3
from collections.abc import Callable

from device.gait.types import METRIC_NAMES

_SESSION_TABLES = {
    "run": "speed_mps REAL, grade_pct REAL NOT NULL, height_cm REAL, facing TEXT, lean_offset_deg REAL",
    "baseline": "duration_s REAL NOT NULL, speed_mps REAL, metrics TEXT NOT NULL",
    "form": "side TEXT NOT NULL, near INTEGER NOT NULL",
    "stride": "side TEXT NOT NULL, near INTEGER NOT NULL, initial_contact REAL NOT NULL, toe_off REAL",
    "event": "kind TEXT NOT NULL, side TEXT NOT NULL, near INTEGER NOT NULL",
    "cue": "metric TEXT, low REAL, high REAL, shown INTEGER, value REAL, outside TEXT, light TEXT NOT NULL",
    "mark": "label TEXT NOT NULL",
    "tracking": "measuring INTEGER NOT NULL, activity TEXT NOT NULL, view TEXT NOT NULL, "
    "facing TEXT NOT NULL, speed_mps REAL, speed_estimated INTEGER NOT NULL, code TEXT, message TEXT",
    "notice": "code TEXT NOT NULL, message TEXT NOT NULL",
}
"""Table name -> columns beside `session_id` and `t`. A stride's `t` is its next contact."""


def _first(connection: sqlite3.Connection) -> None:
    connection.execute(
        """CREATE TABLE session (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            label TEXT NOT NULL, note TEXT NOT NULL, status TEXT NOT NULL,
            started_at TEXT NOT NULL, started_t REAL NOT NULL, last_t REAL NOT NULL,
            width INTEGER NOT NULL, height INTEGER NOT NULL, region TEXT,
            software TEXT NOT NULL, model TEXT NOT NULL, model_sha256 TEXT NOT NULL,
            runtime TEXT NOT NULL, camera TEXT NOT NULL)"""
    )
    for table, columns in _SESSION_TABLES.items():
        connection.execute(
            f"CREATE TABLE {table} (session_id INTEGER NOT NULL REFERENCES session ON DELETE CASCADE, "
            f"t REAL NOT NULL, {columns})"
        )
        connection.execute(f"CREATE INDEX {table}_of_session ON {table} (session_id, t)")


def _blocks(connection: sqlite3.Connection) -> None:
    connection.execute(
        """CREATE TABLE block (
            session_id INTEGER NOT NULL REFERENCES session ON DELETE CASCADE, t REAL NOT NULL,
            number INTEGER NOT NULL, kind TEXT NOT NULL, planned_s REAL NOT NULL, end_t REAL NOT NULL,
            ran_s REAL NOT NULL, measured_s REAL NOT NULL, in_band_s REAL NOT NULL, cued_s REAL NOT NULL,
            given INTEGER NOT NULL, withheld INTEGER NOT NULL)"""
    )
    connection.execute("CREATE INDEX block_of_session ON block (session_id, t)")


def _standing(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE run ADD COLUMN cm_per_px REAL")
    connection.execute("ALTER TABLE run ADD COLUMN standing TEXT")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first, _blocks, _standing)
"""Step n leads from version n to n + 1; a step once released is never changed."""


def version(connection: sqlite3.Connection) -> int:
    """Give the database's version; 0 is an empty one."""
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    return int(number)


def migrate(
    connection: sqlite3.Connection,
    steps: tuple[Callable[[sqlite3.Connection], None], ...] = MIGRATIONS,
) -> None:
    """Bring a database to today's version; a metric that is new gets its column.

    connection: in a transaction, which makes it all or nothing. Raises sqlite3.Error when the disk refuses.
    """
    for step in steps[version(connection) :]:
        step(connection)
    connection.execute(f"PRAGMA user_version = {len(steps)}")
    known = {row[1] for row in connection.execute("PRAGMA table_info(form)")}
    for name in METRIC_NAMES:
        if name not in known:
            connection.execute(f"ALTER TABLE form ADD COLUMN {name} REAL")

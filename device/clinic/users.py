"""Named people, their PIN or password, and their lock-out."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from device.clinic import hashing
from device.clinic.database import ClinicDatabase, Step, moment
from device.clinic.types import Role, User
from device.errors import ClinicError

STEPS = (
    Step(
        "users-1",
        (
            """CREATE TABLE user (
                id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, role INTEGER NOT NULL,
                secret TEXT NOT NULL, hash TEXT NOT NULL, active INTEGER NOT NULL DEFAULT 1,
                created_at TEXT NOT NULL, failed INTEGER NOT NULL DEFAULT 0, locked_until TEXT)""",
            "CREATE UNIQUE INDEX user_name ON user (name COLLATE NOCASE)",
            """CREATE TABLE login (
                token TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
                begun_at TEXT NOT NULL, seen_at TEXT NOT NULL,
                address TEXT NOT NULL)""",
        ),
    ),
)
PIN = re.compile(r"[0-9]{6,12}")
ROWS = ("01234567890123456789012", "98765432109876543210987")
LEAST_PASSWORD = 10
TRIES = 5
"""Wrong PINs in a row before the person is locked out."""
LOCKED = timedelta(minutes=5)
"""For the first time; doubles with each further wrong one, up to an hour."""
LONGEST_LOCK = timedelta(hours=1)
"""Never longer: a stranger who guesses must not keep a therapist out for a day."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a try to log in went. locked_until: no try counts before then, None when tries are free."""

    user: User | None
    locked_until: datetime | None = None


class Users:
    """The people. Every method raises StoreError when the database cannot be used."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def any_administrator(self) -> bool:
        """Tell whether somebody manages this device, that is, whether it has been set up."""
        with self._database.reading() as connection:
            return _administrators(connection) > 0

    def add(self, name: str, role: Role, secret: str, *, first: bool = False) -> int:
        """Add a person; gives the number. Raises ClinicError when name or secret cannot be used.

        first: only when nobody manages the device yet.
        """
        name, kind = _usable_name(name), _kind(secret)
        hashed = hashing.make(secret)
        with self._database.writing() as connection:
            if first and _administrators(connection):
                raise ClinicError("The device has been set up already. Log in, or ask its administrator.")
            if _named(connection, name):
                raise ClinicError(f"There is a {name} already. Choose another name.")
            cursor = connection.execute(
                "INSERT INTO user (name, role, secret, hash, created_at) VALUES (?, ?, ?, ?, ?)",
                (name, int(role), kind, hashed, self._database.now().isoformat()),
            )
            return int(cursor.lastrowid or 0)

    def get(self, user_id: int) -> User | None:
        """Give one person, None when there is none."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM user WHERE id = ?", (user_id,)).fetchone()
        return None if row is None else user_of(row)

    def by_name(self, name: str) -> User | None:
        """Give the person of that name, None when there is none."""
        with self._database.reading() as connection:
            row = _named(connection, name)
        return None if row is None else user_of(row)

    def all(self) -> list[User]:
        """Give everybody, by name."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM user ORDER BY name COLLATE NOCASE")
            return [user_of(row) for row in rows]

    def attempt(self, name: str, secret: str) -> Attempt:
        """Try a name and a PIN or password; wrong ones are counted and lock the person out for a while."""
        now = self._database.now()
        until = None
        with self._database.writing() as connection:
            row = _named(connection, name)
            if row is not None and row["active"]:
                locked = moment(row["locked_until"])
                # A clock that was set back must not lock anybody out for longer than ever meant.
                if locked is not None and now < locked <= now + LONGEST_LOCK:
                    return Attempt(None, locked)
                # Counted before it is looked at: many tries at once must not slip through together.
                until = _count(connection, row["id"], row["failed"] + 1, now)
        if row is None or not row["active"]:
            hashing.fits(None, secret)  # as slow as for somebody who exists
            return Attempt(None)
        if not hashing.fits(row["hash"], secret):
            return Attempt(None, until)
        with self._database.writing() as connection:
            _count(connection, row["id"], 0, now)
        return Attempt(user_of(row))

    def set_secret(self, user_id: int, secret: str) -> None:
        """Give a person a new PIN or password; logs that person out everywhere and unlocks."""
        kind, hashed = _kind(secret), hashing.make(secret)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE user SET secret = ?, hash = ?, failed = 0, locked_until = NULL WHERE id = ?",
                (kind, hashed, user_id),
            )
            connection.execute("DELETE FROM login WHERE user_id = ?", (user_id,))

    def set_role(self, user_id: int, role: Role, *, active: bool) -> None:
        """Change what a person may do, or shut them out; logs that person out everywhere.

        Raises ClinicError when nobody would be left to manage the device.
        """
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE user SET role = ?, active = ? WHERE id = ?", (int(role), int(active), user_id)
            )
            if not _administrators(connection):
                raise ClinicError(
                    "Nobody would be left to manage the device. Make another administrator first."
                )
            connection.execute("DELETE FROM login WHERE user_id = ?", (user_id,))


def user_of(row: sqlite3.Row) -> User:
    """Read a person from a row of the table."""
    return User(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        secret=row["secret"],
        active=bool(row["active"]),
        created_at=datetime.fromisoformat(row["created_at"]),
    )


def _count(connection: sqlite3.Connection, user_id: int, failed: int, now: datetime) -> datetime | None:
    """Note how many wrong tries there were in a row; gives until when they lock the person out."""
    doublings = min(failed - TRIES, 8)
    until = now + min(LONGEST_LOCK, LOCKED * 2**doublings) if doublings >= 0 else None
    connection.execute(
        "UPDATE user SET failed = ?, locked_until = ? WHERE id = ?",
        (failed, until and until.isoformat(), user_id),
    )
    return until


def _administrators(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute(
        "SELECT count(*) FROM user WHERE role = ? AND active", (int(Role.ADMINISTRATOR),)
    ).fetchone()
    return int(count)


def _named(connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM user WHERE name = ? COLLATE NOCASE", (" ".join(name.split()),)
    ).fetchone()
    return row


def _usable_name(name: str) -> str:
    name = " ".join(name.split())
    if not 2 <= len(name) <= 40 or not name.isprintable():
        raise ClinicError("The name cannot be used. Give 2 to 40 characters.")
    return name


def _kind(secret: str) -> str:
    if PIN.fullmatch(secret):
        if len(set(secret)) < 3 or any(secret in row for row in ROWS):
            raise ClinicError("This PIN is easy to guess. Avoid rows and repetitions of digits.")
        return "pin"
    if not LEAST_PASSWORD <= len(secret) <= 200 or secret.isdigit():
        raise ClinicError(
            f"The PIN or password cannot be used. Give 6 to 12 digits, or at least {LEAST_PASSWORD} "
            "characters."
        )
    return "password"

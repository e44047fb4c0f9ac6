"""Logins: who is logged in on which tablet, until when without a touch, and when they last proved it."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from device.clinic.database import ClinicDatabase
from device.clinic.types import User
from device.clinic.users import user_of

LONGEST = timedelta(hours=12)
"""A login ends after so long whatever happens."""
PROOF_S = 300.0
"""How long a PIN or password that was given counts for dangerous changes."""
NOTE_EVERY_S = 60.0
"""How often a touch is written down, so that a restart of the device logs nobody out."""


@dataclass(frozen=True, slots=True)
class Login:
    """One tablet's login. key: its number in the database, not what the cookie holds."""

    key: str
    user: User
    address: str


@dataclass(slots=True)
class _Presence:
    seen_s: float
    noted_s: float
    proved_s: float | None
    watching: int = 0


class Logins:
    """The logins; safe from any thread. Only a hash of what the cookie holds is kept.

    limits: gives the seconds without a touch after which a tablet locks, and the same for one that shows the
    live screen. clock: seconds that never go back. Methods raise StoreError.
    """

    def __init__(
        self,
        database: ClinicDatabase,
        limits: Callable[[], tuple[float, float]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._present: dict[str, _Presence] = {}

    def begin(self, user: User, address: str) -> str:
        """Log a person in who has just proved who they are; gives what the cookie is to hold."""
        token = secrets.token_urlsafe(32)
        key, now = _key(token), self._database.now()
        with self._database.writing() as connection:
            connection.execute("DELETE FROM login WHERE begun_at < ?", ((now - LONGEST).isoformat(),))
            connection.execute(
                "INSERT INTO login (token, user_id, begun_at, seen_at, address) VALUES (?, ?, ?, ?, ?)",
                (key, user.id, now.isoformat(), now.isoformat(), address),
            )
        at = self._clock()
        with self._lock:
            self._present[key] = _Presence(at, at, at)
        return token

    def find(self, token: str) -> Login | None:
        """Give the login of a cookie, None when it has ended or the tablet has been left alone."""
        key = _key(token)
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT user.*, begun_at, seen_at, address FROM login JOIN user ON user.id = user_id "
                "WHERE token = ? AND active",
                (key,),
            ).fetchone()
        if row is None or self._database.now() - datetime.fromisoformat(row["begun_at"]) > LONGEST:
            return None
        with self._lock:
            if key not in self._present:
                self._present[key] = self._after_restart(datetime.fromisoformat(row["seen_at"]))
        if self.left_s(key) <= 0:
            self.end(token)
            return None
        return Login(key, user_of(row), row["address"])

    def left_s(self, key: str) -> float:
        """Give the seconds until a tablet locks when nobody touches it."""
        idle_s, watching_s = self._limits()
        with self._lock:
            presence = self._present.get(key)
            if presence is None:
                return 0.0
            limit = max(idle_s, watching_s) if presence.watching else idle_s
            return limit - (self._clock() - presence.seen_s)

    def touch(self, key: str) -> None:
        """Note that somebody used the tablet."""
        at = self._clock()
        with self._lock:
            presence = self._present.get(key)
            if presence is None:
                return
            presence.seen_s = at
            if at - presence.noted_s < NOTE_EVERY_S:
                return
            presence.noted_s = at
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE login SET seen_at = ? WHERE token = ?", (self._database.now().isoformat(), key)
            )

    def prove(self, key: str) -> None:
        """Note that the PIN or password was given again."""
        with self._lock:
            if key in self._present:
                self._present[key].proved_s = self._clock()

    def proved(self, key: str) -> bool:
        """Tell whether the PIN or password was given within the last five minutes."""
        with self._lock:
            presence = self._present.get(key)
            at = presence.proved_s if presence else None
        return at is not None and self._clock() - at <= PROOF_S

    @contextmanager
    def watching(self, key: str) -> Iterator[None]:
        """While the block lasts the tablet shows the live screen, which nobody touches for long."""
        self._watch(key, 1)
        try:
            yield
        finally:
            self._watch(key, -1)

    def end(self, token: str) -> None:
        """Log a tablet out. Harmless when it was not logged in."""
        key = _key(token)
        with self._database.writing() as connection:
            connection.execute("DELETE FROM login WHERE token = ?", (key,))
        with self._lock:
            self._present.pop(key, None)

    def _watch(self, key: str, by: int) -> None:
        with self._lock:
            if key in self._present:
                self._present[key].watching += by

    def _after_restart(self, seen_at: datetime) -> _Presence:
        # The wall clock may have jumped meanwhile: a time to come counts as now.
        ago_s = max(0.0, (self._database.now() - seen_at).total_seconds())
        at = self._clock()
        return _Presence(at - ago_s, at, None)


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

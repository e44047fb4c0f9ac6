"""Argon2id over PINs and passwords: one at a time, in 12 MiB for a moment."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PASSES, MEMORY_KIB = 3, 12_288
"""The profile with little memory of the OWASP Password Storage Cheat Sheet (2023)."""

_one_at_a_time = threading.Lock()


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time, and the memory goes back to the system: the C library would keep it for the next."""
    with _one_at_a_time:
        try:
            yield
        finally:
            with suppress(AttributeError):  # musl and macOS have no such call, and need none
                ctypes.CDLL(None).malloc_trim(0)


def make(secret: str) -> str:
    """Give the hash to keep, salt and cost included."""
    from argon2 import PasswordHasher

    with _alone():
        return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1).hash(secret)


def fits(hashed: str | None, secret: str) -> bool:
    """Tell whether a secret is the one that was hashed; with None takes as long and says no."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerifyMismatchError

    hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)
    with _alone():
        if hashed is None:
            hasher.hash(secret)
            return False
        try:
            return hasher.verify(hashed, secret)
        except VerifyMismatchError:
            return False

"""Argon2id over PINs and passwords: one at a time, in 12 MiB for a moment."""

import threading

PASSES, MEMORY_KIB = 3, 12_288
"""The profile with little memory of the OWASP Password Storage Cheat Sheet (2023)."""

_one_at_a_time = threading.Lock()


def make(secret: str) -> str:
    """Give the hash to keep, salt and cost included."""
    from argon2 import PasswordHasher

    with _one_at_a_time:
        return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1).hash(secret)


def fits(hashed: str | None, secret: str) -> bool:
    """Tell whether a secret is the one that was hashed; with None takes as long and says no."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerifyMismatchError

    hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)
    with _one_at_a_time:
        if hashed is None:
            hasher.hash(secret)
            return False
        try:
            return hasher.verify(hashed, secret)
        except VerifyMismatchError:
            return False

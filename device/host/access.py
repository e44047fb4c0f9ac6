"""The dashboard's two secrets: the code that people type and the key that signs their cookie."""

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from device.clinic.store import ClinicStore
from device.clinic.types import Role
from device.config import Config
from device.errors import StoreError

DEMO_USER = "Demo"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without i, l, o, 0 and 1, which read alike on a label."""
_LENGTH = 10
"""31^10, about 49 bits: out of reach behind the dashboard's rate limit."""


def access_code(config: Config) -> str:
    """Give the dashboard's access code; makes and keeps one when the configuration has none.

    The code is kept as `access-code` in the data folder, readable by its owner alone. Programs that start at
    the same moment agree on one code. Raises StoreError when the folder cannot be used.
    """
    if config.web.access_code is not None:
        return config.web.access_code
    return _kept_secret(
        config.storage.folder / "access-code", "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    )


def signing_key(config: Config) -> bytes:
    """Give the key that signs the dashboard's cookie; made once and kept, so a restart logs nobody out.

    Changes with the access code: a new code logs everybody out. Raises StoreError as `access_code` does.
    """
    kept = _kept_secret(config.storage.folder / "signing-key", secrets.token_hex(32))
    return hmac.digest(kept.encode(), access_code(config).encode(), "sha256")


def metrics_token(config: Config) -> str | None:
    """Give what a collector sends to read the device's figures, None when they are not served.

    Made and kept like the access code. Raises StoreError as `access_code` does.
    """
    if not config.metrics.enabled:
        return None
    if config.metrics.token is not None:
        return config.metrics.token
    return _kept_secret(config.storage.folder / "metrics-token", secrets.token_urlsafe(32))


def demo_login(config: Config) -> tuple[str, str]:
    """Give the name and PIN that open the demo; its own PIN on each computer, made once and kept.

    Raises StoreError as `access_code` does.
    """
    fresh = "".join(secrets.SystemRandom().sample("123456789", 6))
    pin = _kept_secret(config.storage.folder / "demo-pin", fresh)
    users = ClinicStore(config.storage.folder).users
    known = users.by_name(DEMO_USER)
    if known is None:
        users.add(DEMO_USER, Role.ADMINISTRATOR, pin)
    elif users.attempt(DEMO_USER, pin).user is None:
        users.set_secret(known.id, pin)
    return DEMO_USER, pin


def _kept_secret(path: Path, fresh: str) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _kept(path) or _made(path, fresh)
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            f"The secret {path} cannot be read or written ({error}). "
            "Let the service own the data folder, or set web.access_code and storage.folder."
        ) from error


def _kept(path: Path) -> str | None:
    with suppress(FileNotFoundError):
        code = path.read_text("utf-8").strip()
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return code or None
    return None


def _made(path: Path, code: str) -> str:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(code + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
            return code
        if (first := _kept(path)) is not None:  # another program was first: its code counts
            return first
        draft.replace(path)  # what was there had been left empty by a power cut
        return code
    finally:
        draft.unlink(missing_ok=True)

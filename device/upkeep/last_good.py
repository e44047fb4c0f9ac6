"""Settings that cannot be read any more do not stop the device: it goes on with those it last ran with.

A settings file is damaged by a slip of the hand or by a power cut while it was saved. The service then starts
with its copy of the last file that was good, and the dashboard says so until the file is mended.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from device.config import Config, StorageConfig, load_config
from device.errors import ConfigError
from device.storage.disk import write_whole

COPY = "last-good.toml"
STATE = StorageConfig().folder
"""The service's own folder: known without any settings."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings in use. trouble: why they are not those of the file, cause then fix; None when they are."""

    config: Config
    path: Path | None
    trouble: str | None = None


def load_or_last_good(path: Path | None, state: Path = STATE) -> Loaded:
    """Read the settings and keep a copy of them; when they are bad, use the copy.

    state: where the copy is kept, readable by its owner alone (the file may hold a code). It is not made:
    without it, as on a computer that is not the device, nothing is kept. Raises ConfigError when the
    settings are bad and there is no good copy.
    """
    if path is None:
        return Loaded(load_config(None), None)
    copy = state / COPY
    try:
        config = load_config(path)
        if copy.is_file() and not path.read_bytes().strip(b"\0 \r\n"):
            # Empty is valid and means every default, but so does a power cut leave it.
            raise ConfigError(f"{path}: the file is empty. Restore it, or keep one comment line in it.")
    except ConfigError as error:
        if not copy.is_file():
            raise
        try:
            last = load_config(copy)
        except ConfigError:
            raise error from None
        return Loaded(last, copy, f"The device runs with its last good settings. Mend {str(error)[:600]}")
    _keep(path, copy)
    return Loaded(config, path)


def _keep(path: Path, copy: Path) -> None:
    """Copy the file whole or not at all; that it cannot be kept harms nothing now."""
    with suppress(OSError):
        content = path.read_bytes()
        if not copy.is_file() or copy.read_bytes() != content:
            write_whole(copy, content)

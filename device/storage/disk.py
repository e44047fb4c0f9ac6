"""Files that are there whole or not at all, whatever happens while they are written."""

import os
from pathlib import Path
from typing import IO


def private(path: Path, mode: int = 0o600) -> IO[bytes]:
    """Open a file for writing, emptied; a new one is made readable by its owner alone, or as `mode` says."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb")


def write_whole(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Give a file its content at one stroke: after a power cut it holds the old or the new, never a part.

    mode: rights of the file. Raises OSError when the disk refuses; what was there then stays.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with private(draft, mode) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def flush(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Files that are there whole or not at all, whatever happens while they are written."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from device.errors import TreadlightError


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


class Draft:
    """A file that gets its name when it is whole: write to `path`, then `keep` it or `drop` it.

    wanted: where it shall be; what was there stays until `keep`. A pipe or /dev/null is written as it is.
    Raises OSError when nothing can be written there.
    """

    def __init__(self, wanted: Path) -> None:
        if wanted.exists():
            # Renaming asks nobody whether the file itself may be changed; a folder is refused here.
            os.close(os.open(wanted, os.O_RDWR))
        named = wanted.resolve()
        # /dev/stdout may lead to a file that no longer has a name.
        self._beside = not wanted.exists() or (wanted.is_file() and named.exists())
        self._wanted = named if self._beside else wanted
        self.path = self._wanted
        if self._beside:
            self.path = self._wanted.with_name(f".{self._wanted.stem}.{os.getpid()}{self._wanted.suffix}")
            self.path.open("xb").close()

    def keep(self) -> None:
        """Give the file its name. Raises OSError when the disk refuses."""
        if self._beside:
            if self._wanted.exists():
                shutil.copymode(self._wanted, self.path)
            flush(self.path)
            self.path.replace(self._wanted)

    def drop(self) -> None:
        """Remove what was written; does nothing once the file has been kept."""
        if self._beside:
            self.path.unlink(missing_ok=True)


@contextmanager
def result_file(wanted: Path | None) -> Iterator[Callable[[str], None]]:
    """Claim the file of a result before the work for it begins; gives what writes it whole.

    wanted: None when nobody asked for a file; what is written then goes nowhere.
    Raises TreadlightError when it cannot be written.
    """
    if wanted is None:
        yield lambda _text: None
        return
    with writing(wanted):
        draft = Draft(wanted)

    def write(text: str) -> None:
        with writing(wanted):
            draft.path.write_text(text, encoding="utf-8")
            draft.keep()

    try:
        yield write
    finally:
        draft.drop()


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Say which file was meant, as a TreadlightError, when the disk refuses."""
    try:
        yield
    except TreadlightError:
        raise
    except OSError as error:
        raise TreadlightError(
            f"{place} cannot be written ({error.strerror or error}). "
            "Choose a folder that exists, can be written to and has room."
        ) from error

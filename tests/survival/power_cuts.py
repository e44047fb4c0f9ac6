"""A disk that loses its power at a chosen moment, rebuilt from an account of every write (powercut.c).

What was forced to the disk (fsync) is there. Of what was not, any part may be missing, in any order, and one
write may be torn in the middle, as LazyFS and ALICE (Pillai et al. 2014, OSDI) have it.
"""

import random
import struct
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).parent / "powercut.c"
HEAD = struct.Struct("<cdHHqI")
SECTOR = 512


@dataclass(frozen=True)
class Change:
    kind: str
    t: float
    path: str
    second: str
    offset: int
    data: bytes


def build(folder: Path) -> Path | None:
    """Compile the account keeper; None without a compiler."""
    made = folder / "powercut.so"
    try:
        subprocess.run(
            ["gcc", "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE), "-ldl", "-lpthread"],
            check=True,
            capture_output=True,
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    return made


def read_account(path: Path, folder: Path) -> list[Change]:
    """Read the account; paths are given relative to the folder."""
    return list(_entries(path.read_bytes(), str(folder) + "/"))


def _entries(account: bytes, prefix: str) -> Iterator[Change]:
    at = 0
    while at + HEAD.size <= len(account):
        kind, t, first, second, offset, size = HEAD.unpack_from(account, at)
        at += HEAD.size
        names = account[at : at + first + second].decode()
        at += first + second
        data = account[at : at + size]
        at += size
        path, other = names[:first].removeprefix(prefix), names[first:].removeprefix(prefix)
        yield Change(kind.decode(), t, path, other, offset, data)


@dataclass
class _File:
    forced: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)


def disk_after(changes: Sequence[Change], moment: int, chance: random.Random) -> dict[str, bytes]:
    """Give the files as they are when the power goes right after change number `moment`."""
    files: dict[str, _File] = {}
    for change in changes[:moment]:
        _take(files, change)
    left: dict[str, bytes] = {}
    for name, file in files.items():
        content = bytearray(file.forced)
        _apply(content, _survivors(file.pending, chance))
        left[name] = bytes(content)
    return left


def _take(files: dict[str, _File], change: Change) -> None:
    if change.kind in "wt":
        files.setdefault(change.path, _File()).pending.append(change)
    elif change.kind == "s" and change.path in files:  # folders are forced too
        _apply(files[change.path].forced, files[change.path].pending)
        files[change.path].pending.clear()
    elif change.kind == "u":
        files.pop(change.path, None)
    elif change.kind == "r":
        files[change.second] = files.pop(change.path)


def _survivors(pending: list[Change], chance: random.Random) -> list[Change]:
    """Choose which unforced writes reached the disk: all, none, a beginning, or any of them; one is torn."""
    way = chance.choice(("all", "none", "beginning", "any"))
    if way == "none":
        return []
    kept = list(pending)
    if way == "beginning":
        kept = kept[: chance.randint(0, len(kept))]
    elif way == "any":
        kept = [change for change in kept if chance.random() < 0.5]
    writes = [i for i, change in enumerate(kept) if change.kind == "w"]
    if way != "all" and writes:
        torn = kept[writes[-1]]
        at = chance.randint(0, len(torn.data))
        if torn.path.endswith(".sqlite3"):
            # A page of the database itself is rewritten in place; sectors are whole.
            at -= at % SECTOR
        kept[writes[-1]] = Change("w", torn.t, torn.path, "", torn.offset, torn.data[:at])
    return kept


def _apply(content: bytearray, changes: Iterable[Change]) -> None:
    for change in changes:
        if change.kind == "t":
            del content[change.offset :]
            content.extend(bytes(change.offset - len(content)))
            continue
        end = change.offset + len(change.data)
        content.extend(bytes(max(0, end - len(content))))
        content[change.offset : end] = change.data

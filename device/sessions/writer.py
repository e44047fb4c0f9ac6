"""What the recorder's thread does to the disk: whole batches of rows and keypoints, or nothing of a batch."""

import os
import sqlite3
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from device.errors import PoseLogError, StoreError
from device.feedback.dose import BlockDose
from device.feedback.types import Baseline, CueState
from device.gait.types import GaitUpdate, Notice
from device.pose.log import PoseLogWriter
from device.pose.types import Pose
from device.sessions.rows import Row, SessionRows
from device.sessions.store import SessionStore
from device.sessions.types import Mark, RunChange, SessionMeta, SessionNotice, SessionStatus
from device.storage.database import BUSY_TIMEOUT_S
from device.storage.disk import flush

MAX_PENDING_ROWS = 20_000
"""Rows kept in memory while the disk takes none: over an hour of running, about 20 MB."""
POSES_AT_ONCE = 4
BREATH_S = 1e-4


@dataclass(frozen=True, slots=True)
class Start:
    """A session begins."""

    id: int
    meta: SessionMeta
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """The session has ended."""


Item = Start | Stop | Pose | tuple[GaitUpdate, CueState] | Mark | RunChange | Baseline | BlockDose


class SessionWriter:
    """Turns items into rows and keypoints, and brings them to the disk when told to.

    A batch that fails stays pending, its keypoints excepted: these are many, and are counted in `lost`.
    Belongs to one thread.
    """

    def __init__(self, store: SessionStore, keep_poses: bool) -> None:
        """Take over the store: sessions that an earlier run left open are marked interrupted.

        Raises StoreError when the store cannot be written.
        """
        self.lost = 0
        self._store = store
        self._keep_poses = keep_poses
        self._session: SessionRows | None = None
        self._rows: list[Row] = []
        self._poses: list[Pose] = []
        self._pose_file: PoseFile | None = None
        self._forget_later = False
        with store.database.named_errors():
            self._connection = store.database.writer()
            try:
                self._connection.execute(
                    "UPDATE session SET status = ? WHERE status = ?",
                    (str(SessionStatus.INTERRUPTED), str(SessionStatus.RUNNING)),
                )
            except sqlite3.Error:
                self._connection.close()
                raise

    def last_id(self) -> int:
        """Give the highest session number ever used, deleted ones included."""
        found = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'session'").fetchone()
        return 0 if found is None else int(found[0])

    def take(self, item: Item) -> None:
        """Make rows of one item; without a session, nothing."""
        if isinstance(item, Start):
            self._session = SessionRows(item.id, item.meta, item.started_at)
            self._rows.extend(self._session.start())
            if self._keep_poses:
                self._pose_file = PoseFile(
                    self._store.pose_log(item.id), item.meta.size, provenance(item.meta)
                )
        elif self._session is not None:
            if isinstance(item, Pose):
                self._session.seen(item.t)
                self._poses.append(item)
            else:
                self._rows.extend(self._rows_of(self._session, item))

    def note(self, notice: Notice) -> None:
        """Keep with the session what the recording itself went through."""
        if self._session is not None:
            self._rows.extend(self._session.notice(SessionNotice(self._session.last_t, notice)))

    def commit(self) -> None:
        """Bring all that is pending to the disk, for good.

        Raises sqlite3.Error or OSError when it cannot; rows then stay pending.
        """
        poses, self._poses = self._poses, []
        try:
            self._commit_rows()
            if self._forget_later:
                self._forget()
            if self._pose_file is not None and poses:
                self.lost += self._pose_file.write(poses)
        except (sqlite3.Error, OSError):
            self.lost += len(poses) if self._pose_file is not None else 0
            raise

    def end(self) -> None:
        """Let go of the session that was stopped."""
        self._session = None
        if self._pose_file is not None:
            self._pose_file.close()
            self._pose_file = None

    def delete(self, session_id: int) -> None:
        """Remove a session, its keypoints first. Raises StoreError when there is none or it is running."""
        if self._session is not None and self._session.id == session_id:
            raise StoreError(f"Recording {session_id} is still going on. Stop it before deleting it.")
        self._store.pose_log(session_id).unlink(missing_ok=True)
        gone = self._connection.execute("DELETE FROM session WHERE id = ?", (session_id,)).rowcount
        if not gone:
            raise StoreError(f"There is no recording {session_id}. It may have been deleted already.")
        self._forget()

    def close(self) -> None:
        """Close the files."""
        self.end()
        self._connection.close()

    def _forget(self) -> None:
        # The write-ahead log still holds older versions of the pages that were just overwritten with zeros.
        # A reader may be in the way: then it is tried again with the next batch instead of waiting.
        self._connection.execute("PRAGMA busy_timeout = 0")
        try:
            (blocked, *_) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {round(BUSY_TIMEOUT_S * 1000)}")
        self._forget_later = bool(blocked)

    def _rows_of(self, session: SessionRows, item: Item) -> Iterable[Row]:
        match item:
            case (GaitUpdate() as gait, CueState() as cue):
                if len(self._rows) < MAX_PENDING_ROWS:
                    return session.update(gait, cue)
                self.lost += 1
                return ()
            case Mark() | RunChange() | Baseline() | BlockDose():
                return session.keep(item)
            case Stop():
                return session.stop()
        raise TypeError(f"nothing is known about {item!r}")

    def _commit_rows(self) -> None:
        if self._session is not None:
            self._rows.extend(self._session.lasted())
        if not self._rows:
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for statement, values in self._rows:
                self._connection.execute(statement, values)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._rows.clear()


class PoseFile:
    """A session's pose log that survives a full disk: what cannot be written whole is taken back."""

    def __init__(self, path: Path, size: tuple[int, int], meta: dict[str, str]) -> None:
        self._path = path
        self._size = size
        self._meta = meta
        self._writer: PoseLogWriter | None = None
        self._good_bytes = 0

    def write(self, poses: Iterable[Pose]) -> int:
        """Append poses and force them to the disk; gives how many were refused for their time.

        Raises OSError when the disk does not take them; the file is then as before.
        """
        refused = 0
        try:
            writer = self._writer = self._writer or self._open()
            for number, pose in enumerate(poses, 1):
                try:
                    writer.write(pose)
                except PoseLogError:
                    refused += 1
                if number % POSES_AT_ONCE == 0:
                    # Formatting holds the interpreter's lock: let the frame loop have it between bites.
                    time.sleep(BREATH_S)
            writer.flush(to_disk=True)
            self._good_bytes = self._path.stat().st_size
        except OSError:
            self._take_back()
            raise
        return refused

    def close(self) -> None:
        """Close the file; all that counts has been written before."""
        if self._writer is not None:
            with suppress(OSError):
                self._writer.close()
            self._writer = None

    def _open(self) -> PoseLogWriter:
        writer = PoseLogWriter(self._path, self._size, self._meta, append=self._good_bytes > 0)
        if self._good_bytes == 0:
            flush(self._path.parent)
        return writer

    def _take_back(self) -> None:
        self.close()
        with suppress(OSError):
            os.truncate(self._path, self._good_bytes)


def provenance(meta: SessionMeta) -> dict[str, str]:
    """Say what keypoints were made with, for the head of a pose log or an export."""
    return {
        "software": meta.software,
        "model": meta.model,
        "model_sha256": meta.model_sha256,
        "runtime": meta.runtime,
        "camera": meta.camera,
    }

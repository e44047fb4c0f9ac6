"""The recording in progress: the frame loop hands over and goes on, one thread writes."""

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from enum import StrEnum

from device.errors import StoreError
from device.feedback.dose import BlockDose
from device.feedback.types import Baseline, CueState
from device.gait.types import GaitUpdate, Notice, RunSetup
from device.pose.types import Pose
from device.sessions.store import SessionStore
from device.sessions.trouble import BEHIND, DEAD, DiskTrouble
from device.sessions.types import Mark, RunChange, SessionMeta
from device.sessions.writer import Item, SessionWriter, Start, Stop

MAX_POSES = 2048
"""Length of the queue at which keypoints are dropped: some 17 s at 60 frames a second."""
MAX_ITEMS = 4096
"""Length of the queue at which measurements are dropped too."""
CLOSE_TIMEOUT_S = 10.0

__all__ = ["Recorder", "RecorderState", "SessionMeta"]


class RecorderState(StrEnum):
    """What the recorder is doing; `paused` means that a session runs but the disk takes nothing."""

    IDLE = "idle"
    RECORDING = "recording"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class _Job:
    """Something a caller waits for, done by the writing thread between two batches."""

    work: Callable[[], None]
    done: Future[None] = field(default_factory=Future)


class Recorder:
    """Records one session at a time into a store; the only writer of its database.

    `pose`, `update`, `mark`, `baseline`, `run`, `start` and `stop` belong to the frame loop: they cost
    microseconds and never wait. A thread commits twice a second, so that a crash or a power cut loses less
    than a second. When the disk is full the frame loop goes on, measurements wait in memory, keypoints are
    dropped and counted, and recording goes on by itself once there is space again.
    """

    def __init__(
        self, store: SessionStore, keep_poses: bool = True, commit_s: float = 0.5, retry_s: float = 2.0
    ) -> None:
        """Take over the store; sessions left open by a crash are marked interrupted.

        commit_s: longest time between commits. retry_s: time between attempts while the disk takes nothing.
        Raises StoreError when the store cannot be written or another recorder uses it.
        """
        self._store = store
        self._commit_s = commit_s
        self._trouble = DiskTrouble(retry_s)
        self._lock: int | None = store.lock()
        try:
            self._writer = SessionWriter(store, keep_poses)
        except BaseException:
            os.close(self._lock)
            raise
        self._last_id = self._writer.last_id()
        self._queue: deque[Item | _Job] = deque()
        self._overflow = 0
        self._noted_overflow = 0
        self._overflow_at_start = 0
        self._session_id: int | None = None
        self._closing = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def session_id(self) -> int | None:
        """The session being recorded, None when there is none."""
        return self._session_id

    @property
    def alive(self) -> bool:
        """Whether the writing thread still runs."""
        return self._thread.is_alive()

    @property
    def state(self) -> RecorderState:
        """What the recorder is doing."""
        if self._session_id is None:
            return RecorderState.IDLE
        return RecorderState.PAUSED if self._trouble.now else RecorderState.RECORDING

    @property
    def dropped(self) -> int:
        """Poses and updates that were not kept, since the recorder was opened."""
        return self._overflow + self._writer.lost

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the therapist should know about the recording now."""
        behind = BEHIND if self._overflow > self._overflow_at_start else None
        dead = None if self._closing or self.alive else DEAD
        return tuple(n for n in (dead, self._trouble.now, behind, self._trouble.over) if n is not None)

    def start(self, meta: SessionMeta) -> int:
        """Begin a session and give its id. Raises StoreError when one is running already."""
        if self._session_id is not None:
            raise StoreError(
                f"Recording {self._session_id} is still going on. Stop it before starting another."
            )
        self._last_id += 1
        self._session_id = self._last_id
        self._overflow_at_start = self._overflow
        self._trouble.forget()
        self._queue.append(Start(self._last_id, meta, self._store.now()))
        self._wake.set()
        return self._last_id

    def pose(self, pose: Pose) -> None:
        """Keep one frame's keypoints."""
        if self._session_id is None:
            return
        if len(self._queue) >= MAX_POSES:
            self._overflow += 1
            return
        self._queue.append(pose)

    def update(self, gait: GaitUpdate, cue: CueState) -> None:
        """Keep what one frame taught, and what the light said."""
        if self._session_id is None:
            return
        if len(self._queue) >= MAX_ITEMS:
            self._overflow += 1
            return
        self._queue.append((gait, cue))

    def mark(self, t: float, label: str) -> None:
        """Keep a named instant."""
        self._keep(Mark(t, label))

    def baseline(self, baseline: Baseline) -> None:
        """Keep the runner's own form."""
        self._keep(baseline)

    def block(self, dose: BlockDose) -> None:
        """Keep one block of a feedback run with its dose."""
        self._keep(dose)

    def run(self, t: float, setup: RunSetup) -> None:
        """Keep that speed, grade, height or direction changed at `t`."""
        self._keep(RunChange(t, setup))

    def stop(self) -> None:
        """End the session; harmless when none runs. What is pending reaches the disk right after."""
        if self._session_id is None:
            return
        self._queue.append(Stop())
        self._session_id = None
        self._wake.set()

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until all handed over so far is on the disk; False when it is not. Not for the frame loop."""
        try:
            self._do(lambda: None, timeout_s)
        except StoreError:
            return False
        return self._trouble.now is None

    def delete(self, session_id: int, timeout_s: float = 10.0) -> None:
        """Remove a session with its keypoints; not for the frame loop.

        Rows are overwritten with zeros; what a memory card keeps of a deleted file is beyond its control.
        Raises StoreError: no such session, it is being recorded, or the disk does not answer in time.
        """
        self._do(lambda: self._writer.delete(session_id), timeout_s)

    def close(self) -> None:
        """End the session, write what is left and let go of the store. Calling it twice is harmless."""
        self.stop()
        self._closing = True
        self._wake.set()
        self._thread.join(CLOSE_TIMEOUT_S)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _keep(self, item: Item) -> None:
        if self._session_id is not None:
            self._queue.append(item)

    def _do(self, work: Callable[[], None], timeout_s: float) -> None:
        job = _Job(work)
        if not self._closing:
            self._queue.append(job)
            self._wake.set()
        try:
            job.done.result(0.0 if self._closing else timeout_s)
        except FutureTimeoutError:
            raise StoreError("The disk does not answer. Try again, or restart the device.") from None

    def _run(self) -> None:
        try:
            while not self._closing:
                self._wake.wait(self._commit_s)
                self._wake.clear()
                self._drain()
            self._drain()
        finally:
            self._writer.close()

    def _drain(self) -> None:
        while self._queue:
            item = self._queue.popleft()
            if isinstance(item, _Job):
                self._commit(at_once=True)
                self._carry_out(item)
                continue
            self._writer.take(item)
            if isinstance(item, Stop):
                self._commit(at_once=True)
                self._writer.end()
        self._commit(at_once=False)

    def _carry_out(self, job: _Job) -> None:
        try:
            with self._store.database.named_errors():
                job.work()
        except StoreError as error:
            job.done.set_exception(error)
        else:
            job.done.set_result(None)

    def _commit(self, at_once: bool) -> None:
        if self._trouble.waits and not at_once:
            return
        if self._overflow > self._noted_overflow:
            self._noted_overflow = self._overflow
            self._writer.note(BEHIND)
        lost_before = self._writer.lost
        try:
            self._writer.commit()
        except (sqlite3.Error, OSError) as error:
            self._trouble.failed(error, lost_before)
        else:
            if (over := self._trouble.worked(self._writer.lost)) is not None:
                self._writer.note(over)

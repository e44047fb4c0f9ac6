"""What is removed for good, and when: retention by kind of data, the recycle bin."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from device.clinic import tombstones
from device.clinic.audit import add_to
from device.clinic.leftovers import leftovers
from device.clinic.store import ClinicStore
from device.clinic.tombstones import Tombstone
from device.clinic.types import DEVICE, Actor, ConsentKind, Kind
from device.clinic.visits import FORGOTTEN
from device.errors import StoreError

UNUSED = timedelta(days=45)
VIDEO = frozenset({".mp4", ".mkv", ".webm", ".avi", ".mov", ".mjpeg", ".h264"})
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".pdf", ".html"})
"""Key frames, and reports because they show them; a report can be made again from the numbers."""


@dataclass(frozen=True, slots=True)
class Due:
    """One kind of data of one visit that is to be erased at `at`."""

    visit_id: int
    kind: Kind
    at: datetime


class Removal:
    """Removes for good.

    pose_log: where a recorded session's keypoints are. remove_session: removes a recorded session with its
    keypoints, raising StoreError when it cannot; harmless for one that is gone.
    """

    def __init__(
        self,
        clinic: ClinicStore,
        pose_log: Callable[[int], Path] | None = None,
        remove_session: Callable[[int], None] | None = None,
    ) -> None:
        self._clinic = clinic
        self._pose_log = pose_log
        self._remove_session = remove_session

    def erase_patient(self, patient_id: int, by: Actor) -> Tombstone:
        """Remove a patient with visits, sessions, pictures and reports; leaves a tombstone.

        The recordings go first, the patient last: what was cut short can be begun again. Raises
        MissingError when there is no such patient, StoreError when the disk refuses.
        """
        clinic = self._clinic
        clinic.patients.get(patient_id)
        clinic.patients.put_in_bin(patient_id)
        visits = clinic.visits.of_patient(patient_id)
        sessions = [link.session_id for visit in visits for link in clinic.visits.sessions(visit.id)]
        for session_id in sessions:
            self._erase_session(session_id)
        files = sum(_remove_folder(clinic.visits.folder(visit.id)) for visit in visits)
        now = clinic.now()
        stone = Tombstone(patient_id, now, by.name, len(visits), len(sessions), files)
        with clinic.database.writing() as connection:
            connection.execute("DELETE FROM patient WHERE id = ?", (patient_id,))
            tombstones.add_to(connection, stone)
            detail = f"{stone.visits} visits, {stone.sessions} recordings, {stone.files} files"
            add_to(connection, now, by, "patient.erased", f"patient {patient_id}", detail)
        clinic.database.forget()
        return stone

    def erase_kind(self, visit_id: int, kind: Kind, by: Actor) -> None:
        """Remove one kind of a visit's data and note it. Raises StoreError."""
        clinic = self._clinic
        folder = clinic.visits.folder(visit_id)
        if kind in (Kind.VIDEO, Kind.PICTURES):
            _remove_files(folder, VIDEO if kind is Kind.VIDEO else PICTURES)
        sessions = clinic.visits.sessions(visit_id)
        if kind is Kind.POSES and self._pose_log is not None:
            for link in sessions:
                _unlink(self._pose_log(link.session_id))
        if kind is Kind.NUMBERS:
            for link in sessions:
                self._erase_session(link.session_id)
            _remove_folder(folder)
        now = clinic.now()
        with clinic.database.writing() as connection:
            if kind is Kind.NUMBERS:
                for table in _tables_of_a_visit(connection):
                    connection.execute(f"DELETE FROM {table} WHERE visit_id = ?", (visit_id,))
            connection.execute(
                "INSERT OR REPLACE INTO purge VALUES (?, ?, ?)", (visit_id, str(kind), now.isoformat())
            )
            add_to(connection, now, by, f"erased.{kind}", f"visit {visit_id}")

    def withdraw(self, visit_id: int, by: Actor) -> None:
        """Take back a visit's consent: what it allowed to keep is removed at once. Raises StoreError."""
        self._clinic.visits.withdraw(visit_id)
        self.erase_kind(visit_id, Kind.NUMBERS, by)
        self._clinic.database.forget()

    def narrow(self, visit_id: int, kind: ConsentKind, by: Actor) -> None:
        """Remove what a narrower consent no longer covers. Raises StoreError."""
        if kind is ConsentKind.SKELETON:
            self.erase_kind(visit_id, Kind.VIDEO, by)
            self.erase_kind(visit_id, Kind.PICTURES, by)
        elif kind is ConsentKind.LIVE:
            self.erase_kind(visit_id, Kind.NUMBERS, by)

    def erase_due(self) -> list[Due]:
        """Remove everything whose time is over, in the recycle bin too; gives what it was of visits.

        What updates and restores left of earlier states goes after as long as the bin keeps patients.

        Nothing is removed when nobody has used the device for long: then the clock may have jumped ahead,
        as it does on a device without a battery, and data may not yet be due. Raises StoreError.
        """
        clinic = self._clinic
        last = clinic.audit.entries(limit=1)
        if not last or clinic.now() - last[0].at > UNUSED:
            return []
        done = due_soon(clinic, timedelta(0))
        for item in done:
            self.erase_kind(item.visit_id, item.kind, DEVICE)
        bin_days = clinic.settings.load().bin_days
        for patient_id in clinic.patients.overdue(bin_days):
            self.erase_patient(patient_id, DEVICE)
        for earlier in leftovers(clinic.database.folder, clinic.now() - timedelta(days=bin_days)):
            _remove_folder(earlier)
        return done

    def _erase_session(self, session_id: int) -> None:
        if self._remove_session is None:
            raise StoreError("Recordings cannot be removed by this program. Use the device's own dashboard.")
        self._remove_session(session_id)


def due_soon(clinic: ClinicStore, within: timedelta) -> list[Due]:
    """Give what is to be erased within so long from now, the first one first. Raises StoreError."""
    settings = clinic.settings.load()
    kinds = {
        Kind.VIDEO: settings.video_days,
        Kind.PICTURES: settings.pictures_days,
        Kind.POSES: settings.poses_days,
        Kind.NUMBERS: settings.numbers_days,
    }
    until = clinic.now() + within
    with clinic.database.reading() as connection:
        visits = connection.execute(
            "SELECT id, opened_at FROM visit WHERE closed_at IS NOT NULL OR opened_at < ?",
            ((clinic.now() - FORGOTTEN).isoformat(),),
        ).fetchall()
        erased = {
            (row["visit_id"], row["kind"]) for row in connection.execute("SELECT visit_id, kind FROM purge")
        }
        kept = _kept(connection)
    due = []
    for row in visits:
        for kind, days in kinds.items():
            at = datetime.fromisoformat(row["opened_at"]) + timedelta(days=days)
            if not days or at > until or (row["id"], str(kind)) in erased:
                continue
            if _has(clinic.visits.folder(row["id"]), kind, row["id"] in kept):
                due.append(Due(row["id"], kind, at))
    return sorted(due, key=lambda item: item.at)


def _tables_of_a_visit(connection: sqlite3.Connection) -> list[str]:
    """Give the tables with what was measured or told at a visit; that it was, and its consent, stay."""
    tables = [
        row["name"] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    ]
    return [
        table
        for table in tables
        if table not in {"consent", "purge"}
        and any(row["name"] == "visit_id" for row in connection.execute(f"PRAGMA table_info({table})"))
    ]


def _kept(connection: sqlite3.Connection) -> set[int]:
    return {row["visit_id"] for row in connection.execute("SELECT DISTINCT visit_id FROM visit_session")}


def _has(folder: Path, kind: Kind, recorded: bool) -> bool:
    if kind in (Kind.POSES, Kind.NUMBERS):
        return recorded
    return any(True for _ in _files(folder, VIDEO if kind is Kind.VIDEO else PICTURES))


def _files(folder: Path, suffixes: frozenset[str] | None = None) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and (suffixes is None or path.suffix.lower() in suffixes):
            yield path


def _remove_files(folder: Path, suffixes: frozenset[str]) -> None:
    for path in list(_files(folder, suffixes)):
        _unlink(path)


def _remove_folder(folder: Path) -> int:
    count = sum(1 for _ in _files(folder))
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise StoreError(f"{folder} cannot be removed ({error}). Check the folder's rights.") from error
    return count


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{path} cannot be removed ({error}). Check the folder's rights.") from error

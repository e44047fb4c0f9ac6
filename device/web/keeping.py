"""Where the review screens keep things: with the open visit, as far as its consent allows."""

from datetime import datetime

from device.clinic.checks import CheckRecord
from device.clinic.keyframes import KeptFrames
from device.clinic.store import ClinicStore
from device.clinic.types import Visit, VisitSetup
from device.review.files import read_key_frames, write_key_frames
from device.review.types import KeyFrames


class Keeping:
    """The open visit as the review screens see it; safe from any thread. Methods raise StoreError."""

    def __init__(self, clinic: ClinicStore) -> None:
        self._clinic = clinic
        self._known: tuple[int, Visit | None] = (-1, None)
        """The visit, and at which of the database's changes it was read: a page asks several times for it."""
        self._shoe = ""

    @property
    def visit(self) -> Visit | None:
        """The open visit, None without one."""
        changes = self._clinic.database.changes
        at, visit = self._known
        if at != changes:
            visit = self._clinic.visits.current()
            self._known = (changes, visit)
        return visit

    def whose(self) -> int | None:
        """Tell visits apart, so that nobody sees what was left of the last runner."""
        visit = self.visit
        return None if visit is None else visit.id

    @property
    def keeps(self) -> bool:
        """Whether numbers and drawings of the open visit may be kept."""
        visit = self.visit
        return visit is not None and visit.keeps_numbers

    def may_picture(self) -> bool:
        """Whether the runner agreed to pictures at this visit."""
        visit = self.visit
        return visit is not None and visit.keeps_pictures

    def keep_frames(self, frames: KeyFrames) -> bool:
        """Keep key frames on disk; tells whether an open visit and its consent allowed it."""
        visit = self.visit
        if visit is None or not visit.keeps_numbers or frames.refusal is not None:
            return False
        folder = self._clinic.visits.folder(visit.id)
        name = write_key_frames(folder, frames, video=visit.keeps_pictures)
        self._clinic.key_frames.add(
            KeptFrames(
                visit_id=visit.id,
                kind=frames.kind,
                session_id=frames.session_id,
                block=frames.block,
                file=name,
                pictured=frames.pictured and visit.keeps_pictures,
            )
        )
        return True

    def frames_of(self, session_id: int, kind: str, block: int | None) -> KeyFrames | None:
        """Give the newest key frames kept of one stretch of a session, None when there are none."""
        visit = self._clinic.visits.of_session(session_id)
        if visit is None:
            return None
        for kept in reversed(self._clinic.key_frames.of_visit(visit.id)):
            if (kept.session_id, kept.kind) == (session_id, kind) and kept.block in {block, None}:
                return read_key_frames(
                    self._clinic.visits.folder(visit.id), kept.file, video=visit.keeps_pictures
                )
        return None

    def keep_check(self, check: CheckRecord) -> bool:
        """Keep the camera check; tells whether there was a visit to keep it with."""
        visit = self.visit
        if visit is None:
            return False
        capture = check.capture
        self._clinic.visits.set_up(
            visit.id,
            VisitSetup(
                speed_mps=capture.speed_mps,
                grade_pct=capture.grade_pct,
                shoe=capture.shoe,
                height_cm=capture.height_cm,
            ),
        )
        self._clinic.checks.add(visit.id, check)
        return True

    def last_check(self) -> CheckRecord | None:
        """Give the check of this patient's last visit before this one."""
        visit = self.visit
        return None if visit is None else self._clinic.checks.before(visit.id)

    def shoe(self) -> str:
        """The shoe that was named at this visit, or at the last one."""
        visit = self.visit
        return self._shoe if visit is None else visit.setup.shoe

    def set_shoe(self, shoe: str) -> None:
        """Name the shoe."""
        self._shoe = shoe
        visit = self.visit
        if visit is None:
            return
        old = visit.setup
        self._clinic.visits.set_up(
            visit.id,
            VisitSetup(speed_mps=old.speed_mps, grade_pct=old.grade_pct, shoe=shoe, height_cm=old.height_cm),
        )

    def ticks(self) -> dict[str, bool]:
        """Give the therapist's ticks of this visit by pattern code."""
        visit = self.visit
        if visit is None:
            return {}
        return {tick.code: tick.ticked for tick in self._clinic.reviews.of_visit(visit.id)}

    def tick(self, code: str, ticked: bool, seen: str, by: str) -> bool:
        """Keep a tick; tells whether an open visit and its consent allowed it."""
        visit = self.visit
        if visit is None or not visit.keeps_numbers:
            return False
        self._clinic.reviews.tick(visit.id, code, ticked, seen, by)
        return True

    def label(self) -> str:
        """The patient's initials or code, "" without an open visit."""
        visit = self.visit
        if visit is None:
            return ""
        return self._clinic.patients.get(visit.patient_id).label

    def sessions(self) -> list[tuple[int, int, datetime]]:
        """Give (session, visit number, when) of all sessions of this patient's visits, oldest first."""
        visit = self.visit
        if visit is None:
            return []
        found = []
        for one in self._clinic.visits.of_patient(visit.patient_id):
            found += [(s.session_id, one.number, one.opened_at) for s in self._clinic.visits.sessions(one.id)]
        return found

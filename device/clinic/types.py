"""What the clinic keeps: people, patients, visits, consent. Wall times are UTC with a time zone."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Role(IntEnum):
    """What a person may do; each role may do what the lower ones may.

    Viewers look, therapists work with patients, administrators also manage people and settings.
    """

    VIEWER = 1
    THERAPIST = 2
    ADMINISTRATOR = 3


class ConsentKind(StrEnum):
    """What the runner agreed to at a visit, from least to most.

    live: watched live, nothing is kept. skeleton: keypoints and numbers are kept, never a picture.
    video: pictures and video too.
    """

    LIVE = "live"
    SKELETON = "skeleton"
    VIDEO = "video"


class Purpose(StrEnum):
    """What a recorded session was for within its visit."""

    WARM_UP = "warm_up"
    BASELINE = "baseline"
    FEEDBACK = "feedback"
    RETENTION = "retention"
    RECALL = "recall"
    OTHER = "other"


class Kind(StrEnum):
    """Kinds of data with a retention of their own."""

    VIDEO = "video"
    PICTURES = "pictures"
    POSES = "poses"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class User:
    """A named person who logs in. secret: "pin" or "password", how they do it."""

    id: int
    name: str
    role: Role
    secret: str
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something and from where, for the audit log.

    user_id: None for the device itself. address: "" for the device itself.
    """

    user_id: int | None
    name: str
    address: str


DEVICE = Actor(None, "treadlight", "")
"""The device acting by itself, such as when retention ends."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log.

    action: what was done, such as "patient.open". subject: what it was done to, by number, such as
    "patient 4"; never a patient's label. detail: further facts without personal data.
    """

    id: int
    at: datetime
    name: str
    address: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What the runner tells before anything is measured, in the runner's words; all may be empty."""

    history: str = ""
    weekly_km: float | None = None
    goals: str = ""
    pain_where: str = ""
    pain_when: str = ""
    tried: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """A runner. label: initials or a code. deleted_at: in the recycle bin since then, else None."""

    id: int
    label: str
    born: int | None
    height_cm: float | None
    created_at: datetime
    deleted_at: datetime | None
    intake: Intake


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSetup:
    """How the treadmill stood and what the runner wore; None or "" is not known."""

    speed_mps: float | None = None
    grade_pct: float = 0.0
    shoe: str = ""
    height_cm: float | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to, when, and who noted it; withdrawn_at None while it stands."""

    id: int
    visit_id: int
    kind: ConsentKind
    given_at: datetime
    noted_by: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a patient.

    number: the patient's how-manieth, from 1. closed_at: None while it is the device's current visit.
    consent: the consent that stands, LIVE when none was noted or it was withdrawn.
    """

    id: int
    patient_id: int
    number: int
    opened_at: datetime
    closed_at: datetime | None
    opened_by: str
    setup: VisitSetup
    consent: ConsentKind
    consent_noted: bool

    @property
    def keeps_pictures(self) -> bool:
        """Whether pictures of this visit may be written to disk."""
        return self.consent is ConsentKind.VIDEO

    @property
    def keeps_numbers(self) -> bool:
        """Whether keypoints and numbers of this visit may be written to disk."""
        return self.consent is not ConsentKind.LIVE


@dataclass(frozen=True, slots=True)
class VisitSession:
    """A recorded session of `sessions.sqlite3` that belongs to a visit."""

    visit_id: int
    session_id: int
    purpose: Purpose
    linked_at: datetime

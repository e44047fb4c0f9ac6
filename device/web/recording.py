"""Begins recordings: for the open visit and as far as its consent allows."""

from device.clinic.types import Purpose
from device.errors import ClinicError
from device.web import here

NOTHING_KEPT = "The runner agreed to being watched live only, so nothing is recorded. Ask for consent first."


def start_recording(label: str = "", note: str = "", purpose: Purpose = Purpose.OTHER) -> int:
    """Begin to record the open visit's runner, or whoever `label` names without one; gives its number.

    Raises ClinicError when the runner did not agree to that; TreadlightError when the device cannot.
    """
    control = here.control()
    visit = here.clinic().visits.current()
    if visit is None:
        return control.start_session(label or "Run", note)
    if not visit.keeps_numbers:
        raise ClinicError(NOTHING_KEPT)
    session_id = control.start_session(here.clinic().patients.get(visit.patient_id).label, note)
    here.clinic().visits.link(visit.id, session_id, purpose)
    return session_id

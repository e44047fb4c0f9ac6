"""Today: the visit that is open, who was here lately, what is to be asked, and how the device is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from device.clinic.retention import Due, due_soon
from device.clinic.types import Patient, Role, Visit
from device.control import DeviceControl
from device.live import LiveState
from device.web import here
from device.web.roles import needs
from device.web.visits import ASK_WITHIN, waiting_for_morning

LATELY = 8
WARN_DAYS = 7

area = Blueprint("today", __name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """A patient and the last visit, None before the first."""

    patient: Patient
    last: Visit | None
    visits: int


@area.get("/")
@needs(Role.VIEWER)
def page() -> ResponseReturnValue:
    """Show the day."""
    control: DeviceControl = current_app.extensions["control"]
    now = here.clinic().now().astimezone()
    return render_template(
        "people/today.html",
        now=now,
        lately=[_seen(patient) for patient in here.clinic().patients.find(limit=LATELY)],
        ask=_mornings(now),
        state=_state(control.live.latest()),
        erase=_by_day(due_soon(here.clinic(), timedelta(days=WARN_DAYS))),
    )


def _seen(patient: Patient) -> Seen:
    visits = here.clinic().visits.of_patient(patient.id)
    return Seen(patient, visits[-1] if visits else None, len(visits))


def _mornings(now: datetime) -> list[Seen]:
    """Give the patients who ran on an earlier day and were not asked about the morning after."""
    waiting: dict[int, Seen] = {}
    for visit in here.clinic().visits.between(now - ASK_WITHIN, now):
        if visit.patient_id not in waiting and waiting_for_morning(visit) is not None:
            patient = here.clinic().patients.get(visit.patient_id)
            waiting[visit.patient_id] = Seen(patient, visit, visit.number)
    return list(waiting.values())


def _state(state: LiveState | None) -> dict[str, object]:
    if state is None or state.error:
        return {"ready": False, "why": state.error if state else None, "light": "off"}
    fault = state.light_fault
    return {"ready": not fault, "why": fault, "light": state.cue.light, "fps": state.fps}


def _by_day(due: list[Due]) -> dict[str, object] | None:
    if not due:
        return None
    return {"count": len({item.visit_id for item in due}), "first": min(item.at for item in due)}

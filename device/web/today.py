"""Today: the visit that is open, who was here lately, what is to be asked, and how the device is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from device.clinic.pain import Moment, newest
from device.clinic.plans import CuePlan
from device.clinic.retention import Due, due_soon
from device.clinic.types import Patient, Role, Visit
from device.live import LiveState
from device.monitor.station import Station
from device.web import here
from device.web.roles import needs
from device.web.visits import ASK_WITHIN, waiting_for_morning

LATELY = 8
WARN_DAYS = 7

area = Blueprint("today", __name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """A patient and the last visit, None before the first.

    plan: the cue that was run last. pain: as told at the last visit, by moment.
    """

    patient: Patient
    last: Visit | None
    visits: int
    plan: CuePlan | None = None
    pain: Mapping[str, int] = field(default_factory=dict)


@area.get("/")
@needs(Role.VIEWER)
def page() -> ResponseReturnValue:
    """Show the day."""
    control = here.control()
    now = here.clinic().now().astimezone()
    visit = here.clinic().visits.current()
    return render_template(
        "people/today.html",
        now=now,
        lately=[_seen(patient) for patient in here.clinic().patients.find(limit=LATELY)],
        ask=_mornings(now),
        current=None if visit is None else _seen(here.clinic().patients.get(visit.patient_id)),
        bin=len(here.clinic().patients.deleted()),
        warn_days=WARN_DAYS,
        state=_state(control.live.latest()),
        station=_station(current_app.extensions.get("station")),
        erase=_by_day(due_soon(here.clinic(), timedelta(days=WARN_DAYS))),
    )


def _seen(patient: Patient) -> Seen:
    clinic = here.clinic()
    visits = clinic.visits.of_patient(patient.id)
    if not visits:
        return Seen(patient, None, 0)
    plans, scores = clinic.plans.of_patient(patient.id), clinic.pains.of_visit(visits[-1].id)
    told = {str(moment): score for moment in Moment if (score := newest(scores, moment)) is not None}
    return Seen(patient, visits[-1], len(visits), plans[-1] if plans else None, told)


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


def _station(station: Station | None) -> dict[str, Any] | None:
    """Give what a day's start asks of the device, None where nothing watches it."""
    if station is None:
        return None
    vitals, problems = station.vitals(), station.problems()
    return {
        "problems": problems,
        "urgent": any(problem.urgent for problem in problems),
        "latency_ms": None if vitals.latency_p95_s is None else round(1000 * vitals.latency_p95_s),
        "room_h": vitals.recording_h,
        "backup": station.backup(),
    }


def _by_day(due: list[Due]) -> dict[str, object] | None:
    if not due:
        return None
    return {"count": len({item.visit_id for item in due}), "first": min(item.at for item in due)}

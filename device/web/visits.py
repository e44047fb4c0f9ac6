"""Visits: begin, agree on what is kept, end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from device.clinic.pain import Moment, newest
from device.clinic.retention import Removal
from device.clinic.types import ConsentKind, Role, Visit
from device.errors import ClinicError, TreadlightError
from device.web import forms, here
from device.web.roles import needs

ORDER = (ConsentKind.LIVE, ConsentKind.SKELETON, ConsentKind.VIDEO)

ASK_WITHIN = timedelta(days=6)
"""How long after a visit the morning after can still be asked about."""

area = Blueprint("visits", __name__)


@area.post("/patients/<int:patient_id>/visit")
@needs(Role.THERAPIST)
def start(patient_id: int) -> ResponseReturnValue:
    """Begin a visit, or go on with the patient's that is open."""
    return begin(patient_id)


def begin(patient_id: int) -> ResponseReturnValue:
    """Begin a visit: what was left of the runner before is let go of first."""
    clinic = here.clinic()
    open_one = clinic.visits.current()
    if open_one is None or open_one.patient_id != patient_id:
        _let_go()
        visit = clinic.visits.get(clinic.visits.open(patient_id, here.actor().name))
        _prepare(visit)
    return redirect(url_for("visits.consent"))


@area.get("/visit/consent")
@needs(Role.THERAPIST)
def consent() -> ResponseReturnValue:
    """Ask what the runner agrees to at this visit."""
    visit = _current()
    if visit is None:
        return redirect(url_for("today.page"))
    earlier = [one for one in here.clinic().visits.of_patient(visit.patient_id) if one.id < visit.id]
    last = next((one for one in reversed(earlier) if one.consent_noted), None)
    return render_template(
        "people/consent.html",
        visit=visit,
        patient=here.clinic().patients.get(visit.patient_id),
        last=last,
        settings=here.clinic().settings.load(),
        offered=last.consent if last else ConsentKind.SKELETON,
    )


@area.post("/visit/consent")
@needs(Role.THERAPIST)
def agree() -> ResponseReturnValue:
    """Note what the runner agreed to; what it no longer covers is removed at once."""
    visit = _current()
    given = request.form.get("kind", "")
    if visit is None or given not in set(ConsentKind):
        raise ClinicError("There is no visit to note this with. Begin one on Today.")
    kind = ConsentKind(given)
    narrower = visit.consent_noted and ORDER.index(kind) < ORDER.index(visit.consent)
    here.clinic().visits.agree(visit.id, kind, here.actor().name)
    if narrower:
        if kind is ConsentKind.LIVE:
            here.control().stop_session()
        _removal().narrow(visit.id, kind, here.actor())
    return redirect(url_for(next_step()))


@area.post("/visits/<int:visit_id>/withdraw")
@needs(Role.THERAPIST, proof=True)
def withdraw(visit_id: int) -> ResponseReturnValue:
    """Take back a visit's consent: what was kept of it is removed."""
    visit = here.clinic().visits.get(visit_id)
    if visit.closed_at is None:
        here.control().stop_session()
    _removal().withdraw(visit_id, here.actor())
    return redirect(url_for("patients.show", patient_id=visit.patient_id))


@area.post("/visit/end")
@needs(Role.THERAPIST)
def end() -> ResponseReturnValue:
    """End the visit that is open."""
    visit = _current()
    if visit is None:
        return redirect(url_for("today.page"))
    _let_go()
    here.clinic().visits.close(visit.id)
    return redirect(url_for("patients.show", patient_id=visit.patient_id))


@area.post("/visits/<int:visit_id>/morning")
@needs(Role.THERAPIST)
def morning(visit_id: int) -> ResponseReturnValue:
    """Keep how the runner's back was on the morning after."""
    visit = here.clinic().visits.get(visit_id)
    score = forms.whole("score", "The pain")
    if score is None:
        raise ClinicError("There is no answer. Choose a number from 0 to 10.")
    here.clinic().pains.record(visit.id, Moment.MORNING, score, here.actor().name)
    return redirect(url_for("patients.show", patient_id=visit.patient_id))


def waiting_for_morning(visit: Visit) -> Visit | None:
    """Give the visit back when its runner ran on an earlier day and was not asked about the next morning."""
    now = here.clinic().now()
    if visit.opened_at.astimezone().date() >= now.astimezone().date() or now - visit.opened_at > ASK_WITHIN:
        return None
    ran = bool(here.clinic().visits.sessions(visit.id))
    asked = newest(here.clinic().pains.of_visit(visit.id), Moment.MORNING) is not None
    return visit if ran and not asked else None


def worse_morning(visits: Sequence[Visit]) -> dict[str, int] | None:
    """Say how the morning after the newest finished visit broke the runner's pain rule; None when it did not.

    visits: one patient's, oldest first. Gives the visit's number, pain before and the morning after, and the
    rise that was agreed on.
    """
    clinic, current = here.clinic(), _current()
    finished = [visit for visit in visits if current is None or visit.id != current.id]
    if not finished:
        return None
    last = finished[-1]
    scores, rule = clinic.pains.of_visit(last.id), clinic.pains.rule(last.patient_id)
    before, after = newest(scores, Moment.BEFORE), newest(scores, Moment.MORNING)
    if before is None or after is None or not rule.morning_exceeds(before, after):
        return None
    return {"n": last.number, "before": before, "score": after, "rise": rule.morning_rise}


def next_step() -> str:
    """Give the view that follows consent."""
    return "check.page" if "check.page" in current_app.view_functions else "live.page"


def _current() -> Visit | None:
    return here.clinic().visits.current()


def _removal() -> Removal:
    removal: Removal = current_app.extensions["removal"]
    return removal


def _let_go() -> None:
    here.control().stop_session()
    here.control().clear_cue()
    here.control().forget_standing()


def _prepare(visit: Visit) -> None:
    """Let the device start with this patient's speed, slope and height as they were last time."""
    setup = visit.setup
    try:
        here.control().set_run(
            replace(
                here.control().setup,
                speed_mps=setup.speed_mps,
                grade_pct=setup.grade_pct,
                height_cm=setup.height_cm,
            )
        )
    except TreadlightError:
        # The device may be without a camera: the visit begins all the same, the camera check asks again.
        return

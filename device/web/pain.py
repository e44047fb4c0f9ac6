"""Pain as the runner tells it: asked on the live screen and on the page of a visit; and the agreed rule."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from device.clinic.pain import Moment, PainRule, newest
from device.clinic.types import Role, Visit
from device.errors import ClinicError, ConfigError
from device.web import here
from device.web.body import Body
from device.web.roles import needs

area = Blueprint("pain", __name__, url_prefix="/api")


@area.get("/pain")
@needs(Role.VIEWER, passive=True)
def current() -> ResponseReturnValue:
    """Give the answers and the rule of the open visit; `visit` is null without one."""
    visit = here.clinic().visits.current()
    return jsonify(visit=None if visit is None else _document(visit))


@area.post("/pain")
@needs(Role.THERAPIST)
def record() -> ResponseReturnValue:
    """Keep one answer of the open visit; `moment` may be left out: before the first run, then during."""
    body = Body("score", "moment")
    visit = here.clinic().visits.current()
    if visit is None:
        raise ClinicError("No visit is open, so there is nowhere to keep the answer. Open one on Today.")
    _keep(visit, body)
    return jsonify(visit=_document(visit))


@area.get("/visits/<int:visit_id>/pain")
@needs(Role.VIEWER)
def of_visit(visit_id: int) -> ResponseReturnValue:
    """Give the answers and the rule of one visit."""
    return jsonify(visit=_document(here.clinic().visits.get(visit_id)))


@area.post("/visits/<int:visit_id>/pain")
@needs(Role.THERAPIST)
def record_later(visit_id: int) -> ResponseReturnValue:
    """Keep one answer of an earlier visit, such as the next morning's."""
    body = Body("score", "moment")
    visit = here.clinic().visits.get(visit_id)
    _keep(visit, body)
    return jsonify(visit=_document(visit))


@area.post("/visits/<int:visit_id>/pain/rule")
@needs(Role.THERAPIST)
def set_rule(visit_id: int) -> ResponseReturnValue:
    """Agree on another rule with this visit's patient."""
    body = Body("pause_at", "morning_rise")
    visit = here.clinic().visits.get(visit_id)
    old = here.clinic().pains.rule(visit.patient_id)
    pause_at = body.number("pause_at", 1, 10, "The score to pause at")
    rise = body.number("morning_rise", 0, 10, "The rise by the next morning")
    rule = PainRule(
        old.pause_at if pause_at is None else round(pause_at),
        old.morning_rise if rise is None else round(rise),
    )
    here.clinic().pains.set_rule(visit.patient_id, rule)
    return jsonify(visit=_document(visit))


def _keep(visit: Visit, body: Body) -> None:
    score = body.number("score", 0, 10, "The pain")
    if score is None or score != round(score):
        raise ConfigError("The pain is missing. Choose a whole number from 0 to 10.")
    named = body.text("moment", 20, "The moment")
    if named and named not in set(Moment):
        raise ConfigError(f"The moment {named!r} is not known. Give before, during, after or morning.")
    state = here.control().live.latest()
    session = state.session if state else None
    into_s = None
    if state is not None and session is not None and session.started_t is not None:
        into_s = max(0.0, state.frame.t - session.started_t)
    moment = Moment(named) if named else _moment(visit, session is not None and session.run is not None)
    here.clinic().pains.record(visit.id, moment, round(score), here.actor().name, into_s)


def _moment(visit: Visit, running: bool) -> Moment:
    """Before until something was answered, then during a run, then after."""
    asked = here.clinic().pains.of_visit(visit.id)
    if not asked:
        return Moment.BEFORE
    return Moment.DURING if running else Moment.AFTER


def _document(visit: Visit) -> dict[str, Any]:
    pains = here.clinic().pains
    scores = pains.of_visit(visit.id)
    rule = pains.rule(visit.patient_id)
    return {
        "id": visit.id,
        "scores": [
            {"moment": s.moment, "score": s.score, "at": s.at.isoformat(), "session_t_s": s.session_t_s}
            for s in scores
        ],
        "newest": {str(moment): newest(scores, moment) for moment in Moment},
        "rule": {"pause_at": rule.pause_at, "morning_rise": rule.morning_rise},
    }

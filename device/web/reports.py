"""The report of a visit: its page, what the therapist adds, web page and PDF, and files for research."""

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from device.clinic.dose import records_of
from device.clinic.reports import Conclusion, ReportNotes
from device.clinic.types import Role, Visit
from device.errors import ConfigError, MissingError
from device.report.chart import run_chart
from device.report.content import Content, Material, content, sides
from device.report.page import Figures, report_html, report_pdf
from device.report.texts import value_text
from device.review.blocks import Stretch
from device.review.drawing import key_frame_svg
from device.review.types import Instant, Leg
from device.sessions.offline import offline
from device.sessions.store import SessionStore
from device.web import here
from device.web.body import Body
from device.web.roles import needs
from device.web.words import load_words

PREVIEW = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}
"""The page carries its own style, so that it can be saved as one file; it may hold nothing else."""
MOVEMENT = {"trc": "text/plain", "mot": "text/plain"}

area = Blueprint("reports", __name__)


@area.get("/report")
@needs(Role.VIEWER)
def page() -> ResponseReturnValue:
    """Go to the report of the open visit."""
    visit = here.clinic().visits.current()
    if visit is None:
        return render_template("report.html", visit=None)
    return redirect(url_for("reports.show", visit_id=visit.id))


@area.get("/visits/<int:visit_id>/report")
@needs(Role.VIEWER)
def show(visit_id: int) -> ResponseReturnValue:
    """Show the report beside what the therapist adds to it."""
    material = _material(here.clinic().visits.get(visit_id))
    page = render_template(
        "report.html",
        visit=material.visit,
        patient=material.patient,
        notes=material.notes,
        conclusions=[Conclusion.WORK, Conclusion.KEEP],
        metronome=_metronome(material),
        sessions=[record.summary for record in material.records],
        bootstrap=here.bootstrap(),
    )
    response = Response(page, mimetype="text/html")
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "frame-src 'self'"
    )
    response.headers["Content-Security-Policy"] = policy
    return response


@area.get("/visits/<int:visit_id>/report.html")
@needs(Role.VIEWER, passive=True)
def web_page(visit_id: int) -> ResponseReturnValue:
    """Give the report as one page that needs no other file; `?save` to keep it."""
    visit = here.clinic().visits.get(visit_id)
    response = Response(_html(visit), content_type="text/html; charset=utf-8", headers=PREVIEW)
    if "save" in request.args:
        response.headers["Content-Disposition"] = f'attachment; filename="{_name(visit)}.html"'
    return response


@area.get("/visits/<int:visit_id>/report.pdf")
@needs(Role.VIEWER)
def pdf(visit_id: int) -> ResponseReturnValue:
    """Give the report as a PDF of one page."""
    visit = here.clinic().visits.get(visit_id)
    headers = {"Content-Disposition": f'attachment; filename="{_name(visit)}.pdf"'}
    return Response(report_pdf(_html(visit)), content_type="application/pdf", headers=headers)


@area.post("/api/visits/<int:visit_id>/report")
@needs(Role.THERAPIST)
def keep(visit_id: int) -> ResponseReturnValue:
    """Keep what the therapist adds."""
    body = Body("conclusion", "goal_answer", "note", "runs", "minutes", "metronome_spm", "homework")
    conclusion = body.text("conclusion", 10, "The conclusion")
    if conclusion not in set(Conclusion):
        raise ConfigError(f"The conclusion {conclusion!r} is not known. Choose one of the two.")
    notes = ReportNotes(
        conclusion=Conclusion(conclusion),
        goal_answer=body.lines("goal_answer", 240, "The answer"),
        note=body.lines("note", 400, "The note"),
        runs=_whole(body.number("runs", 0, 14, "The runs a week")),
        minutes=_whole(body.number("minutes", 0, 120, "The minutes of a run")),
        metronome_spm=_whole(body.number("metronome_spm", 60, 260, "The metronome")),
        homework=body.lines("homework", 240, "The homework"),
    )
    visit = here.clinic().visits.get(visit_id)
    here.clinic().reports.put(visit.id, notes, here.actor().name)
    return jsonify(ok=True)


@area.get("/sessions/<int:session_id>.<any(trc, mot):kind>")
@needs(Role.VIEWER)
def movement(session_id: int, kind: str) -> ResponseReturnValue:
    """Give points (`.trc`) or angles (`.mot`) of a recording for OpenSim."""
    text = offline(_store().folder, session_id, kind)
    headers = {"Content-Disposition": f'attachment; filename="treadlight-{session_id}.{kind}"'}
    return Response(text, content_type=f"{MOVEMENT[kind]}; charset=utf-8", headers=headers)


@area.get("/sessions/<int:session_id>/curves.json")
@needs(Role.VIEWER)
def curves(session_id: int) -> ResponseReturnValue:
    """Give the stride curves of a recording: mean and spread by stretch and angle."""
    return Response(offline(_store().folder, session_id, "curves"), mimetype="application/json")


def _store() -> SessionStore:
    store = here.store()
    if store is None:
        raise MissingError("Recordings are not kept on this device. Set a data folder in the settings.")
    return store


def _material(visit: Visit) -> Material:
    clinic, store = here.clinic(), here.store()
    settings = clinic.settings.load()
    check = clinic.checks.of_visit(visit.id)
    words = load_words()["report"]
    ids = [session.session_id for session in clinic.visits.sessions(visit.id)]
    made = None if check is None or check.at is None else check.at.astimezone()
    checked = "" if made is None else words["checked"].format(time=f"{made:%H:%M}")
    return Material(
        visit=visit,
        patient=clinic.patients.get(visit.patient_id),
        records=() if store is None else records_of(store, ids),
        plans=clinic.plans.of_visit(visit.id),
        pain=clinic.pains.of_visit(visit.id),
        rule=clinic.pains.rule(visit.patient_id),
        notes=clinic.reports.get(visit.id),
        clinic=settings.clinic,
        contact=settings.contact,
        checked=checked,
        at=clinic.now(),
    )


def _html(visit: Visit) -> str:
    material, words = _material(visit), load_words()
    said = content(material, words["report"])
    return report_html(said, _figures(material, said, words["report"]), words["report"], words["disclaimer"])


def _figures(material: Material, said: Content, words: dict[str, Any]) -> Figures:
    before, after = sides(material.records)
    plan = material.plans[-1] if material.plans else None
    chart = ""
    if plan is not None:
        record = next((r for r in material.records if r.summary.id == plan.session_id), None)
        title = words["through"].format(label=said.cue_label)
        chart = "" if record is None else run_chart(record, plan.metric, plan.band, words["blocks"], title)
    metric = plan.metric if plan else "trunk_lean_deg"
    return Figures(
        before=_figure(before, said.columns[0]),
        before_caption=_caption(before, metric, said.columns[0]),
        after=_figure(after, said.columns[1]),
        after_caption=_caption(after, metric, said.columns[1]),
        chart=chart,
    )


def _figure(stretch: Stretch | None, title: str) -> str:
    if stretch is None:
        return ""
    frames = here.keeping().frames_of(stretch.session_id, stretch.kind, stretch.index)
    frame = frames.at(Leg.NEAR, Instant.MIDSTANCE) if frames else None
    if frames is None or frame is None:
        return ""
    # The whole runner, not the middle of the picture.
    return key_frame_svg(frame, frames, title=title, paper=True).replace("xMidYMid slice", "xMidYMid meet")


def _caption(stretch: Stretch | None, metric: str, name: str) -> str:
    if stretch is None or metric not in stretch.stats:
        return name
    mean = load_words()["report"]["mean"]
    return f"{name}, {mean} {value_text(metric, stretch.stats[metric].mean)}"


def _metronome(material: Material) -> int | None:
    """Propose the step rate for homework: what was kept, else the target of a cadence cue."""
    if material.notes.metronome_spm:
        return material.notes.metronome_spm
    plan = material.plans[-1] if material.plans else None
    if plan is None or plan.metric != "cadence_spm" or plan.band.low is None or plan.band.high is None:
        return None
    return round((plan.band.low + plan.band.high) / 2)


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)


def _name(visit: Visit) -> str:
    return f"treadlight-visit-{visit.id}"

"""Patients: the list, one patient with the timeline, intake, export, and the recycle bin."""

from contextlib import ExitStack
from datetime import timedelta
from tempfile import TemporaryFile

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from device.clinic.export import export_patient
from device.clinic.retention import Removal
from device.clinic.types import Intake, Role
from device.errors import ClinicError
from device.gait.catalog import METRICS
from device.web import forms, here
from device.web.roles import needs
from device.web.timeline import choices, timeline
from device.web.visits import begin, waiting_for_morning, worse_morning

PIECE_BYTES = 64 * 1024

area = Blueprint("patients", __name__, url_prefix="/patients")


@area.get("")
@needs(Role.VIEWER)
def index() -> ResponseReturnValue:
    """List the patients, or those whose label holds what was typed."""
    text = request.args.get("q", "").strip()[:40]
    found = here.clinic().patients.find(text)
    seen = [(patient, here.clinic().visits.of_patient(patient.id)) for patient in found]
    return render_template("people/patients.html", seen=seen, text=text)


@area.get("/new")
@needs(Role.THERAPIST)
def new() -> ResponseReturnValue:
    """Ask for a label, and for what the runner tells."""
    return render_template("people/patient_form.html", patient=None, given={}, problem=None)


@area.post("/new")
@needs(Role.THERAPIST)
def add() -> ResponseReturnValue:
    """Add a patient and begin the first visit when asked to."""
    try:
        patient_id = here.clinic().patients.add(
            forms.text("label"),
            born=forms.whole("born", "The year of birth"),
            height_cm=_height(),
            intake=_intake(),
        )
    except ClinicError as error:
        page = render_template(
            "people/patient_form.html", patient=None, given=request.form, problem=str(error)
        )
        return page, 400
    if "begin" in request.form:
        return begin(patient_id)
    return redirect(url_for("patients.show", patient_id=patient_id))


@area.get("/<int:patient_id>")
@needs(Role.VIEWER)
def show(patient_id: int) -> ResponseReturnValue:
    """Show one patient: intake, consent, and the visits on a timeline."""
    clinic = here.clinic()
    patient = clinic.patients.get(patient_id)
    visits = clinic.visits.of_patient(patient_id)
    offered = choices(clinic, patient_id)
    wanted = request.args.get("measure", "")
    metric = wanted if wanted in METRICS else offered[0]
    return render_template(
        "people/patient.html",
        patient=patient,
        visits=visits,
        consents={visit.id: clinic.visits.consents(visit.id) for visit in visits},
        ask_morning=next(filter(waiting_for_morning, reversed(visits)), None),
        worse_morning=worse_morning(visits),
        line=timeline(clinic, here.store(), patient_id, metric),
        measures=[(name, METRICS[name].label) for name in offered],
        report="reports.show" in current_app.view_functions,
    )


@area.get("/<int:patient_id>/edit")
@needs(Role.THERAPIST)
def edit(patient_id: int) -> ResponseReturnValue:
    """Show what is known of a patient for changing it."""
    patient = here.clinic().patients.get(patient_id)
    return render_template("people/patient_form.html", patient=patient, given={}, problem=None)


@area.post("/<int:patient_id>/edit")
@needs(Role.THERAPIST)
def change(patient_id: int) -> ResponseReturnValue:
    """Keep what was changed."""
    patient = here.clinic().patients.get(patient_id)
    try:
        here.clinic().patients.change(
            patient_id,
            forms.text("label"),
            born=forms.whole("born", "The year of birth"),
            height_cm=_height(),
            intake=_intake(),
        )
    except ClinicError as error:
        page = render_template(
            "people/patient_form.html", patient=patient, given=request.form, problem=str(error)
        )
        return page, 400
    return redirect(url_for("patients.show", patient_id=patient_id))


@area.get("/<int:patient_id>/export.zip")
@needs(Role.THERAPIST, proof=True)
def export(patient_id: int) -> ResponseReturnValue:
    """Give everything that is kept of a patient, with what it was made with."""
    with ExitStack() as undo:
        # An unnamed file on the disk: video does not fit into memory, and nothing may stay behind.
        file = undo.enter_context(TemporaryFile(dir=here.clinic().folder))
        export_patient(here.clinic(), here.store(), patient_id, file)
        file.seek(0)
        undo.pop_all()
    answer = Response(iter(lambda: file.read(PIECE_BYTES), b""), mimetype="application/zip")
    answer.call_on_close(file.close)
    answer.headers["Content-Disposition"] = f'attachment; filename="treadlight-patient-{patient_id}.zip"'
    return answer


@area.post("/<int:patient_id>/delete")
@needs(Role.THERAPIST, proof=True)
def delete(patient_id: int) -> ResponseReturnValue:
    """Put a patient into the recycle bin."""
    here.clinic().patients.put_in_bin(patient_id)
    return redirect(url_for("today.page"))


@area.get("/bin")
@needs(Role.ADMINISTRATOR)
def recycle_bin() -> ResponseReturnValue:
    """List deleted patients with the day on which they are gone for good, and tombstones."""
    keep = timedelta(days=here.clinic().settings.load().bin_days)
    deleted = here.clinic().patients.deleted()
    ends = {patient.id: patient.deleted_at + keep for patient in deleted if patient.deleted_at}
    return render_template(
        "people/bin.html", deleted=deleted, ends=ends, stones=here.clinic().tombstones.all(), days=keep.days
    )


@area.post("/<int:patient_id>/restore")
@needs(Role.ADMINISTRATOR)
def restore(patient_id: int) -> ResponseReturnValue:
    """Bring a patient back from the recycle bin."""
    here.clinic().patients.bring_back(patient_id)
    return redirect(url_for("patients.show", patient_id=patient_id))


@area.post("/<int:patient_id>/erase")
@needs(Role.ADMINISTRATOR, proof=True)
def erase(patient_id: int) -> ResponseReturnValue:
    """Remove a patient in the recycle bin for good, now."""
    if here.clinic().patients.get(patient_id).deleted_at is None:
        raise ClinicError("This patient is not in the recycle bin. Delete the patient first.")
    removal: Removal = current_app.extensions["removal"]
    removal.erase_patient(patient_id, here.actor())
    return redirect(url_for("patients.recycle_bin"))


def _height() -> float | None:
    return forms.number("height_cm", "The height")


def _intake() -> Intake:
    return Intake(
        history=forms.text("history"),
        weekly_km=forms.number("weekly_km", "The weekly distance"),
        goals=forms.text("goals"),
        pain_where=forms.text("pain_where"),
        pain_when=forms.text("pain_when"),
        tried=forms.text("tried"),
    )

"""Settings: the clinic, how long what is kept, when a tablet locks; the people; the audit log."""

import csv
import io
from dataclasses import fields
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from device.clinic.retention import due_soon
from device.clinic.settings import Settings
from device.clinic.types import Role
from device.errors import ClinicError, MissingError
from device.web import forms, here
from device.web.roles import needs
from device.web.words import load_words

AT_ONCE = 100
SOON = timedelta(days=30)

area = Blueprint("settings", __name__, url_prefix="/settings")


@area.get("")
@needs(Role.ADMINISTRATOR)
def page() -> ResponseReturnValue:
    """Show the settings."""
    return _page(here.clinic().settings.load(), None)


@area.post("")
@needs(Role.ADMINISTRATOR, proof=True)
def save() -> ResponseReturnValue:
    """Keep the settings."""
    old = here.clinic().settings.load()
    try:
        given: dict[str, Any] = {
            field.name: forms.text(field.name)
            if isinstance(field.default, str)
            else _number(field.name, getattr(old, field.name))
            for field in fields(Settings)
        }
        settings = Settings(**given)
    except ClinicError as error:
        return _page(old, str(error)), 400
    here.clinic().settings.save(settings)
    current_app.extensions["settings"] = settings
    return redirect(url_for("settings.page", saved=1))


@area.get("/people")
@needs(Role.ADMINISTRATOR)
def people() -> ResponseReturnValue:
    """List the people."""
    return _people(None)


@area.post("/people")
@needs(Role.ADMINISTRATOR, proof=True)
def add_person() -> ResponseReturnValue:
    """Add a person."""
    try:
        here.clinic().users.add(forms.text("name"), _role(), request.form.get("secret", ""))
    except ClinicError as error:
        return _people(str(error)), 400
    return redirect(url_for("settings.people"))


@area.post("/people/<int:user_id>")
@needs(Role.ADMINISTRATOR, proof=True)
def change_person(user_id: int) -> ResponseReturnValue:
    """Change a person's role, shut them out or let them in again, or give them a new PIN."""
    if here.clinic().users.get(user_id) is None:
        raise MissingError(f"There is no person {user_id}. See the list of people.")
    try:
        if request.form.get("secret"):
            here.clinic().users.set_secret(user_id, request.form["secret"])
        else:
            here.clinic().users.set_role(user_id, _role(), active="active" in request.form)
    except ClinicError as error:
        return _people(str(error)), 400
    return redirect(url_for("settings.people"))


@area.get("/audit")
@needs(Role.ADMINISTRATOR)
def audit() -> ResponseReturnValue:
    """Show the audit log, newest first."""
    before = request.args.get("before", type=int)
    entries = here.clinic().audit.entries(before, AT_ONCE)
    words = load_words()["audit"]["did"]
    return render_template(
        "people/audit.html",
        entries=entries,
        did=lambda action: words.get(action.replace(".", "_"), action),
        older=entries[-1].id if len(entries) == AT_ONCE else None,
        broken=here.clinic().audit.first_broken(),
    )


@area.get("/audit.csv")
@needs(Role.ADMINISTRATOR)
def audit_csv() -> ResponseReturnValue:
    """Give the audit log as CSV, oldest first."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(("number", "at", "who", "from", "did", "to", "detail"))
    for entry in here.clinic().audit.export():
        row = (entry.name, entry.address, entry.action, entry.subject, entry.detail)
        lines.writerow((entry.id, entry.at.isoformat(), *map(_harmless, row)))
    head = {"Content-Disposition": 'attachment; filename="treadlight-audit.csv"'}
    return Response(text.getvalue(), content_type="text/csv; charset=utf-8", headers=head)


def _page(settings: Settings, problem: str | None) -> str:
    return render_template(
        "people/settings.html",
        settings=settings,
        problem=problem,
        saved="saved" in request.args and problem is None,
        due=due_soon(here.clinic(), SOON),
        now=here.clinic().now(),
        days=("video_days", "pictures_days", "poses_days", "numbers_days"),
    )


def _people(problem: str | None) -> str:
    return render_template(
        "people/people.html",
        people=here.clinic().users.all(),
        roles=tuple(Role),
        problem=problem,
        given=request.form,
    )


def _number(name: str, usual: int) -> int:
    value = forms.whole(name, load_words()["settings"][name])
    return usual if value is None else value


def _role() -> Role:
    try:
        return Role(int(request.form.get("role", "")))
    except ValueError:
        raise ClinicError("The role is not known. Choose viewer, therapist or administrator.") from None


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell

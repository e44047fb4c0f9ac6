"""First run: the administrator is made by somebody who can read the device's own code; lost PINs too."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from device.clinic.settings import Settings
from device.clinic.types import Actor, Role, User
from device.errors import ClinicError
from device.web import here
from device.web.access import Door, enter
from device.web.roles import open_to_all
from device.web.words import load_words

area = Blueprint("setup", __name__)


@area.get("/setup")
@open_to_all
def wizard() -> ResponseReturnValue:
    """Ask for what a new device needs to know."""
    if here.clinic().users.any_administrator():
        return redirect(url_for("access.login"))
    return render_template("people/setup.html", given=request.args, problem=None)


@area.post("/setup")
@open_to_all
def set_up() -> ResponseReturnValue:
    """Make the administrator, who is then logged in."""
    users = here.clinic().users
    if users.any_administrator():
        return redirect(url_for("access.login"))
    refusal = _code_refused()
    if refusal is not None:
        return render_template("people/setup.html", given=request.form, problem=refusal[0]), refusal[1]
    try:
        secret = _new_secret()
        settings = Settings(clinic=request.form.get("clinic", "").strip())
        user_id = users.add(request.form.get("name", ""), Role.ADMINISTRATOR, secret, first=True)
    except ClinicError as error:
        return render_template("people/setup.html", given=request.form, problem=str(error)), 400
    here.clinic().settings.save(settings)
    _enter(users.get(user_id), "setup")
    return redirect(url_for("today.page"))


@area.get("/recover")
@open_to_all
def recovery() -> ResponseReturnValue:
    """Say how to get in again when the PIN is lost."""
    return render_template("people/recover.html", given={}, problem=None)


@area.post("/recover")
@open_to_all
def recover() -> ResponseReturnValue:
    """Give an administrator a new PIN, for the device's own code."""
    refusal = _code_refused()
    if refusal is not None:
        return render_template("people/recover.html", given=request.form, problem=refusal[0]), refusal[1]
    users = here.clinic().users
    user = users.by_name(request.form.get("name", ""))
    try:
        if user is None or user.role is not Role.ADMINISTRATOR or not user.active:
            raise ClinicError(load_words()["recover"]["nobody"])
        users.set_secret(user.id, _new_secret())
    except ClinicError as error:
        return render_template("people/recover.html", given=request.form, problem=str(error)), 400
    _enter(users.get(user.id), "recover")
    return redirect(url_for("today.page"))


def _code_refused() -> tuple[str, int] | None:
    door: Door = current_app.extensions["door"]
    words = load_words()["setup"]
    if not door.allow(request.remote_addr or ""):
        return words["too_many"], 429
    if not door.opens(request.form.get("code", "")):
        here.clinic().audit.add(Actor(None, "", request.remote_addr or ""), "code.failed")
        return words["wrong_code"], 401
    return None


def _new_secret() -> str:
    secret = request.form.get("secret", "")
    if secret != request.form.get("again", ""):
        raise ClinicError(load_words()["setup"]["differ"])
    return secret


def _enter(user: User | None, action: str) -> None:
    if user is None:
        raise ClinicError(load_words()["recover"]["nobody"])
    address = request.remote_addr or ""
    here.clinic().audit.add(Actor(user.id, user.name, address), action)
    enter(user, address)

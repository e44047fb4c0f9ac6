"""Who is let in: under this device's own names only, to each view those whom it declared."""

import ipaddress
import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, NotFound, Unauthorized, abort

from device.clinic.logins import Login
from device.clinic.types import Role
from device.web import here
from device.web.casting import screen_is_let_in, still_let_in
from device.web.roles import Audience, Rule, rule_of

CHECK_STREAM_S = 2.0


def check_host() -> None:
    """Refuse a name that is not ours, so that a foreign page cannot rebind its own name to this device."""
    name = (urlsplit(f"//{request.host}").hostname or "").rstrip(".")
    if name in current_app.extensions["hosts"]:
        return
    try:
        ipaddress.ip_address(name)
    except ValueError:
        abort(421)


def guard() -> ResponseReturnValue | None:
    """Let nobody use a view that did not declare them; pages lead to the login, scripts get a refusal."""
    if request.endpoint == "static":
        return None
    token = session.get("login")
    g.login = here.logins().find(token) if isinstance(token, str) else None
    rule = rule_of(current_app.view_functions.get(request.endpoint or ""))
    if rule is not None and rule.audience is Audience.ANYBODY:
        return None
    if g.login is not None:
        # Who is logged in may know that an address does not exist.
        return None if request.url_rule is None else _judge(rule, g.login)
    if rule is not None and rule.audience is Audience.SCREEN and screen_is_let_in():
        return None
    return _turn_away()


def _judge(rule: Rule | None, found: Login) -> ResponseReturnValue | None:
    if rule is None or found.user.role < rule.least:
        raise Forbidden
    if found.user.role < Role.ADMINISTRATOR and _is_deleted(request.view_args or {}):
        raise NotFound
    if not rule.passive:
        here.logins().touch(found.key)
    if rule.proof and not here.logins().proved(found.key):
        return _ask_again()
    return None


def while_let_in(messages: Iterator[bytes]) -> Iterator[bytes]:
    """Pass a stream on until its viewer is logged out or locked; the live screen counts as being watched."""
    found, logins, token = here.login(), here.logins(), str(session.get("login"))
    screen = still_let_in()

    def passed() -> Iterator[bytes]:
        asked_s = time.monotonic()
        with logins.watching(found.key) if found else nullcontext():
            for message in messages:
                yield message
                if time.monotonic() - asked_s > CHECK_STREAM_S:
                    asked_s = time.monotonic()
                    if not (logins.find(token) if found else screen()):
                        return

    return passed()


def own_path(target: str) -> str:
    """Keep only a path on this device: no other host, no scheme-relative address."""
    if target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable():
        return target
    return url_for("today.page")


def wants_page() -> bool:
    """Tell whether a browser asks for a page to show."""
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def _turn_away() -> ResponseReturnValue:
    if not wants_page():
        raise Unauthorized
    if not here.clinic().users.any_administrator():
        return redirect(url_for("setup.wizard"))
    return redirect(url_for("access.login", next=request.full_path.rstrip("?")))


def _is_deleted(named: dict[str, Any]) -> bool:
    """Tell whether a view's patient, visit or recording belongs to a patient in the recycle bin."""
    clinic, patient_id = here.clinic(), named.get("patient_id")
    if "visit_id" in named:
        patient_id = clinic.visits.get(named["visit_id"]).patient_id
    elif "session_id" in named:
        visit = clinic.visits.of_session(named["session_id"])
        patient_id = visit.patient_id if visit else None
    return patient_id is not None and clinic.patients.get(patient_id).deleted_at is not None


def _ask_again() -> ResponseReturnValue:
    if request.method == "GET" and wants_page():
        return redirect(url_for("access.prove", next=request.full_path.rstrip("?")))
    back = urlsplit(request.headers.get("Referer", "")).path
    if request.is_json:
        raise Forbidden
    return redirect(url_for("access.prove", next=own_path(back or request.path)), 303)

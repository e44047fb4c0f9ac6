"""The dashboard as a Flask app: one blueprint per area, everything behind a login and a declared role."""

import logging
import socket
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from device.clinic.logins import Logins
from device.clinic.retention import Removal
from device.clinic.settings import Settings
from device.clinic.store import ClinicStore
from device.control import DeviceControl
from device.errors import MissingError, ServerError, TreadlightError
from device.monitor.station import Station
from device.review.desk import Desk
from device.sessions.store import SessionStore
from device.web import (
    access,
    auditing,
    baselining,
    casting,
    charts,
    checking,
    comparing,
    dates,
    guard,
    health,
    live,
    navigation,
    pain,
    patients,
    reports,
    reviewing,
    runner,
    runs,
    sessions,
    settings,
    setup,
    today,
    trust,
    visits,
)
from device.web.broadcast import Broadcast
from device.web.keeping import Keeping
from device.web.measures import measures
from device.web.words import load_words

MAX_BODY_BYTES = 16 * 1024
COOKIE_LIFETIME = timedelta(hours=12)
CONFIG: Mapping[str, Any] = {
    "MAX_CONTENT_LENGTH": MAX_BODY_BYTES,
    "MAX_FORM_MEMORY_SIZE": MAX_BODY_BYTES,
    "SESSION_COOKIE_NAME": "treadlight",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Strict",
    "PERMANENT_SESSION_LIFETIME": COOKIE_LIFETIME,
    "SESSION_REFRESH_EACH_REQUEST": False,
    "WTF_CSRF_TIME_LIMIT": None,
}
POLICY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

AREAS = (
    access, baselining, casting, charts, checking, comparing, health, live, pain, patients, reports,
    reviewing, runner, runs, sessions, settings, setup, today, visits,
)  # fmt: skip
"""Every module with pages; `trust` joins in when there is HTTPS."""

log = logging.getLogger(__name__)


def create_app(
    control: DeviceControl,
    store: SessionStore | None,
    access_code: str,
    secret_key: bytes,
    *,
    hosts: Iterable[str] = (),
    max_viewers: int = 12,
    authority: Path | None = None,
    clinic: ClinicStore,
    removal: Removal | None = None,
    station: Station | None = None,
    origin: Mapping[str, str] | None = None,
) -> Flask:
    """Build the dashboard.

    control: the running device. store: recorded sessions, None when nothing is kept.
    access_code: the device's own code, which makes the first administrator and replaces a lost PIN.
    secret_key: signs the cookie; at least 16 bytes, kept by the caller with the data so that a restart logs
    nobody out. hosts: further host names people may use in the address (numeric addresses, localhost and
    this machine's own name always work).
    max_viewers: live streams open at once. authority: the certificate that tablets trust when the dashboard
    is served with HTTPS (cookies are then sent encrypted only), None without. clinic: people, patients and
    visits. removal: removes for good, None where nothing is recorded. station: figures, problems and
    self-test for the Health page, None for no such page. origin: model, runtime and camera in words.
    Raises ServerError when the code or the key is too short.
    """
    if len(access_code) < 4 or len(secret_key) < 16:
        raise ServerError(
            "The access code or the signing key is too short. Use at least 4 characters and 16 bytes."
        )
    app = Flask(__name__)
    app.config.update(SECRET_KEY=secret_key, **CONFIG)
    keeping = Keeping(clinic)
    desk = Desk(keeping.may_picture, keeping.keep_frames, keeping.whose)
    words = load_words()
    app.extensions |= {
        "control": control,
        "station": station,
        "origin": dict(origin or {}),
        "store": store,
        "clinic": clinic,
        "settings": clinic.settings.load(),
        "logins": Logins(clinic.database, lambda: _locks_after_s(app)),
        "casting": casting.Casting(),
        "removal": removal or Removal(clinic),
        "keeping": keeping,
        "desk": desk,
        "broadcast": Broadcast(control, max_viewers=max_viewers, follow=desk.follow),
        "door": access.Door(access_code),
        "hosts": frozenset(name.lower() for name in (*_own_names(), *hosts)),
        "bootstrap": {"words": words, "measures": measures()},
    }
    app.context_processor(lambda: {"w": words, "has_store": store is not None})
    _stand_guard(app, authority)
    navigation.set_up(app)
    dates.set_up(app)
    for module in AREAS:
        app.register_blueprint(module.area)
    _answer_for(app)
    return app


def _stand_guard(app: Flask, authority: Path | None) -> None:
    """Have each request judged before its view; a foreign name is refused first and learns nothing."""
    app.before_request(guard.check_host)
    trust.set_up(app, authority)
    app.before_request(guard.guard)
    CSRFProtect(app)


def _answer_for(app: Flask) -> None:
    """Note and harden each answer, and give errors in the product's own words."""
    app.after_request(auditing.note)
    app.after_request(_harden)
    app.register_error_handler(TreadlightError, _refused)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(Exception, _broken)


def _locks_after_s(app: Flask) -> tuple[float, float]:
    settings: Settings = app.extensions["settings"]
    return 60.0 * settings.lock_min, 60.0 * settings.watch_min


def wants_json() -> bool:
    """Tell whether the caller is a script (the API and the stream) rather than a page."""
    return request.path.startswith(("/api/", "/live/")) or request.path.endswith(".json")


def _own_names() -> list[str]:
    name = socket.gethostname().lower()
    return ["localhost", "treadlight", "treadlight.local", name, f"{name}.local"]


def _harden(response: Response) -> Response:
    for name, value in POLICY.items():
        response.headers.setdefault(name, value)
    fresh = "no-cache" if request.endpoint == "static" else "no-store"
    response.headers["Cache-Control"] = fresh
    return response


def _refused(error: TreadlightError) -> ResponseReturnValue:
    full = isinstance(error, ServerError)
    missing = isinstance(error, MissingError)
    status = 503 if full else 404 if missing else 400 if isinstance(error, ValueError) else 409
    return _answer(status, type(error).__name__, str(error))


def _failed(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    code = "csrf" if isinstance(error, CSRFError) else str(status)
    words = load_words()["errors"]
    return _answer(status, code, words.get(code, words["other"]))


def _broken(error: Exception) -> ResponseReturnValue:
    log.exception("A page failed: %s %s", request.method, request.path)
    return _answer(500, "500", load_words()["errors"]["500"])


def _answer(status: int, code: str, message: str) -> tuple[Any, int]:
    if wants_json():
        return jsonify(code=code, message=message), status
    title, _, advice = message.partition(". ")
    return render_template("error.html", status=status, title=title.rstrip("."), advice=advice), status

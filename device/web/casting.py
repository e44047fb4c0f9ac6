"""The runner's second screen: let in with a short code, for the big number and the light and nothing else."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from device.clinic.types import Role
from device.web import here
from device.web.roles import needs, open_to_all
from device.web.words import load_words

CODE_S = 600.0
"""How long a code can be typed on the second screen."""
SCREEN_S = 12 * 3600
"""How long a screen is let in."""

area = Blueprint("casting", __name__, url_prefix="/cast")


@dataclass(frozen=True, slots=True)
class _Code:
    digits: str
    until_s: float


class Casting:
    """One code at a time, used once; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._code: _Code | None = None

    def new_code(self) -> str:
        """Give a fresh code of six digits; an older one is worth nothing then."""
        code = _Code(f"{secrets.randbelow(10**6):06d}", time.monotonic() + CODE_S)
        with self._lock:
            self._code = code
        return code.digits

    def takes(self, digits: str) -> bool:
        """Tell whether this is the code, which is then used up."""
        with self._lock:
            code = self._code
            fits = code is not None and time.monotonic() < code.until_s
            if not fits or code is None or not secrets.compare_digest(code.digits.encode(), digits.encode()):
                return False
            self._code = None
            return True


def screen_is_let_in() -> bool:
    """Tell whether this request comes from a second screen that was let in and not shut out since."""
    return still_let_in()()


def still_let_in() -> Callable[[], bool]:
    """Give a check of this request's screen that also works after the request, for streams."""
    serializer, given, settings = _serializer(), str(session.get("screen", "")), here.clinic().settings

    def let_in() -> bool:
        try:
            epoch = serializer.loads(given, max_age=SCREEN_S)
        except BadData:
            return False
        return bool(epoch == settings.screen_epoch())

    return let_in


@area.get("/new")
@needs(Role.THERAPIST)
def offer() -> ResponseReturnValue:
    """Show a code and the address at which the second screen asks for it."""
    casting: Casting = current_app.extensions["casting"]
    address = url_for("casting.page", _external=True)
    return render_template("people/cast_code.html", code=casting.new_code(), address=address)


@area.post("/end")
@needs(Role.THERAPIST)
def end() -> ResponseReturnValue:
    """Shut every second screen out."""
    here.clinic().settings.end_screens()
    return redirect(url_for("today.page"))


@area.get("")
@open_to_all
def page() -> ResponseReturnValue:
    """Ask for the code on the second screen."""
    return render_template("people/cast.html", problem=None)


@area.post("")
@open_to_all
def let_in() -> ResponseReturnValue:
    """Let a second screen in that knows the code."""
    words = load_words()["cast"]
    if not current_app.extensions["door"].allow(request.remote_addr or ""):
        return render_template("people/cast.html", problem=words["too_many"]), 429, {"Retry-After": "60"}
    casting: Casting = current_app.extensions["casting"]
    if not casting.takes("".join(request.form.get("code", "").split())):
        return render_template("people/cast.html", problem=words["wrong"]), 401
    session.clear()
    session["screen"] = _serializer().dumps(here.clinic().settings.screen_epoch())
    session.permanent = True
    return redirect(url_for("runner.page"))


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or b"", salt="second screen")

"""Logging in and out, proving oneself again, and how long a tablet stays open; `guard` says who is let in."""

import hmac

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import Unauthorized

from device.clinic.types import Actor, Role, User
from device.clinic.users import TRIES, Attempt
from device.web import here
from device.web.guard import own_path
from device.web.roles import needs, open_to_all
from device.web.tries import Tries
from device.web.words import load_words

PER_ADDRESS = 10
"""Tries a minute from one address."""
IN_ALL = 40
"""And from all together."""
KNOWN_COOKIE = "treadlight-people"
KNOWN_S = 180 * 86_400
MOST_KNOWN = 8

area = Blueprint("access", __name__)


class Door:
    """Compares the device's own code and counts tries; safe from any thread."""

    def __init__(self, access_code: str) -> None:
        self._code = access_code.encode()
        self._by_address = Tries(PER_ADDRESS)
        self._in_all = Tries(IN_ALL)
        self._nobody = Tries(TRIES - 1, within_s=300.0)

    def allow(self, address: str) -> bool:
        """Count one try from `address`; False when there were too many in the last minute."""
        return self._by_address.allow(address) and self._in_all.allow()

    def opens(self, code: str) -> bool:
        """Compare the device's code in constant time."""
        return hmac.compare_digest(code.strip().encode(), self._code)

    def pretends_lock(self, name: str) -> bool:
        """Tell whether a name that does not exist is to look locked, so that names cannot be tried out."""
        return not self._nobody.allow(name.strip().casefold()[:80])

    def forget(self, address: str) -> None:
        """Let an address that proved itself start counting afresh."""
        self._by_address.forget(address)


def enter(user: User, address: str) -> None:
    """Log a person in: with a session of its own, so that what was there before is worth nothing."""
    old = session.get("login")
    if isinstance(old, str):
        here.logins().end(old)
    session.clear()
    session["login"] = here.logins().begin(user, address)
    session.permanent = True
    here.clinic().audit.add(Actor(user.id, user.name, address), "login")


@area.get("/ping")
@open_to_all
def ping() -> ResponseReturnValue:
    """Say that the dashboard answers; open to anybody and tells nothing else."""
    return jsonify(ok=True)


@area.get("/login")
@open_to_all
def login() -> ResponseReturnValue:
    """Ask who it is, with the names of those who logged in on this tablet before."""
    if not here.clinic().users.any_administrator():
        return redirect(url_for("setup.wizard"))
    return _login_page(own_path(request.args.get("next", "")))


@area.post("/login")
@open_to_all
def log_in() -> ResponseReturnValue:
    """Try a name with a PIN or password; on success go where the visitor wanted to go."""
    target = own_path(request.form.get("next", ""))
    words = load_words()["login"]
    name = request.form.get("name", "") or request.form.get("other", "")
    attempt = try_person(name, request.form.get("secret", ""))
    if attempt is None:
        page = _login_page(target, words["too_many"], name)
        return page, 429, {"Retry-After": "60"}
    if attempt.user is None:
        if attempt.locked_until is not None:
            return _login_page(target, words["locked"], name), 429
        return _login_page(target, words["wrong"], name), 401
    enter(attempt.user, request.remote_addr or "")
    answer = redirect(target)
    _remember(answer, attempt.user)
    return answer


@area.post("/logout")
@needs(Role.VIEWER, silent=True)
def logout() -> ResponseReturnValue:
    """Lock this tablet, so that the next person can log in and go on where this one was."""
    here.clinic().audit.add(here.actor(), "logout")
    here.logins().end(session["login"])
    session.clear()
    target = own_path(request.form.get("next", ""))
    return redirect(url_for("access.login", next=target))


@area.route("/prove", methods=["GET", "POST"])
@needs(Role.VIEWER, silent=True)
def prove() -> ResponseReturnValue:
    """Ask for the PIN or password again before something dangerous."""
    target = own_path(request.values.get("next", ""))
    found = here.login()
    if found is None:
        raise Unauthorized
    if request.method == "GET":
        return render_template("people/prove.html", target=target, problem=None)
    attempt = try_person(found.user.name, request.form.get("secret", ""))
    if attempt is not None and attempt.user is not None:
        here.logins().prove(found.key)
        return redirect(target)
    if attempt is not None and attempt.locked_until is not None:
        here.logins().end(session["login"])
        session.clear()
        return redirect(url_for("access.login"))
    words = load_words()["login"]
    problem = words["too_many"] if attempt is None else words["wrong"]
    return render_template("people/prove.html", target=target, problem=problem), 401


@area.post("/api/here")
@needs(Role.VIEWER, silent=True)
def touched() -> ResponseReturnValue:
    """Note that somebody uses the tablet without loading a page; gives the seconds until it locks."""
    return still()


@area.get("/api/lock")
@needs(Role.VIEWER, passive=True)
def still() -> ResponseReturnValue:
    """Give the seconds until the tablet locks."""
    found = here.login()
    return jsonify(left_s=round(here.logins().left_s(found.key), 1) if found else 0)


def try_person(name: str, secret: str) -> Attempt | None:
    """Count and carry out one try of a PIN or password; None when there were too many from this address."""
    door: Door = current_app.extensions["door"]
    address = request.remote_addr or ""
    if not door.allow(address):
        return None
    known = here.clinic().users.by_name(name)
    attempt = here.clinic().users.attempt(name, secret)
    if attempt.user is not None:
        door.forget(address)
        return attempt
    # A name that nobody has may be a PIN typed into the wrong field: it is not written down.
    who = Actor(known.id, known.name, address) if known else Actor(None, "", address)
    here.clinic().audit.add(who, "login.locked" if attempt.locked_until else "login.failed")
    if known is None and door.pretends_lock(name):
        return Attempt(None, here.clinic().now())
    return attempt


def _login_page(target: str, problem: str | None = None, name: str = "") -> str:
    known = _known()
    chosen = next((user.name for user in known if user.name.casefold() == name.casefold()), "")
    return render_template(
        "people/login.html", target=target, problem=problem, known=known, chosen=chosen, typed=name
    )


def _known() -> list[User]:
    """Give those who logged in on this tablet before, the latest first."""
    try:
        ids = _serializer().loads(request.cookies.get(KNOWN_COOKIE, ""))
    except BadData:
        return []
    users = [here.clinic().users.get(number) for number in ids if isinstance(number, int)]
    return [user for user in users if user is not None and user.active]


def _remember(answer: Response | object, user: User) -> None:
    ids = [user.id, *(known.id for known in _known() if known.id != user.id)][:MOST_KNOWN]
    if isinstance(answer, Response):
        answer.set_cookie(
            KNOWN_COOKIE,
            _serializer().dumps(ids),
            max_age=KNOWN_S,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Strict",
            path=url_for("access.login"),
        )


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or b"", salt="people of this tablet")

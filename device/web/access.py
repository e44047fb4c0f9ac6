"""Who may come in: one shared access code, few tries a minute, and only under this device's own names."""

import hmac
import ipaddress
from urllib.parse import urlsplit

from flask import Blueprint, current_app, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import abort

from device.web import trust
from device.web.tries import Tries
from device.web.words import load_words

OPEN_ENDPOINTS = frozenset({"access.login", "access.ping"}) | trust.OPEN_ENDPOINTS
OPEN_FILES = frozenset({"app.css", "js/theme.js", "icon.svg", "manifest.webmanifest"}) | trust.OPEN_FILES
"""What the login page itself needs; says nothing about anybody."""

PER_ADDRESS = 5
"""Tries a minute from one address."""
IN_ALL = 40
"""And from all together."""

area = Blueprint("access", __name__)


class Door:
    """Compares codes and counts tries; safe from any thread."""

    def __init__(self, access_code: str, secret_key: bytes) -> None:
        self._code = access_code.encode()
        self.ticket = hmac.new(secret_key, self._code, "sha256").hexdigest()
        self._by_address = Tries(PER_ADDRESS)
        self._in_all = Tries(IN_ALL)

    def allow(self, address: str) -> bool:
        """Count one try from `address`; False when there were too many in the last minute."""
        return self._by_address.allow(address) and self._in_all.allow()

    def opens(self, code: str) -> bool:
        """Compare a typed code in constant time."""
        return hmac.compare_digest(code.strip().encode(), self._code)

    def forget(self, address: str) -> None:
        """Let an address that knew the code start counting afresh."""
        self._by_address.forget(address)


def check_host() -> None:
    """Refuse a name that is not ours, so that a foreign page cannot rebind its own name to this device."""
    name = (urlsplit(f"//{request.host}").hostname or "").rstrip(".")
    if name in current_app.extensions["hosts"]:
        return
    try:
        ipaddress.ip_address(name)
    except ValueError:
        abort(421)


def require_code() -> ResponseReturnValue | None:
    """Let nobody further than the login page without the code that is valid now."""
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    if request.endpoint == "static" and (request.view_args or {}).get("filename") in OPEN_FILES:
        return None
    if hmac.compare_digest(str(session.get("ticket", "")), current_app.extensions["door"].ticket):
        return None
    wants_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
    if not wants_page:
        abort(401)
    return redirect(url_for("access.login", next=request.full_path.rstrip("?")))


@area.get("/ping")
def ping() -> ResponseReturnValue:
    """Say that the dashboard answers; open to anybody and tells nothing else."""
    return jsonify(ok=True)


@area.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Ask for the access code; on success go where the visitor wanted to go."""
    target = _own_path(request.values.get("next", ""))
    if request.method == "GET":
        return render_template("login.html", target=target, problem=None)
    door: Door = current_app.extensions["door"]
    address = request.remote_addr or ""
    words = load_words()["login"]
    if not door.allow(address):
        page = render_template("login.html", target=target, problem=words["too_many"])
        return page, 429, {"Retry-After": "60"}
    if not door.opens(request.form.get("code", "")):
        return render_template("login.html", target=target, problem=words["wrong"]), 401
    door.forget(address)
    session.clear()
    session["ticket"] = door.ticket
    session.permanent = True
    return redirect(target)


@area.post("/logout")
def logout() -> ResponseReturnValue:
    """Forget this visitor."""
    session.clear()
    return redirect(url_for("access.login"))


def _own_path(target: str) -> str:
    """Keep only a path on this device: no other host, no scheme-relative address."""
    if target.startswith("/") and not target.startswith(("//", "/\\")) and "\n" not in target:
        return target
    return url_for("live.page")

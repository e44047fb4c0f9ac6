"""How a tablet comes to trust the device: its authority to download, the steps, and the way to HTTPS."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from device.host.certificate import fingerprint
from device.web.roles import open_to_all

OPEN_ENDPOINTS = frozenset({"trust.page", "trust.authority"})
"""Needed before anybody can log in, and without secrets."""
OPEN_FILES = frozenset({"trust.css"})

area = Blueprint("trust", __name__)


def set_up(app: Flask, authority: Path | None) -> None:
    """Serve the authority's certificate, and send what comes without encryption to HTTPS.

    authority: its PEM file; None when the dashboard is served without HTTPS: then nothing changes.
    """
    if authority is None:
        return
    app.config["SESSION_COOKIE_SECURE"] = True
    app.extensions["authority"] = authority
    app.before_request(_insist_on_https)
    app.register_blueprint(area)


@area.get("/trust")
@open_to_all
def page() -> ResponseReturnValue:
    """Show the steps for each kind of tablet, and the fingerprint to compare."""
    print_ = fingerprint(current_app.extensions["authority"]).split(":")
    lines = [" ".join(print_[start : start + 8]) for start in range(0, len(print_), 8)]
    return render_template("trust.html", fingerprint=lines, dashboard=_secure_address("/"))


@area.get("/trust/treadlight.crt")
@open_to_all
def authority() -> ResponseReturnValue:
    """Give the authority's certificate, which tablets trust once."""
    content = current_app.extensions["authority"].read_bytes()
    kind = {"Content-Disposition": 'attachment; filename="treadlight.crt"'}
    return Response(content, mimetype="application/x-x509-ca-cert", headers=kind)


def _insist_on_https() -> ResponseReturnValue | None:
    """Send a browser that came without encryption to HTTPS, except to what it needs to trust that."""
    if request.is_secure or request.endpoint in OPEN_ENDPOINTS or request.endpoint == "static":
        return None
    if request.endpoint == "access.ping":
        return None
    if request.method not in ("GET", "HEAD"):
        # What was sent in the clear is not to be sent again as if nothing had been.
        abort(421)
    return redirect(_secure_address(request.full_path.rstrip("?")))


def _secure_address(path: str) -> str:
    host = urlsplit(f"//{request.host}").hostname or ""
    name = f"[{host}]" if ":" in host else host
    port = current_app.extensions.get("https_port", 443)
    return f"https://{name}{'' if port == 443 else f':{port}'}{path}"

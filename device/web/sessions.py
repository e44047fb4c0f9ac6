"""Recorded sessions: list, one session, downloads."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

area = Blueprint("sessions", __name__)


@area.get("/sessions")
def index() -> ResponseReturnValue:
    """List the sessions, newest first."""
    return render_template("sessions.html", sessions=[])

"""What a view works with: who uses the dashboard, what the clinic keeps, the device itself."""

from typing import Any, cast

from flask import current_app, g, request

from device.clinic.logins import Login, Logins
from device.clinic.store import ClinicStore
from device.clinic.types import Actor, Role, User
from device.control import DeviceControl
from device.review.desk import Desk
from device.sessions.store import SessionStore
from device.web.keeping import Keeping


def clinic() -> ClinicStore:
    """Give the clinic's records."""
    return cast(ClinicStore, current_app.extensions["clinic"])


def control() -> DeviceControl:
    """Give the running device."""
    return cast(DeviceControl, current_app.extensions["control"])


def desk() -> Desk:
    """Give what the review screens look at."""
    return cast(Desk, current_app.extensions["desk"])


def keeping() -> Keeping:
    """Give where the review screens keep things."""
    return cast(Keeping, current_app.extensions["keeping"])


def store() -> SessionStore | None:
    """Give what was recorded, None where nothing is kept."""
    return cast("SessionStore | None", current_app.extensions["store"])


def bootstrap() -> dict[str, Any]:
    """Give the words and measures that scripts on a page need."""
    return cast("dict[str, Any]", current_app.extensions["bootstrap"])


def logins() -> Logins:
    """Give the logins."""
    return cast(Logins, current_app.extensions["logins"])


def login() -> Login | None:
    """Give the login this request came with, None when nobody is logged in."""
    return cast("Login | None", g.get("login"))


def user() -> User | None:
    """Give who is logged in, None when nobody is."""
    found = login()
    return found.user if found else None


def may(role: Role) -> bool:
    """Tell whether who is logged in has this role or a higher one."""
    found = user()
    return found is not None and found.role >= role


def actor() -> Actor:
    """Give who does this and from where, for the audit log."""
    found = user()
    return Actor(found.id if found else None, found.name if found else "", request.remote_addr or "")

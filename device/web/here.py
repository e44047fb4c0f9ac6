"""Who uses the dashboard now and what the clinic keeps, for views."""

from typing import cast

from flask import current_app, g, request

from device.clinic.logins import Login, Logins
from device.clinic.store import ClinicStore
from device.clinic.types import Actor, Role, User


def clinic() -> ClinicStore:
    """Give the clinic's records."""
    return cast(ClinicStore, current_app.extensions["clinic"])


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

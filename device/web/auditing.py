"""Every change, and every look at a patient, becomes a line of the audit log."""

from flask import Response, current_app, request

from device.web import here
from device.web.roles import rule_of

_SUBJECTS = ("patient_id", "visit_id", "session_id", "user_id")


def note(response: Response) -> Response:
    """Log what was just done; a refusal is logged too. Raises StoreError when the log takes nothing."""
    rule = rule_of(current_app.view_functions.get(request.endpoint or ""))
    found = here.login()
    if rule is None or found is None or rule.silent:
        return response
    changes = request.method not in {"GET", "HEAD", "OPTIONS"}
    if response.status_code in {401, 403}:
        here.clinic().audit.add(here.actor(), "refused", _subject(), request.endpoint or "")
    elif changes and response.status_code < 400:
        here.clinic().audit.add(here.actor(), request.endpoint or "", _subject() or _current())
    elif not changes and response.status_code == 200 and _subject() and _is_read(response):
        here.clinic().audit.add(here.actor(), request.endpoint or "", _subject())
    return response


def _subject() -> str:
    values = request.view_args or {}
    return ", ".join(f"{name[:-3]} {values[name]}" for name in _SUBJECTS if name in values)


def _current() -> str:
    visit = here.clinic().visits.current()
    return f"visit {visit.id}" if visit else ""


def _is_read(response: Response) -> bool:
    """Pages and downloads are read by somebody; the pictures in a page come with it."""
    return response.mimetype == "text/html" or "Content-Disposition" in response.headers

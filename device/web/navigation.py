"""What the header offers: Today and the live screen, the steps of the visit that is open, the rest."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request

from device.clinic.types import Role
from device.web import here
from device.web.roles import rule_of

FIRST = (("today", "today.page"),)
STEPS = (
    ("check", "check.page"),
    ("baseline", "baseline.page"),
    ("review", "review.page"),
    ("cue", "runs.page"),
    ("live", "live.page"),
    ("compare", "compare.page"),
    ("report", "reports.page"),
)
"""The steps of a visit in their usual order."""
ALONE = (("patients", "patients.index"), ("live", "live.page"), ("sessions", "sessions.index"))
"""Without a visit."""
MORE = (
    ("patients", "patients.index"),
    ("sessions", "sessions.index"),
    ("screen", "casting.offer"),
    ("health", "health.page"),
    ("settings", "settings.page"),
    ("people", "settings.people"),
    ("audit", "settings.audit"),
    ("bin", "patients.recycle_bin"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One link: its word's key, its view, and whether it is the page that is shown."""

    key: str
    endpoint: str
    here: bool


def set_up(app: Flask) -> None:
    """Give every page its header."""
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    found = here.login()
    if found is None:
        return {"me": None}
    visit = here.clinic().visits.current()
    first = [*FIRST, *(STEPS if visit else ALONE)]
    shown = _items(first, found.user.role)
    return {
        "me": found.user,
        "left_s": round(here.logins().left_s(found.key)),
        "current_visit": visit,
        "current_patient": here.clinic().patients.get(visit.patient_id) if visit else None,
        "nav": shown,
        "nav_more": [
            item for item in _items(MORE, found.user.role) if item.key not in {seen.key for seen in shown}
        ],
        "may_work": found.user.role >= Role.THERAPIST,
        "may_manage": found.user.role >= Role.ADMINISTRATOR,
    }


def _items(links: tuple[tuple[str, str], ...] | list[tuple[str, str]], role: Role) -> list[Item]:
    items = []
    for key, endpoint in links:
        rule = rule_of(current_app.view_functions.get(endpoint))
        if rule is not None and role >= rule.least:
            items.append(Item(key, endpoint, request.endpoint == endpoint))
    return items

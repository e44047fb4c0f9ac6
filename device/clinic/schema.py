"""The clinic database's whole schema: each module brings its own steps, in this order."""

from device.clinic import (
    audit,
    checks,
    keyframes,
    pain,
    patients,
    plans,
    reports,
    reviews,
    settings,
    tombstones,
    users,
    visits,
)
from device.clinic.database import Step

STEPS: tuple[Step, ...] = (
    *users.STEPS,
    *audit.STEPS,
    *settings.STEPS,
    *patients.STEPS,
    *visits.STEPS,
    *tombstones.STEPS,
    *plans.STEPS,
    *pain.STEPS,
    *reports.STEPS,
    *checks.STEPS,
    *keyframes.STEPS,
    *reviews.STEPS,
)
"""A module that keeps more adds `STEPS` of its own and is named here."""

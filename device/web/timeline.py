"""A patient's visits side by side: one measure, pain, how much was cued, in which words. Drawn apart."""

from dataclasses import dataclass
from functools import lru_cache

from device.clinic.pain import Moment, newest
from device.clinic.plans import CuePlan
from device.clinic.store import ClinicStore
from device.clinic.types import Visit
from device.feedback.types import Band
from device.gait.catalog import METRICS, format_value
from device.gait.types import Stat
from device.review.blocks import stretches
from device.sessions.store import SessionStore
from device.sessions.types import SessionStatus

MOST = 8
"""Visits shown side by side, the latest ones."""
USUAL = ("trunk_lean_deg", "cadence_spm", "knee_flexion_contact_deg", "hip_bounce_cm")
_UNCUED = ("retention", "recall", "withheld")
_LEAST_SPAN_IN_NOISE = 8.0
TOP, BOTTOM = 8.0, 132.0
"""Where the scale's ends lie in a cell's picture, in its units."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What one recorded session adds: own baseline, the stretch without a cue, share of the run cued."""

    own: dict[str, Stat]
    uncued: dict[str, Stat]
    share: float | None


@dataclass(frozen=True, slots=True)
class Column:
    """One visit. own, uncued: of the shown measure. share: of the run that was cued, 0 to 1."""

    visit: Visit
    own: Stat | None
    uncued: Stat | None
    band: Band | None
    share: float | None
    words: str
    pain: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Columns with the scale they share: `low` and `high` in the measure's unit, ticks between."""

    metric: str
    columns: tuple[Column, ...]
    low: float
    high: float
    ticks: tuple[float, ...]

    def y(self, value: float) -> float:
        """Give the height of a value in a cell's picture."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    def text(self, value: float) -> str:
        """Write a value with its unit."""
        return format_value(self.metric, value).replace("-", "−")

    def band_text(self, band: Band) -> str:
        """Write a band's edges; one side may be open."""
        low, high = (None if edge is None else self.text(edge) for edge in (band.low, band.high))
        return f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}"


def choices(clinic: ClinicStore, patient_id: int) -> list[str]:
    """Give the measures worth showing, those that were cued last first."""
    cued = [plan.metric for plan in reversed(clinic.plans.of_patient(patient_id))]
    return list(dict.fromkeys([*cued, *USUAL]))


def timeline(clinic: ClinicStore, store: SessionStore | None, patient_id: int, metric: str) -> Timeline:
    """Put a patient's latest visits side by side. Raises StoreError."""
    visits = clinic.visits.of_patient(patient_id)[-MOST:]
    plans = clinic.plans.of_patient(patient_id)
    columns = tuple(_column(clinic, store, visit, plans, metric) for visit in visits)
    low, high, ticks = _scale(metric, columns)
    return Timeline(metric, columns, low, high, ticks)


def _column(
    clinic: ClinicStore, store: SessionStore | None, visit: Visit, plans: tuple[CuePlan, ...], metric: str
) -> Column:
    found = [
        numbers
        for link in clinic.visits.sessions(visit.id)
        if (numbers := _numbers(store, link.session_id)) is not None
    ]
    scores = clinic.pains.of_visit(visit.id)
    own_plans = [plan for plan in plans if plan.visit_id == visit.id]
    shares = [numbers.share for numbers in found if numbers.share is not None]
    return Column(
        visit=visit,
        own=next((n.own[metric] for n in found if metric in n.own), None),
        uncued=next((n.uncued[metric] for n in reversed(found) if metric in n.uncued), None),
        band=next((plan.band for plan in reversed(own_plans) if plan.metric == metric), None),
        share=shares[-1] if shares else None,
        words=own_plans[-1].words if own_plans else "",
        pain={str(moment): newest(scores, moment) for moment in Moment},
    )


def _numbers(store: SessionStore | None, session_id: int) -> Numbers | None:
    if store is None:
        return None
    summary = next((one for one in store.list_sessions() if one.id == session_id), None)
    if summary is None:
        return None
    if summary.status is SessionStatus.RUNNING:
        return _read(store, session_id)
    return _kept(store, session_id)


@lru_cache(maxsize=64)
def _kept(store: SessionStore, session_id: int) -> Numbers:
    """A session that has ended does not change: it is read once, for it is long."""
    return _read(store, session_id)


def _read(store: SessionStore, session_id: int) -> Numbers:
    record = store.load_session(session_id)
    uncued = [stretch for stretch in stretches(record) if stretch.kind in _UNCUED]
    ran_s = sum(block.ran_s for block in record.blocks)
    lit_s = sum(block.ran_s for block in record.blocks if block.kind.lit)
    return Numbers(
        own=dict(record.baselines[-1].metrics) if record.baselines else {},
        uncued=uncued[-1].stats if uncued else {},
        share=lit_s / ran_s if ran_s else None,
    )


def _scale(metric: str, columns: tuple[Column, ...]) -> tuple[float, float, tuple[float, ...]]:
    """Choose round ends that hold every mean with its spread and every band."""
    values: list[float] = []
    for column in columns:
        for stat in (column.own, column.uncued):
            if stat is not None:
                values += [stat.mean - (stat.sd or 0.0), stat.mean + (stat.sd or 0.0)]
        if column.band is not None:
            values += [edge for edge in (column.band.low, column.band.high) if edge is not None]
    least = _LEAST_SPAN_IN_NOISE * METRICS[metric].noise
    if not values:
        values = [0.0]
    middle, span = (min(values) + max(values)) / 2, max(max(values) - min(values), least) * 1.15
    step = next(s for s in _STEPS if span / s <= 5)
    low = step * ((middle - span / 2) // step)
    count = int(-((low - (middle + span / 2)) // step))
    return low, low + count * step, tuple(round(low + i * step, 6) for i in range(count + 1))


_STEPS = tuple(m * 10.0**e for e in range(-3, 4) for m in (1, 2, 5))

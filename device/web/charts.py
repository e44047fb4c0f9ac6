"""What the charts of a recording show: one measure through the session, with its blocks, band and events."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from device.clinic.types import Role
from device.errors import ConfigError
from device.gait.catalog import METRICS
from device.gait.summary import summarize
from device.report.chart import running_means
from device.sessions.types import SessionRecord
from device.web import here
from device.web.roles import needs

area = Blueprint("charts", __name__)


@area.get("/api/sessions/<int:session_id>/trend")
@needs(Role.VIEWER)
def trend(session_id: int) -> ResponseReturnValue:
    """Give one measure of a recording; seconds from its start. `?metric=` chooses, the cued one is usual."""
    store = here.store()
    if store is None or all(session.id != session_id for session in store.list_sessions()):
        raise NotFound
    record = store.load_session(session_id)
    cued = record.cue_periods[-1] if record.cue_periods else None
    metric = request.args.get("metric") or (cued.metric if cued else "trunk_lean_deg")
    if metric not in METRICS:
        raise ConfigError(f"The measure {metric!r} is not known. Choose one from the list.")
    return jsonify(
        metric=metric,
        measured=[name for name in METRICS if name in record.stats],
        points=[[round(t, 2), round(value, 4)] for t, value in running_means(record, metric)],
        band=None if cued is None or cued.metric != metric else [cued.band.low, cued.band.high],
        blocks=[_block(record, metric, *span) for span in _spans(record)],
        events=_events(record),
        length_s=round(record.ended_t - record.meta.started_t, 1),
    )


def _spans(record: SessionRecord) -> list[tuple[str, float, float, int | None]]:
    """Give (kind, begin, end, index of the block) on the frame clock, in order of time."""
    found: list[tuple[str, float, float, int | None]] = [
        ("baseline", b.t - b.duration_s, b.t, None) for b in record.baselines if b.t > record.meta.started_t
    ]
    found += [(str(b.kind), b.start_t, b.end_t, i) for i, b in enumerate(record.blocks)]
    return sorted(found, key=lambda span: span[1])


def _block(record: SessionRecord, metric: str, kind: str, begin: float, end: float, index: int | None) -> Any:
    stat = summarize(form for form in record.form if begin < form.t <= end).get(metric)
    dose = None if index is None else record.blocks[index]
    start = record.meta.started_t
    return {
        "kind": kind,
        "from": round(max(0.0, begin - start), 1),
        "to": round(end - start, 1),
        "mean": None if stat is None else round(stat.mean, 4),
        "sd": None if stat is None or stat.sd is None else round(stat.sd, 4),
        "n": 0 if stat is None else stat.n,
        "in_band": None if dose is None else dose.in_band_fraction,
        "given": None if dose is None else dose.given,
        "withheld": None if dose is None else dose.withheld,
    }


def _events(record: SessionRecord) -> list[dict[str, Any]]:
    start = record.meta.started_t
    found: list[dict[str, Any]] = [
        {"t": round(m.t - start, 1), "label": m.label, "pain": None} for m in record.marks
    ]
    visit = here.clinic().visits.of_session(record.summary.id)
    if visit is not None:
        found += [
            {"t": round(s.session_t_s, 1), "label": str(s.moment), "pain": s.score}
            for s in here.clinic().pains.of_visit(visit.id)
            if s.session_t_s is not None
        ]
    return sorted(found, key=lambda event: float(event["t"]))

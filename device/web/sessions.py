"""Recorded sessions: the list, one session with its numbers, downloads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from device.clinic.types import Role
from device.feedback.types import Band
from device.gait.catalog import METRICS, Trust, format_value, trust_of
from device.sessions.export import export_csv, export_json
from device.sessions.store import SessionStore
from device.sessions.types import CuePeriod, SessionRecord
from device.web import here
from device.web.roles import needs
from device.web.words import load_words

PIECE_BYTES = 64 * 1024

area = Blueprint("sessions", __name__, url_prefix="/sessions")


@dataclass(frozen=True, slots=True)
class Row:
    """One metric of one session, as words."""

    label: str
    value: str
    spread: str
    n: int
    trust: Trust
    own: str
    evidence: str


@area.get("")
@needs(Role.VIEWER)
def index() -> ResponseReturnValue:
    """List the sessions, newest first."""
    store = here.store()
    deleted = here.clinic().visits.deleted_sessions()
    return render_template(
        "sessions.html",
        sessions=[one for one in store.list_sessions() if one.id not in deleted] if store else [],
    )


@area.get("/<int:session_id>")
@needs(Role.VIEWER)
def show(session_id: int) -> ResponseReturnValue:
    """Show one session: means with their spread and trust, cues, marks."""
    record = _store(session_id).load_session(session_id)
    return render_template(
        "session.html",
        record=record,
        rows=_rows(record),
        bootstrap=here.bootstrap(),
    )


@area.get("/<int:session_id>.csv")
@needs(Role.VIEWER)
def download_csv(session_id: int) -> ResponseReturnValue:
    """Give the steps and strides as CSV."""
    return _file(export_csv(_store(session_id), session_id), "text/csv", f"treadlight-{session_id}.csv")


@area.get("/<int:session_id>.json")
@needs(Role.VIEWER)
def download_json(session_id: int) -> ResponseReturnValue:
    """Give everything as JSON."""
    text = export_json(_store(session_id), session_id)
    return _file(text, "application/json", f"treadlight-{session_id}.json")


@area.get("/<int:session_id>/poses.csv")
@needs(Role.VIEWER)
def download_poses(session_id: int) -> ResponseReturnValue:
    """Give the keypoints as a pose log."""
    path = _store(session_id).pose_log(session_id)
    if not path.is_file():
        raise NotFound
    return _file(_pieces(path), "text/csv", f"treadlight-{session_id}-poses.csv")


@area.app_template_filter("clock")
def clock(seconds: float) -> str:
    """Write seconds as minutes:seconds."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{rest:02d}"


@area.app_template_filter("moment")
def moment(at: datetime) -> str:
    """Write a time of day in the device's own time zone."""
    return f"{at.astimezone():%a %-d %b %Y, %H:%M}"


@area.app_template_filter("band")
def band(period: CuePeriod) -> str:
    """Write a cue's band with its unit."""
    words = load_words()["sessions"]
    edges: Band = period.band
    low, high = (
        "" if edge is None else format_value(period.metric, edge) for edge in (edges.low, edges.high)
    )
    key = "no_lower" if edges.low is None else "no_upper" if edges.high is None else "range"
    return str(words[key]).format(low=low, high=high)


@area.app_template_filter("measure")
def measure(name: str) -> str:
    """Write a metric's name in words."""
    return METRICS[name].label if name in METRICS else name


def _store(session_id: int) -> SessionStore:
    store = here.store()
    if store is None or all(session.id != session_id for session in store.list_sessions()):
        raise NotFound
    return store


def _rows(record: SessionRecord) -> list[Row]:
    own = record.baselines[-1].metrics if record.baselines else {}
    rows = []
    for name, metric in METRICS.items():
        stat = record.stats.get(name)
        if stat is None:
            continue
        rows.append(
            Row(
                label=metric.label,
                value=_text(name, stat.mean),
                spread="" if stat.sd is None else f"±{stat.sd:.{max(1, metric.decimals)}f}",
                n=stat.n,
                trust=trust_of(name, record.meta.setup),
                own=_text(name, own[name].mean) if name in own else "",
                evidence=" ".join(filter(None, (metric.evidence, metric.reads))),
            )
        )
    return sorted(rows, key=lambda row: row.trust)


def _text(name: str, value: float) -> str:
    per_minute = "/min" if METRICS[name].unit == "1/min" else ""
    return (format_value(name, value) + per_minute).replace("-", "−")


def _pieces(path: Path) -> Iterator[bytes]:
    """Read a file that may be long and may still grow, up to its present end."""
    left = path.stat().st_size
    with path.open("rb") as log:
        while left > 0 and (piece := log.read(min(left, PIECE_BYTES))):
            left -= len(piece)
            yield piece


def _file(text: str | Iterator[bytes], kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type=f"{kind}; charset=utf-8", headers=headers)

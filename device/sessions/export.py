"""A session for other programs: JSON with everything, CSV with one row for each step.

Times are seconds from the session's start. A pose log keeps the camera's own clock: add `clock_start_s`.
"""

import io
import json
from dataclasses import asdict, replace
from typing import Any

from device.feedback.types import Baseline
from device.gait.catalog import METRICS, Trust, trust_of
from device.gait.form_csv import write_form_csv
from device.gait.types import RunSetup, Stat
from device.sessions.store import SessionStore
from device.sessions.types import SessionRecord

SCHEMA = "treadlight-session/1"
LIMITS = (
    "Measures movement from video. Not a diagnosis. Not a certified medical device. The therapist decides."
)


def export_json(store: SessionStore, session_id: int) -> str:
    """Give a session as JSON text, one line for each key of `document`.

    Raises StoreError when it cannot be read.
    """
    parts = document(store.load_session(session_id)).items()
    # Indenting throughout would take Python's slow encoder: seconds for an hour of running.
    lines = (f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False, allow_nan=False)}" for k, v in parts)
    return "{\n" + ",\n".join(lines) + "\n}\n"


def export_csv(store: SessionStore, session_id: int) -> str:
    """Give a session's steps and strides as CSV text. Raises StoreError when it cannot be read.

    Lines that begin with `#` say what the session is, what measured it, and for each column its meaning, unit
    and grade of trust; readers skip them as comments. Then comes the header, one row for each step of either
    leg and each near-leg stride, `t_s` in seconds from the session's start; empty where not measured.
    """
    record = store.load_session(session_id)
    start = record.meta.started_t
    text = io.StringIO(newline="")
    for line in _preamble(record):
        text.write(f"# {' '.join(line.split())}\n")
    write_form_csv(text, (replace(form, t=form.t - start) for form in record.form))
    return text.getvalue()


def document(record: SessionRecord) -> dict[str, Any]:
    """Give a session as plain dictionaries and lists, fit for JSON.

    Keys: schema, limits, session, provenance, clock_start_s, setup (from each `t` on), metrics (mean, sd, n,
    unit, trust over the session; trust C is exploratory), baselines, cue_periods (what was set, whether it
    was shown or withheld, steps inside the band), blocks (of feedback runs: cues given and withheld, seconds
    measured, in the band and cued), cue_changes, marks, tracking, notices, form (one entry for
    each step or stride, measured values only), strides, events.
    """
    summary, meta, start = record.summary, record.meta, record.meta.started_t
    return {
        "schema": SCHEMA,
        "limits": LIMITS,
        "session": {
            "id": summary.id,
            "label": summary.label,
            "note": summary.note,
            "started_at": summary.started_at.isoformat(),
            "duration_s": round(summary.duration_s, 6),
            "status": str(summary.status),
            "steps": summary.steps,
        },
        "provenance": {
            "software": meta.software,
            "model": meta.model,
            "model_sha256": meta.model_sha256,
            "runtime": meta.runtime,
            "camera": meta.camera,
            "size": list(meta.size),
            "region": None if meta.region is None else asdict(meta.region),
        },
        "clock_start_s": start,
        "setup": [_timed(change.t, start, asdict(change.setup)) for change in record.runs],
        "metrics": {
            name: {**_stat(stat), "unit": METRICS[name].unit, "trust": _trust(name, record)}
            for name, stat in record.stats.items()
        },
        "baselines": [_baseline(baseline, start) for baseline in record.baselines],
        **_timeline(record, start),
    }


def _timeline(record: SessionRecord, start: float) -> dict[str, Any]:
    return {
        "cue_periods": [
            {
                **{k: v for k, v in asdict(p).items() if k not in {"start_t", "end_t"}},
                "start": _since(p.start_t, start),
                "end": _since(p.end_t, start),
                "in_band_fraction": p.in_band_fraction,
            }
            for p in record.cue_periods
        ],
        "blocks": [
            {
                **{k: v for k, v in asdict(dose).items() if k not in {"start_t", "end_t"}},
                "start": _since(dose.start_t, start),
                "end": _since(dose.end_t, start),
                "in_band_fraction": dose.in_band_fraction,
            }
            for dose in record.blocks
        ],
        "cue_changes": [_timed(cue.t, start, asdict(cue)) for cue in record.cues],
        "marks": [_timed(mark.t, start, asdict(mark)) for mark in record.marks],
        "tracking": [_timed(change.t, start, asdict(change)) for change in record.tracking],
        "notices": [_timed(n.t, start, asdict(n.notice)) for n in record.notices],
        "form": [
            _timed(form.t, start, {"side": form.side, "near": form.near, **dict(form.measured())})
            for form in record.form
        ],
        "strides": [
            {
                "side": stride.side,
                "near": stride.near,
                "initial_contact": _since(stride.initial_contact, start),
                "toe_off": None if stride.toe_off is None else _since(stride.toe_off, start),
                "next_contact": _since(stride.next_contact, start),
            }
            for stride in record.strides
        ],
        "events": [
            {"kind": event.kind, "side": event.side, "near": event.near, "t": _since(event.t, start)}
            for event in record.events
        ],
    }


def _preamble(record: SessionRecord) -> list[str]:
    summary, meta = record.summary, record.meta
    return [
        f"{SCHEMA} id={summary.id} status={summary.status}",
        LIMITS,
        f"label: {summary.label}",
        f"note: {summary.note}",
        f"started: {summary.started_at.isoformat()}",
        f"measured by: treadlight {meta.software}, model {meta.model} sha256 {meta.model_sha256}, "
        f"runtime {meta.runtime}, camera {meta.camera}",
        *(f"from {_since(change.t, meta.started_t):g} s: {_words(change.setup)}" for change in record.runs),
        "t_s: when the step or stride was complete, s from the start",
        "side: the leg whose contact began it",
        "near: 1 when that leg faces the camera",
        *(
            f"{name}: {metric.label}, {metric.unit or 'without unit'}, trust {_trust(name, record)}"
            for name, metric in METRICS.items()
        ),
    ]


def _words(setup: RunSetup) -> str:
    speed = "unknown" if setup.speed_mps is None else f"{setup.speed_mps:g} m/s"
    height = "unknown" if setup.height_cm is None else f"{setup.height_cm:g} cm"
    return f"belt speed {speed}, incline {setup.grade_pct:g} %, height {height}"


def _trust(name: str, record: SessionRecord) -> Trust:
    return trust_of(name, record.meta.setup)


def _baseline(baseline: Baseline, start: float) -> dict[str, Any]:
    stats = {name: _stat(stat) for name, stat in baseline.metrics.items()}
    values = {"duration_s": baseline.duration_s, "speed_mps": baseline.speed_mps, "metrics": stats}
    return _timed(baseline.t, start, values)


def _stat(stat: Stat) -> dict[str, Any]:
    return {"mean": stat.mean, "sd": stat.sd, "n": stat.n}


def _timed(t: float, start: float, values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "t": _since(t, start)}


def _since(t: float, start: float) -> float:
    return round(t - start, 6)

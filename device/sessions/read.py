"""From rows back to types: the list of sessions, and one session whole."""

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from device.feedback.dose import BlockDose
from device.feedback.schedule import BlockKind
from device.feedback.types import Band, Baseline, CueSetting, LightState
from device.gait.summary import summarize
from device.gait.types import (
    METRIC_NAMES,
    EventKind,
    Facing,
    FormMetrics,
    GaitEvent,
    Notice,
    RunSetup,
    Side,
    Standing,
    Stat,
    Stride,
)
from device.pose.region import Region
from device.sessions.types import (
    CueChange,
    CuePeriod,
    Mark,
    RunChange,
    SessionMeta,
    SessionNotice,
    SessionRecord,
    SessionStatus,
    SessionSummary,
    TrackingChange,
)

_SESSIONS = """SELECT *,
    (SELECT count(*) - count(stride_time_s) FROM form WHERE session_id = session.id) AS steps
    FROM session"""


def summaries(connection: sqlite3.Connection, pose_log: Callable[[int], Path]) -> list[SessionSummary]:
    """Give one line for each session, the newest first."""
    rows = connection.execute(f"{_SESSIONS} ORDER BY id DESC")
    return [_summary(row, pose_log) for row in rows]


def record(
    connection: sqlite3.Connection, session_id: int, pose_log: Callable[[int], Path]
) -> SessionRecord | None:
    """Give everything kept of one session, None when there is no such session."""
    row = connection.execute(f"{_SESSIONS} WHERE id = ?", (session_id,)).fetchone()
    if row is None:
        return None

    def rows(table: str) -> sqlite3.Cursor:
        return connection.execute(
            f"SELECT * FROM {table} WHERE session_id = ? ORDER BY t, rowid", (session_id,)
        )

    runs = tuple(RunChange(r["t"], _setup(r)) for r in rows("run"))
    form = tuple(_form(r) for r in rows("form"))
    cues = tuple(_cue(r) for r in rows("cue"))
    ended_t: float = row["last_t"]
    return SessionRecord(
        summary=_summary(row, pose_log),
        meta=_meta(row, runs[0].setup if runs else RunSetup()),
        ended_t=ended_t,
        runs=runs,
        baselines=tuple(_baseline(r) for r in rows("baseline")),
        form=form,
        strides=tuple(
            Stride(Side(r["side"]), bool(r["near"]), r["initial_contact"], r["toe_off"], r["t"])
            for r in rows("stride")
        ),
        events=tuple(
            GaitEvent(EventKind(r["kind"]), Side(r["side"]), r["t"], bool(r["near"])) for r in rows("event")
        ),
        cues=cues,
        marks=tuple(Mark(r["t"], r["label"]) for r in rows("mark")),
        tracking=tuple(_tracking(r) for r in rows("tracking")),
        notices=tuple(SessionNotice(r["t"], Notice(r["code"], r["message"])) for r in rows("notice")),
        stats=summarize(form),
        cue_periods=cue_periods(cues, form, ended_t),
        blocks=tuple(_block(r) for r in rows("block")),
    )


def cue_periods(
    cues: tuple[CueChange, ...], form: tuple[FormMetrics, ...], ended_t: float
) -> tuple[CuePeriod, ...]:
    """Join what changed into stretches of one setting, and count the steps inside its band."""
    ends = [*(c.t for c in cues[1:]), ended_t]
    groups: list[list[tuple[CueChange, float]]] = []
    for change, end in zip(cues, ends, strict=False):
        if groups and groups[-1][-1][0].setting == change.setting:
            groups[-1].append((change, end))
        else:
            groups.append([(change, end)])
    return tuple(_period(g, g[0][0].setting, form) for g in groups if g[0][0].setting is not None)


def _period(
    group: list[tuple[CueChange, float]], setting: CueSetting, form: tuple[FormMetrics, ...]
) -> CuePeriod:
    start, end = group[0][0].t, group[-1][1]
    values = [v for f in form if start <= f.t < end and (v := getattr(f, setting.metric, None)) is not None]
    low = float("-inf") if setting.band.low is None else setting.band.low
    high = float("inf") if setting.band.high is None else setting.band.high
    return CuePeriod(
        start_t=start,
        end_t=end,
        metric=setting.metric,
        band=setting.band,
        shown=setting.shown,
        cued_s=sum(until - change.t for change, until in group if change.light is LightState.CUE),
        steps=len(values),
        steps_in_band=sum(low <= v <= high for v in values),
    )


def _summary(row: sqlite3.Row, pose_log: Callable[[int], Path]) -> SessionSummary:
    log = pose_log(row["id"])
    return SessionSummary(
        id=row["id"],
        label=row["label"],
        note=row["note"],
        started_at=datetime.fromisoformat(row["started_at"]),
        duration_s=row["last_t"] - row["started_t"],
        status=SessionStatus(row["status"]),
        steps=row["steps"],
        pose_log_bytes=log.stat().st_size if log.exists() else 0,
    )


def _meta(row: sqlite3.Row, setup: RunSetup) -> SessionMeta:
    region = row["region"]
    same = ("label", "note", "started_t", "software", "model", "model_sha256", "runtime", "camera")
    return SessionMeta(
        size=(row["width"], row["height"]),
        setup=setup,
        region=None if region is None else Region(*json.loads(region)),
        **{name: row[name] for name in same},
    )


def _setup(row: sqlite3.Row) -> RunSetup:
    facing = None if row["facing"] is None else Facing(row["facing"])
    return RunSetup(
        row["speed_mps"],
        row["grade_pct"],
        row["height_cm"],
        facing,
        row["lean_offset_deg"],
        row["cm_per_px"],
        _standing(row["standing"]),
    )


def _standing(text: str | None) -> Standing | None:
    if text is None:
        return None
    kept = json.loads(text)
    kept |= {name: tuple(kept[name]) for name in ("hip_px", "shoulder_px")}
    return Standing(**kept | {"notices": tuple(Notice(**notice) for notice in kept["notices"])})


def _baseline(row: sqlite3.Row) -> Baseline:
    metrics = {name: Stat(*stat) for name, stat in json.loads(row["metrics"]).items()}
    return Baseline(row["t"], row["duration_s"], row["speed_mps"], metrics)


def _form(row: sqlite3.Row) -> FormMetrics:
    values: dict[str, Any] = {name: row[name] for name in METRIC_NAMES}
    return FormMetrics(t=row["t"], side=Side(row["side"]), near=bool(row["near"]), **values)


def _cue(row: sqlite3.Row) -> CueChange:
    setting = None
    if row["metric"] is not None:
        setting = CueSetting(row["metric"], Band(row["low"], row["high"]), bool(row["shown"]))
    return CueChange(row["t"], setting, row["value"], row["outside"], LightState(row["light"]))


def _block(row: sqlite3.Row) -> BlockDose:
    same = ("planned_s", "end_t", "ran_s", "measured_s", "in_band_s", "cued_s", "given", "withheld")
    return BlockDose(
        index=row["number"],
        kind=BlockKind(row["kind"]),
        start_t=row["t"],
        **{name: row[name] for name in same},
    )


def _tracking(row: sqlite3.Row) -> TrackingChange:
    return TrackingChange(
        row["t"],
        bool(row["measuring"]),
        row["activity"],
        row["view"],
        row["facing"],
        row["speed_mps"],
        bool(row["speed_estimated"]),
        None if row["code"] is None else Notice(row["code"], row["message"]),
    )

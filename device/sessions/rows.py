"""From what happened to database rows; decides what is worth a row. Touches neither disk nor clock."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from device.feedback.dose import BlockDose
from device.feedback.types import Baseline, CueState
from device.gait.types import GaitUpdate, Notice, RunSetup, Tracking
from device.sessions.types import Mark, RunChange, SessionMeta, SessionNotice, SessionStatus

Value = str | int | float | None
Row = tuple[str, tuple[Value, ...]]
"""An SQL statement and its parameters."""


class SessionRows:
    """Writes one session down as rows; the cue and the tracking only when they change."""

    def __init__(self, session_id: int, meta: SessionMeta, started_at: datetime) -> None:
        self.id = session_id
        self.meta = meta
        self._started_at = started_at
        self.last_t = meta.started_t
        """The latest frame time seen."""
        self._saved_t = meta.started_t
        self._cue: object = None
        self._tracking: object = None

    def start(self) -> Iterator[Row]:
        """Begin the session."""
        meta, region = self.meta, self.meta.region
        corner = None if region is None else json.dumps([region.x, region.y, region.width, region.height])
        yield _insert(
            "session",
            id=self.id,
            label=meta.label,
            note=meta.note,
            status=SessionStatus.RUNNING,
            started_at=self._started_at.isoformat(timespec="seconds"),
            started_t=meta.started_t,
            last_t=meta.started_t,
            width=meta.size[0],
            height=meta.size[1],
            region=corner,
            software=meta.software,
            model=meta.model,
            model_sha256=meta.model_sha256,
            runtime=meta.runtime,
            camera=meta.camera,
        )
        yield from self.run(RunChange(meta.started_t, meta.setup))

    def update(self, gait: GaitUpdate, cue: CueState) -> Iterator[Row]:
        """Keep what one frame taught."""
        self.seen(gait.t)
        for event in gait.events:
            yield self._insert("event", t=event.t, kind=event.kind, side=event.side, near=event.near)
        for stride in gait.strides:
            yield self._insert(
                "stride",
                t=stride.next_contact,
                side=stride.side,
                near=stride.near,
                initial_contact=stride.initial_contact,
                toe_off=stride.toe_off,
            )
        for form in gait.form:
            yield self._insert("form", t=form.t, side=form.side, near=form.near, **dict(form.measured()))
        yield from self._cue_change(gait.t, cue)
        yield from self._tracking_change(gait.t, gait.tracking)

    def seen(self, t: float) -> None:
        """Note that the session lasted until `t` at least."""
        self.last_t = max(self.last_t, t)

    def keep(self, item: Mark | RunChange | Baseline | BlockDose) -> Iterator[Row]:
        """Keep something that happens now and then."""
        match item:
            case Mark():
                return self.mark(item)
            case RunChange():
                return self.run(item)
            case Baseline():
                return self.baseline(item)
        return self.block(item)

    def mark(self, mark: Mark) -> Iterator[Row]:
        """Keep a named instant."""
        yield self._insert("mark", t=mark.t, label=mark.label)

    def run(self, change: RunChange) -> Iterator[Row]:
        """Keep a change of speed, grade, height or direction."""
        setup: RunSetup = change.setup
        yield self._insert(
            "run",
            t=change.t,
            speed_mps=setup.speed_mps,
            grade_pct=setup.grade_pct,
            height_cm=setup.height_cm,
            facing=setup.facing,
            lean_offset_deg=setup.lean_offset_deg,
            cm_per_px=setup.cm_per_px,
            standing=None if setup.standing is None else json.dumps(asdict(setup.standing)),
        )

    def baseline(self, baseline: Baseline) -> Iterator[Row]:
        """Keep the runner's own form."""
        metrics = {
            name: (_plain(stat.mean), _plain(stat.sd), int(stat.n), _plain(stat.ci95))
            for name, stat in baseline.metrics.items()
            if math.isfinite(stat.mean)
        }
        yield self._insert(
            "baseline",
            t=baseline.t,
            duration_s=baseline.duration_s,
            speed_mps=baseline.speed_mps,
            metrics=json.dumps(metrics),
        )

    def block(self, dose: BlockDose) -> Iterator[Row]:
        """Keep one block of a feedback run with its dose."""
        yield self._insert(
            "block",
            t=dose.start_t,
            number=dose.index,
            kind=dose.kind,
            planned_s=dose.planned_s,
            end_t=dose.end_t,
            ran_s=dose.ran_s,
            measured_s=dose.measured_s,
            in_band_s=dose.in_band_s,
            cued_s=dose.cued_s,
            given=dose.given,
            withheld=dose.withheld,
        )

    def notice(self, notice: SessionNotice) -> Iterator[Row]:
        """Keep what the recording itself went through."""
        yield self._insert("notice", t=notice.t, code=notice.notice.code, message=notice.notice.message)

    def lasted(self) -> Iterator[Row]:
        """Keep how long the session has lasted, if that is longer than already kept."""
        if self.last_t > self._saved_t:
            self._saved_t = self.last_t
            yield "UPDATE session SET last_t = ? WHERE id = ?", (self.last_t, self.id)

    def stop(self) -> Iterator[Row]:
        """End the session."""
        yield from self.lasted()
        yield "UPDATE session SET status = ? WHERE id = ?", (str(SessionStatus.FINISHED), self.id)

    def _cue_change(self, t: float, cue: CueState) -> Iterator[Row]:
        stands = (cue.setting, cue.light, cue.outside)
        if stands == self._cue:
            return
        self._cue = stands
        row: dict[str, object] = {"value": cue.value, "outside": cue.outside, "light": cue.light}
        if cue.setting is not None:
            band = cue.setting.band
            row |= {"metric": cue.setting.metric, "low": band.low, "high": band.high}
            row["shown"] = cue.setting.shown
        yield self._insert("cue", t=t, **row)

    def _tracking_change(self, t: float, tracking: Tracking) -> Iterator[Row]:
        first: Notice | None = tracking.notices[0] if tracking.notices else None
        code = None if first is None else first.code
        stands = (tracking.measuring, tracking.activity, tracking.view, tracking.facing, code)
        if stands == self._tracking:
            return
        self._tracking = stands
        yield self._insert(
            "tracking",
            t=t,
            measuring=tracking.measuring,
            activity=tracking.activity,
            view=tracking.view,
            facing=tracking.facing,
            speed_mps=tracking.speed_mps,
            speed_estimated=tracking.speed_estimated,
            code=code,
            message=None if first is None else first.message,
        )

    def _insert(self, table: str, **values: object) -> Row:
        return _insert(table, session_id=self.id, **values)


def _insert(table: str, **values: object) -> Row:
    places = ", ".join("?" * len(values))
    return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", tuple(map(_plain, values.values()))


def _plain(value: object) -> Value:
    """Give what SQLite can hold: NumPy numbers as Python's, text as valid UTF-8, not-a-number as nothing."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode("utf-8")
    number = float(value)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None

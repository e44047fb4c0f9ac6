"""Stretches of recorded sessions that can be held against one another, and what differs between two."""

from dataclasses import dataclass

from device.gait.catalog import METRICS, Trust, trust_of
from device.gait.compare import Comparison, Verdict, compare, interval
from device.gait.summary import summarize
from device.gait.types import RunSetup, Stat
from device.sessions.types import SessionRecord

MINUTE_S = 60.0
LEAST_S = 15.0
DRIFT_FROM_S = 180.0
"""A session must be this long for its first and last minute to be compared."""

FIRST = (
    "trunk_lean_deg", "cadence_spm", "hip_bounce_cm", "knee_excursion_deg", "knee_flexion_contact_deg",
    "thigh_extension_peak_deg", "overstride_pct",
)  # fmt: skip
"""Compared first; the others follow in the catalogue's order."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One comparable stretch of a session.

    kind: baseline, a block's kind, cue or withheld, first, last or whole. index: the block's place in its
    run, from 0. start_s, end_s: since the session's start.
    """

    session_id: int
    kind: str
    index: int | None
    start_s: float
    end_s: float
    setup: RunSetup
    stats: dict[str, Stat]
    in_band: float | None = None

    @property
    def id(self) -> str:
        """A name for addresses."""
        return f"{self.session_id}-{self.kind}-{'x' if self.index is None else self.index}"

    @property
    def strides(self) -> int:
        """How many near-leg strides it rests on."""
        return max((s.n for name, s in self.stats.items() if METRICS[name].per == "stride"), default=0)


@dataclass(frozen=True, slots=True)
class Change:
    """One metric in two stretches; `bar` is the half width of the change's 95 % interval."""

    name: str
    a: Stat
    b: Stat
    trust: Trust
    comparison: Comparison
    bar: float | None


def stretches(record: SessionRecord) -> tuple[Stretch, ...]:
    """Give the stretches of a session long enough to say something, in order of time."""
    start = record.meta.started_t
    found = [
        _stretch(record, "baseline", None, b.t - min(b.duration_s, b.t - start), b.t)
        for b in record.baselines
        if b.t > start
    ]
    if record.blocks:
        found += [
            _stretch(record, str(b.kind), b.index, b.start_t, b.end_t, b.in_band_fraction)
            for b in record.blocks
        ]
    else:
        found += [
            _stretch(record, "cue" if p.shown else "withheld", i, p.start_t, p.end_t, p.in_band_fraction)
            for i, p in enumerate(record.cue_periods)
        ]
    if record.ended_t - start >= DRIFT_FROM_S:
        found += [
            _stretch(record, "first", None, *_minute(record, first=True)),
            _stretch(record, "last", None, *_minute(record, first=False)),
        ]
    if not found:
        found = [_stretch(record, "whole", None, start, record.ended_t)]
    return tuple(s for s in found if s.stats and s.end_s - s.start_s >= LEAST_S)


def changes(a: Stretch, b: Stretch) -> tuple[Change, ...]:
    """Compare two stretches metric by metric; what was measured in one only is left out, as is trust C."""
    order = [*FIRST, *(name for name in METRICS if name not in FIRST)]
    found = []
    for name in order:
        trust = trust_of(name, b.setup)
        if name not in a.stats or name not in b.stats or trust is Trust.C:
            continue
        before, after = a.stats[name], b.stats[name]
        widths = interval(before), interval(after)
        bar = None if None in widths else sum(w * w for w in widths if w is not None) ** 0.5
        found.append(Change(name, before, after, trust, compare(before, after, name), bar))
    return tuple(found)


def larger(found: tuple[Change, ...]) -> tuple[Change, ...]:
    """Give the changes that are larger than the measurement spread."""
    return tuple(change for change in found if change.comparison.verdict is Verdict.LARGER)


def _minute(record: SessionRecord, first: bool) -> tuple[float, float]:
    """The first or last minute in which anything was measured."""
    times = [form.t for form in record.form]
    if not times:
        return record.meta.started_t, record.meta.started_t
    return (times[0], times[0] + MINUTE_S) if first else (times[-1] - MINUTE_S, times[-1])


def _stretch(
    record: SessionRecord,
    kind: str,
    index: int | None,
    begin_t: float,
    end_t: float,
    in_band: float | None = None,
) -> Stretch:
    start = record.meta.started_t
    runs = [run.setup for run in record.runs if run.t <= end_t] or [record.meta.setup]
    return Stretch(
        session_id=record.summary.id,
        kind=kind,
        index=index,
        start_s=begin_t - start,
        end_s=end_t - start,
        setup=runs[-1],
        stats=summarize(form for form in record.form if begin_t < form.t <= end_t + 1e-6),
        in_band=in_band,
    )

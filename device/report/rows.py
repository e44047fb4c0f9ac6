"""The table of a report: each measure before and after, and what its change is worth."""

from dataclasses import dataclass

from device.clinic.plans import CuePlan
from device.gait.catalog import METRICS, Trust, trust_of
from device.gait.compare import Verdict
from device.gait.types import Stat
from device.report.texts import Words, fine_text, with_spread
from device.review.blocks import FIRST, Change, Stretch

ROWS = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: texts for before, after and spread, and what its change is worth ("" without one)."""

    label: str
    trust: Trust
    before: str
    after: str
    spread: str
    verdict: str
    larger: bool
    cued: bool


def measured_rows(
    before: Stretch | None,
    after: Stretch | None,
    found: tuple[Change, ...],
    plan: CuePlan | None,
    words: Words,
) -> list[Row]:
    """Give the measures that are told, the cued one first: side by side, or those of the only stretch."""
    cued = plan.metric if plan else None
    if found:
        ordered = sorted(found, key=lambda change: change.name != cued)
        return [_compared(change, cued, words) for change in ordered[:ROWS]]
    only = before or after
    if only is None:
        return []
    names = [n for n in METRICS if n in only.stats and trust_of(n, only.setup) is not Trust.C]
    names.sort(key=lambda name: (name != cued, FIRST.index(name) if name in FIRST else len(FIRST)))
    return [_alone(name, only.stats[name], trust_of(name, only.setup), name == cued) for name in names[:ROWS]]


def _compared(change: Change, cued: str | None, words: Words) -> Row:
    spread = change.comparison.spread
    return Row(
        label=METRICS[change.name].label,
        trust=change.trust,
        before=with_spread(change.name, change.a),
        after=with_spread(change.name, change.b),
        spread="" if spread is None else fine_text(change.name, spread),
        verdict=words["verdict"][str(change.comparison.verdict)],
        larger=change.comparison.verdict is Verdict.LARGER,
        cued=change.name == cued,
    )


def _alone(name: str, stat: Stat, trust: Trust, cued: bool) -> Row:
    return Row(METRICS[name].label, trust, with_spread(name, stat), "", "", "", False, cued)

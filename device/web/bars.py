"""A change between two stretches in words, and as a bar in units of the smallest real change."""

from dataclasses import dataclass

from device.gait.catalog import METRICS, format_value
from device.gait.compare import Verdict
from device.review.blocks import FIRST, Change, larger
from device.web.words import load_words

REACH = 4.0
"""Half of the chart, in smallest real changes."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One change in words and in shares of the chart's width.

    beyond: -1 or 1 when the change lies left or right of the chart, else 0."""

    name: str
    label: str
    values: str
    verdict: Verdict
    word: str
    low: str
    high: str
    dot: float
    beyond: int
    left: float
    right: float
    before: str
    after: str
    change: str
    spread: str
    first: bool


def bar_of(change: Change) -> Bar:
    """Word one change and place it in the chart."""
    words, comparison, metric = load_words()["compare"], change.comparison, METRICS[change.name]
    spread = comparison.spread
    digits = max(metric.decimals, 1)
    units = 0.0 if spread is None else comparison.change / spread
    half = 0.0 if spread is None or change.bar is None else change.bar / spread
    before, after = _text(change.name, change.a.mean), _text(change.name, change.b.mean)
    return Bar(
        name=change.name,
        label=metric.label,
        values=str(words["to"]).format(a=_number(change.name, change.a.mean), b=after),
        verdict=comparison.verdict,
        word=str(words[comparison.verdict]),
        low=metric.low,
        high=metric.high,
        dot=_place(units),
        beyond=(units > REACH) - (units < -REACH),
        left=_place(units - half),
        right=_place(units + half),
        before=before,
        after=after,
        change=_signed(comparison.change, digits),
        spread="" if spread is None else f"±{spread:.{digits}f}",
        first=change.name in FIRST,
    )


def _signed(change: float, digits: int) -> str:
    rounded = round(change, digits)
    return (f"{rounded:+.{digits}f}" if rounded else f"{0:.{digits}f}").replace("-", "\u2212")


def _place(units: float) -> float:
    """Where so many smallest real changes lie in the chart, 0 to 1."""
    return round((min(REACH, max(-REACH, units)) + REACH) / (2 * REACH), 4)


def said_of(found: tuple[Change, ...]) -> tuple[str, str]:
    """Say in a sentence what changed by more than the smallest real change, and that the rest did not."""
    words = load_words()["compare"]
    names = [METRICS[change.name].label for change in larger(found)]
    if not names:
        return str(words["said_none"]), ""
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    listed = listed[0] + listed[1:].lower()
    return str(words["said_one"]).format(names=listed), str(words["said_rest"])


def _text(name: str, value: float) -> str:
    per_minute = "/min" if METRICS[name].unit == "1/min" else ""
    return (format_value(name, value) + per_minute).replace("-", "\u2212")


def _number(name: str, value: float) -> str:
    return f"{value:.{METRICS[name].decimals}f}".replace("-", "\u2212")

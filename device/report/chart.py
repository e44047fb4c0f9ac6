"""The cued measure through the run as an SVG for paper: band, blocks, the mean of ten steps."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from device.feedback.schedule import BlockKind
from device.feedback.types import Band
from device.gait.catalog import METRICS, Per, format_value
from device.gait.summary import STEPS, STRIDES
from device.sessions.types import SessionRecord

WIDTH, HEIGHT = 686, 118
_LEFT, _TOP, _BOTTOM = 44, 6, 82
_STRIP = 92
_MAX_GAP_S = 6.0
_MAX_POINTS = 400
FONT = "Inter, Noto Sans, Liberation Sans, Arial, sans-serif"
INK, SOFT, EDGE, CUE, BAND = "#10181F", "#414E5A", "#73808C", "#0B5CAD", "#E4E9ED"

Point = tuple[float, float]
Place = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of time with a name; lit: the cue could be seen; hatched: the baseline."""

    name: str
    begin_s: float
    end_s: float
    lit: bool = False
    hatched: bool = False


def running_means(record: SessionRecord, metric: str) -> list[Point]:
    """Give (seconds since the start, mean of the last ten steps or six strides) wherever it is known."""
    size = STEPS if METRICS[metric].per is Per.STEP else STRIDES
    found: list[Point] = []
    window: list[float] = []
    last = float("-inf")
    for form in record.form:
        value = getattr(form, metric)
        if value is None:
            continue
        if form.t - last > _MAX_GAP_S:
            window = []
        last = form.t
        window = [*window, value][-size:]
        if len(window) == size:
            found.append((form.t - record.meta.started_t, sum(window) / size))
    every = max(1, len(found) // _MAX_POINTS)
    return found[::every]


def spans(record: SessionRecord, names: dict[str, str]) -> list[Span]:
    """Give baseline and blocks in order of time; names: words by kind."""
    start = record.meta.started_t
    found = [
        Span(names["baseline"], b.t - b.duration_s - start, b.t - start, hatched=True)
        for b in record.baselines[-1:]
        if b.t > start
    ]
    found += [
        Span(names[str(b.kind)], b.start_t - start, b.end_t - start, lit=BlockKind(b.kind).lit)
        for b in record.blocks
    ]
    return sorted(found, key=lambda span: span.begin_s)


def run_chart(
    record: SessionRecord, metric: str, band: Band | None, names: dict[str, str], title: str
) -> str:
    """Draw one metric of one session; "" when it was hardly measured."""
    points = running_means(record, metric)
    if len(points) < 2:
        return ""
    parts = spans(record, names)
    begin = max(0.0, min([points[0][0], *(span.begin_s for span in parts)]))
    end = max([points[-1][0], *(span.end_s for span in parts)])
    edges = [x for x in (band.low, band.high) if x is not None] if band else []
    low, high = min([v for _, v in points] + edges), max([v for _, v in points] + edges)
    pad = 0.12 * (high - low) or METRICS[metric].noise
    low, high = low - pad, high + pad

    def x(t: float) -> float:
        return _LEFT + (t - begin) / (end - begin) * (WIDTH - _LEFT - 2)

    def y(value: float) -> float:
        return _BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP)

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" class="chart" role="img" '
        f'font-family="{FONT}" '
        f'aria-label="{escape(title)}">'
    ]
    if band is not None:
        top = _TOP if band.high is None else y(band.high)
        bottom = _BOTTOM if band.low is None else y(band.low)
        drawn.append(
            f'<rect x="{_LEFT}" y="{top:.1f}" width="{WIDTH - _LEFT - 2}" height="{bottom - top:.1f}" '
            f'fill="{BAND}"/>'
        )
        drawn += [_text(_LEFT - 6, y(edge) + 4, format_value(metric, edge), "end") for edge in edges]
    else:
        drawn += [_text(_LEFT - 6, y(v) + 4, format_value(metric, v), "end") for v in (low + pad, high - pad)]
    drawn += [_span(span, x(max(span.begin_s, begin)), x(min(span.end_s, end))) for span in parts]
    drawn += [
        f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="1.8"/>' for path in _paths(points, x, y)
    ]
    return "".join([*drawn, "</svg>"])


def _paths(points: list[Point], x: Place, y: Place) -> list[str]:
    pieces: list[list[Point]] = [[points[0]]]
    for before, after in pairwise(points):
        if after[0] - before[0] > 2 * _MAX_GAP_S:
            pieces.append([])
        pieces[-1].append(after)
    return ["M" + "L".join(f"{x(t):.1f} {y(v):.1f}" for t, v in piece) for piece in pieces if len(piece) > 1]


def _span(span: Span, left: float, right: float) -> str:
    fill = CUE if span.lit else "none"
    dash = ' stroke-dasharray="3 2"' if span.hatched else ""
    box = (
        f'<rect x="{left + 1:.1f}" y="{_STRIP}" width="{max(1.0, right - left - 2):.1f}" height="6" rx="2" '
        f'fill="{fill}" stroke="{CUE if span.lit else EDGE}"{dash}/>'
    )
    room = right - left
    return box + (_text(left + 2, HEIGHT - 6, span.name, "start") if room > 5.6 * len(span.name) else "")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    shown = escape(text.replace("-", "\u2212"))
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="11" text-anchor="{anchor}" fill="{SOFT}">{shown}</text>'

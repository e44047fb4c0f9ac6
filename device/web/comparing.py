"""Compare: two stretches of running side by side, held against the smallest real change."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from device.clinic.types import Role
from device.review.blocks import Stretch, changes, larger, stretches
from device.review.guard import SPEED_MPS
from device.review.types import KeyFrames, Leg
from device.web import here
from device.web.bars import Bar, bar_of, said_of
from device.web.figures import Card, cards
from device.web.roles import needs
from device.web.words import load_words

LATEST = 6
"""Sessions offered."""
AFTER = ("recall", "retention", "withheld", "cue", "on_error", "last", "whole")
"""Which stretch stands for "after", the first found: what was kept without light says most."""
area = Blueprint("compare", __name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """One stretch in the two lists. group: the session it is of, in words."""

    stretch: Stretch
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two stretches with its pictures. track: (share of the stride, points) to play it."""

    choice: Choice
    cards: list[Card]
    track: dict[str, Any] | None


@area.get("/compare")
@needs(Role.VIEWER)
def page() -> ResponseReturnValue:
    """Show two stretches, the baseline and the newest block unless others are asked for."""
    choices = _choices()
    bootstrap = here.bootstrap()
    if len(choices) < 2:
        return render_template("compare.html", bootstrap=bootstrap, choices=choices, a=None, b=None)
    first, second = _default(choices)
    a = _chosen(choices, request.args.get("a"), first)
    b = _chosen(choices, request.args.get("b"), second)
    found = changes(a.stretch, b.stretch)
    return render_template(
        "compare.html",
        bootstrap=bootstrap,
        choices=choices,
        a=_side(a),
        b=_side(b),
        bars=[bar_of(change) for change in found],
        said=said_of(found),
        shares=_shares(choices, b),
        speed=_speed(a.stretch, b.stretch),
        drift=_drift(choices, b),
    )


def _choices() -> list[Choice]:
    """Give the stretches of the open visit's patient, or of the newest sessions where no visit is open."""
    store = here.store()
    if store is None:
        return []
    words = load_words()
    summaries = {summary.id: summary for summary in store.list_sessions()}
    mine = [number for number, _, _ in here.keeping().sessions() if number in summaries]
    ids = mine if here.keeping().visit is not None else sorted(summaries)
    found = []
    for session_id in ids[-LATEST:]:
        summary = summaries[session_id]
        date = f"{summary.started_at.astimezone():%-d %b, %H:%M}"
        group = str(words["compare"]["session"]).format(label=summary.label, date=date)
        for stretch in stretches(store.load_session(session_id)):
            name = str(words["stretches"][stretch.kind])
            if stretch.index is not None:
                name = f"{stretch.index + 1}. {name}"
            found.append(Choice(stretch, name, group))
    return found


def _default(choices: list[Choice]) -> tuple[Choice, Choice]:
    """The newest baseline against what that session kept without light; else against the baseline before."""
    kinds = [choice.stretch.kind for choice in choices]
    baselines = [i for i, kind in enumerate(kinds) if kind == "baseline"]
    before = baselines[-1] if baselines else 0
    session = choices[before].stretch.session_id
    later = [i for i in range(before + 1, len(choices)) if choices[i].stretch.session_id == session]
    if later:
        return choices[before], choices[min(later, key=lambda i: (_rank(kinds[i]), -i))]
    if len(baselines) > 1:
        return choices[baselines[-2]], choices[before]
    return (choices[0], choices[-1]) if before == 0 else (choices[0], choices[before])


def _rank(kind: str) -> int:
    return AFTER.index(kind) if kind in AFTER else len(AFTER)


def _shares(choices: list[Choice], b: Choice) -> list[tuple[str, int, bool]]:
    """Give the percentage in the band over all blocks of a kind in b's session, and whether b is of it."""
    words = load_words()["stretches"]
    found: dict[str, list[tuple[float, float]]] = {}
    for choice in choices:
        stretch = choice.stretch
        if stretch.session_id == b.stretch.session_id and stretch.in_band is not None:
            found.setdefault(stretch.kind, []).append((stretch.in_band, stretch.end_s - stretch.start_s))
    return [
        (
            str(words[kind]),
            round(100 * sum(share * length for share, length in parts) / sum(length for _, length in parts)),
            kind == b.stretch.kind,
        )
        for kind, parts in found.items()
    ]


def _chosen(choices: list[Choice], asked: str | None, usual: Choice) -> Choice:
    if asked is None:
        return usual
    found = next((choice for choice in choices if choice.stretch.id == asked), None)
    if found is None:
        raise NotFound
    return found


def _side(choice: Choice) -> Side:
    frames = _frames(choice.stretch)
    if frames is None:
        return Side(choice, [], None)
    begin = frames.track[0][0] if frames.track else 0.0
    track = {
        "box": frames.box,
        "frames": [[round((t - begin) / (frames.stride_s or 1.0), 4), points] for t, points in frames.track],
    }
    return Side(choice, cards(frames, Leg.NEAR), track)


def _frames(stretch: Stretch) -> KeyFrames | None:
    """Give the key frames of a stretch: from memory, else as kept with its visit."""
    desk = here.desk()
    for frames in reversed(desk.moments.recent):
        if (frames.session_id, frames.kind, frames.block) == (
            stretch.session_id,
            stretch.kind,
            stretch.index,
        ):
            return frames
    return here.keeping().frames_of(stretch.session_id, stretch.kind, stretch.index)


def _speed(a: Stretch, b: Stretch) -> tuple[str, bool]:
    """Say at what speed both were run, and whether that makes the comparison doubtful."""
    words = load_words()["compare"]
    one, two = a.setup.speed_mps, b.setup.speed_mps
    if one is None or two is None:
        return str(words["speed_unknown"]), True
    if abs(one - two) > SPEED_MPS:
        return str(words["other_speed"]).format(a=f"{3.6 * one:.1f}", b=f"{3.6 * two:.1f}"), True
    return str(words["same_speed"]).format(speed=f"{3.6 * two:.1f}"), False


def _drift(choices: list[Choice], b: Choice) -> list[Bar] | None:
    """Give what drifted from the first to the last minute of b's session; None for a short session."""
    ends = {
        choice.stretch.kind: choice.stretch
        for choice in choices
        if choice.stretch.session_id == b.stretch.session_id
    }
    if "first" not in ends or "last" not in ends:
        return None
    return [bar_of(change) for change in larger(changes(ends["first"], ends["last"]))]

"""Review: the last seconds held still, key frames, stepping through, and the therapist's tick list."""

import time
from typing import Any

from flask import Blueprint, Response, jsonify, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from device.clinic.types import Role
from device.errors import ConfigError
from device.feedback.deviations import PATTERNS
from device.feedback.types import Baseline
from device.gait.types import EventKind
from device.review.desk import Held
from device.review.patterns import GROUPS, Line, tick_list
from device.review.types import Frozen, Shot, named_points
from device.sessions.store import SessionStore
from device.web import here
from device.web.body import Body
from device.web.figures import cards
from device.web.keeping import Keeping
from device.web.roles import needs
from device.web.words import load_words

POINTS = (
    "head", "shoulder", "hip", "near_elbow", "near_wrist", "near_knee", "near_ankle",
    "far_elbow", "far_wrist", "far_knee", "far_ankle",
)  # fmt: skip
"""Points of one frame in the order in which they travel to the player."""
LONGEST_STANCE_S = 0.5
LOOK_BACK = 6
"""How many earlier sessions are searched for a baseline."""
area = Blueprint("review", __name__)


@area.get("/review")
@needs(Role.VIEWER)
def page() -> ResponseReturnValue:
    """Show what is held still, or offer to hold the last seconds."""
    held = here.desk().held
    against, lines = _lines(held)
    return render_template(
        "review.html",
        bootstrap=here.bootstrap(),
        held=held,
        cards=cards(held.frames) if held else [],
        strides=_strides(held),
        seconds=_seconds(held),
        groups=[(group, [line for line in lines if line.group == group]) for group in GROUPS],
        ticks=here.keeping().ticks(),
        against=against,
        visit=here.keeping().keeps,
        age_s=time.monotonic() - held.frozen.seen_at if held else None,
    )


@area.post("/api/review/freeze")
@needs(Role.THERAPIST, silent=True)
def freeze() -> ResponseReturnValue:
    """Hold the last seconds still."""
    Body()
    held = here.desk().freeze(here.control())
    return jsonify(id=held.frozen.id, frames=len(held.frozen.shots))


@area.post("/api/review/release")
@needs(Role.THERAPIST, silent=True)
def release() -> ResponseReturnValue:
    """Let go of what is held still."""
    Body()
    here.desk().release()
    return jsonify(ok=True)


@area.get("/api/review/frozen")
@needs(Role.VIEWER)
def frozen() -> ResponseReturnValue:
    """Give what the player needs: each frame's points, which have pictures, and when feet were down."""
    held = _held()
    shots, still = held.frozen.shots, held.frozen
    begin = shots[0].t if shots else 0.0
    return jsonify(
        id=still.id,
        box=held.frames.box,
        facing=still.facing,
        size=still.size,
        points=POINTS,
        frames=[_frame(shot, still, begin) for shot in shots],
        contacts=_contacts(still, begin),
        key=[[f.leg, f.instant, round(f.t - begin, 4)] for f in held.frames.frames],
    )


@area.get("/api/review/frozen/<int:frozen_id>/<int:index>.jpg")
@needs(Role.VIEWER)
def picture(frozen_id: int, index: int) -> ResponseReturnValue:
    """Give one held picture."""
    held = _held()
    shots = held.frozen.shots
    if frozen_id != held.frozen.id or index >= len(shots):
        raise NotFound
    found = shots[index].picture
    if found is None:
        raise NotFound
    return Response(found.jpeg, mimetype="image/jpeg")


@area.post("/api/review/keep")
@needs(Role.THERAPIST)
def keep() -> ResponseReturnValue:
    """Keep the key frames with the visit, as far as consent allows."""
    Body()
    held = _held()
    if held.frames.refusal is not None:
        raise ConfigError(held.frames.refusal.message)
    here.desk().moments.remember(held.frames)
    return jsonify(kept=here.keeping().keeps)


@area.post("/api/review/tick")
@needs(Role.THERAPIST)
def tick() -> ResponseReturnValue:
    """Keep the therapist's judgement of one pattern."""
    body = Body("code", "ticked")
    code = body.text("code", 60, "The pattern")
    if code not in {pattern.code for pattern in PATTERNS}:
        raise ConfigError(f"The pattern {code!r} is not known. Choose one from the list.")
    _, lines = _lines(here.desk().held)
    seen = next((str(line.sight) for line in lines if line.code == code), "")
    return jsonify(kept=here.keeping().tick(code, body.flag("ticked"), seen, here.actor().name))


def _held() -> Held:
    held = here.desk().held
    if held is None:
        raise NotFound
    return held


def _lines(held: Held | None) -> tuple[str, tuple[Line, ...]]:
    """Give the tick list, and what "new" is measured against in words, "" for nothing."""
    if held is None:
        return "", ()
    words = load_words()["patterns"]
    baseline, against = held.baseline, str(words["baseline"])
    if baseline is None:
        earlier = earlier_baseline(here.keeping(), here.store())
        baseline = None if earlier is None else earlier[1]
        against = "" if earlier is None else str(words["earlier"]).format(date=earlier[0])
    lines = tick_list(held.stats, held.setup, held.speed_mps, baseline=baseline, target=held.target)
    return against, lines


def earlier_baseline(keeping: Keeping, store: SessionStore | None) -> tuple[str, Baseline] | None:
    """Give the newest baseline of this patient's earlier visits with its date in words, None without one."""
    visit = keeping.visit
    if visit is None or store is None:
        return None
    there = {summary.id for summary in store.list_sessions()}
    earlier = [s for s in keeping.sessions() if s[1] < visit.number and s[0] in there]
    for session_id, _, at in reversed(earlier[-LOOK_BACK:]):
        baselines = store.load_session(session_id).baselines
        if baselines:
            return f"{at.astimezone():%-d %b %Y}", baselines[-1]
    return None


def _strides(held: Held | None) -> int:
    return 0 if held is None else sum(f.stride_time_s is not None for f in held.frozen.form)


def _seconds(held: Held | None) -> int:
    shots = held.frozen.shots if held else ()
    return round(shots[-1].t - shots[0].t) if shots else 0


def _frame(shot: Shot, still: Frozen, begin: float) -> list[Any]:
    """Time, whether it was measured, the picture's place or null, and the points."""
    points = named_points(shot.pose, still.near, shot.swapped)
    place = [round(edge, 1) for edge in shot.picture.box] if shot.picture else None
    return [round(shot.t - begin, 4), shot.measuring, place, [points.get(name) for name in POINTS]]


def _contacts(still: Frozen, begin: float) -> dict[str, list[list[float | None]]]:
    """Give [contact, toe-off or null] of each stance, by leg, in seconds from the first frame."""
    found: dict[str, list[list[float | None]]] = {"near": [], "far": []}
    for event in still.events:
        stances, t = found["near" if event.near else "far"], round(event.t - begin, 4)
        if event.kind is EventKind.INITIAL_CONTACT and t >= 0:
            stances.append([t, None])
        elif stances and stances[-1][1] is None and t - (stances[-1][0] or 0.0) < LONGEST_STANCE_S:
            stances[-1][1] = t
    return found

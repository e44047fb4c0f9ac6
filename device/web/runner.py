"""The runner's screen: one number or the runner's own words, and the light. Nothing of who is running."""

import time
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from device.control import DeviceControl
from device.feedback.schedule import BlockKind
from device.live import LiveState
from device.web import here
from device.web.broadcast import Broadcast, Place
from device.web.guard import while_let_in
from device.web.roles import for_screen
from device.web.wire import message

EVERY_S = 0.1
"""Ten times a second is more than a number that changes with each step needs."""
BEAT_S = 0.8

area = Blueprint("runner", __name__, url_prefix="/runner")


@area.get("")
@for_screen
def page() -> ResponseReturnValue:
    """Show the runner's screen."""
    return render_template("runner.html", bootstrap=here.bootstrap())


@area.get("/stream")
@for_screen
def stream() -> ResponseReturnValue:
    """Send what the runner may see, again and again (framed as in `device.web.wire`)."""
    broadcast: Broadcast = current_app.extensions["broadcast"]
    place = broadcast.reserve()
    control = here.control()
    response = Response(
        while_let_in(messages(control, broadcast, place)), mimetype="application/octet-stream"
    )
    response.call_on_close(place.leave)
    return response


def messages(control: DeviceControl, broadcast: Broadcast, place: Place) -> Iterator[bytes]:
    """Give the newest state each tenth of a second, and a beat when there is no new frame."""
    version = 0
    while not broadcast.closed and place.taken:
        version, state = control.live.wait(version, BEAT_S)
        if state is None:
            yield message({"kind": "beat"})
            # A device that has ended answers at once, again and again.
            time.sleep(EVERY_S)
            continue
        yield message(describe(state))
        time.sleep(EVERY_S)


def describe(state: LiveState) -> dict[str, Any]:
    """Say what the runner may see of one frame: never a name, a picture or another measure."""
    cue, session = state.cue, state.session
    setting, run, plan = cue.setting, session.run, session.plan
    block = run.block.kind if run is not None and not run.finished else None
    if block is None and setting is not None:
        block = BlockKind.CUE if setting.shown else BlockKind.WITHHELD
    given = block is not None and block.lit and cue.light != "not_measuring"
    own = session.baseline.metrics.get(setting.metric) if session.baseline and setting else None
    return {
        "kind": "state",
        "light": "fault" if state.light_fault else cue.light,
        "measuring": state.tracking.measuring and state.error is None,
        "block": block,
        "metric": setting.metric if setting else None,
        "low": setting.band.low if setting else None,
        "high": setting.band.high if setting else None,
        "value": None if cue.value is None or not given else round(cue.value, 3),
        "outside": cue.outside if given else None,
        "baseline": None if own is None else round(own.mean, 3),
        "words": plan.words if plan is not None else "",
        "left_s": None if run is None or run.finished else round(run.left_s, 1),
        "next": _next(state),
        "paused": run is not None and run.paused,
        "finished": run is not None and run.finished,
    }


def _next(state: LiveState) -> str | None:
    run = state.session.run
    if run is None or run.index + 1 >= len(run.blocks):
        return None
    return run.blocks[run.index + 1].kind

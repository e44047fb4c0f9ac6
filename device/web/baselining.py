"""The baseline: a minute of the runner's own running, with its spread, noise floor and key frames."""

from dataclasses import dataclass

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from device.clinic.types import Purpose, Role
from device.errors import ConfigError
from device.feedback.baseline import MIN_DURATION_S, floor_of
from device.feedback.types import Baseline
from device.gait.catalog import METRICS, Trust, format_value, trust_of
from device.gait.compare import interval
from device.gait.types import RunSetup
from device.live import LiveState
from device.review.types import KeyFrames, Leg
from device.web import here
from device.web.body import Body
from device.web.figures import cards
from device.web.measures import CUES
from device.web.recording import start_recording
from device.web.roles import needs

area = Blueprint("baseline", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """One metric of the baseline, in words."""

    label: str
    mean: str
    spread: str
    interval: str
    floor: str
    n: int
    trust: Trust
    main: bool


@area.get("/baseline")
@needs(Role.VIEWER)
def page() -> ResponseReturnValue:
    """Show the capture, or what it gave."""
    state = here.control().live.latest()
    baseline = state.session.baseline if state else None
    frames = _frames(state) if baseline else None
    rows = baseline_rows(baseline, here.control().setup) if baseline else []
    return render_template(
        "baseline.html",
        bootstrap=here.bootstrap(),
        baseline=baseline,
        main=[row for row in rows if row.main],
        others=[row for row in rows if not row.main],
        cards=cards(frames, Leg.NEAR) if frames else [],
        strides=max((row.n for row in rows if row.label == METRICS["trunk_lean_deg"].label), default=0),
        label=here.keeping().label(),
        recording=state is not None and state.session.id is not None,
    )


@area.post("/api/baseline/start")
@needs(Role.THERAPIST)
def start() -> ResponseReturnValue:
    """Begin to capture; begins to record too, when a visit allows it and nothing is being recorded."""
    duration_s = Body("duration_s").number("duration_s", MIN_DURATION_S, 300, "The length of the baseline")
    control, keeping = here.control(), here.keeping()
    state = control.live.latest()
    if state is not None and state.session.baseline_progress is not None:
        raise ConfigError("A baseline is being captured already. Wait until it has ended.")
    if state is not None and state.session.id is None and keeping.keeps:
        start_recording(purpose=Purpose.BASELINE)
    control.capture_baseline(60.0 if duration_s is None else duration_s)
    return jsonify(ok=True)


def baseline_rows(baseline: Baseline, setup: RunSetup) -> list[Row]:
    """Write each metric of a baseline in words, what a cue can follow first."""
    order = [*CUES, *(name for name in METRICS if name not in CUES)]
    return [_row(name, baseline, setup) for name in order if name in baseline.metrics]


def _row(name: str, baseline: Baseline, setup: RunSetup) -> Row:
    stat, metric = baseline.metrics[name], METRICS[name]
    digits = max(1, metric.decimals)
    width = interval(stat)
    per_minute = "/min" if metric.unit == "1/min" else ""
    return Row(
        label=metric.label,
        mean=(format_value(name, stat.mean) + per_minute).replace("-", "\u2212"),
        spread="" if stat.sd is None else f"±{stat.sd:.{digits}f}",
        interval="" if width is None else f"±{width:.{digits}f}",
        floor=f"{floor_of(name):.{digits}f}",
        n=stat.n,
        trust=trust_of(name, setup),
        main=name in CUES,
    )


def _frames(state: LiveState | None) -> KeyFrames | None:
    """Give the key frames of the newest baseline: from memory, else as kept with the visit."""
    desk = here.desk()
    recent = [f for f in desk.moments.recent if f.kind == "baseline"]
    if recent:
        return recent[-1]
    if state is None or state.session.id is None:
        return None
    return here.keeping().frames_of(state.session.id, "baseline", None)

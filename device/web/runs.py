"""Choosing the cue of a visit, and running it: the Cue page and the buttons of a feedback run."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from device.clinic.plans import CuePlan, schedule_json, words_before
from device.clinic.types import Purpose, Role
from device.errors import ConfigError
from device.feedback.deviations import PATTERNS
from device.feedback.schedule import (
    Block,
    FadeStep,
    ScheduleKind,
    ScheduleSetting,
    cued_share,
    plan_blocks,
)
from device.feedback.training import RunPlan
from device.feedback.types import Band
from device.gait.types import METRIC_NAMES, Stat
from device.live import LiveState
from device.web import here
from device.web.body import Body
from device.web.presets import presets
from device.web.recording import start_recording
from device.web.roles import needs

MAX_WORDS = 60
area = Blueprint("runs", __name__)

_SCHEDULE = ("kind", "run_s", "on_s", "off_s", "retention_s", "recall_s", "template")


@area.get("/cue")
@needs(Role.THERAPIST)
def page() -> ResponseReturnValue:
    """Show the page on which one cue, its band, its schedule and the runner's words are chosen."""
    return render_template("cue.html", bootstrap=here.bootstrap())


@area.get("/api/cue/options")
@needs(Role.VIEWER)
def options() -> ResponseReturnValue:
    """Give what the choice starts from: own baseline, what is measured now, today's noise, usual starts."""
    state = here.control().live.latest()
    noises = {name: round(noise, 4) for name, noise in here.control().noises().items()}
    found = presets(state.session.baseline, state.tiles) if state else {}
    return jsonify(
        noise=noises,
        baseline=_baseline(state),
        now={tile.name: _stat(tile.stat) for tile in state.tiles if tile.stat} if state else {},
        presets={name: [asdict(preset) for preset in bands] for name, bands in found.items()},
        cue=_cue(state),
        schedule=schedule_json(ScheduleSetting()),
        plan=_plan_before(),
    )


@area.post("/api/run/plan")
@needs(Role.THERAPIST, silent=True)
def preview() -> ResponseReturnValue:
    """Give the blocks of a schedule, before it is run."""
    body = Body(*_SCHEDULE, "visit_no")
    return jsonify(_blocks_json(plan_blocks(_setting(body), _visit_no(body))))


@area.post("/api/run/start")
@needs(Role.THERAPIST)
def start() -> ResponseReturnValue:
    """Set the cue and begin the feedback run; begins to record when nothing is being recorded."""
    body = Body(*_SCHEDULE, "visit_no", "metric", "low", "high", "words", "metronome_spm", "label")
    blocks = plan_blocks(_setting(body), _visit_no(body))
    metric = body.text("metric", 60, "The measure")
    if metric not in METRIC_NAMES:
        raise ConfigError(f"The measure {metric!r} is not known. Choose one from the list.")
    band = Band(
        body.number("low", -1000, 1000, "The lower edge"), body.number("high", -1000, 1000, "The upper edge")
    )
    plan = RunPlan(
        kind=ScheduleKind(body.text("kind", 20, "The schedule") or ScheduleKind.BLOCKS),
        blocks=blocks,
        words=body.text("words", MAX_WORDS, "The runner's words"),
        metronome_spm=body.number("metronome_spm", 60, 260, "The metronome"),
    )
    control = here.control()
    control.set_cue(metric, band)
    session_id = _recording(body)
    control.start_run(plan)
    state = control.live.latest()
    visit = here.clinic().visits.current()
    if visit is not None and session_id is not None:
        own = state.session.baseline.metrics.get(metric) if state and state.session.baseline else None
        kept = CuePlan(
            session_id=session_id,
            metric=metric,
            band=band,
            words=plan.words,
            schedule=_setting(body),
            course_visit=_visit_no(body),
            metronome_spm=plan.metronome_spm,
            own_mean=None if own is None else own.mean,
            own_sd=None if own is None else own.sd,
        )
        here.clinic().plans.add(visit.id, kept)
    return jsonify(ok=True, **_blocks_json(blocks))


@area.post("/api/run/pause")
@needs(Role.THERAPIST)
def pause() -> ResponseReturnValue:
    """Stop the run, or go on with it."""
    here.control().pause_run(Body("paused").flag("paused"))
    return jsonify(ok=True)


@area.post("/api/run/skip")
@needs(Role.THERAPIST)
def skip() -> ResponseReturnValue:
    """Go to the next block now."""
    here.control().skip_block()
    return jsonify(ok=True)


@area.post("/api/run/end")
@needs(Role.THERAPIST)
def end() -> ResponseReturnValue:
    """End the run; the recording goes on."""
    here.control().end_run()
    return jsonify(ok=True)


def _setting(body: Body) -> ScheduleSetting:
    kind = body.text("kind", 20, "The schedule")
    if kind and kind not in set(ScheduleKind):
        raise ConfigError(f"The schedule {kind!r} is not known. Choose one of the five.")
    usual = ScheduleSetting()
    seconds = {
        name: body.number(name, 0, 5400, "The length of a block")
        for name in ("run_s", "on_s", "off_s", "retention_s", "recall_s")
    }
    return ScheduleSetting(
        kind=ScheduleKind(kind) if kind else usual.kind,
        template=_template(body) or usual.template,
        **{name: value for name, value in seconds.items() if value is not None},
    )


def _template(body: Body) -> tuple[FadeStep, ...]:
    steps = body.list("template", "The faded course")
    found = []
    for step in steps:
        pair = step if isinstance(step, list) else []
        if [type(part) in {int, float} for part in pair] != [True, True]:
            raise ConfigError("The faded course cannot be read. Give minutes and percent for each visit.")
        found.append(FadeStep(float(pair[0]), float(pair[1])))
    return tuple(found)


def _visit_no(body: Body) -> int:
    return int(body.number("visit_no", 1, 1000, "The visit's number") or 1)


def _recording(body: Body) -> int | None:
    """Give the recording in progress, a new one where there was none, None where nothing may be kept."""
    visit = here.clinic().visits.current()
    if visit is not None and not visit.keeps_numbers:
        return None
    state = here.control().live.latest()
    if state is not None and state.session.id is not None:
        return state.session.id
    return start_recording(body.text("label", 40, "The label"), purpose=Purpose.FEEDBACK)


def _plan_before() -> dict[str, Any] | None:
    """Give what this patient ran last, what was ticked today, and the words used so far."""
    visit = here.clinic().visits.current()
    if visit is None:
        return None
    plans = here.clinic().plans.of_patient(visit.patient_id)
    last = plans[-1] if plans else None
    course = 1 if last is None else last.course_visit + (last.visit_id != visit.id)
    found: dict[str, Any] = {"ticked": _ticked(), "words_before": words_before(plans), "visit_no": course}
    if last is not None:
        found |= {
            "metric": last.metric,
            "low": last.band.low,
            "high": last.band.high,
            "words": last.words,
            "metronome_spm": last.metronome_spm,
            "schedule": schedule_json(last.schedule),
        }
    return found


def _ticked() -> dict[str, list[str]]:
    """Give the names of ticked patterns by the measure that a cue for them follows."""
    ticks = here.keeping().ticks()
    found: dict[str, list[str]] = {}
    for pattern in PATTERNS:
        if ticks.get(pattern.code) and pattern.metric:
            found.setdefault(pattern.metric, []).append(pattern.name)
    return found


def _blocks_json(blocks: tuple[Block, ...]) -> dict[str, Any]:
    return {
        "blocks": [[block.kind, block.duration_s] for block in blocks],
        "share": cued_share(blocks),
        "total_s": sum(block.duration_s for block in blocks),
    }


def _baseline(state: LiveState | None) -> dict[str, Any] | None:
    if state is None or state.session.baseline is None:
        return None
    return {name: _stat(stat) for name, stat in state.session.baseline.metrics.items()}


def _stat(stat: Stat) -> dict[str, Any]:
    return {"mean": round(stat.mean, 4), "sd": None if stat.sd is None else round(stat.sd, 4), "n": stat.n}


def _cue(state: LiveState | None) -> dict[str, Any] | None:
    setting = state.cue.setting if state else None
    if state is None or setting is None:
        return None
    plan = state.session.plan
    return {
        "metric": setting.metric,
        "low": setting.band.low,
        "high": setting.band.high,
        "words": plan.words if plan else "",
    }

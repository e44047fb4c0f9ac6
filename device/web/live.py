"""The live screen: its page, its stream, and what its buttons ask of the device."""

import time
from dataclasses import asdict

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from device.clinic.types import Role
from device.errors import ConfigError
from device.feedback.types import Band
from device.gait.types import METRIC_NAMES, Facing, RunSetup
from device.pose.region import Region
from device.web import here
from device.web.body import Body
from device.web.broadcast import Broadcast
from device.web.guard import while_let_in
from device.web.presets import presets
from device.web.recording import start_recording
from device.web.roles import needs

MAX_SPEED_MPS = 8.0
area = Blueprint("live", __name__)


@area.get("/live")
@needs(Role.VIEWER)
def page() -> ResponseReturnValue:
    """Show the live screen."""
    return render_template("live.html", bootstrap=here.bootstrap())


@area.get("/live/stream")
@needs(Role.VIEWER, passive=True)
def stream() -> ResponseReturnValue:
    """Send the newest frame again and again (`device.web.wire`); `?view=skeleton` leaves the picture out."""
    broadcast: Broadcast = current_app.extensions["broadcast"]
    viewer = broadcast.watch(picture=request.args.get("view") != "skeleton")
    response = Response(while_let_in(viewer.messages()), mimetype="application/octet-stream")
    response.call_on_close(viewer.leave)
    return response


@area.get("/api/clock")
@needs(Role.VIEWER, passive=True)
def clock() -> ResponseReturnValue:
    """Give the device's monotonic seconds, so that a viewer can tell how old a frame is."""
    return jsonify(server_t=time.monotonic())


@area.get("/api/cue/presets")
@needs(Role.VIEWER)
def cue_presets() -> ResponseReturnValue:
    """Give bands to start from by metric, empty until a baseline was captured."""
    state = here.control().live.latest()
    found = presets(state.session.baseline, state.tiles) if state else {}
    return jsonify({name: [asdict(preset) for preset in bands] for name, bands in found.items()})


@area.post("/api/session/start")
@needs(Role.THERAPIST)
def start_session() -> ResponseReturnValue:
    """Begin to record."""
    body = Body("label", "note")
    label = body.text("label", 40, "The label")
    if not label:
        raise ConfigError("The recording has no label. Give initials or a code.")
    return jsonify(id=start_recording(label, body.text("note", 400, "The note")))


@area.post("/api/session/stop")
@needs(Role.THERAPIST)
def stop_session() -> ResponseReturnValue:
    """End the recording."""
    here.control().stop_session()
    return jsonify(ok=True)


@area.post("/api/cue")
@needs(Role.THERAPIST)
def set_cue() -> ResponseReturnValue:
    """Choose the one measure the light follows, and its band."""
    body = Body("metric", "low", "high")
    metric = body.text("metric", 60, "The measure")
    if metric not in METRIC_NAMES:
        raise ConfigError(f"The measure {metric!r} is not known. Choose one from the list.")
    low = body.number("low", -1000, 1000, "The lower edge")
    high = body.number("high", -1000, 1000, "The upper edge")
    if low is None and high is None:
        raise ConfigError("The band has no edge. Give a lower edge, an upper edge or both.")
    if low is not None and high is not None and low >= high:
        raise ConfigError("The lower edge is not below the upper edge. Move one of them.")
    here.control().set_cue(metric, Band(low, high))
    return jsonify(ok=True)


@area.post("/api/cue/shown")
@needs(Role.THERAPIST)
def show_cue() -> ResponseReturnValue:
    """Give or withhold the cue."""
    here.control().show_cue(Body("shown").flag("shown"))
    return jsonify(ok=True)


@area.post("/api/cue/clear")
@needs(Role.THERAPIST)
def clear_cue() -> ResponseReturnValue:
    """Let the light follow nothing."""
    here.control().clear_cue()
    return jsonify(ok=True)


@area.post("/api/baseline")
@needs(Role.THERAPIST)
def capture_baseline() -> ResponseReturnValue:
    """Begin to capture this runner's own values."""
    duration_s = Body("duration_s").number("duration_s", 10, 300, "The length of the baseline")
    here.control().capture_baseline(60.0 if duration_s is None else duration_s)
    return jsonify(ok=True)


@area.post("/api/mark")
@needs(Role.THERAPIST)
def mark() -> ResponseReturnValue:
    """Set a mark at the newest frame."""
    label = Body("label").text("label", 60, "The mark's name")
    if not label:
        raise ConfigError("The mark has no name. Give it one.")
    here.control().mark(label)
    return jsonify(ok=True)


@area.post("/api/run")
@needs(Role.THERAPIST)
def set_run() -> ResponseReturnValue:
    """Change speed, slope, height or direction; the standing calibration stays."""
    body = Body("speed_mps", "grade_pct", "height_cm", "facing")
    facing = body.text("facing", 10, "The direction")
    if facing not in {"", Facing.LEFT, Facing.RIGHT}:
        raise ConfigError(f"The direction {facing!r} is not known. Choose left, right or automatic.")
    here.control().set_run(
        RunSetup(
            speed_mps=body.number("speed_mps", 0.1, MAX_SPEED_MPS, "The speed in m/s"),
            grade_pct=body.number("grade_pct", -15, 40, "The incline in percent") or 0.0,
            height_cm=body.number("height_cm", 80, 250, "The height in cm"),
            facing=Facing(facing) if facing else None,
            lean_offset_deg=here.control().setup.lean_offset_deg,
            cm_per_px=here.control().setup.cm_per_px,
            standing=here.control().setup.standing,
        )
    )
    return jsonify(ok=True)


@area.post("/api/region")
@needs(Role.THERAPIST)
def set_region() -> ResponseReturnValue:
    """Say where the treadmill is, or with nothing given forget it."""
    names = ("x", "y", "width", "height")
    body = Body(*names)
    if not any(body.part(name) for name in names):
        here.control().set_region(None)
        return jsonify(ok=True)
    sides = [body.number(name, 0, 1, "The treadmill region") for name in names]
    if any(side is None for side in sides):
        raise ConfigError("The treadmill region is not complete. Give x, y, width and height.")
    x, y, width, height = (side for side in sides if side is not None)
    here.control().set_region(Region(x, y, width, height))
    return jsonify(ok=True)

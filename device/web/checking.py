"""The camera check: watched live, its fixes named, its result kept with the visit."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from device.clinic.checks import Capture, CheckRecord
from device.clinic.types import Role
from device.errors import ConfigError
from device.gait.types import Standing, View
from device.review.camera_check import CameraCheck
from device.review.guard import Difference, differences
from device.web import here
from device.web.body import Body
from device.web.roles import needs

STANDING_S = 10.0
MOST_SHOE = 40
area = Blueprint("check", __name__)


@area.get("/check")
@needs(Role.VIEWER)
def page() -> ResponseReturnValue:
    """Show the camera check."""
    before = here.keeping().last_check()
    return render_template(
        "check.html",
        bootstrap=here.bootstrap(),
        shoe=here.keeping().shoe(),
        shoe_before=before.capture.shoe if before else "",
    )


@area.get("/api/check")
@needs(Role.VIEWER, passive=True)
def look() -> ResponseReturnValue:
    """Look at the camera's picture now."""
    check = here.desk().check(here.control())
    return jsonify(
        **_document(check),
        standing=_standing(here.control().setup.standing),
        guard=_guard(check, here.keeping().shoe()),
        visit=here.keeping().visit is not None,
    )


@area.get("/api/check/region")
@needs(Role.THERAPIST)
def propose() -> ResponseReturnValue:
    """Give a region round where the runner has lately been."""
    region = here.desk().propose_region()
    if region is None:
        raise ConfigError("Nobody was seen in the last seconds. Ask the runner to step on the belt first.")
    return jsonify(asdict(region))


@area.post("/api/check/standing")
@needs(Role.THERAPIST)
def stand() -> ResponseReturnValue:
    """Begin the standing calibration."""
    Body()
    here.control().capture_standing(STANDING_S)
    return jsonify(ok=True)


@area.post("/api/check/shoe")
@needs(Role.THERAPIST, silent=True)
def set_shoe() -> ResponseReturnValue:
    """Say which shoe the runner wears."""
    here.keeping().set_shoe(Body("shoe").text("shoe", MOST_SHOE, "The shoe"))
    return jsonify(ok=True)


@area.post("/api/check/keep")
@needs(Role.THERAPIST)
def keep() -> ResponseReturnValue:
    """Keep the result with the visit, green or not."""
    Body()
    check = here.desk().check(here.control())
    capture = _capture(check, here.keeping().shoe())
    record = CheckRecord(
        green=check.green,
        capture=capture,
        lines=tuple((str(c.name), str(c.state), c.value, c.reason) for c in check.checks),
        standing=_standing(here.control().setup.standing),
    )
    return jsonify(kept=here.keeping().keep_check(record), green=check.green)


def _capture(check: CameraCheck, shoe: str) -> Capture:
    control = here.control()
    state, region = control.live.latest(), control.region
    return Capture(
        speed_mps=control.setup.speed_mps,
        grade_pct=control.setup.grade_pct,
        height_cm=control.setup.height_cm,
        shoe=shoe,
        side=str(check.view if check.view in {View.LEFT, View.RIGHT} else ""),
        fill=check.geometry.fill,
        tilt_deg=check.tilt_deg,
        region=None if region is None else (region.x, region.y, region.width, region.height),
        size=(0, 0) if state is None else state.frame.size,
    )


def _document(check: CameraCheck) -> dict[str, Any]:
    return {
        "checks": [asdict(line) for line in check.checks],
        "green": check.green,
        "fixes": len(check.fixes),
        "view": check.view,
        "fill": check.geometry.fill,
        "cm_per_px": check.geometry.cm_per_px,
        "tilt_deg": check.tilt_deg,
    }


def _guard(check: CameraCheck, shoe: str) -> dict[str, Any] | None:
    """Compare with the patient's last visit; None when there is nothing to compare with."""
    before = here.keeping().last_check()
    if before is None:
        return None
    found = differences(_capture(check, shoe), before.capture)
    date = "" if before.at is None else f"{before.at.astimezone():%-d %b %Y}"
    return {"date": date, "differences": [_shown(difference) for difference in found]}


def _shown(difference: Difference) -> dict[str, Any]:
    return {"what": difference.what, "now": difference.now, "before": difference.before}


def _standing(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    return {
        "lean_offset_deg": standing.lean_offset_deg,
        "noise_cm": standing.noise_cm,
        "yaw_deg": standing.yaw_deg,
        "notices": [asdict(notice) for notice in standing.notices],
    }

"""How the device is doing: what to fix first, its figures, the light's test, the self-test."""

from dataclasses import asdict
from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import abort

from device.clinic.types import Role
from device.feedback.light_test import LightSeen
from device.monitor.station import Station
from device.monitor.vitals import Vitals
from device.verify.report import SelfTestReport, shown
from device.web import here
from device.web.roles import needs

area = Blueprint("health", __name__)


def _station() -> Station:
    station = current_app.extensions.get("station")
    if station is None:
        abort(404)
    return cast(Station, station)


@area.get("/health")
@needs(Role.VIEWER)
def page() -> ResponseReturnValue:
    """Show the device's health; the figures follow by themselves."""
    return render_template("health.html", health=_figures(_station()))


@area.get("/health/figures.json")
@needs(Role.VIEWER, passive=True)
def figures() -> Response:
    """Give what the page shows."""
    return jsonify(_figures(_station()))


@area.post("/health/self-test")
@needs(Role.THERAPIST)
def self_test() -> ResponseReturnValue:
    """Begin a self-test."""
    _station().begin_self_test()
    return jsonify(ok=True)


@area.post("/health/light-test")
@needs(Role.THERAPIST)
def light_test() -> ResponseReturnValue:
    """Begin a test of the light; refused while a session is recorded."""
    here.control().test_light()
    return jsonify(ok=True)


def _figures(station: Station) -> dict[str, Any]:
    vitals, backup = station.vitals(), station.backup()
    running, progress, fault = station.test_progress()
    testing, seen = here.control().light_test
    problems = station.problems()
    return {
        "verdict": "stopped" if any(p.urgent for p in problems) else "fix" if problems else "works",
        "problems": [asdict(problem) for problem in problems],
        "figures": _of(vitals),
        "device": _device(),
        "backup": None if backup is None else {"at": backup.at.isoformat(), "ok": backup.ok},
        "self_test": {
            "running": running,
            "progress": round(progress, 3),
            "fault": fault,
            "last": _report(station.self_test()),
        },
        "light": {
            "kind": station.config.light.kind,
            "progress": None if testing is None else round(testing, 3),
            "last": None if seen is None else _seen(seen),
        },
    }


def _of(vitals: Vitals) -> dict[str, Any]:
    computer = vitals.computer
    return {
        "fps": _rounded(vitals.fps),
        "fps_asked": _rounded(vitals.fps_asked),
        "frames": vitals.frames,
        "skipped": vitals.skipped,
        "latency_p50_ms": _ms(vitals.latency_p50_s),
        "latency_p95_ms": _ms(vitals.latency_p95_s),
        "temperature_c": _rounded(computer.temperature_c),
        "throttle_flags": computer.throttle_flags,
        "recording_h": _rounded(vitals.recording_h),
        "disk_free_gb": None
        if computer.disk_free_bytes is None
        else round(computer.disk_free_bytes / 1e9, 1),
        "memory_mb": round(computer.rss_bytes / 2**20),
        "running_s": round(vitals.running_s),
        "up_s": round(computer.uptime_s),
        "software": vitals.software,
        "samples": [asdict(sample) for sample in vitals.samples],
    }


def _device() -> dict[str, str]:
    """Give what the device measures with, in words."""
    return cast("dict[str, str]", current_app.extensions.get("origin", {}))


def _report(report: SelfTestReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "passed": report.passed,
        "finished": report.finished,
        "limits": report.limits,
        "rows": [
            {"label": c.label, "form": c.form, "error": shown(c).replace("-", "−"), "passed": c.passed}
            for c in report.checks
        ],
    }


def _seen(seen: LightSeen) -> dict[str, Any]:
    return {
        "seen": seen.seen,
        "delay_ms": _ms(seen.delay_s),
        "levels": _rounded(seen.levels),
        "place": None if seen.place is None else [round(part, 3) for part in seen.place],
        "why": seen.why,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(1000 * seconds)

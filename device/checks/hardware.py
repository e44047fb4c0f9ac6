"""Checks of what is plugged in: camera, light, temperature, power supply."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

from device.checks import CheckResult, cause_and_fix
from device.checks.serving import treadlight_answers
from device.config import Config
from device.errors import CameraBusyError
from device.host import health

CAMERA_WITHIN_S = 8.0
PROJECT = Path(__file__).parents[2]
WARM_C, HOT_C = 70.0, 80.0
"""A Raspberry Pi slows itself down from 80 degrees Celsius on."""


def check_camera(config: Config) -> CheckResult:
    """Take a picture with the Raspberry Pi camera, or read one of the clip. Raises VideoError."""
    camera = config.camera
    if camera.source != "picamera":
        return _check_clip(Path(camera.source))
    command = [sys.executable, "-m", "device.checks.camera_probe", str(camera.width), str(camera.height)]
    try:
        probe = subprocess.run(
            command, cwd=PROJECT, capture_output=True, text=True, timeout=CAMERA_WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired:
        return camera_verdict("", f"no answer within {CAMERA_WITHIN_S:.0f} s", serving=False)
    return camera_verdict(probe.stdout, probe.stderr, treadlight_answers(config))


def camera_verdict(output: str, errors: str, serving: bool) -> CheckResult:
    """Read what the camera probe said.

    output, errors: its two streams. serving: treadlight runs on this machine and so may hold the camera.
    """
    try:
        answer = json.loads(output.strip().splitlines()[-1])
    except (IndexError, ValueError):
        reason = (errors.strip().splitlines() or ["no reason given"])[-1]
        fix = "Switch off, check the ribbon cable at both ends, switch on."
        return CheckResult("camera", "fail", f"The camera's software broke off ({reason}).", fix)
    if "picture" in answer:
        return CheckResult("camera", "ok", f"gives pictures, {answer['picture']}")
    if answer["error"] == CameraBusyError.__name__ and serving:
        return CheckResult("camera", "ok", "in use by treadlight itself")
    cause, fix = cause_and_fix(answer["text"])
    return CheckResult("camera", "fail", cause, fix)


def _check_clip(path: Path) -> CheckResult:
    from device.camera.video import VideoCamera

    camera = VideoCamera(path, paced=False)
    try:
        next(camera.frames())
    finally:
        camera.close()
    width, height = camera.size
    message = f"The video {path.name} plays, {width}x{height} at {camera.fps:.0f} fps, in place of a camera."
    return CheckResult("camera", "warn", message, 'For the camera, set camera.source = "picamera".')


def check_light(config: Config) -> CheckResult:
    """Look whether the light's pin can be reached, without switching it."""
    if config.light.kind == "disabled":
        return CheckResult(
            "light", "warn", "Switched off in the settings.", 'To use it, set light.kind = "gpio".'
        )
    if config.light.kind == "mock":
        message = "Simulated: only the dashboard shows it."
        return CheckResult("light", "warn", message, 'For a real one, set light.kind = "gpio".')
    chips = sorted(Path("/dev").glob("gpiochip*"))
    if not chips:
        fix = 'Run treadlight on a Raspberry Pi, or set light.kind = "mock".'
        return CheckResult("light", "fail", "This computer has no GPIO pins.", fix)
    if not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
        fix = "Run as the service's user (sudo -u treadlight); 'id treadlight' must list the group gpio."
        return CheckResult("light", "fail", f"This user may not use {chips[0]}.", fix)
    if not _has_lgpio():
        fix = "Run: sudo apt-get install python3-lgpio, then sudo ./setup.sh install."
        return CheckResult("light", "fail", "The GPIO library lgpio is missing or an empty stub.", fix)
    return CheckResult("light", "ok", f"GPIO {config.light.pin}, on {', '.join(chip.name for chip in chips)}")


def _has_lgpio() -> bool:
    try:
        # For Python 3.13 the package index has an lgpio that imports and holds nothing.
        return hasattr(importlib.import_module("lgpio"), "gpiochip_open")
    except ImportError:
        return False


def check_temperature(_: Config) -> CheckResult:
    """Compare the processor's temperature with the point where it slows down."""
    now_c = health.temperature_c()
    if now_c is None:
        return CheckResult("temperature", "ok", "not reported by this machine")
    message = f"{now_c:.0f} degrees Celsius"
    if now_c < WARM_C:
        return CheckResult("temperature", "ok", message)
    fix = "Give the device air, a heat sink or a fan."
    return CheckResult("temperature", "fail" if now_c >= HOT_C else "warn", f"{message}: too warm.", fix)


def check_power(_: Config) -> CheckResult:
    """Read the firmware's under-voltage and throttling flags."""
    flags = health.throttle_flags()
    if flags is None:
        return CheckResult("power", "ok", "not reported by this machine")
    now, before = health.flag_words(flags), health.flag_words(flags >> health.SINCE_BOOT)
    if not now and not before:
        return CheckResult("power", "ok", "no under-voltage or throttling since start")
    starved = (flags | flags >> health.SINCE_BOOT) & health.UNDER_VOLTAGE
    fix = (
        "Use the Raspberry Pi's own power supply."
        if starved
        else "Give the device air, a heat sink or a fan."
    )
    if now:
        return CheckResult("power", "fail", f"Now: {', '.join(now)}.", fix)
    return CheckResult("power", "warn", f"Since start: {', '.join(before)}.", fix)

"""Whether the camera sees the light blink: `treadlight check --light`, while the device itself is stopped."""

from device.camera.frame import Camera
from device.checks import CheckResult, cause_and_fix
from device.feedback.light_test import TOO_FEW, LightSeen, LightTest
from device.feedback.types import LightState
from device.pipeline import Indicator


def look_for_light(camera: Camera, light: Indicator) -> LightSeen:
    """Blink the code, some ten seconds, and look for it; leaves the light dark. Raises CameraError."""
    test = LightTest()
    try:
        for frame in camera.frames():
            light.show(test.look(frame.t, frame.image))
            if test.result is not None:
                return test.result
    finally:
        light.show(LightState.OFF)
    return LightSeen(False, why=TOO_FEW)


def light_verdict(seen: LightSeen) -> CheckResult:
    """Put what was found into words."""
    if not seen.seen or seen.delay_s is None or seen.place is None:
        return CheckResult("light", "fail", *cause_and_fix(seen.why))
    across, down = seen.place
    where = f"{100 * across:.0f} % across and {100 * down:.0f} % down the picture"
    return CheckResult("light", "ok", f"seen {where}, {1000 * seen.delay_s:.0f} ms after it was told")

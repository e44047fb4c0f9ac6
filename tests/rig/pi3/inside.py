"""What is tested on the emulated Raspberry Pi 3B: the light on a real GPIO line, the wheels, the model."""

import os
import platform
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import gpiozero
import numpy as np
from gait_updates import updates

from device.feedback.cue import CueController
from device.feedback.indicator import Light
from device.feedback.types import Band, CueSetting, LightState

PIN = 17
LINES = Path("/sys/kernel/debug/gpio")
HOLDER = f"""
import time
from device.feedback.indicator import Light
from device.feedback.types import LightState
light = Light({PIN})
light.show(LightState.CUE)
print("lit", flush=True)
time.sleep(600)
"""


def level() -> str | None:
    """Give what the kernel says of the line: "hi", "lo", or None when nobody holds it."""
    for line in LINES.read_text().splitlines():
        if f"GPIO{PIN} " in line or f"GPIO{PIN})" in line:
            words = line.replace(")", " ").split()
            return next((word for word in words if word in ("hi", "lo")), None)
    return None


def lit_share(for_s: float) -> tuple[float, int]:
    """Watch the line; gives the share of the time it was high, and how often it rose."""
    seen, ends = [], time.monotonic() + for_s
    while time.monotonic() < ends:
        seen.append(level() == "hi")
        time.sleep(0.01)
    return float(np.mean(seen)), int(np.count_nonzero(np.diff(np.array(seen, int)) == 1))


def wait_for(wanted: str, within_s: float = 5.0) -> None:
    """Wait until the line has a level."""
    ends = time.monotonic() + within_s
    while level() != wanted:
        assert time.monotonic() < ends, f"the line is {level()}, not {wanted}"
        time.sleep(0.02)


def the_machine() -> None:
    """This is what a Raspberry Pi says of itself."""
    board = gpiozero.pi_info()
    print(Path("/proc/device-tree/model").read_text().strip("\0"), platform.release(), platform.machine())
    print(
        "pins:",
        gpiozero.Device._default_pin_factory().__class__.__name__,
        "board:",
        board.model,
        board.revision,
    )
    assert board.model.startswith("3")


def the_patterns() -> None:
    """Each state of the light, as the kernel sees the line."""
    light = Light(PIN)
    assert level() == "lo", "dark from the start"
    light.show(LightState.CUE)
    wait_for("hi")
    share, _ = lit_share(3)
    assert share > 0.99, share
    light.show(LightState.NOT_MEASURING)
    wait_for("lo")
    share, rises = lit_share(8)
    assert 0.35 < share < 0.65, share
    assert 3 <= rises <= 5, rises
    light.show(LightState.ALIVE)
    time.sleep(1.5)
    share, rises = lit_share(11)
    assert 0.01 < share < 0.08, share
    assert rises in (2, 3), rises
    light.show(LightState.OFF)
    time.sleep(1.5)
    assert lit_share(6)[0] == 0
    light.close()
    assert level() in ("lo", None)


def the_line_follows_the_cue() -> None:
    """Steps inside the band, outside it and back, through the real controller, seen on the line."""
    cues, light = CueController(), Light(PIN)
    cues.set(CueSetting("cadence_spm", Band(160.0, 175.0)))
    start = 0.0
    for cadence, wanted in ((167.0, LightState.ALIVE), (150.0, LightState.CUE), (167.0, LightState.ALIVE)):
        steps = updates("cadence_spm", [cadence] * 60, start)
        for step in steps:
            state = cues.update(step)
            light.show(state.light)
        start = steps[-1].t
        assert state.light is wanted, state
        time.sleep(1.0)
        share, _ = lit_share(5.5)
        assert share > 0.99 if wanted is LightState.CUE else share < 0.08, (wanted, share)
    light.close()


def dark_after_a_kill() -> None:
    """A killed process leaves its line; the service's stop command makes it dark."""
    # gpiozero keeps a line that it has used until its factory goes.
    gpiozero.Device.pin_factory.close()
    gpiozero.Device.pin_factory = None
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline() == b"lit\n"
    wait_for("hi")
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    print("after kill -9 the line is", level())
    Path("/tmp/treadlight.toml").write_text(f'[light]\nkind = "gpio"\npin = {PIN}\n')
    subprocess.run([sys.executable, "-m", "device", "dark", "--config", "/tmp/treadlight.toml"], check=True)
    assert level() in ("lo", None)


def the_model() -> None:
    """The pinned arm64 wheels run the model, with the keypoints that this model has elsewhere."""
    from device.pose.crop_box import Crop
    from device.pose.models import find
    from device.pose.movenet import MoveNet

    kept = np.load("/src/expected.npz")
    image, wanted = kept["image"], kept["keypoints"]
    net = MoveNet(find("lightning"))
    found = net.detect(image, Crop(image.shape[1] / 2, image.shape[0] / 2, image.shape[0]))
    apart = np.hypot(*(found - wanted)[:, :2].T)
    print(
        f"{net.runtime.name} {net.runtime.version}: keypoints within {apart.max():.2f} px of those elsewhere"
    )
    assert apart.max() < 6, apart
    assert np.abs(found[:, 2] - wanted[:, 2]).max() < 0.1


TESTS: tuple[Callable[[], None], ...] = (
    the_machine,
    the_patterns,
    the_line_follows_the_cue,
    dark_after_a_kill,
    the_model,
)


def main() -> None:
    """Run every test, whatever became of the one before."""
    failed = 0
    for test in TESTS:
        begun = time.monotonic()
        try:
            test()
            print(f"rig: passed {test.__name__}, {time.monotonic() - begun:.0f} s")
        except Exception:  # noqa: BLE001  # the next test shall run too
            failed += 1
            traceback.print_exc()
            print(f"rig: FAILED {test.__name__}")
    print("rig: all passed" if not failed else f"rig: {failed} failed")


if __name__ == "__main__":
    main()

"""What each command of the device does; `__main__` reads the command line."""

import logging
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from device.app import build
from device.checks import CheckResult, cause_and_fix
from device.config import CameraConfig, Config, LightConfig, StorageConfig, WebConfig, load_config
from device.feedback.types import Band, CueSetting
from device.gait.types import Facing, RunSetup
from device.host.access import demo_login
from device.host.doorstep import dashboard_addresses, first_address, qr_code
from device.light import open_light
from device.parts import configured_camera, open_clip, open_network
from device.pose.region import Region
from device.upkeep.last_good import load_or_last_good

if TYPE_CHECKING:
    from device.demo.clip import DemoTruth

DEMO_CUE = CueSetting("trunk_lean_deg", Band(3.5, 11.0))
"""Holds the demo runner's easy form and not the upright one, as the device reads them."""

log = logging.getLogger("treadlight")


def run(config_path: Path | None, console: Path | None = None) -> int:
    """Run the device as configured until it is told to stop.

    console: file for the notice that the device's own screen shows, None for none.
    """
    loaded = load_or_last_good(config_path)
    troubles = []
    if loaded.trouble is not None:
        log.error(loaded.trouble)
        troubles = [CheckResult("settings", "fail", *cause_and_fix(loaded.trouble))]
    config = loaded.config
    # What a service prints is kept in the system's log, which others may read.
    which = f" --config {config_path}" if config_path else ""
    way_in = f"The access code is shown by: treadlight check{which}"
    return _serve(config, RunSetup(), way_in, console=console, config_path=loaded.path, troubles=troubles)


def demo(host: str, port: int, data: Path | None) -> int:
    """Run the device on the built-in clip, with a cue already chosen so that the light has work to do."""
    from device.demo.clip import demo_clip, load_truth

    truth = load_truth()
    config = Config(
        camera=CameraConfig(source=str(demo_clip()), loop=True),
        light=LightConfig(kind="mock"),
        web=WebConfig(host=host, port=port, plain_port=0),
        storage=StorageConfig(folder=data or Path.home() / ".local/share/treadlight/demo"),
        region=demo_region(truth),
    )
    setup = RunSetup(speed_mps=truth.belt_speed_mps, height_cm=truth.stature_cm, facing=Facing(truth.facing))
    name, pin = demo_login(config)
    return _serve(config, setup, f"Log in as: {name} PIN: {pin}", DEMO_CUE)


def check(config_path: Path | None) -> int:
    """Look at every part; gives 1 when something must be mended."""
    from device.checks.doctor import format_report, run_checks

    config = load_config(config_path)
    results = run_checks(config)
    print(format_report(results))
    address = first_address(config, config.web.port, config.web.plain_port)
    print(f"\nA new tablet: {address}\n{qr_code(address)}")
    return 1 if any(result.level == "fail" for result in results) else 0


def check_light(config_path: Path | None) -> int:
    """Blink the light before the camera and say whether it was seen; gives 1 when not."""
    from device.checks.doctor import format_report
    from device.checks.light_seen import light_verdict, look_for_light

    logging.captureWarnings(True)
    config = load_config(config_path)
    with ExitStack() as ends:
        light = open_light(config.light)
        ends.callback(light.close)
        camera = configured_camera(config.camera, open_network(config.model))
        ends.callback(camera.close)
        result = light_verdict(look_for_light(camera, light))
    print(format_report([result]))
    return 1 if result.level == "fail" else 0


def backup(config_path: Path | None, target: Path, passphrase_file: Path | None) -> int:
    """Write everything the device knows to one encrypted file."""
    from device.upkeep.backup import ask_passphrase, make_backup

    passphrase = ask_passphrase(passphrase_file, twice=True)
    made = make_backup(load_config(config_path), config_path, target, passphrase)
    print(f"Backup made and read back: {made}, {made.stat().st_size / 1e6:.1f} MB")
    return 0


def restore(config_path: Path | None, source: Path, passphrase_file: Path | None) -> int:
    """Bring a backup back."""
    from device.upkeep.backup import ask_passphrase
    from device.upkeep.restore import restore_backup

    passphrase = ask_passphrase(passphrase_file, twice=False)
    done = restore_backup(load_config(config_path), config_path, source, passphrase)
    print(f"Restored {done.files} files. Settings {'restored too' if done.settings else 'left as they are'}.")
    if done.before:
        print(f"What was there before: {done.before}")
    return 0


def demo_region(truth: "DemoTruth") -> Region:
    """Give the part of the demo picture in which the runner moves, as a therapist would draw it."""
    points = truth.frames.landmarks_px.reshape(-1, 2)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    margin = 0.15 * (bottom - top)
    x0, y0 = max(0.0, left - margin), max(0.0, top - margin)
    x1, y1 = min(float(truth.width), right + margin), min(float(truth.height), bottom + margin)
    return Region(x0 / truth.width, y0 / truth.height, (x1 - x0) / truth.width, (y1 - y0) / truth.height)


def _serve(
    config: Config,
    setup: RunSetup,
    way_in: str,
    cue: CueSetting | None = None,
    console: Path | None = None,
    config_path: Path | None = None,
    troubles: Sequence[CheckResult] = (),
) -> int:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    logging.captureWarnings(True)
    if config.camera.source != "picamera":
        # A clip that cannot be played will not come by itself, as a camera may.
        open_clip(config.camera).close()

    def announce(port: int) -> None:
        for address in dashboard_addresses(config, port):
            print(f"Dashboard: {address}")
        print(way_in, flush=True)

    return build(config, setup, cue, console=console, config_path=config_path, troubles=troubles).run(
        announce
    )

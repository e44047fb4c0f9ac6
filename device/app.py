"""The composition root: the only place where real parts are chosen, and what each command runs."""

import logging
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from device.access import access_code, demo_login, metrics_token, signing_key
from device.appliance import Appliance
from device.camera.frame import Camera
from device.checks import CheckResult, cause_and_fix
from device.clinic.keeper import Keeper
from device.clinic.retention import Removal
from device.clinic.store import ClinicStore
from device.config import (
    CameraConfig,
    Config,
    LightConfig,
    ModelConfig,
    StorageConfig,
    WebConfig,
    load_config,
)
from device.control import DeviceControl
from device.doorstep import Doorstep, dashboard_addresses, device_certificate, first_address, qr_code
from device.errors import ConfigError
from device.feedback.cue import CueController
from device.feedback.types import Band, CueSetting
from device.gait.types import Facing, RunSetup
from device.light import open_light
from device.loop import FrameLoop
from device.monitor.figures import read as read_figures
from device.monitor.problems import surroundings
from device.monitor.station import Station
from device.monitor.vitals import VitalSigns
from device.pipeline import Pipeline
from device.pose.crop_box import Crop
from device.pose.models import find
from device.pose.movenet import MoveNet
from device.pose.region import KeptRegion, Region
from device.pose.tracker import PoseTracker
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.upkeep.last_good import load_or_last_good
from device.upkeep.rescue import set_aside_damaged
from device.visit import Origin, Visit
from device.web import metrics
from device.web.app import create_app
from device.web.server import DashboardServer

if TYPE_CHECKING:
    from device.demo.clip import DemoTruth
    from device.monitor.mqtt import MqttReporter

MODEL_SIZE = (640, 480)
"""Width and height of the camera's small stream, which the network sees."""
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
    from device.check import format_report, run_checks

    config = load_config(config_path)
    results = run_checks(config)
    print(format_report(results))
    address = first_address(config, config.web.port, config.web.plain_port)
    print(f"\nA new tablet: {address}\n{qr_code(address)}")
    return 1 if any(result.level == "fail" for result in results) else 0


def check_light(config_path: Path | None) -> int:
    """Blink the light before the camera and say whether it was seen; gives 1 when not."""
    from device.check import format_report
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


def build(
    config: Config,
    setup: RunSetup,
    cue: CueSetting | None = None,
    open_camera: Callable[[], Camera] | None = None,
    console: Path | None = None,
    config_path: Path | None = None,
    troubles: Sequence[CheckResult] = (),
) -> Appliance:
    """Put the device together; nothing moves before `Appliance.start`.

    open_camera: another source of frames than the configured one. console: see `run`. config_path: the
    settings file, for the self-test; None for the built-in settings. troubles: what start-up has found so
    far, for the Health page.
    Raises TreadlightError (a leaf) when a part is missing: model, light, data folder; the others are then
    let go of again.
    """
    net = open_network(config.model)
    origin = Origin(
        model=net.model.name,
        model_sha256=net.model.sha256,
        runtime=f"{net.runtime.name} {net.runtime.version}",
        camera=config.camera.source,
    )
    cues = CueController()
    cues.set(cue)
    kept = KeptRegion(config.storage.folder)
    region = kept.read() or config.region
    for found in set_aside_damaged(config.storage.folder):
        log.error("%s %s", found.cause, found.fix)
    with ExitStack() as undo:
        light = open_light(config.light)
        undo.callback(light.close)
        store = SessionStore(config.storage.folder)
        recorder = Recorder(store, keep_poses=config.storage.keep_pose_log)
        undo.callback(recorder.close)
        visit = Visit(recorder, origin)
        pipeline = Pipeline(MODEL_SIZE, setup, region, PoseTracker(net, region), cues, light, visit)
        loop = FrameLoop(pipeline, keep_region=kept.write)
        clinic = ClinicStore(config.storage.folder)
        removal = Removal(clinic, store.pose_log, lambda number: erase_session(store, recorder, number))
        vitals = VitalSigns(loop, config.storage.folder)
        station = Station(config, vitals, config_path, lambda config: [*troubles, *surroundings(config)])
        reporter = _reporter(config, station)
        server = _dashboard(config, loop, store, clinic, removal, station, origin)
        chores = (vitals.keep_up, Doorstep(config, server, console).keep_up, Keeper(removal).keep_up)
        appliance = Appliance(
            loop=loop,
            pipeline=pipeline,
            recorder=recorder,
            server=server,
            open_camera=open_camera or (lambda: configured_camera(config.camera, net)),
            data_folder=config.storage.folder,
            keep_up=lambda: _do(chores),
            beside=[station] if reporter is None else [station, reporter],
        )
        undo.pop_all()
    return appliance


def erase_session(store: SessionStore, recorder: Recorder, session_id: int) -> None:
    """Remove a recorded session with its keypoints; harmless when it is gone. Raises StoreError."""
    if any(session.id == session_id for session in store.list_sessions()):
        recorder.delete(session_id)


def _do(chores: Iterable[Callable[[], None]]) -> None:
    for chore in chores:
        chore()


def open_network(config: ModelConfig) -> MoveNet:
    """Load the configured model. Raises ModelError when it or its runtime cannot be had."""
    runtime = {"auto": None, "litert": "ai-edge-litert"}.get(config.runtime, config.runtime)
    return MoveNet(find(config.name), config.thread_count, runtime)


def configured_camera(config: CameraConfig, net: MoveNet) -> Camera:
    """Open the configured camera or clip. Raises CameraError (a leaf) when it cannot be had."""
    if config.source != "picamera":
        return open_clip(config)
    from device.camera.picam import PiCamera, sustainable_fps

    fps = config.fps if isinstance(config.fps, float) else sustainable_fps(invoke_ms(net))
    return PiCamera((config.width, config.height), fps, config.shutter_s, config.rotation, config.mirrored)


def open_clip(config: CameraConfig) -> Camera:
    """Open a video file that stands for the camera. Raises VideoError when it cannot be played."""
    from device.camera.video import VideoCamera

    return VideoCamera(
        config.source, paced=True, loop=config.loop, rotation=config.rotation, mirrored=config.mirrored
    )


def invoke_ms(net: MoveNet, repeats: int = 15) -> float:
    """Time one inference on an empty picture, in milliseconds: the median, after one to warm up."""
    size = net.input_size
    empty, crop = np.zeros((size, size, 3), np.uint8), Crop(size / 2, size / 2, size)
    net.detect(empty, crop)
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        net.detect(empty, crop)
        times.append(1000 * (time.perf_counter() - begun))
    return median(times)


def _reporter(config: Config, station: Station) -> "MqttReporter | None":
    """Give what sends figures to the broker; a broken password file must not stop the device."""
    if not config.mqtt.enabled:
        return None
    from device.monitor.mqtt import MqttReporter

    try:
        return MqttReporter(config.mqtt, config.web.name, lambda: read_figures(station))
    except ConfigError as error:
        log.error("%s", error)
        return None


def _dashboard(
    config: Config,
    control: DeviceControl,
    store: SessionStore,
    clinic: ClinicStore,
    removal: Removal,
    station: Station,
    origin: Origin,
) -> DashboardServer:
    web, certificate = config.web, device_certificate(config)
    app = create_app(
        control,
        store,
        access_code(config),
        signing_key(config),
        hosts=[web.name, f"{web.name}.local"],
        max_viewers=web.viewers,
        authority=certificate.authority if certificate else None,
        clinic=clinic,
        removal=removal,
        station=station,
        origin=asdict(origin),
    )
    metrics.set_up(app, metrics_token(config))
    files = certificate.server if certificate else None
    return DashboardServer(app, web.host, web.port, files, web.plain_port or None)

"""The composition root: puts the running device together from real parts."""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from device.appliance import Appliance
from device.camera.frame import Camera
from device.checks import CheckResult
from device.clinic.keeper import Keeper
from device.clinic.retention import Removal
from device.clinic.store import ClinicStore
from device.config import Config
from device.control import DeviceControl
from device.current_runner import CurrentRunner, Origin
from device.errors import ConfigError
from device.feedback.cue import CueController
from device.feedback.types import CueSetting
from device.gait.types import RunSetup
from device.host.access import access_code, metrics_token, signing_key
from device.host.doorstep import Doorstep, device_certificate
from device.light import open_light
from device.loop import FrameLoop
from device.monitor.figures import read as read_figures
from device.monitor.problems import surroundings
from device.monitor.station import Station
from device.monitor.vitals import VitalSigns
from device.parts import configured_camera, open_network
from device.pipeline import Pipeline
from device.pose.movenet import MoveNet
from device.pose.region import KeptRegion
from device.pose.tracker import PoseTracker
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.upkeep.rescue import set_aside_damaged
from device.web import metrics
from device.web.app import create_app
from device.web.server import DashboardServer

if TYPE_CHECKING:
    from device.monitor.mqtt import MqttReporter

MODEL_SIZE = (640, 480)
"""Width and height of the camera's small stream, which the network sees."""

log = logging.getLogger("treadlight")


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

    open_camera: another source of frames than the configured one. console: see `commands.run`. config_path:
    the settings file, for the self-test; None for the built-in settings. troubles: what start-up has found
    so far, for the Health page.
    Raises TreadlightError (a leaf) when a part is missing: model, light, data folder; the others are then
    let go of again.
    """
    net = open_network(config.model)
    origin = _origin(net, config)
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
        runner = CurrentRunner(recorder, origin)
        pipeline = Pipeline(MODEL_SIZE, setup, region, PoseTracker(net, region), cues, light, runner)
        loop = FrameLoop(pipeline, keep_region=kept.write)
        clinic = ClinicStore(config.storage.folder)
        removal = Removal(clinic, store.pose_log, lambda number: erase_session(store, recorder, number))
        vitals = VitalSigns(loop, config.storage.folder)
        station = Station(config, vitals, config_path, lambda config: [*troubles, *surroundings(config)])
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
            beside=[station, *_reporters(config, station)],
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


def _origin(net: MoveNet, config: Config) -> Origin:
    return Origin(
        model=net.model.name,
        model_sha256=net.model.sha256,
        runtime=f"{net.runtime.name} {net.runtime.version}",
        camera=config.camera.source,
    )


def _reporters(config: Config, station: Station) -> "list[MqttReporter]":
    """Give what sends figures to the broker; a broken password file must not stop the device."""
    if not config.mqtt.enabled:
        return []
    from device.monitor.mqtt import MqttReporter

    try:
        return [MqttReporter(config.mqtt, config.web.name, lambda: read_figures(station))]
    except ConfigError as error:
        log.error("%s", error)
        return []


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

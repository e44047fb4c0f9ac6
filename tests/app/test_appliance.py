"""The device put together in this process: start, refusal to start, a camera that comes late, the region."""

import fcntl
import logging
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from device_parts import BlackCamera, until

from device import appliance
from device.__main__ import main
from device.app import build
from device.camera.frame import Camera
from device.config import CameraConfig, Config, LightConfig, StorageConfig, WebConfig
from device.demo.clip import demo_clip
from device.errors import CameraNotFoundError, ServerError
from device.feedback.types import LightState
from device.gait.types import RunSetup
from device.pose.region import KeptRegion, Region


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        camera=CameraConfig(source="from the test"),
        light=LightConfig(kind="mock"),
        web=WebConfig(host="127.0.0.1", port=0, access_code="a code for tests"),
        storage=StorageConfig(folder=tmp_path / "data"),
    )


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


@pytest.fixture
def clean_process(nothing_left: None) -> Iterator[None]:
    """Puts back what a device changes in its process."""
    handlers = {s: signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
    logging.captureWarnings(False)


def recorder_lock_is_free(folder: Path) -> bool:
    with (folder / "recorder.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True


class LateCamera:
    """Says for a while that there is no camera, then gives one."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.opened = 0

    def __call__(self) -> Camera:
        self.opened += 1
        if self.opened <= self.failures:
            raise CameraNotFoundError("No camera was found. Check both ends of the ribbon cable.")
        return BlackCamera()


def test_a_camera_that_comes_late(
    config: Config, clean_process: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appliance, "RETRY_CAMERA_S", 0.3)
    camera = LateCamera(failures=3)
    device = build(config, RunSetup(), open_camera=camera)
    device.start()
    try:
        state = until(device.live, lambda state: state.error is not None)
        assert state.error is not None
        assert "No camera was found" in state.error
        assert state.cue.light is LightState.OFF
        assert not state.tracking.measuring
        state = until(device.live, lambda state: state.error is None and state.seq > 20)
        assert state.cue.light is LightState.NOT_MEASURING
        assert camera.opened == 4
    finally:
        device.stop()
        device.stop()
    assert recorder_lock_is_free(config.storage.folder)


def test_the_operator_is_served_without_a_camera(config: Config, clean_process: None) -> None:
    device = build(config, RunSetup(), open_camera=LateCamera(failures=10**6))
    loop = device._loop
    device.start()
    try:
        until(device.live, lambda state: state.error is not None)
        session_id = loop.start_session("AB")
        state = until(device.live, lambda state: state.session.id == session_id)
        assert state.error is not None
        loop.stop_session()
        until(device.live, lambda state: state.session.id is None)
    finally:
        device.stop()


def test_a_clip_that_ends_leaves_the_dashboard(config: Config, clean_process: None) -> None:
    camera = BlackCamera(paced=False)
    device = build(config, RunSetup(), open_camera=lambda: camera)
    device.start()
    try:
        until(device.live, lambda state: state.seq > 3)
        camera.close()
        state = until(device.live, lambda state: state.error is not None)
        assert state.error is not None
        assert "clip has ended" in state.error
        assert state.cue.light is LightState.OFF
        assert device._loop.start_session("AB") == 1
    finally:
        device.stop()


def test_a_taken_port_is_named_and_nothing_is_left_running(
    config: Config, clean_process: None, taken_port: int
) -> None:
    taken = replace(config, web=replace(config.web, port=taken_port))
    told: list[int] = []
    with pytest.raises(ServerError, match=f"Port {taken_port} is taken"):
        build(taken, RunSetup(), open_camera=BlackCamera).run(told.append)
    assert told == []
    assert recorder_lock_is_free(config.storage.folder)


def test_commands_that_cannot_start_say_why(
    tmp_path: Path, clean_process: None, taken_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def refusal(*arguments: str) -> str:
        assert main(arguments) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        return printed.err

    def run(settings: str) -> str:
        file = tmp_path / "treadlight.toml"
        file.write_text(f'{settings}\n[storage]\nfolder = "{tmp_path}/data"\n')
        return refusal("run", "--config", str(file))

    demo = ("demo", "--host", "127.0.0.1", "--data", str(tmp_path / "data"))
    assert f"Port {taken_port} is taken" in refusal(*demo, "--port", str(taken_port))
    assert "camera.sauce is not a setting" in run('[camera]\nsauce = "picamera"')
    assert "no-such-clip.mp4 does not exist" in run('[camera]\nsource = "no-such-clip.mp4"')
    assert "no such file" in refusal("run", "--config", str(tmp_path / "none.toml"))


@pytest.mark.skipif(Path("/dev/gpiochip0").exists(), reason="this machine has pins")
@pytest.mark.filterwarnings("ignore::gpiozero.PinFactoryFallback")
def test_a_light_that_cannot_be_had_is_named(
    tmp_path: Path, clean_process: None, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "treadlight.toml"
    source, data = f'[camera]\nsource = "{demo_clip()}"', f'[storage]\nfolder = "{tmp_path}/data"'
    file.write_text(f'{source}\n{data}\n[light]\nkind = "gpio"\npin = 17\n')
    assert main(["run", "--config", str(file)]) == 2
    assert "The light on GPIO pin 17 cannot be reached" in capsys.readouterr().err


def test_the_region_drawn_is_used_at_the_next_start(config: Config, clean_process: None) -> None:
    drawn = Region(0.2, 0.1, 0.5, 0.8)
    configured = replace(config, region=Region(0.0, 0.0, 1.0, 1.0))
    device = build(configured, RunSetup(), open_camera=BlackCamera)
    device.start()
    try:
        assert device._loop.region == configured.region
        device._loop.set_region(drawn)
    finally:
        device.stop()
    again = build(configured, RunSetup(), open_camera=BlackCamera)
    again.stop()
    assert again._loop.region == drawn


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"x": 0.1}', '{"x": 5, "y": 0, "width": 1, "height": 1}']
)
def test_a_damaged_region_is_drawn_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "region.json").write_text(content)
    assert KeptRegion(tmp_path).read() is None

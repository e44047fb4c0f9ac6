"""The doctor on this very machine, and its verdict on what other machines say."""

import http.server
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from device.checks import CheckResult
from device.checks.doctor import examine, format_report, run_checks
from device.checks.hardware import camera_verdict, check_camera, check_light
from device.checks.surroundings import check_access_code, check_dashboard, check_network, check_storage
from device.config import CameraConfig, Config, LightConfig, StorageConfig, WebConfig
from device.errors import CameraBusyError, CameraError, CameraNotFoundError, ConfigError, StoreError


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        light=LightConfig(kind="mock"), web=WebConfig(port=0), storage=StorageConfig(folder=tmp_path / "data")
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers every path with one text."""

    text = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.text)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(params=[b'{"ok": true}', b"<html>another program</html>"], ids=["treadlight", "other"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[int, bool]]:
    """A program on a port, and whether it answers as treadlight does."""
    handler = type("Handler", (Answering,), {"text": request.param})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield listening.server_address[1], request.param.startswith(b"{")
        listening.shutdown()
        thread.join()


def test_examines_every_part_of_this_machine_quickly(config: Config) -> None:
    start_s = time.monotonic()
    results = run_checks(config)
    assert time.monotonic() - start_s < 15
    names = [result.name for result in results]
    assert len(names) == len(set(names))
    assert {"model", "runtime", "camera", "light", "storage", "clock", "temperature", "network"} <= set(names)
    for result in results:
        assert result.message
        assert result.fix or result.level == "ok", f"{result.name} says no way out"


def test_missing_camera_is_named_with_the_way_out(config: Config) -> None:
    result = check_camera(replace(config, camera=CameraConfig(source="picamera")))
    if result.level == "ok":
        pytest.skip("this machine has a camera")
    assert result.level == "fail"
    assert "picamera2" in result.message + result.fix or "No camera" in result.message


def answer(error: type[CameraError], text: str) -> str:
    return json.dumps({"error": error.__name__, "text": text})


def test_no_camera_says_which_cable() -> None:
    text = "No camera was found. Switch off, check both ends of the ribbon cable, and start it again."
    result = camera_verdict(answer(CameraNotFoundError, text), "", serving=True)
    assert (result.level, result.message) == ("fail", "No camera was found.")
    assert "ribbon cable" in result.fix


def test_busy_camera_is_told_apart_from_our_own_use() -> None:
    busy = answer(CameraBusyError, "Another program holds the camera. Close it.")
    assert camera_verdict(busy, "", serving=False).level == "fail"
    assert camera_verdict(busy, "", serving=True).level == "ok"


def test_camera_that_gives_a_picture_is_well() -> None:
    result = camera_verdict('{"picture": "1280x720 at 30 fps"}\n', "[0:01] INFO Camera\n", serving=False)
    assert result.level == "ok"
    assert "1280x720" in result.message


@pytest.mark.parametrize("output", ["", "Segmentation", '{"picture": '])
def test_camera_software_that_breaks_off_is_a_fault(output: str) -> None:
    result = camera_verdict(output, "libcamera: ...\nFatal: assertion\n", serving=True)
    assert result.level == "fail"
    assert "assertion" in result.message
    assert result.fix


def test_missing_clip_is_the_cameras_fault(config: Config, tmp_path: Path) -> None:
    absent = replace(config, camera=CameraConfig(source=str(tmp_path / "absent.mp4")))
    with pytest.raises(CameraError, match=r"absent\.mp4"):
        check_camera(absent)
    result = examine("camera", check_camera, absent)
    assert result.level == "fail"
    assert result.fix


def test_gpio_asked_for_where_there_is_none() -> None:
    if list(Path("/dev").glob("gpiochip*")):
        pytest.skip("this machine has GPIO pins")
    result = check_light(Config(light=LightConfig(kind="gpio")))
    assert result.level == "fail"
    assert "mock" in result.fix


def test_port_of_another_program_is_a_fault_and_our_own_is_not(server: tuple[int, bool]) -> None:
    port, is_treadlight = server
    result = check_dashboard(Config(web=WebConfig(host="127.0.0.1", port=port)))
    assert result.level == ("ok" if is_treadlight else "fail")
    assert ("answers" in result.message) == is_treadlight


def test_free_port_is_well() -> None:
    assert check_dashboard(Config(web=WebConfig(host="127.0.0.1", port=free_port()))).level == "ok"


def test_address_that_is_not_ours_is_a_fault() -> None:
    result = check_dashboard(Config(web=WebConfig(host="192.0.2.77", port=free_port())))
    assert result.level == "fail"


def test_network_names_the_dashboard() -> None:
    result = check_network(Config(web=WebConfig(host="127.0.0.1", port=8123)))
    assert result.message == "http://127.0.0.1:8123/"


def test_folder_that_is_a_file_cannot_keep_sessions(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("x")
    result = check_storage(Config(storage=StorageConfig(folder=place)))
    assert result.level == "fail"
    assert "storage.folder" in result.fix


def test_code_is_shown_but_never_made_for_another_user(config: Config, tmp_path: Path) -> None:
    before = check_access_code(config)
    assert before.level == "warn"
    assert not config.storage.folder.exists()
    config.storage.folder.mkdir()
    made = check_access_code(config)
    assert made.level == "ok"
    assert made.message == (config.storage.folder / "access-code").read_text("utf-8").strip()


def test_configured_code_is_shown(config: Config) -> None:
    assert check_access_code(replace(config, web=WebConfig(access_code="sunrise-7"))).message == "sunrise-7"


@pytest.mark.parametrize(
    ("error", "message", "fix"),
    [
        (StoreError("The disk is full. Delete old sessions."), "The disk is full.", "Delete old sessions."),
        (ConfigError("web.port is 0.5. Give a number."), "web.port is 0.5.", "Give a number."),
        (
            ZeroDivisionError("oops"),
            "This could not be examined: ZeroDivisionError: oops",
            "Report this line",
        ),
    ],
)
def test_whatever_a_check_raises_becomes_its_result(
    config: Config, error: Exception, message: str, fix: str
) -> None:
    def failing(_: Config) -> CheckResult:
        raise error

    result = examine("part", failing, config)
    assert (result.name, result.level, result.message) == ("part", "fail", message)
    assert result.fix.startswith(fix)


def test_report_has_a_line_for_each_part_its_fix_and_the_count() -> None:
    report = format_report(
        [CheckResult("model", "ok", "lightning"), CheckResult("access code", "fail", "none", "make one")]
    )
    assert report.splitlines() == [
        "ok    model        lightning",
        "fail  access code  none",
        "                   -> make one",
        "",
        "1 ok, 0 warn, 1 fail",
    ]

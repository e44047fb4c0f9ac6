"""The Health page on a screen: what to fix, the light's test, the self-test's result."""

import json
from pathlib import Path

import pytest
from scripted_device import ScriptedDevice
from selenium.webdriver.common.by import By
from tablet import Tablet
from web_client import Visitor, dashboard

from device.checks import CheckResult
from device.config import Config, LightConfig, StorageConfig, WebConfig
from device.monitor.station import Station
from device.monitor.vitals import VitalSigns
from device.verify.report import FILE_NAME, SCHEMA
from device.web.server import DashboardServer

CLOCK = CheckResult(
    "clock", "warn", "The clock is not synchronized.", "Connect a network with a time server."
)
CHECK = {
    "name": "cadence_spm",
    "label": "Cadence",
    "form": "easy",
    "unit": "%",
    "true": 170.0,
    "measured": 170.1,
}
REPORT = {
    "schema": SCHEMA, "passed": True, "finished": "2026-05-04T09:00:00+00:00", "version": "0",
    "model": "lightning", "model_sha256": "41c4", "runtime": "litert", "machine": "aarch64",
    "frames": 1323, "frames_per_s": 60.0,
    "limits": "A phantom proves geometry, timing and arithmetic, not accuracy on people.",
    "checks": [CHECK | {"error": 0.1, "low": -0.5, "high": 0.5, "passed": True}],
}  # fmt: skip


class Source:
    """The scripted device, seen as a frame loop."""

    frames, fps_asked = 0, 30.0

    def __init__(self, device: ScriptedDevice) -> None:
        self.live = device.live


@pytest.fixture
def station(device: ScriptedDevice, tmp_path: Path) -> Station:
    config = Config(
        light=LightConfig(kind="gpio"),
        web=WebConfig(host="127.0.0.1"),
        storage=StorageConfig(folder=tmp_path),
    )
    (tmp_path / FILE_NAME).write_text(json.dumps(REPORT))
    return Station(config, VitalSigns(Source(device), tmp_path), look=lambda _: [CLOCK])


def test_figures_tell_what_to_fix(device: ScriptedDevice, station: Station) -> None:
    server = DashboardServer(dashboard(device, station=station), "127.0.0.1", 0)
    server.start()
    try:
        visitor = Visitor(server.port)
        visitor.log_in()
        figures = visitor.get("/health/figures.json").json
    finally:
        server.stop()
    assert figures["verdict"] == "fix"
    assert {"clock", "backup"} <= {problem["code"] for problem in figures["problems"]}
    assert all(problem["fix"] for problem in figures["problems"])
    assert figures["self_test"]["last"]["rows"][0]["error"] == "+0.1 %"


@pytest.mark.browser
def test_page_shows_problems_and_tests_the_light(tablet: Tablet, station: Station) -> None:
    server = DashboardServer(dashboard(tablet.device, station=station), "127.0.0.1", 0)
    server.start()
    try:
        # The module's own dashboard left its people on this screen.
        tablet.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        tablet.driver.get(f"http://127.0.0.1:{server.port}/health")
        tablet.log_in()
        tablet.until(lambda: "clock is not synchronized" in tablet.text("fixes"))
        assert "time server" in tablet.text("fixes")
        assert "to fix" in tablet.text("verdict")
        assert tablet.text("light-said") == "Not tested since the start."
        tablet.press("light-run")
        tablet.until(lambda: "sees it 50 ms after the order" in tablet.text("light-said"))
        tablet.driver.find_element(By.CSS_SELECTOR, "#self summary").click()
        assert "Cadence" in tablet.text("self")
        assert "not accuracy on people" in tablet.text("self")
    finally:
        server.stop()

"""A tablet that shows the live screen for hours: nothing grows, and after sleep it shows what is now.

Hours of running are sent as fast as the page takes them: the true server, stream and page; only the device's
clock runs ahead.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from scripted_device import ScriptedDevice
from selenium import webdriver
from selenium.webdriver.common.by import By
from tablet import CHROMEDRIVER, FLAGS, TABLET, Tablet
from web_client import dashboard

from device.feedback.types import Band
from device.web.broadcast import Broadcast
from device.web.server import DashboardServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

EVERY_S = 0.37
"""Between two frames: each brings a new step."""
WARM_S = 300.0
"""From then on everything that remembers a minute is full."""


class FastDevice(ScriptedDevice):
    """Steps when told to; now and then the runner cannot be measured, so that the story has many parts."""

    t = 0.0

    def begin(self) -> None:
        self.t = time.monotonic()
        self.step(self.t)

    def settle(self) -> None:
        self.step(self.t)

    def pass_by(self, frames: int) -> None:
        for _ in range(frames):
            self.t += EVERY_S
            self.measuring = self.t % 20 > 1.5
            self.step(self.t)
            # The page draws, or it would only skip.
            time.sleep(0.004)


@dataclass(frozen=True)
class Weight:
    """What the page holds: bytes of script objects after collecting garbage, DOM nodes, listeners."""

    heap: int
    nodes: int
    listeners: int


def weigh(driver: webdriver.Chrome) -> Weight:
    for _ in range(2):
        driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    told = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    counted = {one["name"]: one["value"] for one in told}
    return Weight(int(counted["JSHeapUsedSize"]), int(counted["Nodes"]), int(counted["JSEventListeners"]))


def shown_s(tablet: Tablet) -> int:
    """Read the recording's clock."""
    parts = [int(part) for part in re.findall(r"\d+", tablet.text("clock"))]
    return sum(part * 60**power for power, part in enumerate(reversed(parts)))


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Tablet]:
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path}"):
        options.add_argument(flag)
    device = FastDevice()
    device.begin()
    app = dashboard(device)
    app.extensions["broadcast"] = Broadcast(device, max_fps=1000.0)
    server = DashboardServer(app, "127.0.0.1", 0)
    server.start()
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER)) as driver:
        tablet = Tablet(driver, device)
        tablet.port = server.port
        tablet.size(*TABLET)
        driver.execute_cdp_cmd("Performance.enable", {})
        driver.get(f"http://127.0.0.1:{server.port}/live")
        tablet.log_in()
        tablet.until(lambda: driver.find_elements(By.ID, "session"))
        tablet.run("document.querySelector('[data-view=skeleton]').click()")
        yield tablet
    server.stop()
    device.live.close()


def watch_for(tablet: Tablet, device: FastDevice, seconds: float) -> None:
    """Let so much of the runner's time pass; the page keeps up."""
    until_t = device.t + seconds
    while device.t < until_t:
        device.pass_by(200)
        state = device.live.latest()
        assert state is not None
        elapsed = device.t - (state.session.started_t or 0.0)
        tablet.until(lambda elapsed=elapsed: shown_s(tablet) >= int(elapsed) - 1, 60)


@pytest.mark.parametrize(
    "minutes", [5, pytest.param(120, marks=pytest.mark.slow)], ids=["five minutes", "two hours"]
)
def test_nothing_grows(watch: Tablet, minutes: int) -> None:
    device = watch.device
    assert isinstance(device, FastDevice)
    device.start_session("R-014")
    device.finish_baseline()
    device.set_cue("trunk_lean_deg", Band(5.5, 7.2))
    watch_for(watch, device, WARM_S)
    begun = weigh(watch.driver)
    watch_for(watch, device, 60.0 * minutes)
    ended = weigh(watch.driver)
    parts = len(watch.driver.find_elements(By.CSS_SELECTOR, "#timeline > *"))
    print(f"\n{minutes} min: {begun} -> {ended}, {parts} parts of the timeline")
    # The story of the session is kept, a few hundred bytes and one drawn block for each of its parts.
    story = 2 * 60 * minutes / 20
    assert ended.heap - begun.heap < 160_000 + 1000 * story
    assert ended.nodes - begun.nodes < 60 + 1.5 * story
    assert ended.listeners <= begun.listeners + 5

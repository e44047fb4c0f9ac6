"""A scripted device behind the real app and the real server."""

from collections.abc import Iterator

import pytest
from scripted_device import ScriptedDevice
from selenium import webdriver
from selenium.webdriver.common.by import By
from tablet import CHROMEDRIVER, FLAGS, TABLET, Tablet
from web_client import Visitor, dashboard

from device.web.server import DashboardServer


@pytest.fixture(scope="module")
def running_device() -> Iterator[ScriptedDevice]:
    scripted = ScriptedDevice()
    scripted.start()
    yield scripted
    scripted.close()


@pytest.fixture
def device(running_device: ScriptedDevice) -> ScriptedDevice:
    """The module's device, as it was at first."""
    running_device.reset()
    return running_device


@pytest.fixture(scope="module")
def server(running_device: ScriptedDevice) -> Iterator[DashboardServer]:
    running = DashboardServer(dashboard(running_device, max_viewers=4), "127.0.0.1", 0)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def own_server(device: ScriptedDevice) -> Iterator[DashboardServer]:
    running = DashboardServer(dashboard(device, max_viewers=4), "127.0.0.1", 0)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def stranger(server: DashboardServer) -> Visitor:
    return Visitor(server.port)


@pytest.fixture
def visitor(server: DashboardServer, device: ScriptedDevice) -> Visitor:
    known = Visitor(server.port)
    assert known.log_in().status == 302
    return known


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tablet]:
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(CHROMEDRIVER)
    device = ScriptedDevice()
    with webdriver.Chrome(options=options, service=service) as driver:
        opened = Tablet(driver, device)
        device.start()
        opened.serve()
        opened.size(*TABLET)
        driver.get(f"http://127.0.0.1:{opened.port}/live")
        opened.log_in()
        opened.until(lambda: "behind" in opened.text("age-text"))
        yield opened
        opened.stop_serving()
        device.close()


@pytest.fixture
def tablet(screen: Tablet) -> Tablet:
    """The module's screen, as it was at first."""
    screen.device.reset()
    screen.run("document.getElementById('drawer-close')?.click()")
    screen.until(lambda: not screen.driver.find_element(By.ID, "stale").is_displayed())
    return screen

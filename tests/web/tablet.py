"""A screen in a real Chromium with the dashboard on it."""

import socket
from collections.abc import Callable
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from web_client import NAME, PIN, dashboard, new_clinic

from device.web.server import DashboardServer

CHROMEDRIVER = "/usr/bin/chromedriver"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
]
TABLET, PHONE = (1180, 820), (390, 844)


class Tablet:
    """A screen with the dashboard on it."""

    def __init__(self, driver: webdriver.Chrome, device: Any) -> None:
        self.driver = driver
        self.device = device
        self.clinic = new_clinic()
        self.server: DashboardServer | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def serve(self) -> None:
        self.server = DashboardServer(dashboard(self.device, clinic=self.clinic), "127.0.0.1", self.port)
        self.server.start()

    def stop_serving(self) -> None:
        if self.server:
            self.server.stop()
            self.server = None

    def log_in(self, name: str = NAME, secret: str = PIN) -> None:
        """Fill in the login that is shown, on a tablet on which nobody logged in before."""
        self.driver.find_element(By.ID, "other").send_keys(name)
        self.driver.find_element(By.ID, "secret").send_keys(secret + "\n")

    def size(self, width: int, height: int, theme: str = "dark", *, still: bool = False) -> None:
        """Be so large and so coloured; still: colours do not fade into one another."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        features = [
            ("prefers-color-scheme", theme),
            *([("prefers-reduced-motion", "reduce")] if still else []),
        ]
        media = {"features": [{"name": name, "value": value} for name, value in features]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)

    def text(self, name: str) -> str:
        return str(self.driver.find_element(By.ID, name).text)

    def press(self, name: str) -> None:
        self.driver.find_element(By.ID, name).click()

    def run(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def until(self, what: Callable[[], object], seconds: float = 15) -> None:
        # A page that is being left takes its elements with it.
        passing = (StaleElementReferenceException, NoSuchElementException)
        wait = WebDriverWait(self.driver, seconds, poll_frequency=0.05, ignored_exceptions=passing)
        wait.until(lambda _: what())


def choose_cue(tablet: Tablet, metric: str, low: str, high: str) -> None:
    tablet.press("cue")
    tablet.run(f"document.querySelector('input[value={metric}]').click()")
    for name, value in (("step-lower-edge", low), ("step-upper-edge", high)):
        field = tablet.driver.find_element(By.ID, name)
        field.clear()
        field.send_keys(value)
    tablet.driver.find_element(By.CSS_SELECTOR, "#drawer .btn.pri").click()

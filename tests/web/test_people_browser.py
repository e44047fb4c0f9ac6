"""The wizard, the login, a patient's way to the first visit and locking, in a real Chromium."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe import findings
from scripted_device import ScriptedDevice
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from tablet import CHROMEDRIVER, FLAGS, TABLET, Tablet
from web_client import CODE, NAME, dashboard
from web_client import PIN as OWN_PIN

from device.clinic.pain import Moment
from device.clinic.store import ClinicStore
from device.clinic.types import ConsentKind, Role
from device.host.certificate import keep_certificate, subject_of
from device.web.server import DashboardServer

pytestmark = pytest.mark.browser

PIN = "580317"


class Desk(Tablet):
    """A tablet in front of a device that nobody has set up yet."""

    def __init__(self, driver: webdriver.Chrome, device: ScriptedDevice, clinic: ClinicStore) -> None:
        super().__init__(driver, device)
        self.clinic = clinic
        self.app = dashboard(device, clinic=clinic)
        self.server = DashboardServer(self.app, "127.0.0.1", self.port)
        self.server.start()

    def go(self, path: str) -> None:
        self.driver.get(f"http://127.0.0.1:{self.port}{path}")

    @property
    def path(self) -> str:
        return str(self.run("return location.pathname"))

    def type(self, **fields: str) -> None:
        for name, value in fields.items():
            field = self.driver.find_element(By.ID, name)
            field.clear()
            field.send_keys(value)

    def tap(self, text: str) -> None:
        """Press the one button or link that says so."""
        found = [
            element
            for element in self.driver.find_elements(By.CSS_SELECTOR, "main button, main a, main summary")
            if element.is_displayed() and text in element.text
        ]
        assert found, f"nothing says {text!r}"
        found[0].click()

    def says(self, text: str) -> bool:
        return text in str(self.run("return document.querySelector('main')?.innerText ?? ''"))


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER)) as driver:
        yield driver


@pytest.fixture
def desk(chromium: webdriver.Chrome, device: ScriptedDevice, tmp_path: Path) -> Iterator[Desk]:
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    opened = Desk(chromium, device, ClinicStore(tmp_path / "data"))
    opened.size(*TABLET)
    yield opened
    chromium.get("about:blank")
    opened.stop_serving()
    faults = [
        entry["message"]
        for entry in chromium.get_log("browser")
        if entry["level"] == "SEVERE" and not re.search("status of 40[13]", entry["message"])
    ]
    assert faults == []


def test_the_login_works_over_https(device: ScriptedDevice, tmp_path: Path) -> None:
    files = keep_certificate(tmp_path / "tls", subject_of("treadlight", ["127.0.0.1"]))
    app = dashboard(device, authority=files.authority)
    server = DashboardServer(app, "127.0.0.1", 0, files.server)
    server.start()
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, "--ignore-certificate-errors", f"--user-data-dir={tmp_path / 'chromium'}"):
        options.add_argument(flag)
    try:
        with webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER)) as driver:
            driver.get(f"https://localhost:{server.port}/patients")
            driver.find_element(By.ID, "other").send_keys(NAME)
            driver.find_element(By.ID, "secret").send_keys(OWN_PIN + "\n")
            WebDriverWait(driver, 15).until(lambda d: d.find_elements(By.LINK_TEXT, "Add"))
            cookies = {cookie["name"]: cookie for cookie in driver.get_cookies()}
    finally:
        server.stop()
    assert cookies["treadlight"]["secure"]
    assert cookies["treadlight"]["httpOnly"]
    assert cookies["treadlight"]["sameSite"] == "Strict"


def test_from_the_first_run_to_a_visit(desk: Desk) -> None:
    desk.go("/live")
    assert desk.path == "/setup"
    desk.type(code=CODE, clinic="Back in Motion", name="Ann Lee", secret=PIN, again=PIN + "\n")
    desk.until(lambda: desk.path == "/")
    assert desk.says("No patients yet")
    assert findings(desk.driver) == []

    desk.tap("Add a patient")
    desk.type(
        label="R-031", goals="10 km without thinking of my back", pain_where="low, right", weekly_km="25"
    )
    desk.tap("Start visit")
    desk.until(lambda: desk.path == "/visit/consent")
    desk.tap("Skeleton and numbers")
    desk.until(lambda: desk.path == "/check")
    visit = desk.clinic.visits.current()
    assert visit is not None
    assert visit.consent is ConsentKind.SKELETON
    assert "R-031" in desk.driver.find_element(By.CSS_SELECTOR, "a.who").text

    desk.go("/")
    assert desk.says("Visit open since")
    desk.tap("End visit")
    desk.until(lambda: desk.path.startswith("/patients/"))
    assert desk.says("10 km without thinking of my back")
    assert desk.clinic.visits.current() is None
    actions = [entry.action for entry in desk.clinic.audit.export()]
    assert [a for a in actions if a in {"setup", "patients.add", "visits.agree", "visits.end"}] == [
        "setup", "patients.add", "visits.agree", "visits.end",
    ]  # fmt: skip


def test_people_change_places_on_one_tablet(desk: Desk) -> None:
    desk.clinic.users.add("Ann Lee", Role.ADMINISTRATOR, PIN)
    desk.clinic.users.add("Bo Berg", Role.VIEWER, "739164")
    desk.go("/patients")
    desk.log_in("Ann Lee", PIN)
    desk.until(lambda: desk.path == "/patients")
    desk.press("menu")
    desk.press("leave")
    desk.until(lambda: desk.path == "/login")
    assert desk.says("Ann Lee")
    desk.driver.find_element(By.CSS_SELECTOR, "label.pick:last-of-type").click()
    desk.log_in("Bo Berg", "739164")
    desk.until(lambda: desk.path == "/patients")
    assert not desk.says("Add")
    desk.go("/settings")
    assert desk.says("Your role does not allow this")
    desk.go("/cue")
    assert desk.says("Your role does not allow this")
    for path, offers in (
        ("/live", "#controls button"),
        ("/check", ".go, #stand"),
        ("/baseline", ".acts .btn"),
    ):
        desk.go(path)
        assert not [e for e in desk.driver.find_elements(By.CSS_SELECTOR, offers) if e.is_displayed()], path
    desk.go("/live")
    assert desk.says("You are logged in as a viewer: look only.")
    desk.go("/patients")
    desk.press("menu")
    desk.press("leave")
    desk.until(lambda: desk.path == "/login")
    desk.driver.find_element(By.XPATH, "//label[contains(., 'Ann Lee')]").click()
    assert desk.run("return document.activeElement.id") == "secret"
    desk.driver.switch_to.active_element.send_keys(PIN + "\n")
    desk.until(lambda: desk.path == "/patients")
    assert desk.says("Add")


def test_a_tablet_left_alone_says_so_and_locks(desk: Desk) -> None:
    desk.clinic.users.add("Ann Lee", Role.ADMINISTRATOR, PIN)
    desk.go("/patients")
    desk.log_in("Ann Lee", PIN)
    desk.until(lambda: desk.path == "/patients")
    logins = desk.app.extensions["logins"]
    clock = logins._clock
    logins._clock = lambda: clock() + 60 * 7
    desk.run("dispatchEvent(new Event('visibilitychange'))")
    desk.until(lambda: "locks in 3 min" in desk.text("lock-note"))
    logins._clock = lambda: clock() + 60 * 11
    desk.run("dispatchEvent(new Event('visibilitychange'))")
    desk.until(lambda: desk.path == "/login")
    assert "next=%2Fpatients" in desk.driver.current_url


def test_the_timeline_shows_visits_apart_and_can_be_read_without_seeing(desk: Desk) -> None:
    clinic = desk.clinic
    clinic.users.add("Ann Lee", Role.ADMINISTRATOR, PIN)
    patient_id = clinic.patients.add("R-014", born=1987, height_cm=175)
    for score in (4, 3):
        visit_id = clinic.visits.open(patient_id, "Ann Lee")
        clinic.visits.agree(visit_id, ConsentKind.SKELETON, "Ann Lee")
        clinic.visits.link(visit_id, visit_id)
        clinic.pains.record(visit_id, Moment.BEFORE, score, "Ann Lee")
        clinic.visits.close(visit_id)
    earlier = (clinic.now() - timedelta(days=1)).isoformat()
    with clinic.database.writing() as connection:
        connection.execute("UPDATE visit SET opened_at = ?", (earlier,))
    desk.go(f"/patients/{patient_id}")
    desk.log_in("Ann Lee", PIN)
    desk.until(lambda: desk.says("Over the visits"))
    heads = [
        cell.text.split("\n")[0]
        for cell in desk.driver.find_elements(By.CSS_SELECTOR, ".visit-line thead th")
    ]
    assert heads == ["Visit 1", "Visit 2"]
    pain = desk.driver.find_elements(By.CSS_SELECTOR, ".pain-row td")
    assert [cell.get_attribute("textContent").split() for cell in pain] == [["before", "4"], ["before", "3"]]
    desk.tap("Cadence")
    desk.until(lambda: desk.says("cadence"))
    desk.driver.find_element(By.CSS_SELECTOR, "[aria-label='Pain 2']").click()
    desk.until(lambda: desk.says("Next-morning pain is missing for visit 1"))
    assert clinic.pains.of_visit(2)[-1].score == 2

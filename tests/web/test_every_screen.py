"""Every screen, on a tablet and a phone, dark and light: nothing is in anybody's way, nothing too small.

The clinic is full: weeks of visits, one in progress with a run going on. Colours change nothing but colours,
so the second theme of each size is asked about colours alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe import findings
from furnished import Furnished, furnish
from selenium import webdriver
from selenium.webdriver.common.by import By
from tablet import CHROMEDRIVER, FLAGS, PHONE, TABLET, Tablet
from web_client import Visitor, dashboard

from device.clinic.store import ClinicStore
from device.host.certificate import keep_certificate, subject_of
from device.web.server import DashboardServer

pytestmark = [pytest.mark.browser]

PAPER = "/visits/1/report.html"
FILES = {".pdf", ".zip", ".csv", ".json", ".trc", ".mot", ".jpg"}
SMALL = """
const things = 'button, .btn, .seg label, select, .field, summary, .menu-list a, .pick, .tick, .tabs a';
return [...document.querySelectorAll(things)]
  .filter((e) => e.offsetParent && (e.offsetHeight < 47.5 || e.offsetWidth < 47.5))
  .map((e) => e.outerHTML.slice(0, 120))
"""
WIDE = "return document.documentElement.scrollWidth - innerWidth"


UNUSUAL = ((844, 390), (820, 1180), (590, 410), (320, 640))
"""A phone held sideways, a tablet held upright, text at twice its size, the narrowest phone."""
APART = """
const box = (id) => document.getElementById(id).getBoundingClientRect();
const text = document.createRange();
text.selectNodeContents(document.getElementById('number'));
const [number, trend, hero, chip, controls] =
  [text.getBoundingClientRect(), ...['hero-trend', 'hero', 'hero-chip', 'controls'].map(box)];
return number.right <= trend.left + 1 && chip.right <= hero.right && chip.left >= hero.left
  && controls.bottom <= innerHeight + 1
  && box('number-note').bottom <= document.querySelector('#gauge svg').getBoundingClientRect().top + 1
"""
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifted += entry.value })
  .observe({type: 'layout-shift'});
"""


@dataclass(frozen=True)
class Screen:
    """What is looked at.

    ready: what the page shows once it is complete. do: a script that opens a part of it.
    """

    name: str
    path: str
    ready: str
    do: str = ""
    fresh: bool = False
    """On a device that nobody has set up yet."""

    def __str__(self) -> str:
        return self.name


STEP = "document.querySelector('[name=view][value=step]').click()"


def press(name: str) -> str:
    return f"document.getElementById('{name}').click()"


STRANGERS = (
    Screen("set up", "/setup", "#code", fresh=True),
    Screen("trust", "/trust", "main ol", fresh=True),
    Screen("recover", "/recover", "#code"),
    Screen("cast", "/cast", "input[name=code]"),
    Screen("log in", "/login", "#secret"),
)
SCREENS = (
    Screen("today", "/", "#device"),
    Screen("menu", "/", "#leave", "document.querySelector('#menu summary').click()"),
    Screen("patients", "/patients", ".list li"),
    Screen("patient", "/patients/1", ".visit-line"),
    Screen("patient without visits", "/patients/5", ".empty"),
    Screen("new patient", "/patients/new", "#label"),
    Screen("intake", "/patients/1/edit", "#label"),
    Screen("consent", "/visit/consent", ".consent"),
    Screen("camera check", "/check", "#checks li:nth-child(5)"),
    Screen("baseline", "/baseline", ".figures tbody tr"),
    Screen("review", "/review", ".kf svg"),
    Screen(
        "review, stepping", "/review", ".kf svg", "document.querySelector('[name=view][value=step]').click()"
    ),
    Screen("cue", "/cue", "#steppers .stepper"),
    Screen("live", "/live", "#run-blocks rect"),
    Screen("live, pain check", "/live", "#run-blocks rect", press("pain")),
    Screen("live, measures", "/live", "#run-blocks rect", press("measures")),
    Screen("live, more", "/live", "#run-blocks rect", press("more")),
    Screen("live, mark", "/live", "#run-blocks rect", press("mark-as")),
    Screen("live, this run", "/live", "#run-blocks rect", press("run")),
    Screen("runner", "/runner", "#gauge rect, #text:not(:empty)"),
    Screen("compare", "/compare", "#chart .change"),
    Screen("compare, table", "/compare", "#chart .change", "document.querySelector('[value=table]').click()"),
    Screen("report", "/report", ".pain-cell"),
    Screen("earlier report", "/visits/1/report", ".pain-cell"),
    Screen("sessions", "/sessions", ".main a.btn"),
    Screen("session", "/sessions/1", "#trend canvas"),
    Screen("health", "/health", "#fixes > *"),
    Screen("settings", "/settings", "#clinic"),
    Screen("people", "/settings/people", ".person"),
    Screen("audit", "/settings/audit", "tbody tr"),
    Screen("recycle bin", "/patients/bin", ".list li"),
    Screen("second screen", "/cast/new", "#code"),
    Screen("is it you", "/prove", "#secret"),
    Screen("no such page", "/nowhere", "main a.btn"),
)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    found = furnish(tmp_path_factory.mktemp("clinic"))
    yield found
    found.close()


@pytest.fixture
def visitor(clinic: Furnished) -> Visitor:
    found = Visitor(clinic.server.port)
    found.log_in()
    return found


@pytest.fixture(scope="module")
def unused(clinic: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DashboardServer]:
    """A dashboard that nobody has set up, one that tablets are to trust."""
    folder = tmp_path_factory.mktemp("unused")
    files = keep_certificate(folder / "tls", subject_of("treadlight", ["127.0.0.1"]))
    app = dashboard(clinic.loop, clinic=ClinicStore(folder), authority=files.authority)
    server = DashboardServer(app, "127.0.0.1", 0, files.server)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def eye(clinic: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tablet]:
    options = webdriver.ChromeOptions()
    profile = f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"
    for flag in (*FLAGS, "--ignore-certificate-errors", profile):
        options.add_argument(flag)
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER)) as driver:
        tablet = Tablet(driver, clinic.loop)
        tablet.port = clinic.server.port
        yield tablet


def look(eye: Tablet, screen: Screen, address: str) -> None:
    """Go there and look at it."""
    eye.size(*TABLET)
    eye.driver.get(f"{address}{screen.path}")
    eye.until(lambda: eye.driver.find_elements(By.CSS_SELECTOR, screen.ready))
    if screen.do:
        eye.run(screen.do)
    look_at_what_is_shown(eye)


def look_at_what_is_shown(eye: Tablet) -> None:
    """Look at the page in four ways."""
    found = []
    for size in (TABLET, PHONE):
        for theme in ("dark", "light"):
            eye.size(*size, theme, still=True)
            told = findings(eye.driver, colours_only=theme == "light")
            found += [f"{size} {theme}: {finding}" for finding in told]
        found += [f"{size}: too small: {thing}" for thing in eye.run(SMALL)]
        if eye.run(WIDE) > 0:
            found.append(f"{size}: wider than the screen by {eye.run(WIDE)} px")
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("screen", STRANGERS, ids=str)
def test_what_strangers_see(eye: Tablet, unused: DashboardServer, screen: Screen) -> None:
    address = f"https://127.0.0.1:{unused.port}" if screen.fresh else f"http://127.0.0.1:{eye.port}"
    look(eye, screen, address)


@pytest.fixture(scope="module")
def known(eye: Tablet) -> Tablet:
    """The tablet with an administrator logged in."""
    eye.driver.get(f"http://127.0.0.1:{eye.port}/login")
    eye.log_in()
    eye.until(lambda: not eye.driver.current_url.endswith("/login"))
    return eye


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_what_people_see(known: Tablet, screen: Screen) -> None:
    look(known, screen, f"http://127.0.0.1:{known.port}")


@pytest.mark.parametrize("size", UNUSUAL, ids=str)
def test_live_fits_unusual_screens(known: Tablet, size: tuple[int, int]) -> None:
    known.size(*size)
    known.driver.get(f"http://127.0.0.1:{known.port}/live")
    known.until(lambda: known.text("number"))
    known.until(lambda: known.run(APART))
    assert known.run(WIDE) <= 0


@pytest.mark.parametrize("size", (TABLET, PHONE, UNUSUAL[0]), ids=str)
def test_nothing_jumps_when_the_number_leaves_the_band(
    known: Tablet, clinic: Furnished, size: tuple[int, int]
) -> None:
    known.size(*size)
    known.driver.get(f"http://127.0.0.1:{known.port}/live")
    known.until(lambda: known.run("return document.querySelector('#tiles canvas') !== null"))
    known.until(lambda: "." in known.text("number"))
    before = known.text("hero-chip")
    known.run(SHIFTS)
    lean_deg = clinic.form.lean_deg
    clinic.form.lean_deg = -4.0
    try:
        known.until(lambda: known.text("hero-chip") not in {before, "In the band", "Cue off"}, 30)
    finally:
        clinic.form.lean_deg = lean_deg
    # Words change their length; whatever else moved would count ten times as much.
    assert known.run("return window.shifted") < 0.006


def test_the_report_itself(known: Tablet, visitor: Visitor) -> None:
    """The paper forbids scripts, so its text is looked at on a blank page."""
    paper = visitor.get(PAPER).text
    known.driver.get("about:blank")
    known.driver.execute_script("document.open(); document.write(arguments[0]); document.close()", paper)
    known.until(lambda: known.driver.find_elements(By.TAG_NAME, "footer"))
    look_at_what_is_shown(known)


def test_no_page_is_left_out(clinic: Furnished, visitor: Visitor) -> None:
    """Every address that answers with a page is looked at above."""
    seen = {clinic.endpoint(screen.path) for screen in (*STRANGERS, *SCREENS)}
    for path, endpoint in clinic.addresses():
        if endpoint in seen or path == PAPER or Path(path).suffix in FILES:
            continue
        answer = visitor.get(path)
        page = answer.headers.get("content-type", "").startswith("text/html") and answer.status == 200
        assert not page, f"{path} is a page that nobody looks at"

"""Camera check, Baseline, Review and Compare in a real Chromium, on the demo runner with a real visit."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from demo_device import REGION, DemoDevice, start_demo
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from tablet import CHROMEDRIVER, FLAGS, TABLET
from web_client import NAME, PIN, dashboard, new_clinic

from device.clinic.checks import Capture, CheckRecord
from device.clinic.keyframes import KeptFrames
from device.clinic.store import ClinicStore
from device.clinic.types import ConsentKind, VisitSetup
from device.feedback.schedule import Block, BlockKind, ScheduleKind
from device.feedback.training import RunPlan
from device.feedback.types import Band
from device.review.desk import Desk
from device.web.keeping import Keeping
from device.web.server import DashboardServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which(CHROMEDRIVER) is None, reason="chromedriver is not installed"),
]
SPEED = 6.0
"""The demo runner's time against ours."""
JPEG = b"\xff\xd8\xff"
BEFORE = Capture(
    speed_mps=2.5, grade_pct=0.0, height_cm=176, shoe="Own, red", side="right", fill=0.62, tilt_deg=0.1,
    region=None, size=(640, 480),
)  # fmt: skip


@dataclass
class Clinic:
    """A visit in progress on one tablet."""

    driver: webdriver.Chrome
    device: DemoDevice
    store: ClinicStore
    folder: Path
    desk: Desk
    keeping: Keeping
    visit_id: int
    port: int

    def open(self, path: str) -> None:
        self.driver.get(f"http://127.0.0.1:{self.port}{path}")

    def find(self, css: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def text(self, css: str) -> str:
        return str(self.find(css).text)

    def press(self, css: str) -> None:
        self.driver.execute_script("arguments[0].click()", self.find(css))

    def until(self, what: Callable[[], object], seconds: float = 40) -> None:
        wait = WebDriverWait(self.driver, seconds, 0.05, ignored_exceptions=[WebDriverException])
        wait.until(lambda _: what(), f"the page says: {self.text('main')[:1500]}")

    def kept(self) -> tuple[KeptFrames, ...]:
        return self.store.key_frames.of_visit(self.visit_id)

    def pictures(self) -> list[Path]:
        return [p for p in self.folder.rglob("*") if p.is_file() and JPEG in p.read_bytes()]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """The tablet and the device, a runner running, nobody's visit open."""
    folder = tmp_path_factory.mktemp("clinic")
    device = start_demo(folder, SPEED)
    store = new_clinic(folder)
    app = dashboard(device.loop, device.store, clinic=store)
    server = DashboardServer(app, "127.0.0.1", 0)
    server.start()
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER)) as driver:
        opened = Clinic(
            driver, device, store, folder, app.extensions["desk"], app.extensions["keeping"], 0, server.port
        )
        size(opened, *TABLET)
        opened.open("/login")
        opened.find("#other").send_keys(NAME)
        opened.find("#secret").send_keys(PIN + "\n")
        opened.until(lambda: "/login" not in driver.current_url)
        yield opened
    server.stop()
    device.close()


@pytest.fixture
def clinic(room: Clinic) -> Iterator[Clinic]:
    """The second visit of a new patient, the device as it was at first; the pages complain of nothing."""
    loop, store = room.device.loop, room.store
    loop.stop_session()
    loop.clear_cue()
    loop.forget_standing()
    loop.set_region(REGION)
    for picture in room.pictures():
        picture.unlink()
    patient = store.patients.add(f"R-{room.visit_id:03}")
    earlier = store.visits.open(patient, NAME)
    store.checks.add(earlier, CheckRecord(green=True, capture=BEFORE, lines=()))
    store.visits.set_up(earlier, VisitSetup(speed_mps=2.5, shoe=BEFORE.shoe, height_cm=176))
    room.visit_id = store.visits.open(patient, NAME)
    store.visits.agree(room.visit_id, ConsentKind.SKELETON, NAME)
    room.until(lambda: room.keeping.visit == store.visits.get(room.visit_id))
    room.until(lambda: room.desk.whose == room.visit_id)
    room.driver.get_log("browser")  # type: ignore[no-untyped-call]
    yield room
    complaints = [
        entry["message"]
        for entry in room.driver.get_log("browser")  # type: ignore[no-untyped-call]
        # What was held still may have gone with the runner's consent while its page was loading.
        if entry["level"] not in {"DEBUG", "INFO"} and "/api/review/frozen" not in entry["message"]
    ]
    assert complaints == []


def size(clinic: Clinic, width: int, height: int) -> None:
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
    clinic.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def press_until(clinic: Clinic, button: str, css: str, count: int) -> bool:
    """Press a button that renews the page; tells whether the page then holds `count` of something."""
    old = clinic.find("html")
    clinic.press(button)
    clinic.until(lambda: clinic.find("html") != old, 10)
    return len(clinic.driver.find_elements(By.CSS_SELECTOR, css)) >= count


def test_the_camera_check_turns_green_and_is_kept(clinic: Clinic) -> None:
    clinic.open("/check")
    clinic.until(lambda: clinic.text("#verdict") == "Ready")
    lines = clinic.text("#checks")
    for words in ("Whole body in view", "Right side", "frames a second", "0 swaps"):
        assert words in lines
    assert "Belt speed 10.4, was 9.0 km/h" in clinic.text("#guard")
    assert "Camera nearer" in clinic.text("#guard")
    assert clinic.find("#run-shoe").get_attribute("value") == "Own, red"
    clinic.press("#keep")
    clinic.until(lambda: clinic.store.checks.of_visit(clinic.visit_id) is not None)
    kept = clinic.store.checks.of_visit(clinic.visit_id)
    assert kept is not None
    assert kept.green
    assert kept.capture.side == "right"
    assert kept.capture.shoe == "Own, red"
    assert clinic.store.visits.get(clinic.visit_id).setup.speed_mps == pytest.approx(2.9)


def test_a_fault_names_its_fix_and_clears_itself(clinic: Clinic) -> None:
    clinic.open("/check")
    clinic.until(lambda: clinic.text("#verdict") == "Ready")
    clinic.device.loop.set_region(None)
    clinic.until(lambda: clinic.text("#verdict") == "1 to fix")
    assert "No treadmill region is set" in clinic.text("#fixes")
    assert "Tap two corners" in clinic.text("#fixes")
    assert clinic.text("#keep") == "Go on without"
    clinic.press("#find")
    clinic.until(lambda: clinic.text("#verdict") == "Ready")
    assert clinic.device.loop.region is not None


def test_two_taps_set_the_region(clinic: Clinic) -> None:
    clinic.open("/check")
    clinic.until(lambda: clinic.text("#verdict") == "Ready")
    clinic.driver.execute_script("""
      const canvas = document.getElementById('canvas'), box = canvas.getBoundingClientRect();
      for (const [x, y] of [[0.9, 0.97], [0.2, 0.04]])
        canvas.dispatchEvent(new PointerEvent('pointerdown',
          {clientX: box.left + x * box.width, clientY: box.top + y * box.height}));
    """)
    clinic.until(lambda: clinic.device.loop.region and abs(clinic.device.loop.region.x - 0.2) < 0.01)
    region = clinic.device.loop.region
    assert region is not None
    assert (region.y, region.width, region.height) == pytest.approx((0.04, 0.7, 0.93), abs=0.01)
    clinic.press("input[name=edge][value=left]")
    clinic.press("#edge-back")
    clinic.until(lambda: clinic.device.loop.region and abs(clinic.device.loop.region.x - 0.19) < 0.004)


def test_steps_change_the_run(clinic: Clinic) -> None:
    clinic.open("/check")
    clinic.until(lambda: clinic.find("#run-speed_mps").get_attribute("value") == "10.4")
    clinic.press("button[aria-label='Incline, more']")
    clinic.until(lambda: clinic.device.loop.setup.grade_pct == 0.5)
    assert clinic.device.loop.setup.speed_mps == pytest.approx(10.4 / 3.6)
    clinic.press("button[aria-label='Incline, less']")
    clinic.until(lambda: clinic.device.loop.setup.grade_pct == 0.0)


def test_standing_still_calibrates(clinic: Clinic) -> None:
    clinic.open("/check")
    clinic.until(lambda: "Without it" in clinic.text("#standing-text"))
    clinic.device.landmarks.still = True
    try:
        clinic.press("#stand")
        clinic.until(lambda: "Trunk lean corrected by" in clinic.text("#standing-text"))
    finally:
        clinic.device.landmarks.still = False
    assert clinic.text("#stand") == "Stand again"


def test_a_baseline_at_a_changed_speed_is_refused_with_the_reason(clinic: Clinic) -> None:
    clinic.open("/baseline")
    clinic.until(lambda: clinic.find("#start").is_displayed())
    clinic.press("#start")
    clinic.until(lambda: clinic.text("#what") == "Keep the speed steady")
    setup = clinic.device.loop.setup
    clinic.until(lambda: "of 60 s of running" in clinic.text("#text"))
    clinic.driver.execute_script("window.before = 1")
    clinic.device.loop.set_run(replace(setup, speed_mps=4.0))
    clinic.until(lambda: "The belt's speed changed" in clinic.text("#problem"))
    clinic.device.loop.set_run(setup)
    assert clinic.text("#what") == "No baseline"


def capture_baseline(clinic: Clinic) -> None:
    clinic.open("/baseline")
    clinic.until(lambda: clinic.find("#start").is_displayed())
    clinic.driver.execute_script("document.getElementById('page').dataset.seconds = 20")
    clinic.press("#start")
    clinic.until(lambda: clinic.text("#what") == "Baseline kept", 60)


def test_a_baseline_gives_values_and_key_frames(clinic: Clinic) -> None:
    capture_baseline(clinic)
    rows = clinic.text(".table-panel")
    for words in ("Trunk lean", "Camera alone", "Usual variation", "Mean within", "change only"):
        assert words in rows
    clinic.until(clinic.kept)
    clinic.open("/baseline")
    assert 2 <= len(clinic.driver.find_elements(By.CSS_SELECTOR, ".kf svg[role=img]")) <= 3
    (kept,) = clinic.kept()
    assert (kept.kind, kept.pictured) == ("baseline", False)
    assert clinic.store.visits.sessions(clinic.visit_id)[0].session_id == kept.session_id
    assert clinic.pictures() == []


def test_review_steps_through_and_keeps_ticks_but_no_picture(clinic: Clinic) -> None:
    clinic.open("/review")
    near = ".kf[data-leg=near]"
    # A machine that is busy with other tests may have missed the frame of one instant.
    clinic.until(lambda: press_until(clinic, "#freeze", near, 3), 60)
    assert "no picture is kept" in clinic.text(".views")
    clinic.until(lambda: "stride" in clinic.text("#phase"))
    place = clinic.text("#place")
    clinic.press("#frame-on")
    assert clinic.text("#place") != place
    assert clinic.find("#stage-panel").is_displayed()
    drawn = "return document.getElementById('canvas').toDataURL()"
    before = clinic.driver.execute_script(drawn)
    clinic.press("#slow")
    clinic.until(lambda: clinic.driver.execute_script(drawn) != before)
    clinic.press("#slow")
    clinic.press("#stride-on")
    clinic.until(lambda: clinic.text("#phase").startswith("Near leg on the ground"))
    clinic.press("[data-code=over_upright_trunk]")
    clinic.until(lambda: clinic.store.reviews.of_visit(clinic.visit_id))
    (tick,) = clinic.store.reviews.of_visit(clinic.visit_id)
    assert (tick.code, tick.ticked, tick.by) == ("over_upright_trunk", True, NAME)
    clinic.press("#keep")
    clinic.until(lambda: "review" in {k.kind for k in clinic.kept()})
    clinic.open("/review")
    assert clinic.find("[data-code=over_upright_trunk]").is_selected()
    assert len(clinic.driver.find_elements(By.CSS_SELECTOR, "#patterns .pattern")) == 14
    assert clinic.pictures() == []


def test_pictures_are_kept_with_consent_and_go_with_it(clinic: Clinic) -> None:
    clinic.store.visits.agree(clinic.visit_id, ConsentKind.VIDEO, NAME)
    clinic.open("/review")
    clinic.until(lambda: press_until(clinic, "#freeze", ".kf image", 1), 60)
    clinic.press("#keep")
    clinic.until(lambda: any(frames.pictured for frames in clinic.kept()))
    inside = clinic.store.visits.folder(clinic.visit_id)
    assert clinic.pictures() != []
    assert all(path.parent == inside for path in clinic.pictures())
    clinic.store.visits.agree(clinic.visit_id, ConsentKind.SKELETON, NAME)

    def gone() -> bool:
        clinic.open("/review")
        return "Nothing is held still" in clinic.text("main")

    clinic.until(gone)


def test_compare_tells_a_real_change_from_what_is_too_small(clinic: Clinic) -> None:
    capture_baseline(clinic)
    blocks = (Block(BlockKind.CUE, 22.0), Block(BlockKind.RETENTION, 22.0))
    clinic.device.loop.set_cue("trunk_lean_deg", Band(3.0, 9.0))
    clinic.device.loop.start_run(RunPlan(kind=ScheduleKind.BLOCKS, blocks=blocks))
    clinic.until(lambda: {"cue", "retention"} <= {k.kind for k in clinic.kept()}, 90)
    clinic.device.loop.stop_session()
    clinic.open("/compare")
    assert "Same speed, 10.4 km/h" in clinic.text(".pagehead")
    names = [option.text for option in clinic.driver.find_elements(By.CSS_SELECTOR, "select[name=b] option")]
    assert names[:3] == ["Baseline", "1. Cue on", "2. Retention, no light"]
    assert len(clinic.driver.find_elements(By.CSS_SELECTOR, ".side svg[role=img]")) >= 4
    verdicts = {
        node.text for node in clinic.driver.find_elements(By.CSS_SELECTOR, "#chart .verdict") if node.text
    }
    assert verdicts <= {"Real change", "Too small to tell", "Too few steps to tell"}
    assert verdicts
    clinic.press("input[name=as][value=table]")
    assert clinic.find("#table table").is_displayed()
    clinic.press("#play")
    clinic.until(lambda: "% of the stride" in clinic.text("#place"))
    first = clinic.text("#place")
    clinic.until(lambda: clinic.text("#place") != first)
    clinic.press("input[name=instant][value=contact]")
    shown = clinic.driver.find_elements(By.CSS_SELECTOR, ".side [data-instant]:not([hidden])")
    assert {node.get_attribute("data-instant") for node in shown} == {"contact"}

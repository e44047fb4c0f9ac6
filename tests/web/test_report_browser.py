"""The report's page and a recording's charts in a real browser, from a visit that was truly recorded."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted_device import ScriptedDevice
from selenium import webdriver
from selenium.webdriver.common.by import By
from tablet import CHROMEDRIVER, FLAGS, TABLET, Tablet
from web_client import dashboard, new_clinic

from device.clinic.pain import Moment
from device.clinic.reports import Conclusion
from device.clinic.store import ClinicStore
from device.clinic.types import ConsentKind, Intake, Purpose
from device.sessions.store import SessionStore
from device.web.server import DashboardServer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))
from report_parts import material, recorded

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> ClinicStore:
    folder = tmp_path_factory.mktemp("data")
    record = recorded(folder)
    clinic = new_clinic(folder)
    visit = clinic.visits.open(clinic.patients.add("R-014", intake=Intake(goals="Run 10 km")), "Ann Lee")
    clinic.visits.agree(visit, ConsentKind.SKELETON, "Ann Lee")
    clinic.visits.link(visit, record.summary.id, Purpose.FEEDBACK)
    clinic.plans.add(visit, material((record,)).plans[0])
    clinic.pains.record(visit, Moment.BEFORE, 2, "Ann Lee")
    clinic.pains.record(visit, Moment.DURING, 3, "Ann Lee", session_t_s=200.0)
    return clinic


@pytest.fixture(scope="module")
def opened(clinic: ClinicStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tablet]:
    device = ScriptedDevice()
    device.start()
    server = DashboardServer(dashboard(device, SessionStore(clinic.folder), clinic=clinic), "127.0.0.1", 0)
    server.start()
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER)) as driver:
        tablet = Tablet(driver, device)
        tablet.port = server.port
        driver.get(f"http://127.0.0.1:{server.port}/login")
        tablet.log_in()
        tablet.until(lambda: not driver.current_url.endswith("/login"))
        yield tablet
    server.stop()
    device.close()


def go(tablet: Tablet, path: str, size: tuple[int, int] = TABLET) -> None:
    tablet.size(*size)
    tablet.driver.get(f"http://127.0.0.1:{tablet.port}{path}")


def preview(tablet: Tablet) -> str:
    """Read the page that is shown in the frame."""
    tablet.driver.switch_to.frame("preview")
    try:
        return " ".join(tablet.driver.find_element(By.TAG_NAME, "body").text.split())
    finally:
        tablet.driver.switch_to.default_content()


def test_what_the_therapist_adds_is_on_the_page(opened: Tablet, clinic: ClinicStore) -> None:
    go(opened, "/report")
    opened.until(lambda: "What to work on: trunk lean, further forward." in preview(opened))
    opened.run("document.querySelector('input[value=keep]').click()")
    opened.driver.find_element(By.ID, "goal_answer").send_keys("Yes, you can.")
    opened.until(lambda: opened.text("said") == "Saved.")
    opened.until(lambda: "Nothing needs to change. Keep running as you do." in preview(opened))
    assert "Our answer: Yes, you can." in preview(opened)
    notes = clinic.reports.get(1)
    assert (notes.conclusion, notes.goal_answer) == (Conclusion.KEEP, "Yes, you can.")


def test_pain_after_the_run_and_the_rule_are_asked_on_the_report(opened: Tablet, clinic: ClinicStore) -> None:
    go(opened, "/report")
    opened.until(
        lambda: (
            opened.text("pain-row").split()
            == ["2", "Before", "3", "During", "–", "After", "–", "Next", "morning"]
        )
    )
    opened.driver.find_element(By.CSS_SELECTOR, "[data-moment=after]").click()
    opened.driver.find_element(By.CSS_SELECTOR, "#pain-check [data-score='5']").click()
    assert "pause at 4. 5 reaches it" in opened.text("pain-check")
    opened.driver.find_element(By.CSS_SELECTOR, "#pain-check .btn.pri").click()
    opened.until(lambda: "5\nAfter" in opened.text("pain-row"))
    assert clinic.pains.of_visit(1)[-1].score == 5
    opened.driver.find_element(By.CSS_SELECTOR, "#rule summary").click()
    opened.driver.find_element(By.CSS_SELECTOR, "[aria-label='Pause at, more']").click()
    opened.driver.find_element(By.CSS_SELECTOR, "#rule-box > .btn").click()
    opened.until(lambda: clinic.pains.rule(1).pause_at == 5)
    opened.until(lambda: "Stop when back pain reaches 5 out of 10." in preview(opened))


def test_the_chart_has_the_same_numbers_as_a_table(opened: Tablet) -> None:
    go(opened, "/sessions/1")
    opened.until(lambda: opened.driver.find_elements(By.CSS_SELECTOR, "#trend canvas"))
    opened.driver.find_element(By.CSS_SELECTOR, "#charts details summary").click()
    rows = [row.text for row in opened.driver.find_elements(By.CSS_SELECTOR, "#trend-table tbody tr")]
    assert [row.rsplit(" 0:", 1)[0].split(" ")[0] for row in rows[:2]] == ["Baseline", "Cue"]
    assert rows[0].startswith("Baseline 0:00 1:00 4.0°")
    assert "82 %" in rows[1]
    assert "Events: Pain 3 3:20" in opened.text("trend-table")
    opened.run(
        "const s = document.getElementById('trend-metric'); s.value = 'cadence_spm'; "
        "s.dispatchEvent(new Event('change'))"
    )
    opened.until(lambda: "158/min" in opened.text("trend-table"))

"""The dashboard in a real Chromium: what a therapist sees and does, and what happens when the link breaks."""

import json
import re
import shutil

import psutil
import pytest
from selenium.webdriver.common.by import By
from tablet import CHROMEDRIVER, PHONE, TABLET, Tablet, choose_cue

from device.feedback.types import Band

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which(CHROMEDRIVER) is None, reason="chromedriver is not installed"),
]
REFUSING = """
window.real = fetch;
window.fetch = () => Promise.resolve(new Response('{"message": "Not now."}', {status: 409}));
"""
PIXELS = "return document.getElementById('canvas').toDataURL()"


def test_the_skeleton_moves(tablet: Tablet) -> None:
    for view in ("skeleton", "picture"):
        tablet.driver.find_element(By.CSS_SELECTOR, f"[data-view={view}]").click()
        seen: set[object] = set()
        tablet.until(lambda seen=seen: seen.add(tablet.run(PIXELS)) or len(seen) > 3)


def test_numbers_follow_the_device(tablet: Tablet) -> None:
    tile = "return document.querySelector('.tile .v').textContent"
    tablet.until(lambda: tablet.run(tile).startswith("16"))
    tablet.device.values["cadence_spm"] = (181.0, 0.1)
    tablet.until(lambda: tablet.run(tile).startswith("181"))
    tablet.device.values["cadence_spm"] = (162.0, 1.2)
    assert tablet.run("return document.querySelectorAll('.tile canvas').length") == 4


def test_a_cue_outside_its_band_lights_the_mirrored_light(tablet: Tablet) -> None:
    choose_cue(tablet, "trunk_lean_deg", "9", "12")
    tablet.until(lambda: tablet.text("light-word") == "Cue")
    tablet.until(lambda: tablet.text("hero-chip").startswith("Below the band by"))
    assert tablet.run("return document.getElementById('light').dataset.state") == "cue"
    assert tablet.text("number").rstrip("°")[0] in "67"
    tablet.press("withhold")
    tablet.until(lambda: tablet.text("light-word") == "Measuring")
    tablet.press("withhold")
    choose_cue(tablet, "trunk_lean_deg", "5", "10")
    tablet.until(lambda: tablet.text("hero-chip") == "In the band")
    assert tablet.text("light-word") == "Measuring"


def test_a_refused_band_says_why_beside_the_control(tablet: Tablet) -> None:
    choose_cue(tablet, "trunk_lean_deg", "7", "7,2")
    problem = tablet.driver.find_element(By.CSS_SELECTOR, "#drawer .problem")
    tablet.until(lambda: "narrower than the runner now varies" in problem.text)
    tablet.until(lambda: tablet.text("hero-empty").startswith("No cue chosen"))


def test_what_cannot_be_trusted_is_removed(tablet: Tablet) -> None:
    choose_cue(tablet, "trunk_lean_deg", "5", "10")
    tablet.until(lambda: tablet.text("number").endswith("°"))
    tablet.device.measuring = False
    tablet.until(lambda: tablet.text("number") == "")
    assert "last valid" in tablet.text("number-note")
    assert tablet.text("light-word") == "Not measuring"
    assert "Left and right swapped 6 times in 20 s" in tablet.text("fixes")
    assert not tablet.driver.find_element(By.ID, "tiles").is_displayed()


def test_a_session_starts_is_marked_and_stops(tablet: Tablet) -> None:
    tablet.press("session")
    tablet.driver.find_element(By.ID, "start-label").send_keys("R-014\n")
    tablet.until(lambda: tablet.text("session-word") == "Stop")
    tablet.until(lambda: "R-014" in tablet.text("who"))
    tablet.press("mark")
    tablet.until(lambda: tablet.text("message").startswith("Marked at 0:0"))
    tablet.press("baseline")
    tablet.until(lambda: "of 60 s" in tablet.text("timeline-text"))
    tablet.device.finish_baseline()
    tablet.until(lambda: "own range 157 to 165" in tablet.text("tiles"))
    tablet.press("session")
    tablet.until(lambda: tablet.text("session-word") == "Start recording")


def test_the_region_is_set_with_two_taps(tablet: Tablet) -> None:
    tablet.press("run")
    tablet.driver.find_element(By.CSS_SELECTOR, "#drawer .actions .btn.line").click()
    tablet.run("""
      const box = document.getElementById('canvas').getBoundingClientRect();
      for (const [x, y] of [[0.9, 0.9], [0.2, 0.1]])
        document.getElementById('canvas').dispatchEvent(new PointerEvent('pointerdown',
          {clientX: box.left + x * box.width, clientY: box.top + y * box.height}));
    """)
    tablet.driver.find_element(By.CSS_SELECTOR, "#drawer .btn.pri").click()
    tablet.until(lambda: tablet.device.region is not None)
    region = tablet.device.region
    assert region is not None
    found = (region.x, region.y, region.x + region.width, region.y + region.height)
    assert found == pytest.approx((0.2, 0.1, 0.9, 0.9), abs=0.01)


PROTECTED = ("number", "light", "session", "mark")
COVERED = """
return arguments[0].filter((id) => {
  const box = document.getElementById(id).getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return !document.getElementById(id).contains(top) && !top?.closest('.hero, .light, .ctl');
});
"""


@pytest.mark.parametrize("panel", ["cue", "run", "session"])
def test_no_panel_covers_number_light_or_controls(tablet: Tablet, panel: str) -> None:
    choose_cue(tablet, "trunk_lean_deg", "5", "10")
    tablet.until(lambda: tablet.text("number").endswith("°"))
    tablet.press(panel)
    assert tablet.driver.find_element(By.ID, "drawer").is_displayed()
    assert tablet.driver.execute_script(COVERED, list(PROTECTED)) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_scrolls_on_the_tablet_and_only_downwards_on_the_phone(tablet: Tablet, theme: str) -> None:
    choose_cue(tablet, "trunk_lean_deg", "9", "12")
    try:
        for width, height in (TABLET, (1024, 768), PHONE):
            tablet.size(width, height, theme)
            across, down = tablet.run(
                "const root = document.documentElement;"
                "return [root.scrollWidth - innerWidth, root.scrollHeight - innerHeight]"
            )
            assert across <= 0, (width, height)
            assert down <= 0 or width == PHONE[0], (width, height)
            small = tablet.run("""
              return [...document.querySelectorAll('main button, main .btn')]
                .filter((b) => b.offsetParent && (b.offsetHeight < 48 || b.offsetWidth < 48)).map((b) => b.id)
            """)
            assert small == []
    finally:
        tablet.size(*TABLET)


def test_a_pressed_button_answers_before_the_device_does(tablet: Tablet) -> None:
    tablet.device.set_cue("trunk_lean_deg", Band(5.5, 8.5))
    tablet.until(lambda: tablet.text("withhold-word") == "Turn cue off")
    tablet.until(lambda: tablet.driver.find_element(By.ID, "withhold").get_attribute("aria-disabled") is None)
    pressed = "document.getElementById('withhold').click(); "
    word = "return document.getElementById('withhold-word').textContent"
    assert tablet.run(pressed + word) == "Turn cue on"
    tablet.until(lambda: not tablet.device.live.latest().cue.setting.shown)
    tablet.until(lambda: not tablet.driver.find_elements(By.CSS_SELECTOR, "#withhold.asked"))
    assert tablet.text("withhold-word") == "Turn cue on"


def test_what_the_device_refuses_is_taken_back(tablet: Tablet) -> None:
    tablet.device.set_cue("trunk_lean_deg", Band(5.5, 8.5))
    tablet.until(lambda: tablet.driver.find_element(By.ID, "withhold").get_attribute("aria-disabled") is None)
    tablet.run(REFUSING)
    try:
        tablet.press("withhold")
        tablet.until(lambda: tablet.text("message") == "Not now.")
    finally:
        tablet.run("window.fetch = window.real")
    assert tablet.text("withhold-word") == "Turn cue off"


def test_a_silent_camera_is_said_soon(tablet: Tablet) -> None:
    choose_cue(tablet, "trunk_lean_deg", "5", "10")
    tablet.until(lambda: tablet.text("number").endswith("°"))
    tablet.device.silent = True
    tablet.until(lambda: "no new frame" in tablet.text("stale"), 5)
    assert tablet.text("number") == ""
    assert tablet.text("light-word") == "Not known"
    tablet.device.silent = False
    tablet.until(lambda: tablet.text("number").endswith("°"))
    tablet.until(lambda: not tablet.driver.find_element(By.ID, "stale").is_displayed())


def test_the_page_finds_back_after_the_device_was_gone(tablet: Tablet) -> None:
    before = tablet.run("return performance.timeOrigin")
    tablet.stop_serving()
    tablet.until(lambda: "Connection to the device lost" in tablet.text("stale"))
    tablet.serve()
    tablet.until(lambda: not tablet.driver.find_element(By.ID, "stale").is_displayed())
    tablet.until(lambda: "behind" in tablet.text("age-text"))
    assert tablet.run("return performance.timeOrigin") == before, "the page was reloaded"


def test_a_tablet_that_slept_shows_what_is_now(tablet: Tablet) -> None:
    browser = psutil.Process(tablet.driver.service.process.pid)
    asleep = [process for process in browser.children(recursive=True) if process.is_running()]
    for process in asleep:
        process.suspend()
    begun = tablet.device.live.latest().seq
    try:
        tablet.until(lambda: tablet.device.live.latest().seq > begun + 150)
    finally:
        for process in asleep:
            process.resume()
    # Nothing of what was missed is shown late: the frame on the screen is of now.
    late = re.compile(r"Live, 0\.[0-4]\d s behind")
    tablet.until(lambda: late.match(tablet.text("age-text")))
    assert not tablet.driver.find_element(By.ID, "stale").is_displayed()


def test_everything_came_from_the_device_without_a_complaint(tablet: Tablet) -> None:
    asked = set()
    for entry in tablet.driver.get_log("performance"):  # type: ignore[no-untyped-call]
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.add(message["params"]["request"]["url"])
    assert any("/live/stream" in url for url in asked)
    own = (f"http://127.0.0.1:{tablet.port}/", "blob:", "data:", "chrome:", "about:")
    assert [url for url in asked if not url.startswith(own)] == []
    lost = ("ERR_CONNECTION", "ERR_INCOMPLETE", "ERR_EMPTY", "400 (BAD REQUEST)")
    complaints = [
        entry["message"]
        for entry in tablet.driver.get_log("browser")  # type: ignore[no-untyped-call]
        if entry["level"] != "DEBUG" and not any(reason in entry["message"] for reason in lost)
    ]
    assert complaints == []


def test_charts_are_optional(tablet: Tablet) -> None:
    blocked = {"urls": ["*/vendor/*"]}
    tablet.driver.execute_cdp_cmd("Network.enable", {})
    tablet.driver.execute_cdp_cmd("Network.setBlockedURLs", blocked)
    tablet.device.set_cue("trunk_lean_deg", Band(5, 10))
    tablet.driver.refresh()
    tablet.until(lambda: "not installed" in tablet.text("hero-trend"))
    tablet.until(lambda: tablet.text("number").endswith("°"))

"""Panels in a real Chromium: measures, patterns, the cue's band, marks, and what the device complains of."""

import shutil
from dataclasses import replace

import pytest
from scripted_device import OVER_UPRIGHT
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from tablet import CHROMEDRIVER, Tablet

from device.feedback.baseline import POOR
from device.gait.catalog import METRICS
from device.web.measures import GROUPS, group_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which(CHROMEDRIVER) is None, reason="chromedriver is not installed"),
]
FIRST_TILE = "return document.querySelector('.tile h3').textContent"


def row(tablet: Tablet, name: str) -> str:
    return str(tablet.driver.find_element(By.CSS_SELECTOR, f"[data-metric={name}]").text)


def pin(tablet: Tablet, name: str) -> None:
    tablet.run(f"document.querySelector('[data-metric={name}] .pin').click()")


def begin(tablet: Tablet) -> None:
    tablet.device.start_session("R-014")
    tablet.until(lambda: tablet.text("session-word") == "Stop")


def test_every_measure_is_listed_under_its_heading_with_what_is_known_of_it(tablet: Tablet) -> None:
    tablet.device.finish_baseline()
    tablet.until(lambda: "own range 157 to 165" in tablet.text("tiles"))
    tablet.press("measures")
    listed = tablet.run("""
      return [...document.querySelectorAll('.measures .group')]
        .map((group) => [...group.querySelectorAll('[data-metric]')].map((row) => row.dataset.metric))
    """)
    assert listed == [[n for n, m in METRICS.items() if group_of(m) == group] for group in GROUPS]
    said = row(tablet, "cadence_spm")
    for part in ("A\nvalue", "/min", "±", "10 steps", "own range 157 to 165", "slower steps", "Drozda"):
        assert part in said
    assert "not measured now" in row(tablet, "sparc")
    tablet.device.measuring = False
    tablet.until(lambda: "not measured now" in row(tablet, "cadence_spm"))


def test_four_tiles_can_be_chosen_and_are_kept_on_this_tablet(tablet: Tablet) -> None:
    tablet.press("measures")
    names = ["overstride_pct", "trunk_lean_deg", "hip_bounce_cm", "cadence_spm", "knee_excursion_deg"]
    for name in names:
        pin(tablet, name)
    problem = tablet.driver.find_element(By.CSS_SELECTOR, "#drawer .problem")
    assert problem.text == "Four measures are on the tiles. Untick one first."
    tablet.driver.refresh()
    tablet.until(lambda: tablet.run("return document.querySelectorAll('.tile').length") == 4)
    assert tablet.run(FIRST_TILE) == METRICS["overstride_pct"].label
    tablet.press("measures")
    for name in names[:4]:
        pin(tablet, name)
    assert tablet.run(FIRST_TILE) == METRICS["cadence_spm"].label


def test_patterns_stand_in_their_groups_and_only_while_measured(tablet: Tablet) -> None:
    tablet.device.finish_baseline()
    known = replace(OVER_UPRIGHT, name="Stiff knee", group="landing", new=False)
    tablet.device.deviations = (OVER_UPRIGHT, known)
    tablet.press("measures")
    tablet.run("document.querySelector('.views input[value=patterns]').click()")
    groups = "return [...document.querySelectorAll('.patterns .group')].map((g) => g.innerText)"
    tablet.until(lambda: len(tablet.run(groups)) == 3 and "Stiff knee" in tablet.run(groups)[2])
    posture, leg, landing = tablet.run(groups)
    assert posture.split("\n")[2:] == [
        "Over-upright trunk",
        "New",
        "",
        "4.0°, falls 2°",
        "",
        "clinical picture",
    ]
    assert "none seen" in leg
    assert "New" not in landing
    tablet.device.measuring = False
    tablet.until(lambda: not tablet.run(groups))


def test_a_band_starts_from_the_baseline_and_is_seen_before_it_is_used(tablet: Tablet) -> None:
    tablet.device.finish_baseline()
    tablet.until(lambda: "own range 157 to 165" in tablet.text("tiles"))
    tablet.press("cue")
    presets = "return [...document.querySelectorAll('.presets .btn')].map((b) => b.textContent)"
    tablet.until(lambda: tablet.run(presets) == ["+3°", "Own range"])
    tablet.run("document.querySelector('input[value=cadence_spm]').click()")
    assert tablet.run(presets) == ["+5 %", "+7.5 %", "+10 %", "Own range"]
    tablet.driver.find_element(By.CSS_SELECTOR, ".presets .btn").click()
    gauge = "return document.querySelector('.preview svg').getAttribute('aria-label')"
    tablet.until(lambda: "Cadence: 16" in tablet.run(gauge) and "band 164 to 174/min" in tablet.run(gauge))
    assert "moves load elsewhere" in tablet.text("drawer")
    assert not tablet.device.calls
    tablet.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not tablet.driver.find_element(By.ID, "drawer").is_displayed()


def test_a_mark_can_carry_a_word(tablet: Tablet) -> None:
    begin(tablet)
    tablet.press("mark-as")
    tablet.driver.find_element(By.CSS_SELECTOR, ".quick .pain").click()
    tablet.until(lambda: tablet.text("timeline-text").startswith("Pain at 0:0"))
    tablet.press("mark-as")
    tablet.driver.find_element(By.ID, "mark-label").send_keys("Left calf\n")
    tablet.until(lambda: tablet.text("timeline-text").startswith("Left calf at 0:0"))
    assert tablet.run("return document.getElementById('timeline').textContent").endswith("5 min")


def test_a_refused_baseline_says_why(tablet: Tablet) -> None:
    begin(tablet)
    tablet.device.refuse_baseline(POOR)
    tablet.until(lambda: tablet.text("message") == POOR.message)


def test_a_silent_light_is_not_shown_as_lit(tablet: Tablet) -> None:
    tablet.device.light_fault = (
        "The light no longer answers (no pin). Check its wiring and restart the device."
    )
    tablet.until(lambda: tablet.text("light-word") == "Fault")
    assert tablet.text("light-text") == "The runner does not see this light"
    assert tablet.run("return document.getElementById('strip').childElementCount") == 0
    tablet.until(lambda: tablet.text("message") == tablet.device.light_fault)

"""The Cue page, a run on the live screen, the runner's screen and a report, as people see and use them."""

import struct
from collections.abc import Callable

import pytest
from selenium.webdriver.common.by import By
from tablet import TABLET, Tablet

from device.feedback.schedule import Block, BlockKind, ScheduleKind
from device.feedback.training import RunPlan
from device.feedback.types import Band

pytestmark = [pytest.mark.browser]


@pytest.fixture
def visit(tablet: Tablet) -> Callable[[str], None]:
    """Opens a page of the module's dashboard."""
    tablet.size(*TABLET)

    def go(path: str) -> None:
        tablet.driver.get(f"http://127.0.0.1:{tablet.port}{path}")

    yield go
    tablet.size(*TABLET)
    go("/live")


def start(tablet: Tablet, kind: BlockKind, lean: float, words: str = "Lead with your chest") -> None:
    tablet.device.values["trunk_lean_deg"] = (lean, 0.1)
    tablet.device.start_session("R-014")
    tablet.device.finish_baseline()
    tablet.device.set_cue("trunk_lean_deg", Band(5.5, 8.5))
    blocks = (Block(kind, 300), Block(BlockKind.WITHHELD, 60), Block(BlockKind.CUE, 60))
    tablet.device.start_run(RunPlan(kind=ScheduleKind.BLOCKS, blocks=blocks, words=words, metronome_spm=165))


def test_a_cue_is_chosen_from_the_baseline_and_the_run_begins(tablet: Tablet, visit) -> None:
    tablet.device.start_session("R-014")
    tablet.device.finish_baseline()
    visit("/cue")
    tablet.until(lambda: "baseline 4.0°" in tablet.text("measures"))
    assert tablet.text("band-title") == "Band, from this runner's own baseline"
    picture = tablet.driver.find_element(By.ID, "band").get_attribute("aria-label")
    assert picture == "Trunk lean: target 7.00°, 5.00 to 9.00"
    assert "so the band has an upper edge" in tablet.text("caution")
    tablet.until(lambda: tablet.text("share") == "cue on for 80 % of the run, 7:00 in all")
    for _ in range(3):
        tablet.driver.find_element(By.CSS_SELECTOR, "#steppers [aria-label='Half-width, less']").click()
    assert "Half-width 0.50°, but this runner now varies by 0.80°" in tablet.text("narrow-text")
    tablet.press("widen")
    assert not tablet.driver.find_element(By.ID, "narrow").is_displayed()
    tablet.driver.find_element(By.CSS_SELECTOR, ".ideas .btn").click()
    tablet.press("start")
    tablet.until(lambda: tablet.driver.current_url.endswith("/live"))
    tablet.until(lambda: tablet.text("timeline-title") == "Cue on, block 1 of 5")
    plan = tablet.device.live.latest().session.plan
    assert plan.words == "Lead with your chest"
    assert ("cue", "trunk_lean_deg", Band(6.2, 7.8)) in tablet.device.calls


def test_the_metronome_and_its_rate_follow_a_cadence_target(tablet: Tablet, visit) -> None:
    tablet.device.start_session("R-014")
    tablet.device.finish_baseline()
    visit("/cue")
    tablet.until(lambda: "Cadence" in tablet.text("measures"))
    tablet.run("document.querySelector('input[value=cadence_spm]').click()")
    assert tablet.text("metronome-text") == "169 steps a minute, heard from this tablet"
    presets = tablet.driver.find_elements(By.CSS_SELECTOR, "#presets .btn")
    assert [button.text for button in presets] == ["+5 %", "+7.5 %", "+10 %", "Own range"]
    presets[2].click()
    assert tablet.text("metronome-text").startswith("177 steps")
    tablet.press("sound")
    assert tablet.text("sound") == "Sound off"
    tablet.press("sound")
    assert tablet.text("sound") == "Sound on"


def test_a_run_is_led_from_the_live_screen(tablet: Tablet, visit) -> None:
    visit("/live")
    start(tablet, BlockKind.CUE, 7.0)
    tablet.until(lambda: tablet.text("timeline-title") == "Cue on, block 1 of 3")
    assert "left" in tablet.text("timeline-text")
    for name in ("baseline", "withhold", "run"):
        assert not tablet.driver.find_element(By.ID, name).is_displayed()
    tablet.press("pause")
    tablet.until(lambda: tablet.text("timeline-title") == "Paused, cue on")
    tablet.until(lambda: tablet.text("hero-chip") == "Cue off")
    assert tablet.text("pause-word") == "Go on"
    tablet.press("pause")
    tablet.press("skip")
    tablet.until(lambda: tablet.text("timeline-title") == "Cue off, block 2 of 3")
    tablet.press("skip")
    tablet.until(lambda: tablet.text("timeline-title") == "Cue on, block 3 of 3")
    tablet.press("skip")
    tablet.until(lambda: tablet.text("timeline-title") == "Run done")
    assert not tablet.driver.find_element(By.ID, "pause").is_displayed()


@pytest.mark.parametrize(
    ("kind", "lean", "state", "large"),
    [
        (BlockKind.CUE, 7.0, "number", "In your band"),
        (BlockKind.CUE, 4.0, "cue", "Lead with your chest"),
        (BlockKind.WITHHELD, 4.0, "calm", "Run by feel"),
        (BlockKind.RECALL, 4.0, "calm", "Lead with your chest"),
        (BlockKind.ON_ERROR, 7.0, "calm", "In your band"),
    ],
)
def test_the_runner_sees_one_thing(tablet: Tablet, visit, kind, lean, state, large) -> None:
    start(tablet, kind, lean)
    visit("/runner")
    main = tablet.driver.find_element(By.ID, "main")
    tablet.until(lambda: main.get_attribute("data-state") == state and tablet.text("words") == large)
    number = tablet.driver.find_element(By.ID, "number")
    assert number.is_displayed() == (state == "number")
    assert tablet.driver.find_element(By.ID, "gauge").is_displayed() == (state in {"number", "cue"})
    lens = tablet.driver.find_element(By.ID, "light").get_attribute("data-state")
    assert lens == ("cue" if state == "cue" else "alive")
    assert "R-014" not in tablet.driver.page_source


def test_the_runner_is_told_when_the_way_back_has_no_words(tablet: Tablet, visit) -> None:
    start(tablet, BlockKind.CUE, 4.0, words="")
    visit("/runner")
    tablet.until(lambda: tablet.text("words") == "Go further forward")


def test_the_dashboard_can_be_installed_without_anything_from_outside(tablet: Tablet, visit) -> None:
    visit("/live")
    read = (
        "const done = arguments[1]; fetch(arguments[0]).then(async (r) => done([r.status, await r.json()]))"
    )
    link = tablet.run("return document.querySelector('link[rel=manifest]').getAttribute('href')")
    status, manifest = tablet.driver.execute_async_script(read, link)
    assert (status, manifest["display"], manifest["start_url"]) == (200, "standalone", "/")
    size = (
        "const done = arguments[1]; fetch(arguments[0]).then(async (r) => "
        "done(Array.from(new Uint8Array(await r.arrayBuffer())).slice(16, 24)))"
    )
    for icon in manifest["icons"]:
        assert "//" not in icon["src"]
        if icon["type"] == "image/png":
            head = bytes(tablet.driver.execute_async_script(size, f"/static/{icon['src']}"))
            assert "x".join(map(str, struct.unpack(">II", head))) == icon["sizes"]

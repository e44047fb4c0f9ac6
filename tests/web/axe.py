"""Asks axe-core what stands in the way of people who cannot see, point or tell colours well."""

from functools import cache
from pathlib import Path

import pytest
from selenium import webdriver

SOURCE = Path(__file__).resolve().parents[2] / ".venv" / "axe" / "axe.min.js"
"""Put there by setup.sh for the tests; no part of what is installed."""


@cache
def _source() -> str:
    if not SOURCE.is_file():
        pytest.skip("axe-core is not installed: run ./setup.sh test")
    return SOURCE.read_text("utf-8")


def findings(driver: webdriver.Chrome, *, colours_only: bool = False) -> list[str]:
    """Give each finding of axe-core on the page that is shown.

    colours_only: only the rules about colour, for a page that was looked at in other colours already.
    """
    if not driver.execute_script("return 'axe' in window"):
        driver.execute_script(_source())
    found: list[str] = driver.execute_async_script(
        """const [colours, done] = arguments;
        const options = colours ? {runOnly: ["color-contrast", "link-in-text-block"]} : {};
        const say = (v) => `${v.id}: ${v.help}: ` + v.nodes.map((n) => n.html).join(" | ");
        axe.run(document, {resultTypes: ["violations"], ...options})
          .then(({violations}) => done(violations.map(say)));""",
        colours_only,
    )
    return found

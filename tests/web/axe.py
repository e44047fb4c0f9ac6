"""Asks axe-core what stands in the way of people who cannot see, point or tell colours well."""

from pathlib import Path

import pytest
from selenium import webdriver

SOURCE = Path(__file__).resolve().parents[2] / ".venv" / "axe" / "axe.min.js"
"""Put there by setup.sh for the tests; no part of what is installed."""


def assert_accessible(driver: webdriver.Chrome, *, but: tuple[str, ...] = ()) -> None:
    """Fail with each finding of axe-core on the page that is shown.

    but: rules that do not apply to this page, by axe's names; each needs a reason where it is given.
    """
    if not SOURCE.is_file():
        pytest.skip("axe-core is not installed: run ./setup.sh test")
    driver.execute_script(SOURCE.read_text("utf-8"))
    found = driver.execute_async_script(
        """const [but, done] = arguments;
        const rules = Object.fromEntries(but.map((name) => [name, {enabled: false}]));
        const say = (v) => `${v.id}: ${v.help}: ` + v.nodes.map((n) => n.html).join(" | ");
        axe.run(document, {rules}).then(({violations}) => done(violations.map(say)));""",
        list(but),
    )
    assert found == [], "\n".join(found)

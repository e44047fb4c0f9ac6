"""Every word the pages use is in the words folder, and every word there is used."""

import re
from collections.abc import Iterator
from pathlib import Path

import device.web
from device.feedback.schedule import BlockKind
from device.feedback.types import LightState
from device.gait.catalog import Trust
from device.gait.compare import Verdict
from device.gait.types import Activity, Facing, View
from device.review.camera_check import CheckName, CheckState, Reason
from device.review.guard import Differs
from device.review.patterns import Sight
from device.review.types import Instant, Leg
from device.sessions.types import SessionStatus
from device.web.words import load_words

WEB = Path(next(iter(device.web.__path__)))
SOURCES = [*WEB.rglob("static/js/**/*.js"), *WEB.rglob("templates/**/*.html")]
REPORT = [*(WEB.parent / "report").glob("*.py"), *(WEB.parent / "report").glob("*.html")]
"""Words reach the report as one table, so its own sources name them without it."""
SPOKEN = [
    Activity, View, Facing, LightState, SessionStatus, Trust, BlockKind, CheckName, CheckState, Differs,
    Instant, Leg, Reason, Sight, Verdict,
]  # fmt: skip
"""Enumerations whose members are looked up by name."""


def keys() -> Iterator[str]:
    for area, texts in load_words().items():
        if isinstance(texts, str):
            yield area
        else:
            yield from (f"{area}.{name}" for name in texts)


def used() -> set[str]:
    found: set[str] = set()
    for source in SOURCES:
        found.update(re.findall(r"\b(?:words|w)\.([a-z_]+(?:\.[A-Za-z_]+)?)", source.read_text("utf-8")))
    return found


def test_words_that_are_used_exist() -> None:
    known = set(keys()) | set(load_words())
    assert {word for word in used() if word not in known and not word.endswith(".json")} == set()


def test_words_that_exist_are_used() -> None:
    text = "".join(source.read_text("utf-8") for source in [*SOURCES, *WEB.rglob("*.py"), *REPORT])
    members = {str(member) for kind in SPOKEN for member in kind}
    pieces = set(re.findall(r"\w+", text)) | members
    named = used()
    unused = {
        key
        for key in keys()
        if key not in named
        and not re.fullmatch(r"errors\.[45]\d\d", key)
        and re.sub(r"_(text|short|step|stride)$", "", key.rpartition(".")[2]) not in pieces
    }
    assert unused == set()

"""Anything at all is sent to every address of the dashboard: it answers with a refusal, never with a fault.

Each address of the app's own table gets some, so a new page is fuzzed from its first day. Those of a
stranger must lead nowhere; those of an administrator with the page's token may do what they like.
"""

import json
import logging
import string
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from device.sessions.store import SessionStore
from device.web import metrics
from device.web.app import POLICY
from device.web.roles import Audience, rule_of

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from scripted_device import ScriptedDevice
from web_client import NAME, PIN, dashboard

ENDLESS = {"live.stream", "runner.stream"}
PROCESSES = {"health.self_test", "reports.pdf"}
"""Start a process of their own: tested by themselves."""
EACH = 2
"""Requests to every address: few at a time, anew in each run."""


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    body: bytes
    kind: str


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    device = ScriptedDevice()
    device.start()
    logging.getLogger("device.web.app").propagate = True
    made = dashboard(device, SessionStore(tmp_path_factory.mktemp("fuzz")))
    metrics.set_up(made, "a token for the fuzzer")
    yield made
    device.close()


def rules(app: Flask) -> list[Rule]:
    left_out = ENDLESS | PROCESSES | {"static"}
    table = list(app.url_map.iter_rules())
    assert left_out < {rule.endpoint for rule in table}, "an address that is left out has another name now"
    return [rule for rule in table if rule.endpoint not in left_out]


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=60)
    | st.sampled_from(
        ["", "\0", "\ud800", "../../etc/passwd", "<script>", "' OR 1=1 --", "A" * 5000, "🏃", "-0", "1e400"]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "label",
        "note",
        "metric",
        "low",
        "high",
        "shown",
        "duration_s",
        "speed_mps",
        "grade_pct",
        "height_cm",
        "facing",
        "x",
        "y",
        "width",
        "height",
        "score",
        "where",
        "visit_id",
        "patient_id",
        "session_id",
        "kind",
        "purpose",
        "name",
        "role",
        "secret",
        "code",
        "born",
        "consent",
        "index",
        "pattern",
        "seen",
        "blocks",
        "next",
        "view",
        "from",
        "to",
        "page",
        "plan",
        "words",
        "minutes",
        "days",
        "at",
    ]
) | st.text(string.ascii_lowercase, max_size=8)
OBJECTS = st.dictionaries(NAMES, ANYTHING, max_size=5)
PARTS = st.sampled_from(
    ["0", "1", "-1", "999999999999999999999", "1e3", "%00", "%2e%2e", "..", "é", "trc", "a" * 300]
) | st.text(max_size=12).map(lambda text: quote(text.encode("utf-8", "surrogatepass"), safe=""))


@st.composite
def requests(draw: st.DrawFn, rule: Rule) -> Sent:
    path = "".join(
        draw(st.integers(0, 3).map(str) | PARTS) if dynamic else part for dynamic, part in _pieces(rule.rule)
    )
    query = draw(st.dictionaries(NAMES, st.text(max_size=20) | st.integers().map(str), max_size=3))
    if query:
        path += "?" + urlencode(query, errors="replace")
    method = draw(
        st.sampled_from([*sorted((rule.methods or set()) - {"OPTIONS"}), "POST", "PUT", "DELETE", "TRACE"])
    )
    way = draw(st.sampled_from(["json", "form", "raw", "none"]))
    if way == "json":
        body = json.dumps(draw(OBJECTS | ANYTHING)).encode("utf-8", "surrogatepass")
        return Sent(method, path, body, "application/json")
    if way == "form":
        form = {name: str(value) for name, value in draw(OBJECTS).items()}
        return Sent(
            method, path, urlencode(form, errors="replace").encode(), "application/x-www-form-urlencoded"
        )
    body = draw(st.binary(max_size=200)) if way == "raw" else b""
    kinds = [
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/json; charset=no-such",
    ]
    return Sent(method, path, body, draw(st.sampled_from(kinds)))


def _pieces(rule: str) -> Iterator[tuple[bool, str]]:
    for number, part in enumerate(rule.replace("<", "\0").replace(">", "\0").split("\0")):
        yield number % 2 == 1, part


def answer(client: FlaskClient, sent: Sent, token: str = "") -> TestResponse:
    headers = {"Content-Type": sent.kind, "X-CSRFToken": token}
    return client.open(sent.path, method=sent.method, data=sent.body, headers=headers, buffered=True)


def looks_right(got: TestResponse, sent: Sent) -> None:
    assert got.status_code < 500 or got.status_code == 503, (sent, got.text[:300])
    assert "Traceback" not in got.text[:100_000] if got.mimetype.startswith("text") else True
    for name, value in POLICY.items():
        if name != "Content-Security-Policy":
            assert got.headers[name] == value, name
    assert "script-src 'self'" in got.headers["Content-Security-Policy"]
    assert got.headers["Cache-Control"] in {"no-store", "no-cache"}


def send_to_each(table: list[Rule], check: Callable[[Sent], None]) -> None:
    for rule in table:
        few = settings(max_examples=EACH, deadline=None, suppress_health_check=list(HealthCheck))
        few(given(requests(rule))(check))()


def test_whatever_a_stranger_sends_leads_nowhere(app: Flask) -> None:
    client, adapter, reached = app.test_client(), app.url_map.bind("localhost"), set()

    def check(sent: Sent) -> None:
        got = answer(client, sent)
        looks_right(got, sent)
        if got.status_code == 200:
            endpoint, _ = adapter.match(sent.path.partition("?")[0], method=sent.method)
            reached.add(str(endpoint))
            declared = rule_of(app.view_functions[str(endpoint)])
            assert declared is not None
            assert declared.audience is Audience.ANYBODY, sent

    send_to_each(rules(app), check)
    assert "access.login" in reached


def test_whatever_an_administrator_sends_is_done_or_refused_by_name(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/login").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"csrf_token": token, "other": NAME, "secret": PIN, "next": "/"}
    assert client.post("/login", data=form).status_code == 302
    token = client.get("/").text.partition('data-token="')[2].partition('"')[0]
    assert token
    # Without these the rest would run as a stranger.
    leaving = {"access.logout", "settings.change_person", "access.log_in"}
    table = [rule for rule in rules(app) if rule.endpoint not in leaving]
    send_to_each(table, lambda sent: looks_right(answer(client, sent, token), sent))
    assert client.get("/patients").status_code == 200

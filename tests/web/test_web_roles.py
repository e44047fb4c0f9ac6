"""Every route asks for its role: strangers, too low a role and second screens are refused."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from scripted_device import ScriptedDevice
from web_client import NAME, Answer, Visitor, dashboard, new_clinic

from device.clinic.store import ClinicStore
from device.clinic.types import Role
from device.web.roles import Audience, Rule, rule_of
from device.web.server import DashboardServer

PINS = {Role.VIEWER: "739164", Role.THERAPIST: "739165", Role.ADMINISTRATOR: "493817"}
NAMES = {Role.VIEWER: "Vi", Role.THERAPIST: "Thea", Role.ADMINISTRATOR: NAME}
VALUES = {"int": "99", "string": "x", "path": "js/main.js"}
LEAVES = frozenset({"access.logout", "access.prove"})
"""End the login, or count a wrong PIN."""
STREAMS = frozenset({"live.stream", "runner.stream"})


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    endpoint: str
    rule: Rule | None


@dataclass
class House:
    app: Flask
    clinic: ClinicStore
    server: DashboardServer

    def visitor(self, role: Role) -> Visitor:
        known = Visitor(self.server.port)
        assert known.log_in(PINS[role], name=NAMES[role]).status == 302
        return known


@pytest.fixture(scope="module")
def house(running_device: ScriptedDevice) -> Iterator[House]:
    clinic = new_clinic()
    for role in (Role.VIEWER, Role.THERAPIST):
        clinic.users.add(NAMES[role], role, PINS[role])
    app = dashboard(running_device, clinic=clinic, max_viewers=6)
    server = DashboardServer(app, "127.0.0.1", 0)
    server.start()
    yield House(app, clinic, server)
    server.stop()


def routes(app: Flask) -> list[Route]:
    """Every route of the app as something that can be asked for."""
    found: list[Route] = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
        path = re.sub(r"<(?:(\w+):)?\w+>", lambda m: VALUES[m[1] or "string"], path)
        asks = rule_of(app.view_functions[rule.endpoint])
        methods = sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE", "PATCH"})
        found += [Route(method, path, rule.endpoint, asks) for method in methods]
    return found


def asked(visitor: Visitor, route: Route) -> Answer:
    """Ask for a route as a script does; a change comes with the page's token and nothing else."""
    if route.endpoint in STREAMS:
        with visitor.stream() if "live" in route.path else visitor.stream_at(route.path) as stream:
            return Answer(stream.status, {}, b"")
    headers = {"Accept": "*/*", "X-CSRFToken": visitor.token, "Content-Type": "application/json"}
    return visitor.ask(route.method, route.path, b"{}" if route.method != "GET" else b"", headers)


def test_every_route_declares_its_role(house: House) -> None:
    silent = {route.endpoint for route in routes(house.app) if route.rule is None} - {"static"}
    assert silent == set()


def test_a_view_that_declares_nothing_is_for_nobody(running_device: ScriptedDevice) -> None:
    app = dashboard(running_device)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    server = DashboardServer(app, "127.0.0.1", 0)
    server.start()
    try:
        visitor = Visitor(server.port)
        assert visitor.get("/forgotten").status == 302
        visitor.log_in()
        answer = visitor.get("/forgotten")
        assert answer.status == 403
        assert "secret" not in answer.text
    finally:
        server.stop()


def test_strangers_reach_only_what_is_open_to_all(house: House, device: ScriptedDevice) -> None:
    stranger = Visitor(house.server.port)
    for route in routes(house.app):
        if route.endpoint == "static" or (route.rule and route.rule.audience is Audience.ANYBODY):
            continue
        assert asked(stranger, route).status == 401, route
    assert not device.calls


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_what_it_may_and_nothing_else(
    house: House, device: ScriptedDevice, role: Role
) -> None:
    visitor = house.visitor(role)
    allowed = refused = 0
    for route in routes(house.app):
        if route.rule is None or route.rule.audience is Audience.ANYBODY or route.endpoint in LEAVES:
            continue
        status = asked(visitor, route).status
        if role < route.rule.least:
            refused += 1
            assert status == 403, route
        else:
            allowed += 1
            assert status not in (401, 403, 500), (route, status)
    assert allowed > 20
    assert (refused > 0) is (role is not Role.ADMINISTRATOR)


def test_a_second_screen_sees_the_runner_view_alone(house: House, device: ScriptedDevice) -> None:
    therapist = house.visitor(Role.THERAPIST)
    code = re.search(r'id="code">([\d ]+)<', therapist.get("/cast/new").text)
    assert code
    screen = Visitor(house.server.port)
    screen.get("/cast")
    assert screen.send("/cast", code="000 001").status == 401
    assert screen.send("/cast", code=code[1]).headers["location"] == "/runner"
    for route in routes(house.app):
        if route.rule is None or route.rule.audience is Audience.ANYBODY:
            continue
        expected = 200 if route.rule.audience is Audience.SCREEN else 401
        assert asked(screen, route).status == expected, route
    again = Visitor(house.server.port)
    again.get("/cast")
    assert again.send("/cast", code=code[1]).status == 401
    therapist.send("/cast/end")
    assert screen.get("/runner").status == 302


def test_what_a_screen_is_sent_names_nobody(house: House, device: ScriptedDevice) -> None:
    patient_id = house.clinic.patients.add("XQZ-secret")
    visit_id = house.clinic.visits.open(patient_id, "Thea")
    device.start_session("XQZ-secret")
    visitor = house.visitor(Role.VIEWER)
    with visitor.stream_at("/runner/stream") as stream:
        for _ in range(3):
            header, body = next(stream.messages())
            assert "XQZ" not in str(header)
            assert body == b""
    assert "XQZ" not in visitor.get("/runner").text
    house.clinic.visits.close(visit_id)


def test_a_dangerous_change_asks_for_the_pin_again(house: House, device: ScriptedDevice) -> None:
    admin = house.visitor(Role.ADMINISTRATOR)
    key = house.app.extensions["logins"]
    with house.clinic.database.reading() as connection:
        newest = connection.execute("SELECT token FROM login ORDER BY rowid DESC LIMIT 1").fetchone()["token"]
    key._present[newest].proved_s = None
    answer = admin.send("/settings/people", name="Eve", role="3", secret="739162")
    assert answer.status == 303
    assert answer.headers["location"].startswith("/prove")
    assert house.clinic.users.by_name("Eve") is None
    admin.get("/prove")
    assert admin.send("/prove", secret="000000", next="/settings/people").status == 401
    assert admin.send("/prove", secret=PINS[Role.ADMINISTRATOR], next="/settings/people").status == 302
    assert admin.send("/settings/people", name="Eve", role="3", secret="739162").status == 302
    assert house.clinic.users.by_name("Eve") is not None


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2f..%2fapp.py",
        "/static/%2fetc/passwd",
        "/visits/..%2f1/report",
        "/patients/1%2f..%2f..%2fexport.zip",
        "/sessions/../../access-code",
    ],
)
def test_no_path_leads_out(house: House, device: ScriptedDevice, path: str) -> None:
    answer = house.visitor(Role.ADMINISTRATOR).get(path)
    assert answer.status in (400, 404), path
    assert "import" not in answer.text
    assert "root:" not in answer.text


def test_every_change_without_the_token_is_refused(house: House, device: ScriptedDevice) -> None:
    admin = house.visitor(Role.ADMINISTRATOR)
    before = len(house.clinic.audit.entries(limit=1000))
    for route in routes(house.app):
        if route.method == "GET":
            continue
        admin.token = "forged"
        assert asked(admin, route).status == 400, route
    assert not device.calls
    assert len(house.clinic.audit.entries(limit=1000)) == before

"""Nobody sees anything without a login, and nothing is done without the page's token."""

import pytest
from scripted_device import ScriptedDevice
from web_client import PIN, Visitor, dashboard

from device.errors import ServerError
from device.web.access import PER_ADDRESS
from device.web.server import DashboardServer


def test_scripts_are_told_401_in_json(stranger: Visitor) -> None:
    for path in ("/live/stream", "/api/clock"):
        answer = stranger.get(path, Accept="*/*")
        assert answer.status == 401
        assert "Log in" in answer.json["message"]


def test_ping_tells_nothing(stranger: Visitor) -> None:
    assert stranger.get("/ping").json == {"ok": True}


def test_the_right_pin_opens_and_the_wrong_one_does_not(stranger: Visitor) -> None:
    refused = stranger.log_in("493818")
    assert refused.status == 401
    assert "do not fit together" in refused.text
    assert stranger.get("/").status == 302
    assert stranger.log_in().status == 302
    assert stranger.get("/").status == 200


def test_tries_are_limited_per_minute(own_server: DashboardServer) -> None:
    stranger = Visitor(own_server.port)
    for number in range(PER_ADDRESS):
        assert stranger.log_in("493818", name=f"guess {number}").status == 401
    late = stranger.log_in()
    assert late.status == 429
    assert late.headers["retry-after"] == "60"
    assert stranger.get("/").status == 302


@pytest.mark.parametrize(
    ("target", "arrives"),
    [
        ("/sessions", "/sessions"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
    ],
)
def test_login_leads_only_to_this_device(stranger: Visitor, target: str, arrives: str) -> None:
    assert stranger.log_in(target=target).headers["location"] == arrives


def test_logging_out_closes_the_door(visitor: Visitor) -> None:
    taken = visitor.cookie
    assert visitor.send("/logout", next="/patients").headers["location"].endswith("next=/patients")
    assert visitor.get("/").status == 302
    visitor.cookie = taken
    assert visitor.get("/").status == 302


def test_a_cookie_signed_by_somebody_else_is_worth_nothing(stranger: Visitor, device: ScriptedDevice) -> None:
    app = dashboard(device, key=b"some other key, also long enough")
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    stranger.cookie = "treadlight=" + signer.dumps({"login": "what another device gave out"})
    assert stranger.get("/").status == 302


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: Visitor) -> None:
    cookie = stranger.log_in().headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert PIN not in cookie


def test_nothing_is_done_without_the_token(visitor: Visitor, device: ScriptedDevice) -> None:
    visitor.token = "forged"
    answer = visitor.post("/api/session/start", {"label": "A"})
    assert answer.status == 400
    assert answer.json["code"] == "csrf"
    assert not device.calls


def test_every_answer_is_hardened(visitor: Visitor) -> None:
    for path in ("/", "/live", "/sessions", "/api/clock", "/login", "/nowhere", "/static/js/main.js"):
        headers = visitor.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == ("no-cache" if "static" in path else "no-store")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("192.168.4.20", 200),
        ("[fe80::1]:8080", 200),
        ("localhost", 200),
        ("treadlight.local", 200),
        ("evil.example", 421),
        ("treadlight.local.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
    ],
)
def test_only_this_devices_own_names_are_answered(stranger: Visitor, host: str, status: int) -> None:
    assert stranger.get("/ping", Host=host).status == status


def test_a_body_too_large_is_refused(visitor: Visitor, device: ScriptedDevice) -> None:
    answer = visitor.post("/api/session/start", {"label": "A", "note": "x" * 40_000})
    assert answer.status == 413
    assert not device.calls


def test_a_missing_page_looks_like_the_rest(visitor: Visitor) -> None:
    answer = visitor.get("/nowhere")
    assert answer.status == 404
    assert "There is no such page" in answer.text


def test_a_weak_code_or_key_is_refused(device: ScriptedDevice) -> None:
    with pytest.raises(ServerError, match="too short"):
        dashboard(device, code="abc")
    with pytest.raises(ServerError, match="too short"):
        dashboard(device, key=b"short")

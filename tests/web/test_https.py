"""HTTPS with the device's own authority: who is trusted for what, and what plain HTTP gets."""

import http.client
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from scripted_device import ScriptedDevice
from web_client import Answer, dashboard

from device.config import Config, StorageConfig, WebConfig
from device.errors import ServerError
from device.host.certificate import (
    CertificateFiles,
    fingerprint,
    keep_certificate,
    make_certificate,
    subject_of,
)
from device.host.doorstep import Doorstep, dashboard_addresses, first_address, notice
from device.web.server import DashboardServer
from device.web.tls import has_aes

HOME = "192.168.7.20"


@dataclass(frozen=True)
class Site:
    server: DashboardServer
    files: CertificateFiles


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> CertificateFiles:
    return keep_certificate(tmp_path_factory.mktemp("tls") / "tls", subject_of("treadlight", [HOME]))


@pytest.fixture
def site(device: ScriptedDevice, files: CertificateFiles) -> Iterator[Site]:
    app = dashboard(device, max_viewers=4, authority=files.authority)
    server = DashboardServer(app, "127.0.0.1", 0, files.server, plain_port=0)
    server.start()
    yield Site(server, files)
    server.stop()


def trusting(files: CertificateFiles) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(files.authority))


def handshake(port: int, context: ssl.SSLContext, name: str) -> dict[str, object]:
    """Connect to the server under some name; gives its certificate."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        return dict(secure.getpeercert() or {})


def ask(site: Site, method: str, path: str, secure: bool = True, **headers: str) -> Answer:
    if secure:
        context = trusting(site.files)
        connection = http.client.HTTPSConnection("127.0.0.1", site.server.port, timeout=10, context=context)
    else:
        assert site.server.plain_port
        connection = http.client.HTTPConnection("127.0.0.1", site.server.plain_port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


@pytest.mark.parametrize("name", ["treadlight.local", "localhost", "127.0.0.1", HOME])
def test_a_tablet_that_trusts_the_authority_trusts_the_device(site: Site, name: str) -> None:
    assert handshake(site.server.port, trusting(site.files), name)["subjectAltName"]


def test_a_tablet_that_does_not_is_warned(site: Site) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(site.server.port, ssl.create_default_context(), "treadlight.local")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(site.server.port, trusting(site.files), "192.168.7.21")


def test_old_protocols_are_refused(site: Site) -> None:
    context = trusting(site.files)
    with pytest.warns(DeprecationWarning):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        handshake(site.server.port, context, "localhost")


def test_the_authority_is_good_for_local_names_only(files: CertificateFiles, device: ScriptedDevice) -> None:
    make_certificate(files.folder, ["bank.example", "8.8.8.8", "localhost"])
    server = DashboardServer(dashboard(device), "127.0.0.1", 0, files.server)
    server.start()
    try:
        for name in ("bank.example", "8.8.8.8"):
            with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
                handshake(server.port, trusting(files), name)
    finally:
        server.stop()
    keep_certificate(files.folder, subject_of("treadlight", [HOME]))


def test_a_clock_that_is_wrong_by_years_does_no_harm(site: Site) -> None:
    shown = handshake(site.server.port, trusting(site.files), "localhost")
    begins, ends = (ssl.cert_time_to_seconds(str(shown[k])) for k in ("notBefore", "notAfter"))
    # Apple's limit of 825 days counts for certificates that begin on 2019-07-01 or later.
    assert begins < ssl.cert_time_to_seconds("Jul 1 00:00:00 2019 GMT")
    assert ends > ssl.cert_time_to_seconds("Jan 1 00:00:00 2049 GMT")


def test_public_addresses_are_left_out() -> None:
    subject = subject_of("treadlight", ["8.8.8.8", "10.0.0.3", "not an address", "fe80::1"])
    assert {"10.0.0.3", "fe80::1", "treadlight.local"} <= set(subject)
    assert not {"8.8.8.8", "not an address"} & set(subject)


def test_keys_are_for_the_owner_alone_and_the_authority_stays(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    first = keep_certificate(folder, subject_of("treadlight", [HOME]))
    known, server = fingerprint(first.authority), first.server.read_bytes()
    keep_certificate(folder, subject_of("treadlight", [HOME]))
    assert first.server.read_bytes() == server, "nothing changed, so nothing was made"
    assert all(path.stat().st_mode & 0o077 == 0 for path in [folder, *folder.iterdir()])
    first.subject.unlink()  # as after a power cut while it was renewed
    keep_certificate(folder, subject_of("treadlight", [HOME]))
    assert first.server.read_bytes() != server
    assert fingerprint(first.authority) == known


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("in the way")
    with pytest.raises(ServerError, match=r"certificate in .* cannot be made .*web\.https = false"):
        keep_certificate(tmp_path / "tls", ["localhost"])


def test_plain_http_is_sent_on_and_nothing_is_taken_from_it(site: Site) -> None:
    answer = ask(site, "GET", "/sessions?a=1", secure=False, Host="treadlight.local")
    assert (answer.status, answer.headers["Location"]) == (
        302,
        f"https://treadlight.local:{site.server.port}/sessions?a=1",
    )
    assert ask(site, "POST", "/login", secure=False).status == 421
    assert ask(site, "GET", "/", secure=False, Host="evil.example").status == 421
    assert ask(site, "GET", "/ping", secure=False).status == 200


def test_the_trust_page_and_the_authority_need_no_encryption(site: Site) -> None:
    page = ask(site, "GET", "/trust", secure=False)
    assert page.status == 200
    assert b"Download the certificate</a>" in page.body
    assert b"built-in" not in page.body
    digits = re.sub(rb"[^0-9A-F]", b"", b"".join(re.findall(rb"<code>(.*?)</code>", page.body)))
    assert digits.decode() == fingerprint(site.files.authority).replace(":", "")
    file = ask(site, "GET", "/trust/treadlight.crt", secure=False)
    assert file.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert file.body == site.files.authority.read_bytes()
    assert b"PRIVATE" not in file.body


def test_cookies_travel_encrypted_only(site: Site) -> None:
    cookie = ask(site, "GET", "/login").headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))


def test_visitors_who_say_nothing_hold_up_nobody(site: Site) -> None:
    silent = [socket.create_connection(("127.0.0.1", site.server.port), timeout=10) for _ in range(8)]
    try:
        begun = time.monotonic()
        assert ask(site, "GET", "/ping").status == 200
        assert time.monotonic() - begun < 3, "the others' time-out of 6 s was waited for"
    finally:
        for connection in silent:
            connection.close()


def wait_for(holds: Callable[[], bool], keep_up: Callable[[], None]) -> None:
    ends = time.monotonic() + 30
    while not holds():
        keep_up()
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_certificate_and_notice_follow_the_addresses(
    device: ScriptedDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.host.doorstep.LOOK_EVERY_S", 0.05)
    config = replace(Config(), web=WebConfig(name="tread-2"), storage=StorageConfig(folder=tmp_path))
    files = keep_certificate(tmp_path / "tls", subject_of("tread-2", []))
    addresses: list[str] = []
    monkeypatch.setattr("device.host.doorstep.network_addresses", lambda: list(addresses))
    app = dashboard(device, authority=files.authority)
    server = DashboardServer(app, "127.0.0.1", 0, files.server, plain_port=0)
    server.start()
    console = tmp_path / "console.issue"
    doorstep = Doorstep(config, server, console, lambda: list(addresses))
    try:
        wait_for(console.exists, doorstep.keep_up)
        assert "https://tread-2.local" in console.read_text()
        assert HOME not in console.read_text()
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(server.port, trusting(files), HOME)
        addresses.append(HOME)
        wait_for(lambda: HOME in console.read_text(), doorstep.keep_up)
        handshake(server.port, trusting(files), HOME)
    finally:
        server.stop()
    said = console.read_text()
    assert fingerprint(files.authority)[:47] in said
    assert f"http://{HOME}:{server.plain_port}/trust" in said
    assert "\\" not in said, "a console's login prompt reads backslashes as commands"
    assert max(map(len, said.splitlines())) < 80


@pytest.mark.parametrize(
    ("web", "dashboard", "first"),
    [
        (WebConfig(host="127.0.0.1", port=8080), "http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
        (WebConfig(host=HOME), f"https://{HOME}/", f"http://{HOME}/trust"),
        (
            WebConfig(host=HOME, port=8443, plain_port=0),
            f"https://{HOME}:8443/",
            f"https://{HOME}:8443/trust",
        ),
        (WebConfig(host=HOME, plain_port=8080), f"https://{HOME}/", f"http://{HOME}:8080/trust"),
        (WebConfig(host=HOME, port=80, https=False), f"http://{HOME}/", f"http://{HOME}/"),
    ],
)
def test_addresses_are_as_people_type_them(web: WebConfig, dashboard: str, first: str) -> None:
    config = replace(Config(), web=web)
    assert dashboard_addresses(config, web.port) == [dashboard]
    assert first_address(config, web.port, web.plain_port) == first


def test_the_notice_has_a_code_that_can_be_scanned(tmp_path: Path) -> None:
    import cv2
    import numpy as np

    config = replace(Config(), web=WebConfig(host=HOME, https=False), storage=StorageConfig(folder=tmp_path))
    lines = [line for line in notice(config, 443, None).splitlines() if set(line) & set("█▀▄")]
    # Each character is two modules, one above the other; a terminal draws light on dark.
    light = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    width = max(map(len, lines))
    halves = [[light[c][row] for c in line.ljust(width)] for line in lines for row in (0, 1)]
    picture = np.kron(np.array(halves, np.uint8) * 255, np.ones((8, 8), np.uint8))
    read, *_ = cv2.QRCodeDetector().detectAndDecode(np.pad(picture, 40, constant_values=255))
    assert read == f"http://{HOME}:443/"


@pytest.mark.parametrize(
    ("described", "has"),
    [
        ("processor\t: 0\nFeatures\t: fp asimd evtstrm crc32 cpuid\n", False),
        ("processor\t: 0\nFeatures\t: fp asimd aes pmull sha1 sha2\n", True),
        ("flags\t\t: fpu sse2 aes avx\n", True),
        ("something else\n", True),
    ],
)
def test_the_cipher_follows_the_processor(
    described: str, has: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: ScriptedDevice
) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(described)
    assert has_aes(file) is has
    monkeypatch.setattr("device.web.tls.has_aes", lambda: has)
    files = keep_certificate(tmp_path / "tls", subject_of("treadlight", []))
    server = DashboardServer(dashboard(device), "127.0.0.1", 0, files.server)
    server.start()
    try:
        with (
            socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
            trusting(files).wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            cipher = secure.cipher()
    finally:
        server.stop()
    assert cipher
    assert ("CHACHA20" in cipher[0]) is not has

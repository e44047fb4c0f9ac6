"""What is no proper HTTP, sent straight to the socket: the server says no and goes on serving."""

import http.client
import random
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.web.server import DashboardServer

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))
from scripted_device import ScriptedDevice
from web_client import dashboard

HOST = b"Host: 127.0.0.1\r\n"
LOGIN = b"POST /login HTTP/1.1\r\n" + HOST
CHUNKED = LOGIN + b"Transfer-Encoding: chunked\r\n\r\n"
COUNTLESS = b"".join(b"X%d: a\r\n" % n for n in range(50_000))
WAIT_S = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[DashboardServer]:
    device = ScriptedDevice()
    device.start()
    running = DashboardServer(dashboard(device), "127.0.0.1", 0)
    running.start()
    yield running
    running.stop()
    device.close()


def say(port: int, what: bytes) -> bytes:
    """Send bytes and give the beginning of the answer, b"" when the server just hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S) as channel:
        try:
            channel.sendall(what)
            channel.shutdown(socket.SHUT_WR)
            return channel.recv(4096)
        except OSError:
            return b""


def serves(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().read() == b'{"ok":true}\n'
    finally:
        connection.close()


MALFORMED = {
    "nothing": b"",
    "no HTTP": b"hello\r\n\r\n",
    "TLS to the plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
    "an endless line": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "an endless header": b"GET /ping HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "countless headers": b"GET /ping HTTP/1.1\r\n" + HOST + COUNTLESS + b"\r\n",
    "a path above the root": b"GET /static/../../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    "the same, hidden": b"GET /static/%2e%2e%2f%2e%2e%2fapp.py HTTP/1.1\r\n" + HOST + b"\r\n",
    "with backslashes": b"GET /static/..\\..\\app.py HTTP/1.1\r\n" + HOST + b"\r\n",
    "a zero byte": b"GET /sta\0tic HTTP/1.1\r\n" + HOST + b"\r\n",
    "a bad length": LOGIN + b"Content-Length: -5\r\n\r\n",
    "no number for a length": LOGIN + b"Content-Length: many\r\n\r\n",
    "a huge body announced": LOGIN + b"Content-Length: 99999999999\r\n\r\n",
    "a huge body": LOGIN + b"Content-Length: 300000\r\n\r\n" + b"a" * 300_000,
    "two lengths": LOGIN + b"Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc",
    "length and chunks": LOGIN + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad chunks": b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "endless chunks": CHUNKED + b"4000\r\n" + b"a" * 0x4000 + b"\r\n",
    "another host": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "a proxy's request": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "connect": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("what", MALFORMED, ids=str)
def test_malformed_requests_are_refused_and_the_next_is_served(server: DashboardServer, what: str) -> None:
    said = say(server.port, MALFORMED[what])
    status = said[9:12]
    assert status in {
        b"",
        b"302",
        b"303",
        b"400",
        b"401",
        b"404",
        b"405",
        b"411",
        b"413",
        b"414",
        b"421",
        b"501",
        b"505",
    }, said[:200]
    assert b"root:" not in said
    assert b"import" not in said
    assert serves(server.port)


def test_noise_is_refused_and_the_next_is_served(server: DashboardServer) -> None:
    chance = random.Random(11)
    start = (
        b"POST /api/cue HTTP/1.1\r\n"
        + HOST
        + b"Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{}"
    )
    for _ in range(60):
        noise = bytearray(start)
        for _ in range(chance.randint(1, 12)):
            noise[chance.randrange(len(noise))] = chance.randrange(256)
        said = say(server.port, bytes(noise))
        assert said[9:10] != b"5" or said[9:12] in {b"501", b"505"}, (bytes(noise), said[:200])
    assert serves(server.port)

"""What a tablet on the device's cable sees."""

import http.client
import json
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

DEVICE = "10.213.77.2"


def https(authority: Path, path: str) -> tuple[int, bytes]:
    """Ask the device over HTTPS, trusting its authority alone."""
    context = ssl.create_default_context(cafile=str(authority))
    connection = http.client.HTTPSConnection(DEVICE, timeout=10, context=context)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def plain(path: str) -> tuple[int, str]:
    """Ask on port 80; gives the status and where it leads."""
    connection = http.client.HTTPConnection(DEVICE, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.getheader("Location") or ""
    finally:
        connection.close()


def is_open(port: int) -> bool:
    """Tell whether a TCP connection comes about."""
    try:
        socket.create_connection((DEVICE, port), timeout=2).close()
    except OSError:
        return False
    return True


def healthy(authority: Path) -> bool:
    """Tell whether the dashboard answers, with a certificate that fits."""
    try:
        return https(authority, "/ping")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def named_address(name: str, ours: str = "10.213.77.1") -> str | None:
    """Ask the cable for a name in `.local`, as tablets do (RFC 6762, a unicast answer wanted)."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    question = bytes([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + labels + bytes([0, 0, 1, 0x80, 1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(ours))
        channel.settimeout(2)
        channel.sendto(question, ("224.0.0.251", 5353))
        try:
            answer = channel.recv(4096)
        except TimeoutError:
            return None
    # The answer's last record is the address: four bytes at the end.
    return socket.inet_ntoa(answer[-4:])


class Tablet:
    """A therapist's browser: keeps its cookies and trusts the device's authority alone."""

    def __init__(self, authority: Path) -> None:
        self._context = ssl.create_default_context(cafile=str(authority))
        self._cookies: dict[str, str] = {}
        self._token = ""

    @contextmanager
    def _open(
        self, method: str, path: str, body: str = "", kind: str = ""
    ) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPSConnection(DEVICE, timeout=30, context=self._context)
        headers = {"Accept": "text/html", "Origin": f"https://{DEVICE}", "Referer": f"https://{DEVICE}/"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if body:
            headers |= {"Content-Type": kind, "X-CSRFToken": self._token}
        with closing(connection):
            connection.request(method, path, body or None, headers)
            with connection.getresponse() as response:
                for cookie in response.headers.get_all("Set-Cookie") or []:
                    name, _, value = cookie.partition(";")[0].partition("=")
                    self._cookies[name] = value
                yield response

    def get(self, path: str) -> tuple[int, str]:
        """Open a page."""
        with self._open("GET", path) as response:
            page = response.read().decode()
        if token := re.search(r'name="csrf[-_]token" (?:content|value)="([^"]+)', page):
            self._token = token[1]
        return response.status, page

    def send(self, path: str, **fields: str) -> int:
        """Send a page's form."""
        body = urlencode({"csrf_token": self._token, **fields})
        with self._open("POST", path, body, "application/x-www-form-urlencoded") as response:
            return response.status

    def post(self, path: str, data: dict[str, Any]) -> int:
        """Send what a page's script sends."""
        with self._open("POST", path, json.dumps(data), "application/json") as response:
            return response.status

    def frames(self, count: int) -> list[tuple[dict[str, Any], bytes]]:
        """Watch the live picture: what is known of each frame, and its JPEG."""
        found: list[tuple[dict[str, Any], bytes]] = []
        with self._open("GET", "/live/stream?view=picture") as response:
            while len(found) < count:
                message = response.read(int.from_bytes(response.read(4), "big"))
                end = 4 + int.from_bytes(message[:4], "big")
                header = json.loads(message[4:end])
                if header["kind"] == "state":
                    found.append((header, message[end:]))
        return found

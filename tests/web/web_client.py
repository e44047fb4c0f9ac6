"""A dashboard with somebody who may log in, and a visitor of it: cookies, page token, stream."""

import atexit
import http.client
import json
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from device.clinic.store import ClinicStore
from device.clinic.types import Role
from device.control import DeviceControl
from device.sessions.store import SessionStore
from device.web.app import create_app

CODE = "runner42"
KEY = b"a signing key for these tests..."
NAME, PIN = "Ann Lee", "493817"
"""An administrator of every dashboard that `dashboard` makes."""


@cache
def scratch() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="treadlight-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _template() -> Path:
    # Hashing a PIN takes a tenth of a second: once is enough for all tests of a process.
    folder = scratch() / "template"
    ClinicStore(folder).users.add(NAME, Role.ADMINISTRATOR, PIN)
    return folder


def new_clinic(folder: Path | None = None) -> ClinicStore:
    """Give a clinic of its own with one administrator."""
    folder = folder or Path(tempfile.mkdtemp(dir=scratch()))
    folder.mkdir(parents=True, exist_ok=True)
    for file in _template().iterdir():
        shutil.copy(file, folder / file.name)
    return ClinicStore(folder)


def dashboard(
    device: DeviceControl,
    store: SessionStore | None = None,
    code: str = CODE,
    key: bytes = KEY,
    clinic: ClinicStore | None = None,
    **options: Any,
) -> Flask:
    """Give the app with a clinic of its own, unless one is given."""
    return create_app(device, store, code, key, clinic=clinic or new_clinic(), **options)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Visitor:
    """One browser without a screen."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookie = ""
        self.people = ""
        self.token = ""

    def ask(
        self, method: str, path: str, body: str | bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Accept": "text/html", **({"Cookie": self.cookie} if self.cookie else {}), **(headers or {})}
        try:
            connection.request(method, path, body or None, sent)
            response = connection.getresponse()
            answer = Answer(
                response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
            )
            for name, value in response.getheaders():
                if name.lower() == "set-cookie" and value.startswith("treadlight="):
                    self.cookie = value.partition(";")[0]
                    answer.headers["set-cookie"] = value
                if name.lower() == "set-cookie" and value.startswith("treadlight-people="):
                    self.people = value.partition(";")[0]
        finally:
            connection.close()
        token = re.search(
            r'(?:name="csrf[-_]token" (?:content|value)=")([^"]+)', answer.body.decode("latin1")
        )
        self.token = token[1] if token else self.token
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def log_in(self, secret: str = PIN, target: str = "/", name: str = NAME) -> Answer:
        self.get("/login")
        answer = self.send("/login", other=name, secret=secret, next=target)
        if answer.status == 302:
            self.get("/")
        return answer

    def send(self, path: str, **fields: str) -> Answer:
        """Send a page's form."""
        form = urlencode({"csrf_token": self.token, **fields})
        return self.ask("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})

    def post(self, path: str, data: object) -> Answer:
        kind = {"Content-Type": "application/json", "X-CSRFToken": self.token}
        return self.ask("POST", path, json.dumps(data), kind)

    def stream(self, view: str = "picture", receive_buffer: int | None = None) -> "Listener":
        return Listener(self.port, self.cookie, f"/live/stream?view={view}", receive_buffer)

    def stream_at(self, path: str) -> "Listener":
        return Listener(self.port, self.cookie, path, None)


class Listener:
    """One open stream over a plain socket, so that a slow reader can be slow."""

    def __init__(self, port: int, cookie: str, path: str, receive_buffer: int | None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", port))
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n"
        self.socket.sendall(request.encode())
        self.response = http.client.HTTPResponse(self.socket)
        self.response.begin()
        self.status = self.response.status

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.response.close()
        self.socket.close()

    def messages(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Give header and body of each message until the server ends the stream."""
        while len(prefix := self.response.read(4)) == 4:
            data = self.response.read(int.from_bytes(prefix, "big"))
            end = 4 + int.from_bytes(data[:4], "big")
            yield json.loads(data[4:end]), data[end:]

    def states(self, count: int) -> list[tuple[dict[str, Any], bytes]]:
        """Give the next `count` frames."""
        found = []
        for header, body in self.messages():
            if header["kind"] == "state":
                found.append((header, body))
                if len(found) == count:
                    break
        return found

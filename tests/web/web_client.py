"""A visitor of the dashboard: keeps cookies, sends the page's token, reads the stream's messages."""

import http.client
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

CODE = "runner42"
KEY = b"a signing key for these tests..."


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
        finally:
            connection.close()
        if "set-cookie" in answer.headers:
            self.cookie = answer.headers["set-cookie"].partition(";")[0]
        token = re.search(
            r'(?:name="csrf[-_]token" (?:content|value)=")([^"]+)', answer.body.decode("latin1")
        )
        self.token = token[1] if token else self.token
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def log_in(self, code: str = CODE, target: str = "/") -> Answer:
        self.get("/login")
        form = urlencode({"code": code, "csrf_token": self.token, "next": target})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.ask("POST", "/login", form, kind)
        if answer.status == 302:
            self.get("/")
        return answer

    def post(self, path: str, data: object) -> Answer:
        kind = {"Content-Type": "application/json", "X-CSRFToken": self.token}
        return self.ask("POST", path, json.dumps(data), kind)

    def stream(self, view: str = "picture", receive_buffer: int | None = None) -> "Listener":
        return Listener(self.port, self.cookie, view, receive_buffer)


class Listener:
    """One open stream over a plain socket, so that a slow reader can be slow."""

    def __init__(self, port: int, cookie: str, view: str, receive_buffer: int | None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", port))
        request = f"GET /live/stream?view={view} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n"
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

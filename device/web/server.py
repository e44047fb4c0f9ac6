"""The dashboard's HTTP server: cheroot, with one worker thread per viewer and some to spare."""

import errno
import logging
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

from cheroot import wsgi
from cheroot.server import HTTPConnection
from flask import Flask

from device.errors import ServerError
from device.web.broadcast import Broadcast
from device.web.tls import Tls

SPARE_THREADS = 8
PLAIN_THREADS = 3
MAX_HEADER_BYTES = 32 * 1024
"""Without a limit a stranger could fill the memory with one request."""
SEND_BUFFER_BYTES = 96 * 1024
"""A little more than one picture: what is stuck here is what a slow viewer lags behind."""

log = logging.getLogger(__name__)


class DashboardServer:
    """Serves one app until `stop`.

    app: from `create_app`. host, port: where to listen; port 0 takes any free one (see `port`).
    certificate: key and certificate for HTTPS, one PEM file; None for plain HTTP.
    plain_port: with a certificate, where to listen for browsers that come without encryption, which the app
        sends on; None for nowhere. When it cannot be had, the log says so and the rest works.
    """

    def __init__(
        self,
        app: Flask,
        host: str = "0.0.0.0",
        port: int = 8000,
        certificate: Path | None = None,
        plain_port: int | None = None,
    ) -> None:
        self._app = app
        self._broadcast: Broadcast = app.extensions["broadcast"]
        self._address = (host, port)
        self._server = _server(app, self._address, self._broadcast.max_viewers + SPARE_THREADS)
        self._tls = None if certificate is None else Tls(certificate)
        self._server.ssl_adapter = self._tls
        self._plain: wsgi.Server | None = None
        if self._tls is not None and plain_port is not None:
            self._plain = _server(app, (host, plain_port), PLAIN_THREADS)
        self._threads: list[threading.Thread] = []

    @property
    def port(self) -> int:
        """The port in use, known once started."""
        return int(self._server.bind_addr[1])

    @property
    def alive(self) -> bool:
        """Whether pages are served and pictures encoded."""
        return bool(self._threads) and self._threads[0].is_alive() and self._broadcast.alive

    @property
    def plain_port(self) -> int | None:
        """The port for browsers that come without encryption, None when there is none."""
        return None if self._plain is None else int(self._plain.bind_addr[1])

    def renew_certificate(self) -> None:
        """Use the certificate file as it is now; open connections go on."""
        if self._tls is not None:
            self._tls.reload()

    def start(self) -> None:
        """Listen and serve from threads of its own.

        Raises ServerError when the address cannot be had.
        """
        try:
            _listen(self._server, self._address)
        except OSError as error:
            raise ServerError(self._refusal(error)) from error
        self._server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if self._tls is not None:
            self._app.extensions["https_port"] = self.port
        self._start_plain()
        self._broadcast.start()
        serving = {"web": self._server, "web-plain": self._plain}
        self._threads = [
            threading.Thread(target=server.serve, name=name, daemon=True)
            for name, server in serving.items()
            if server is not None
        ]
        for thread in self._threads:
            thread.start()

    def _start_plain(self) -> None:
        if self._plain is None:
            return
        try:
            _listen(self._plain, self._plain.bind_addr)
        except OSError as error:
            port = self._plain.bind_addr[1]
            log.warning("Browsers that ask on port %s are not sent to HTTPS: %s.", port, error.strerror)
            self._plain = None

    def stop(self) -> None:
        """End every stream, then every thread; harmless when not started."""
        self._broadcast.close()
        if self._threads:
            self._server.stop()
            if self._plain is not None:
                self._plain.stop()
            for thread in self._threads:
                thread.join(5.0)
            self._threads = []

    def _refusal(self, error: OSError) -> str:
        host, port = self._address
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} is taken by another program. Stop that program or choose another port."
        if error.errno in (errno.EACCES, errno.EPERM):
            return f"Port {port} may not be opened by this user. Choose a port above 1023."
        return f"The dashboard cannot listen on {host}:{port} ({error}). Check the address in the settings."


def _server(app: Flask, address: tuple[str, int], threads: int) -> wsgi.Server:
    server = wsgi.Server(
        address,
        app,
        numthreads=threads,
        server_name="treadlight",
        timeout=6,
        shutdown_timeout=3,
        request_queue_size=32,
    )
    server.ConnectionClass = _Connection
    server.max_request_body_size = app.config["MAX_CONTENT_LENGTH"]
    server.max_request_header_size = MAX_HEADER_BYTES
    server.software = "treadlight"
    server.expiration_interval = 0.1
    server.error_log = _log  # type: ignore[method-assign]
    return server


def _listen(server: wsgi.Server, address: tuple[str, int]) -> None:
    _try_address(address)
    server.prepare()


class _Connection(HTTPConnection):
    """Shakes hands in its own thread, and lets go of what could not be sent to a viewer who hung up.

    cheroot leaves the latter to the garbage collector, which since Python 3.13 complains each time.
    """

    _greeted = False

    def communicate(self) -> bool:
        if not self._greeted and isinstance(self.socket, ssl.SSLSocket):
            try:
                self.socket.do_handshake()
            except OSError as error:
                # A tablet that does not trust the certificate yet ends here, each time it tries.
                log.debug("No handshake with %s: %s", self.remote_addr, error)
                return False
            self._greeted = True
        return bool(super().communicate())  # type: ignore[no-untyped-call]

    def close(self) -> None:
        self.socket.settimeout(0)
        with suppress(OSError):
            self.wfile.close()
        super().close()


def _try_address(address: tuple[str, int]) -> None:
    """Bind once before cheroot does: it hides why it could not, and leaves its socket open."""
    host, port = address
    family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(place)


def _log(msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
    log.log(level, "%s", msg.strip(), exc_info=traceback)

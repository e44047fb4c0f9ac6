"""The dashboard's HTTP server: cheroot, with one worker thread per viewer and some to spare."""

import errno
import logging
import socket
import threading
from contextlib import suppress

from cheroot import wsgi
from cheroot.server import HTTPConnection
from flask import Flask

from device.errors import ServerError
from device.web.broadcast import Broadcast

SPARE_THREADS = 8
SEND_BUFFER_BYTES = 96 * 1024
"""A little more than one picture: what is stuck here is what a slow viewer lags behind."""

log = logging.getLogger(__name__)


class DashboardServer:
    """Serves one app until `stop`.

    app: from `create_app`. host, port: where to listen; port 0 takes any free one (see `port`).
    """

    def __init__(self, app: Flask, host: str = "0.0.0.0", port: int = 8000) -> None:
        self._broadcast: Broadcast = app.extensions["broadcast"]
        self._address = (host, port)
        self._server = wsgi.Server(
            self._address,
            app,
            numthreads=self._broadcast.max_viewers + SPARE_THREADS,
            server_name="treadlight",
            timeout=6,
            shutdown_timeout=3,
            request_queue_size=32,
        )
        self._server.ConnectionClass = _Connection
        self._server.max_request_body_size = app.config["MAX_CONTENT_LENGTH"]
        self._server.software = "treadlight"
        self._server.expiration_interval = 0.1
        self._server.error_log = _log  # type: ignore[method-assign]
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port in use, known once started."""
        return int(self._server.bind_addr[1])

    @property
    def alive(self) -> bool:
        """Whether pages are served and pictures encoded."""
        return self._thread is not None and self._thread.is_alive() and self._broadcast.alive

    def start(self) -> None:
        """Listen and serve from threads of its own.

        Raises ServerError when the address cannot be had.
        """
        try:
            _try_address(self._address)
            self._server.prepare()
        except OSError as error:
            raise ServerError(self._refusal(error)) from error
        self._server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self._broadcast.start()
        self._thread = threading.Thread(target=self._server.serve, name="web", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End every stream, then every thread; harmless when not started."""
        self._broadcast.close()
        if self._thread is not None:
            self._server.stop()
            self._thread.join(5.0)
            self._thread = None

    def _refusal(self, error: OSError) -> str:
        host, port = self._address
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} is taken by another program. Stop that program or choose another port."
        if error.errno in (errno.EACCES, errno.EPERM):
            return f"Port {port} may not be opened by this user. Choose a port above 1023."
        return f"The dashboard cannot listen on {host}:{port} ({error}). Check the address in the settings."


class _Connection(HTTPConnection):
    """Also lets go of what could not be sent to a viewer who hung up.

    cheroot leaves it to the garbage collector, which since Python 3.13 complains in the log each time.
    """

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

"""HTTPS for the dashboard: the handshake happens in the worker, so that a slow visitor holds up nobody."""

import ssl
from io import DEFAULT_BUFFER_SIZE
from pathlib import Path
from socket import socket
from typing import Any

from cheroot.makefile import StreamReader, StreamWriter
from cheroot.ssl import Adapter

ENVIRONMENT = {"wsgi.url_scheme": "https", "HTTPS": "on"}


class Tls(Adapter):
    """Lets cheroot speak TLS 1.2 and later.

    cheroot's own adapter shakes hands in the one thread that accepts connections: a visitor who connects and
    says nothing would shut everybody else out for seconds.

    file: key, certificate and its chain, PEM. Raises OSError (ssl.SSLError) when they do not fit together.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(str(file), str(file))
        self._file = file
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.reload()

    def reload(self) -> None:
        """Use the file's present certificate for every new connection; those that are open go on."""
        self.context.load_cert_chain(self._file)

    def bind(self, sock: socket) -> socket:
        """Leave the listening socket as it is."""
        return sock

    def wrap(self, sock: socket) -> tuple[ssl.SSLSocket, dict[str, Any]]:
        """Give the connection without a handshake yet, and what the app is told of it."""
        wrapped = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return wrapped, self.get_environ()

    def get_environ(self) -> dict[str, Any]:
        """Give what the app is told of each connection."""
        return dict(ENVIRONMENT)

    def makefile(self, sock: socket, mode: str = "r", bufsize: int = DEFAULT_BUFFER_SIZE) -> Any:
        """Give cheroot's reader or writer of a connection."""
        return (StreamReader if "r" in mode else StreamWriter)(sock, mode, bufsize)

"""HTTPS for the dashboard: the handshake happens in the worker, so that a slow visitor holds up nobody."""

import ssl
from io import DEFAULT_BUFFER_SIZE
from pathlib import Path
from socket import socket
from typing import Any

from cheroot.makefile import StreamReader, StreamWriter
from cheroot.ssl import Adapter

WITHOUT_AES = "ECDHE+CHACHA20:ECDHE+AESGCM"
"""For processors without AES instructions, such as a Raspberry Pi 4's: ChaCha20 is several times faster."""
ENVIRONMENT = {"wsgi.url_scheme": "https", "HTTPS": "on"}


def has_aes(description: Path = Path("/proc/cpuinfo")) -> bool:
    """Tell whether the processor has instructions for AES; True when it does not say what it has."""
    try:
        lines = description.read_text("utf-8", errors="replace").lower().splitlines()
    except OSError:
        return True
    features = [line.split() for line in lines if line.startswith(("flags", "features"))]
    return not features or "aes" in features[0]


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
        if not has_aes():
            # Only TLS 1.2 lets Python choose: in 1.3, tablets with AES of their own ask for it and get it.
            self.context.maximum_version = ssl.TLSVersion.TLSv1_2
            self.context.set_ciphers(WITHOUT_AES)
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

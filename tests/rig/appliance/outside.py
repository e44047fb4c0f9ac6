"""What a tablet on the device's cable sees."""

import http.client
import socket
import ssl
from pathlib import Path

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

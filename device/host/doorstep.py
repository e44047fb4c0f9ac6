"""How people find the device: its addresses, the QR code, the notice on its own screen, its certificate."""

import logging
import subprocess
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from device.config import Config
from device.host.certificate import CertificateFiles, fingerprint, keep_certificate, start_making, subject_of
from device.host.health import network_addresses

if TYPE_CHECKING:
    from device.web.server import DashboardServer

LOOK_EVERY_S = 5.0

log = logging.getLogger(__name__)


def certificate_folder(config: Config) -> Path:
    """Tell where the device's authority and certificate are kept."""
    return config.storage.folder / "tls"


def device_certificate(config: Config) -> CertificateFiles | None:
    """Give the certificate for the present addresses, None without HTTPS. Raises ServerError."""
    if not config.web.encrypted:
        return None
    return keep_certificate(certificate_folder(config), subject_of(config.web.name, network_addresses()))


def dashboard_addresses(config: Config, port: int) -> list[str]:
    """Give the addresses under which a tablet reaches the dashboard, numeric ones first.

    port: the one in use. A numeric address works on every tablet; not all of them know names in `.local`.
    """
    web = config.web
    everywhere = web.host in {"0.0.0.0", "::"}
    hosts = [*network_addresses(), f"{web.name}.local"] if everywhere else [web.host]
    scheme, usual = ("https", 443) if web.encrypted else ("http", 80)
    shown = "" if port == usual else f":{port}"
    return [f"{scheme}://{host}{shown}/" for host in hosts]


def first_address(config: Config, port: int, plain_port: int | None) -> str:
    """Give the address for a tablet that was never here: with HTTPS, the page that shows how to trust it.

    port, plain_port: those in use. Without encryption where possible: nobody is met by a warning.
    """
    (address, *_) = dashboard_addresses(config, port)
    if not config.web.encrypted:
        return address
    if not plain_port:
        return f"{address}trust"
    host = address.removeprefix("https://").partition("/")[0].partition(":")[0]
    return f"http://{host}{'' if plain_port == 80 else f':{plain_port}'}/trust"


def qr_code(address: str) -> str:
    """Draw a QR code of half-block characters, dark on light, for a terminal of either colour."""
    import segno

    drawing = StringIO()
    segno.make(address, error="l", micro=False).terminal(out=drawing, border=2, compact=True)
    return drawing.getvalue().rstrip("\n")


def notice(config: Config, port: int, plain_port: int | None) -> str:
    """Give the text for the device's own screen: where the dashboard is, and how to come in."""
    lines = ["treadlight: the dashboard is at", *(f"  {a}" for a in dashboard_addresses(config, port))]
    authority = CertificateFiles(certificate_folder(config)).authority
    if config.web.encrypted and authority.is_file():
        lines += ["Certificate, SHA-256:", *(f"  {half}" for half in _halves(fingerprint(authority)))]
    address = first_address(config, port, plain_port)
    return "\n".join([*lines, f"A new tablet: {address}", qr_code(address), ""])


class Doorstep:
    """Follows the device's addresses: a new certificate and a new notice when they change.

    server: the running dashboard. console: file of the notice, None for none.
    addresses: gives the present ones.
    """

    def __init__(
        self,
        config: Config,
        server: "DashboardServer",
        console: Path | None = None,
        addresses: Callable[[], list[str]] = network_addresses,
    ) -> None:
        self._config = config
        self._server = server
        self._console = console
        self._addresses = addresses
        self._noticed: list[str] | None = None
        self._maker: subprocess.Popen[str] | None = None
        self._look_at = 0.0

    def keep_up(self) -> None:
        """Look at most every few seconds; never waits for the certificate, which takes about a second."""
        now = time.monotonic()
        if self._maker is not None:
            self._take_certificate(self._maker)
        elif now >= self._look_at:
            self._look_at = now + LOOK_EVERY_S
            self._look()

    def _look(self) -> None:
        addresses = self._addresses()
        if self._config.web.encrypted:
            files = CertificateFiles(certificate_folder(self._config))
            subject = subject_of(self._config.web.name, addresses)
            if not files.fits(subject):
                self._maker = start_making(files.folder, subject)
                return
        if addresses != self._noticed:
            self._write_notice()
            self._noticed = addresses

    def _take_certificate(self, maker: subprocess.Popen[str]) -> None:
        if maker.poll() is None:
            return
        _, errors = maker.communicate()
        self._maker = None
        if maker.returncode != 0:
            log.error("The certificate could not be renewed: %s", errors.strip().splitlines()[-1:])
            return
        self._server.renew_certificate()
        self._look_at = 0.0
        log.info("The certificate now bears this device's present addresses.")

    def _write_notice(self) -> None:
        if self._console is None:
            return
        try:
            draft = self._console.with_name(f".{self._console.name}.draft")
            draft.write_text(notice(self._config, self._server.port, self._server.plain_port), "utf-8")
            draft.replace(self._console)
        except OSError as error:
            log.warning("The notice for the screen could not be written: %s.", error)


def _halves(print_: str) -> tuple[str, str]:
    half = len(print_) // 2
    return print_[:half], print_[half + 1 :]

"""Checks of what is around the device: disk, clock, network, the dashboard's port and its access code."""

import errno
import os
import socket
import subprocess
import time
from pathlib import Path

from device.checks import CheckResult, Level
from device.checks.serving import treadlight_answers
from device.config import Config
from device.host import health
from device.host.access import access_code
from device.host.certificate import CertificateFiles, fingerprint, subject_of
from device.host.doorstep import certificate_folder, dashboard_addresses

LOW_DISK_BYTES, FULL_DISK_BYTES = 1_000_000_000, 200_000_000
BUILT_S = 1_735_689_600
"""2025-01-01 UTC: a clock before treadlight existed has not been set."""


def check_storage(config: Config) -> CheckResult:
    """Look whether recordings can be written and how much room is left."""
    folder = config.storage.folder
    free = health.disk_free_bytes(folder)
    if free is None or not _writable(folder):
        fix = "Run as the service's user (sudo -u treadlight), or set storage.folder."
        return CheckResult("storage", "fail", f"Sessions cannot be kept in {folder}: no right to write.", fix)
    message = f"{folder}, {free / 1e9:.1f} GB free"
    if free >= LOW_DISK_BYTES:
        return CheckResult("storage", "ok", message)
    level: Level = "fail" if free < FULL_DISK_BYTES else "warn"
    return CheckResult("storage", level, f"{message}: nearly full.", "Export and delete old recordings.")


def _writable(folder: Path) -> bool:
    try:
        nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    except OSError:
        return False
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def check_clock(_: Config) -> CheckResult:
    """Look whether the time of day can be trusted; only the dates of recordings depend on it."""
    now = time.strftime("%Y-%m-%d %H:%M %Z")
    if time.time() < BUILT_S:
        fix = "Connect the device to a network with a time server, or: sudo date -s 'YYYY-MM-DD hh:mm'."
        return CheckResult("clock", "fail", f"The clock says {now}: recordings would get wrong dates.", fix)
    if _synchronized() is False:
        fix = "Connect a network with a time server. Only the dates of recordings depend on it."
        return CheckResult("clock", "warn", f"{now}, not synchronized.", fix)
    return CheckResult("clock", "ok", now)


def _synchronized() -> bool | None:
    """Ask systemd whether a time server has set the clock; None when it cannot say."""
    command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=2, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    return {"yes": True, "no": False}.get(answer)


def check_dashboard(config: Config) -> CheckResult:
    """Look whether the dashboard runs, or whether its port is free for it."""
    port = config.web.port
    if port == 0:
        return CheckResult("dashboard", "ok", "takes any free port")
    try:
        family = socket.AF_INET6 if ":" in config.web.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((config.web.host, port))
    except OSError as error:
        # A port below 1024 is the service's right, not that of whoever runs the doctor.
        if error.errno in (errno.EADDRINUSE, errno.EACCES) and treadlight_answers(config):
            return CheckResult("dashboard", "ok", f"answers on port {port}")
        if error.errno == errno.EACCES and port < 1024:
            fix = "Start it: sudo systemctl start treadlight"
            return CheckResult("dashboard", "warn", f"It does not answer on port {port}.", fix)
        fix = f"Find the program with: sudo ss -ltnp 'sport = :{port}', or set web.port."
        trouble = f"Port {port} on {config.web.host} cannot be used ({error.strerror or error})."
        return CheckResult("dashboard", "fail", trouble, fix)
    return CheckResult("dashboard", "ok", f"does not run now; port {port} is free for it")


def check_network(config: Config) -> CheckResult:
    """Give the addresses under which tablets find the dashboard."""
    addresses = health.network_addresses()
    if config.web.host not in ("0.0.0.0", "::"):
        addresses = [config.web.host]
    if not addresses:
        fix = "Plug in the cable, or join the clinic's Wi-Fi: sudo nmtui."
        return CheckResult("network", "warn", "This machine has no address: no tablet can reach it.", fix)
    return CheckResult("network", "ok", ", ".join(dashboard_addresses(config, config.web.port)))


def check_certificate(config: Config) -> CheckResult:
    """Look whether the certificate bears this device's present names and addresses."""
    if not config.web.encrypted:
        fix = 'For other computers in the network, set web.https = "auto".'
        return CheckResult("certificate", "warn", "The dashboard is served without encryption.", fix)
    files = CertificateFiles(certificate_folder(config))
    try:
        number = fingerprint(files.authority)
    except OSError:
        fix = "Start the device: it makes one. To read it, run as the service's user (sudo -u treadlight)."
        return CheckResult("certificate", "warn", f"None can be read in {files.folder}.", fix)
    if not files.fits(subject_of(config.web.name, health.network_addresses())):
        fix = "The running device renews it within seconds: sudo systemctl status treadlight"
        return CheckResult("certificate", "warn", "It does not bear the present addresses yet.", fix)
    return CheckResult("certificate", "ok", f"SHA-256 {number}")


def check_access_code(config: Config) -> CheckResult:
    """Show the code that sets the device up.

    Never makes one for somebody else: a code made by root could not be read by the service.
    """
    folder = config.storage.folder
    if config.web.access_code is None and not folder.exists():
        fix = f"Start the device: it makes the code and keeps it in {folder}."
        return CheckResult("access code", "warn", "There is none yet.", fix)
    if config.web.access_code is None and not _ours(folder):
        fix = "Run as the service's user (sudo -u treadlight) to see it."
        return CheckResult("access code", "warn", f"Kept in {folder}, for the service's user alone.", fix)
    return CheckResult("access code", "ok", access_code(config))


def _ours(folder: Path) -> bool:
    try:
        return folder.stat().st_uid == os.geteuid() or (
            os.geteuid() == 0 and (folder / "access-code").exists()
        )
    except OSError:
        return False

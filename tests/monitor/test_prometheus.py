"""Twenty devices and a real Prometheus with the documented settings: encrypted, by token, alerts and all."""

import json
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from web.scripted_device import ScriptedDevice
from web.web_client import dashboard, new_clinic

from device.host.certificate import CertificateFiles, make_certificate
from device.host.health import SINCE_BOOT, UNDER_VOLTAGE, Health
from device.monitor.figures import FIGURES
from device.monitor.problems import Backup, Problem, find_problems
from device.monitor.vitals import BYTES_PER_FRAME, Vitals
from device.web import metrics
from device.web.server import DashboardServer

MONITORING = Path(__file__).parents[2] / "deploy" / "monitoring"
TOKEN = "a token for all rooms of this test"
WAIT_S = 60.0
ROOMS = [f"room-{number}" for number in range(20)]
HEALTHY = Vitals(
    fps_asked=30.0, fps=30.0, frames=1000, skipped=3, latency_p50_s=0.03, latency_p95_s=0.05, measuring=True,
    recording=True, trouble=None, light_fault=None, running_s=600.0, software="1.0", samples=(),
    computer=Health(temperature_c=55.0, throttle_flags=0, disk_free_bytes=10**11, rss_bytes=10**8,
                    available_bytes=10**9, uptime_s=9000.0),
)  # fmt: skip
needs_prometheus = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="Prometheus is not installed: apt-get install prometheus"
)


class Room:
    """A device's station with figures of the test's own; what is to be fixed is worked out as always."""

    def __init__(self) -> None:
        self.now = HEALTHY
        self.kept: Backup | None = Backup(datetime.now(UTC), True)

    def vitals(self) -> Vitals:
        return self.now

    def backup(self) -> Backup | None:
        return self.kept

    def self_test(self) -> None:
        return None

    def problems(self) -> list[Problem]:
        return find_problems(self.now, (), self.kept, None, datetime.now(UTC))

    def computer(self, **changes: object) -> None:
        self.now = replace(self.now, computer=replace(self.now.computer, **changes))  # type: ignore[arg-type]


class Clinic:
    """Twenty dashboards, each with an authority of its own, and what watches them."""

    def __init__(self, folder: Path) -> None:
        self.rooms = {name: Room() for name in ROOMS}
        self._control = ScriptedDevice()
        self.servers: dict[str, DashboardServer] = {}
        authorities = b""
        for name, room in self.rooms.items():
            make_certificate(folder / name, [f"{name}.local", "127.0.0.1"])
            files = CertificateFiles(folder / name)
            app = dashboard(self._control, clinic=new_clinic(), max_viewers=1, station=room)
            metrics.set_up(app, "another token of its own" if name == "room-9" else TOKEN)
            self.servers[name] = DashboardServer(app, "127.0.0.1", 0, files.server)
            self.servers[name].start()
            authorities += files.authority.read_bytes()
        (folder / "treadlight-devices.crt").write_bytes(authorities)
        (folder / "treadlight-token").write_text(f"{TOKEN}\n")
        self._prometheus = _start_prometheus(folder, [self.address(name) for name in ROOMS])

    def address(self, name: str) -> str:
        return f"127.0.0.1:{self.servers[name].port}"

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://{self._prometheus[1]}/api/v1/{path}", timeout=10) as answer:
            return json.loads(answer.read())["data"]

    def up(self) -> set[str]:
        by_address = {self.address(name): name for name in ROOMS}
        found = self.ask("query?query=up")["result"]
        return {by_address[one["metric"]["instance"]] for one in found if one["value"][1] == "1"}

    def firing(self) -> set[tuple[str, str]]:
        by_address = {self.address(name): name for name in ROOMS}
        alerts = [one for one in self.ask("alerts")["alerts"] if one["state"] == "firing"]
        return {(one["labels"]["alertname"], by_address[one["labels"]["instance"]]) for one in alerts}

    def close(self) -> None:
        process = self._prometheus[0]
        process.terminate()
        process.wait(WAIT_S)
        for server in self.servers.values():
            server.stop()


def _start_prometheus(folder: Path, devices: list[str]) -> tuple[subprocess.Popen[bytes], str]:
    """Start it with the documented files, but for the devices' names and a patience of seconds.

    One answer that comes too late on a busy computer is no alert yet.
    """
    settings = (MONITORING / "prometheus.yml").read_text()
    targets = "".join(f"\n          - {device}" for device in devices)
    settings = re.sub(r"(?<=- targets:)(\n +- \S+)+", targets, settings)
    settings = settings.replace("scrape_interval: 30s", "scrape_interval: 2s\n  evaluation_interval: 1s")
    (folder / "prometheus.yml").write_text(settings)
    rules = (MONITORING / "treadlight-rules.yml").read_text()
    (folder / "treadlight-rules.yml").write_text(re.sub(r"for: \d+[smhd]\b", "for: 4s", rules))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, f"--web.listen-address={address}"], stdout=log, stderr=log)

    def ready() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            with urllib.request.urlopen(f"http://{address}/-/ready", timeout=10) as answer:
                return bool(answer.status == 200)
        except urllib.error.URLError:
            return False

    wait_until(ready, "Prometheus answers")
    return process, address


def wait_until(holds: Callable[[], object], what: str) -> None:
    ends = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < ends, f"not within {WAIT_S:.0f} s: {what}"
        time.sleep(0.1)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    running = Clinic(tmp_path)
    yield running
    running.close()


@needs_prometheus
@pytest.mark.timeout(300)
def test_twenty_devices_are_collected_and_whoever_needs_somebody_is_told_of(clinic: Clinic) -> None:
    others = set(ROOMS) - {"room-9"}
    wait_until(
        lambda: clinic.up() == others, "nineteen devices give their figures, the wrong token gets none"
    )
    found = clinic.ask("query?query=treadlight_temperature_celsius")["result"]
    assert [one["value"][1] for one in found] == ["55"] * 19
    silent = ("TreadlightSilent", "room-9")

    # At once: those that stay healthy must be missing among the alerts below.
    rooms = clinic.rooms
    rooms["room-1"].now = replace(HEALTHY, trouble="No camera was found. Check the cable.")
    rooms["room-2"].computer(temperature_c=82.0)
    rooms["room-3"].computer(disk_free_bytes=5 * BYTES_PER_FRAME * 30 * 3600)
    rooms["room-4"].now = replace(HEALTHY, fps=20.0)
    rooms["room-5"].computer(throttle_flags=UNDER_VOLTAGE << SINCE_BOOT)
    rooms["room-6"].kept = Backup(datetime.now(UTC) - timedelta(days=9), True)
    rooms["room-7"].kept = None
    clinic.servers["room-8"].stop()
    told = {
        silent,
        ("TreadlightUrgent", "room-1"),
        ("TreadlightHot", "room-2"),
        ("TreadlightDiskFilling", "room-3"),
        ("TreadlightSlow", "room-4"),
        ("TreadlightPower", "room-5"),
        ("TreadlightBackup", "room-6"),
        ("TreadlightBackup", "room-7"),
        ("TreadlightSilent", "room-8"),
    }
    wait_until(lambda: clinic.firing() == told, f"these alerts and no others: {sorted(told)}")

    for room in rooms.values():
        room.now, room.kept = HEALTHY, Backup(datetime.now(UTC), True)
    left = {silent, ("TreadlightSilent", "room-8")}
    wait_until(lambda: clinic.firing() == left, "what was mended is not told of any more")


URGENT = 'treadlight_problem{job="treadlight",instance="a",code="camera",urgent="yes"}'
LATER = 'treadlight_problem{job="treadlight",instance="a",code="self_test",urgent="no"}'
PATIENCE = [
    ("TreadlightSilent", 'up{job="treadlight",instance="a"}', "0", 5),
    ("TreadlightUrgent", URGENT, "1", 2),
    ("TreadlightDiskFilling", 'treadlight_recording_left_hours{instance="a"}', "12", 10),
    ("TreadlightHot", 'treadlight_temperature_celsius{instance="a"}', "79", 5),
    ("TreadlightBackup", 'treadlight_problem{instance="a",code="backup",urgent="no"}', "1", 24 * 60),
]


@needs_prometheus
@pytest.mark.parametrize(("alert", "series", "value", "minutes"), PATIENCE, ids=[one[0] for one in PATIENCE])
def test_nobody_is_called_before_the_documented_time(
    tmp_path: Path, alert: str, series: str, value: str, minutes: int
) -> None:
    """Prometheus evaluates the rules as they are documented, over hours of its own made-up time."""
    name = "treadlight-rules.yml"
    shutil.copy(MONITORING / name, tmp_path)
    lasting = f"{value}x{2 * minutes + 4}"
    tests = {
        "rule_files": [name],
        "evaluation_interval": "30s",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": series, "values": lasting},
                    {"series": LATER, "values": "1x3000"},
                ],
                "promql_expr_test": [
                    {"expr": f'count(ALERTS{{alertname="{alert}",alertstate="{state}"}})', "eval_time": at,
                     "exp_samples": [{"labels": "{}", "value": 1}]}
                    for state, at in (("pending", f"{minutes - 1}m"), ("firing", f"{minutes + 1}m"))
                ] + [{"expr": 'count(ALERTS{code="self_test"})', "eval_time": "1h", "exp_samples": []}],
            }
        ],
    }  # fmt: skip
    (tmp_path / "tests.yml").write_text(json.dumps(tests))
    done = subprocess.run(
        ["promtool", "test", "rules", str(tmp_path / "tests.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@needs_prometheus
def test_prometheus_accepts_the_documented_settings(tmp_path: Path) -> None:
    for file in MONITORING.glob("*.yml"):
        shutil.copy(file, tmp_path)
    make_certificate(tmp_path / "tls", ["room-1.local", "127.0.0.1"])
    shutil.copy(CertificateFiles(tmp_path / "tls").authority, tmp_path / "treadlight-devices.crt")
    (tmp_path / "treadlight-token").write_text(TOKEN)
    command = ["promtool", "check", "config", str(tmp_path / "prometheus.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    known = {f"treadlight_{figure.name}" for figure in FIGURES} | {"treadlight_problem"}
    used = set(re.findall(r"treadlight_\w+", (tmp_path / "treadlight-rules.yml").read_text()))
    assert used <= known

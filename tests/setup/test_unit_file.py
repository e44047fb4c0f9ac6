"""The systemd unit: accepted by systemd, and open to exactly the devices treadlight needs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = ROOT / "deploy" / "system"
UNIT = SYSTEM / "treadlight.service"


@pytest.fixture(scope="module")
def service() -> dict[str, list[str]]:
    """The [Service] settings; a setting may be there more than once."""
    text = UNIT.read_text("utf-8").partition("[Service]")[2].partition("[Install]")[0]
    settings: dict[str, list[str]] = {}
    for line in text.splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            settings.setdefault(key, []).append(value)
    return settings


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    # Only the programs' places differ from the installed units: systemd looks whether they can be run.
    copies = []
    for unit in sorted(SYSTEM.glob("treadlight*.[sp]*")):
        copies.append(tmp_path / unit.name)
        text = unit.read_text("utf-8").replace("/opt/treadlight/current/.venv/bin/treadlight", "/bin/true")
        copies[-1].write_text(text.replace("/usr/sbin/nft", "/bin/true"), "utf-8")
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, copies)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert verdict.returncode == 0, verdict.stderr
    assert "treadlight" not in verdict.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_little_of_the_system_is_exposed() -> None:
    verdict = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert "Overall exposure level" in verdict.stdout, verdict.stderr
    assert verdict.returncode == 0, verdict.stdout.splitlines()[-1]


def test_watched_and_started_again_for_ever(service: dict[str, list[str]]) -> None:
    assert service["Type"] == ["notify"]
    assert service["Restart"] == ["always"]
    assert float(service["WatchdogSec"][0]) <= 30
    assert float(service["RestartSec"][0]) >= 2
    assert "StartLimitIntervalSec=0" in UNIT.read_text("utf-8")


def test_camera_gpio_and_their_memory_stay_reachable(service: dict[str, list[str]]) -> None:
    allowed = {value.split()[0] for value in service["DeviceAllow"]}
    assert {"char-video4linux", "char-media", "char-dma_heap", "char-drm", "char-gpiochip"} <= allowed
    assert "PrivateDevices" not in service


def test_writes_only_where_its_data_are(service: dict[str, list[str]]) -> None:
    assert service["ProtectSystem"] == ["strict"]
    assert service["WorkingDirectory"] == ["/var/lib/treadlight"]
    assert service["StateDirectory"] == ["treadlight"]
    assert "ReadWritePaths" not in service


def test_paths_agree_with_the_installer(service: dict[str, list[str]]) -> None:
    installer = (ROOT / "deploy" / "install.sh").read_text("utf-8")
    program, _, arguments = service["ExecStart"][0].partition(" ")
    assert f"app={program.removesuffix('/current/.venv/bin/treadlight')}" in installer
    config, console = re.fullmatch(r"run --config (\S+) --console (\S+)", arguments).groups()  # type: ignore[union-attr]
    assert f"settings={config}" in installer
    assert f"data={service['WorkingDirectory'][0]}" in installer
    network = (ROOT / "deploy" / "network.sh").read_text("utf-8")
    assert f"ln -sfn {console} " in network
    assert f"PathChanged={console}" in (SYSTEM / "treadlight-console.path").read_text("utf-8")
    assert Path(console).parent.name == service["RuntimeDirectory"][0]


def test_the_only_right_of_root_is_a_low_port(service: dict[str, list[str]]) -> None:
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == ["CAP_NET_BIND_SERVICE"]
    assert service["User"] == ["treadlight"]


def test_the_hardware_watchdog_keeps_within_its_counter() -> None:
    found = re.search(r"^RuntimeWatchdogSec=(\d+)$", (SYSTEM / "watchdog.conf").read_text("utf-8"), re.M)
    assert found
    assert int(found[1]) <= 14

"""The systemd unit: accepted by systemd, and open to exactly the devices treadlight needs."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy" / "treadlight.service"


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
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    # Only the program's place differs from the installed unit: systemd looks whether it can be run.
    copy = tmp_path / "treadlight.service"
    text = UNIT.read_text("utf-8").replace("/opt/treadlight/.venv/bin/treadlight", "/bin/true")
    copy.write_text(text, "utf-8")
    verdict = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert verdict.returncode == 0, verdict.stderr
    assert "treadlight.service" not in verdict.stderr


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
    assert f"app={program.removesuffix('/.venv/bin/treadlight')}" in installer
    assert f"settings={arguments.removeprefix('run --config ')}" in installer
    assert f"data={service['WorkingDirectory'][0]}" in installer

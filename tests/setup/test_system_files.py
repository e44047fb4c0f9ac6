"""The files that the installer puts into the system, tried by the programs that read them."""

import configparser
import os
import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SYSTEM = DEPLOY / "system"
PICTURES = runpy.run_path(str(DEPLOY / "pictures.py"))["PICTURES"]


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_as_their_script_draws_them(name: str) -> None:
    assert (DEPLOY / name).read_text("utf-8") == PICTURES[name](), "run: python3 deploy/pictures.py"


def test_the_manual_shows_pictures_and_files_that_are_there() -> None:
    manual = (DEPLOY / "README.md").read_text("utf-8")
    for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", manual):
        assert (DEPLOY / name).is_file(), name
    for command in re.findall(r"\./setup\.sh (\w+)", manual):
        assert f"\n  {command}" in (ROOT / "setup.sh").read_text("utf-8"), command


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("nft") is None,
    reason="needs root and nftables, in a network of its own",
)
def test_the_firewall_lets_the_dashboard_through_and_no_other_port(tmp_path: Path) -> None:
    rules = (SYSTEM / "firewall.nft").read_text("utf-8").replace("@PORTS@", "443, 80")
    file = tmp_path / "firewall.nft"
    file.write_text(rules)
    # Twice, as when it is renewed; in a network name space of its own.
    script = f"nft -f {file} && nft -f {file} && nft list table inet treadlight"
    listed = subprocess.run(
        ["unshare", "--net", "sh", "-c", script], capture_output=True, text=True, timeout=30, check=False
    )
    assert listed.returncode == 0, listed.stderr
    assert "policy drop" in listed.stdout
    assert listed.stdout.count("type filter hook input") == 1
    open_to_all = re.findall(r"^\s*tcp dport (\{[^}]*\}|\d+) accept", listed.stdout, re.MULTILINE)
    assert open_to_all == ["{ 80, 443 }"]


def test_the_own_wifi_is_wpa2_with_a_password_of_its_own() -> None:
    text = (SYSTEM / "hotspot.nmconnection").read_text("utf-8")
    profile = configparser.ConfigParser()
    profile.read_string(text.replace("@NAME@", "treadlight").replace("@PASSWORD@", "abcd-efgh-jkmn-pqrs"))
    security = profile["wifi-security"]
    assert (security["key-mgmt"], security["proto"], security["pairwise"]) == ("wpa-psk", "rsn;", "ccmp;")
    assert profile["wifi"]["mode"] == "ap"
    assert profile["ipv4"]["method"] == "shared"


def test_the_journal_is_bounded() -> None:
    settings = configparser.ConfigParser()
    settings.optionxform = str  # type: ignore[assignment,method-assign]
    settings.read_string((SYSTEM / "journal.conf").read_text("utf-8"))
    assert settings["Journal"]["SystemMaxUse"] == "64M"

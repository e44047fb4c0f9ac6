"""The bill of materials is the lock files, package by package, with hashes; made without a network."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NPM_LOCK = ROOT / "device/web/package-lock.json"
MODELS = ROOT / "models/manifest.toml"


@pytest.mark.parametrize("version", ["py311", "py312", "py313"])
def test_the_bill_of_materials_names_everything_that_a_device_runs(tmp_path: Path, version: str) -> None:
    if not (ROOT / ".venv/bin/cyclonedx-py").exists():
        pytest.skip("the bill's tool is not in .venv: run ./setup.sh test")
    command = [str(ROOT / "deploy/sbom.sh"), str(tmp_path), version]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    lock = (ROOT / f"deploy/requirements/{version}.txt").read_text()
    bill = json.loads((tmp_path / f"treadlight-{version}.cdx.json").read_text())
    listed = {(part["name"].lower(), part["version"]): part for part in bill["components"]}
    locked = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;\\]+)", lock, re.MULTILINE)
    charts = {("uplot", json.loads(NPM_LOCK.read_text())["packages"]["node_modules/uplot"]["version"])}
    models = tomllib.loads(MODELS.read_text())["model"].values()
    networks = {(model["file"], model["sha256"][:12]) for model in models}
    assert len(networks) == 2
    assert {(name.lower(), number) for name, number in locked} | charts | networks == set(listed)
    assert bill["metadata"]["component"]["name"] == "treadlight"
    assert all("--hash=sha256:" in json.dumps(part) or part.get("hashes") for part in listed.values())

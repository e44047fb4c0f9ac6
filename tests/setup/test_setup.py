"""setup.sh as somebody at a fresh machine meets it; a false python3 stands in only where one is the point."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [
    "setup.sh",
    ".ci/run",
    *(str(p.relative_to(ROOT)) for p in sorted((ROOT / "deploy").rglob("*.sh"))),
]
APPLIANCE = ("install", "update", "uninstall", "backup", "restore", "hotspot")
NOBODY = 65534


def run_setup(
    *arguments: str, root: Path = ROOT, user: int | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(root / "setup.sh"), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        user=user,
        timeout=100,
        check=False,
    )


def path_with(folder: Path, python3: str) -> str:
    """A PATH on which python3 is this shell script and everything else is the system's."""
    program = folder / "python3"
    program.write_text(f"#!/bin/sh\n{python3}\n")
    program.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


@pytest.fixture
def checkout() -> Iterator[Path]:
    """The files of a fresh checkout, readable by every user."""
    with tempfile.TemporaryDirectory(prefix="treadlight-setup-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("setup.sh", "pyproject.toml", "README.md", ".npmrc"):
            shutil.copy(ROOT / part, folder)
        for part in ("deploy", "device", "models"):
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "build", "vendor")
            )
        yield folder


@pytest.mark.parametrize("arguments", [(), ("instal",), ("--test",)])
def test_unknown_command_shows_the_usage(arguments: tuple[str, ...]) -> None:
    result = run_setup(*arguments)
    assert result.returncode == 2
    assert "usage: ./setup.sh" in result.stderr
    assert result.stdout == ""


def test_help_names_every_command() -> None:
    result = run_setup("--help")
    assert result.returncode == 0
    assert all(f"\n  {command} " in result.stdout for command in ("demo", "test", *APPLIANCE))


@pytest.mark.parametrize(
    ("python3", "cause", "fix"),
    [
        ("echo 39 3.9.2 64", "version 3.9.2; treadlight runs on 3.11, 3.12 and 3.13", "Use Debian 12"),
        ("echo 399 3.99.0 64", "version 3.99.0; treadlight runs on", "first in PATH"),
        ("echo 311 3.11.2 32", "32 bit", "64-bit Raspberry Pi OS"),
        ("exit 1", "python3 does not start", "python3 --version"),
    ],
)
def test_unfit_python_is_refused_with_the_way_out(tmp_path: Path, python3: str, cause: str, fix: str) -> None:
    result = run_setup("demo", PATH=path_with(tmp_path, python3))
    assert result.returncode == 1
    assert cause in result.stderr
    assert fix in result.stderr


def test_missing_python_is_named(tmp_path: Path) -> None:
    for tool in ("bash", "dirname", "env"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    result = run_setup("demo", PATH=str(tmp_path))
    assert result.returncode == 1
    assert "apt-get install python3" in result.stderr


def test_failed_step_shows_its_output_and_the_way_out(checkout: Path) -> None:
    result = run_setup(
        "demo", root=checkout, PIP_NO_INDEX="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE="/dev/null"
    )
    assert result.returncode == 1
    assert "Python packages, about a minute" in result.stdout
    assert "No matching distribution found" in result.stderr
    assert "Check the network and the free space" in result.stderr
    assert not (checkout / ".venv" / "py.stamp").exists(), "the next run must not believe that all is there"


@pytest.mark.parametrize(("candidate", "verdict"), [("1.0-1", "yes"), ("(none)", "no")])
def test_a_package_is_found_in_any_language_and_among_many(
    tmp_path: Path, candidate: str, verdict: str
) -> None:
    fake = tmp_path / "apt-cache"
    fake.write_text(
        "#!/bin/bash\nword=Installationskandidat\n[[ $LC_ALL != C ]] || word=Candidate\n"
        f"printf '%s:\\n  Installed: (none)\\n  %s: {candidate}\\n' \"$2\" $word\n"
        "for i in {1..20000}; do echo '     500 a source of packages'; done\n"
    )
    fake.chmod(0o755)
    ask = "source ./setup.sh help >/dev/null; if apt_has python3-venv; then echo yes; else echo no; fi"
    path = f"{tmp_path}:{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", "-c", ask],
        cwd=ROOT,
        env={**os.environ, "PATH": path, "LC_ALL": "de_DE.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == verdict, result.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("command", APPLIANCE)
def test_the_appliance_asks_for_root(checkout: Path, command: str) -> None:
    result = run_setup(command, root=checkout, user=NOBODY, PATH="/usr/bin:/bin")
    if "treadlight runs on" in result.stderr:
        pytest.skip("the system's own python3 is not one treadlight runs on")
    assert result.returncode == 1
    assert f"sudo ./setup.sh {command}" in result.stderr


def test_second_run_needs_neither_network_nor_time() -> None:
    if not (ROOT / ".venv" / "py.stamp").is_file() or not Path(sys.executable).is_relative_to(ROOT / ".venv"):
        pytest.skip("this environment was not made by setup.sh")
    nowhere = "http://127.0.0.1:9"
    result = run_setup("demo", "--help", PIP_NO_INDEX="1", http_proxy=nowhere, https_proxy=nowhere)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("usage: treadlight demo"), "nothing was to be done before the start"


@pytest.mark.slow
def test_fresh_checkout_installs_and_then_rests(checkout: Path) -> None:
    first = run_setup("demo", "--help", root=checkout)
    assert first.returncode == 0, first.stderr
    assert "Python packages" in first.stdout
    second = run_setup("demo", "--help", root=checkout, PIP_NO_INDEX="1")
    assert second.returncode == 0, second.stderr
    assert "Python packages" not in second.stdout


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_scripts_pass_shellcheck() -> None:
    verdict = subprocess.run(
        ["shellcheck", "--external-sources", *SCRIPTS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert verdict.returncode == 0, verdict.stdout

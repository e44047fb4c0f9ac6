"""Checks of what is installed: packages, the pose model, the runtime that runs it, the dashboard's files."""

import platform
import time
from importlib import metadata
from pathlib import Path

from device import __version__
from device.checks import CheckResult
from device.config import Config
from device.pose.models import find
from device.pose.runtime import start_interpreter

PACKAGES = ("numpy", "opencv-python-headless", "av", "flask", "cheroot", "gpiozero")
VENDOR = Path(__file__).parents[1] / "web" / "static" / "vendor"
_INVOKES = 5


def check_versions(_: Config) -> CheckResult:
    """List the versions of what treadlight stands on."""
    parts = [f"treadlight {__version__}", f"Python {platform.python_version()} on {platform.machine()}"]
    missing = []
    for package in PACKAGES:
        try:
            parts.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            missing.append(package)
    if missing:
        return CheckResult(
            "versions", "fail", f"Not installed: {', '.join(missing)}.", "Run ./setup.sh again."
        )
    return CheckResult("versions", "ok", ", ".join(parts))


def check_model(config: Config) -> CheckResult:
    """Compare the chosen model with the manifest. Raises ModelError when it differs."""
    model = find(config.model.name)
    return CheckResult("model", "ok", f"{model.path.name}, SHA-256 {model.sha256[:12]}... as in the manifest")


def check_runtime(config: Config) -> CheckResult:
    """Run the chosen model a few times. Raises ModelError when nothing runs it."""
    threads = config.model.thread_count
    interpreter, runtime = start_interpreter(find(config.model.name).path, threads, config.model.package)
    times_s = []
    for _ in range(_INVOKES):
        start_s = time.perf_counter()
        interpreter.invoke()
        times_s.append(time.perf_counter() - start_s)
    took = f"{min(times_s) * 1000:.1f} ms a picture with {threads} thread{'s' if threads > 1 else ''}"
    return CheckResult("runtime", "ok", f"{runtime.name} {runtime.version}, {took}")


def check_assets(_: Config) -> CheckResult:
    """Look for the chart library that set-up brings to the dashboard."""
    missing = [name for name in ("uPlot.esm.js", "uPlot.min.css") if not (VENDOR / name).is_file()]
    if missing:
        return CheckResult(
            "page files",
            "fail",
            f"The dashboard's charts are missing ({', '.join(missing)}).",
            "Run ./setup.sh again with a network.",
        )
    return CheckResult("page files", "ok", "the dashboard needs nothing from outside")

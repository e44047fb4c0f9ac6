"""The doctor behind `treadlight check`: looks at every part and says how to mend what is wrong."""

from collections.abc import Callable, Sequence

from device.checks import CheckResult, cause_and_fix
from device.checks.databases import check_databases
from device.checks.hardware import check_camera, check_light, check_power, check_temperature
from device.checks.software import check_assets, check_model, check_runtime, check_versions
from device.checks.surroundings import (
    check_access_code,
    check_certificate,
    check_clock,
    check_dashboard,
    check_network,
    check_storage,
)
from device.config import Config
from device.errors import TreadlightError

_CHECKS: dict[str, Callable[[Config], CheckResult]] = {
    "versions": check_versions,
    "model": check_model,
    "runtime": check_runtime,
    "camera": check_camera,
    "light": check_light,
    "storage": check_storage,
    "databases": check_databases,
    "clock": check_clock,
    "temperature": check_temperature,
    "power": check_power,
    "page files": check_assets,
    "dashboard": check_dashboard,
    "network": check_network,
    "certificate": check_certificate,
    "access code": check_access_code,
}


def run_checks(config: Config) -> list[CheckResult]:
    """Look at every part, in the order in which a fault would show; takes a few seconds, never raises."""
    return [examine(name, check, config) for name, check in _CHECKS.items()]


def examine(name: str, check: Callable[[Config], CheckResult], config: Config) -> CheckResult:
    """Run one check; whatever it raises becomes its result."""
    try:
        return check(config)
    except TreadlightError as error:
        cause, fix = cause_and_fix(str(error))
        return CheckResult(name, "fail", cause, fix)
    # A doctor reports what it cannot examine and goes on with the next part.
    except Exception as error:  # noqa: BLE001
        trouble = f"This could not be examined: {type(error).__name__}: {error}"
        return CheckResult(
            name, "fail", trouble, "Report this line with the output of 'treadlight --version'."
        )


def format_report(results: Sequence[CheckResult]) -> str:
    """Lay the results out for a terminal: one line each, its fix below, a count at the end."""
    width = max((len(result.name) for result in results), default=0)
    lines = []
    for result in results:
        lines.append(f"{result.level:<4}  {result.name:<{width}}  {result.message}")
        if result.fix:
            lines.append(f"{'':<{width + 6}}  -> {result.fix}")
    count = {level: sum(result.level == level for result in results) for level in ("ok", "warn", "fail")}
    return "\n".join([*lines, "", ", ".join(f"{number} {level}" for level, number in count.items())])

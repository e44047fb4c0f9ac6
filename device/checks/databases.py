"""Checks of what is kept: are the databases whole, and was one set aside because it was not?"""

from device.checks import CheckResult
from device.config import Config
from device.upkeep.rescue import BELONGS, SET_ASIDE, damage


def check_databases(config: Config) -> CheckResult:
    """Read both databases, for some seconds at most, and look for what was set aside."""
    for name in BELONGS:
        detail = damage(config.storage.folder / name)
        if detail is not None:
            fix = "Restart the device: it sets the file aside and starts. Then restore a backup."
            return CheckResult("databases", "fail", f"{name} is damaged ({detail}).", fix)
    return check_set_aside(config)


def check_set_aside(config: Config) -> CheckResult:
    """Look for databases that a start has set aside; costs next to nothing."""
    try:
        found = sorted(config.storage.folder.glob(f"{SET_ASIDE}*"))
    except OSError:
        found = []
    if not found:
        return CheckResult("databases", "ok", "whole, as far as was looked")
    oldest = found[0]
    at = oldest.name.removeprefix(SET_ASIDE)
    cause = (
        f"On {at[:4]}-{at[4:6]}-{at[6:8]} a damaged database was set aside in {oldest}: "
        "what it held is missing until a backup is restored."
    )
    fix = f"Run: sudo ./setup.sh restore FILE. When all is there again, run: sudo rm -r {oldest}"
    return CheckResult("databases", "fail", cause, fix)

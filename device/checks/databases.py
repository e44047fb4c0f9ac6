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
    fix = "Restore the last backup: treadlight restore FILE. Then delete that folder, and this is gone."
    cause = f"A damaged database was set aside in {found[-1]}: what it held is missing."
    return CheckResult("databases", "fail", cause, fix)

"""What the doctor looks at, one function for each part; `device.checks.doctor` puts them in order."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was found about one part.

    level: "ok", "warn" (works, but look at it) or "fail" (a part of treadlight will not work).
    fix: what to do; empty when there is nothing to do.
    """

    name: str
    level: Level
    message: str
    fix: str = ""


def cause_and_fix(message: str) -> tuple[str, str]:
    """Take the message of a TreadlightError apart: the cause is its first sentence, the fix the rest."""
    cause, _, fix = message.partition(". ")
    return f"{cause.rstrip('.')}.", fix

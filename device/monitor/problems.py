"""What is to be fixed on the device, most urgent first, each with its cause and its fix."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from device.checks import CheckResult, cause_and_fix
from device.checks.databases import check_set_aside
from device.checks.doctor import examine
from device.checks.hardware import check_light, check_power, check_temperature
from device.checks.surroundings import check_certificate, check_clock, check_network, check_storage
from device.config import Config
from device.monitor.vitals import Vitals
from device.verify.report import SelfTestReport

STAMP = "last-backup.json"
BACKUP_AGE = timedelta(days=7)
SELF_TEST_AGE = timedelta(days=30)
LEAST_RECORDING_H = 20.0
KEPT_SHARE = 0.85
"""Below this share of the frames asked for, the device does not keep up."""

SURROUNDINGS: tuple[tuple[str, Callable[[Config], CheckResult]], ...] = (
    ("storage", check_storage),
    ("databases", check_set_aside),
    ("temperature", check_temperature),
    ("power", check_power),
    ("light", check_light),
    ("network", check_network),
    ("certificate", check_certificate),
    ("clock", check_clock),
)
"""The doctor's checks that cost little and touch neither camera nor network; see `treadlight check`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to fix. code: its name for programs. urgent: measuring or keeping does not work."""

    code: str
    cause: str
    fix: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Backup:
    """The last backup. at: when, wall time. ok: made and read back."""

    at: datetime
    ok: bool


def last_backup(folder: Path) -> Backup | None:
    """Read when the last backup was made; None when there was none or its note is damaged."""
    try:
        note = json.loads((folder / STAMP).read_text("utf-8"))
        at = datetime.fromisoformat(note["at"])
        return Backup(at if at.tzinfo else at.replace(tzinfo=UTC), bool(note["ok"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def surroundings(config: Config) -> list[CheckResult]:
    """Look at disk, temperature, power, light, network, certificate and clock; up to some seconds."""
    return [examine(name, check, config) for name, check in SURROUNDINGS]


def find_problems(
    vitals: Vitals,
    found: Sequence[CheckResult],
    backup: Backup | None,
    test: SelfTestReport | None,
    now: datetime,
) -> list[Problem]:
    """Say what is to be fixed, what stops measuring or keeping first.

    found: from `surroundings`. backup, test: the last ones. now: wall time with a zone.
    """
    problems = [
        *_of_frames(vitals),
        *(Problem(r.name, r.message, r.fix, r.level == "fail") for r in found if r.level != "ok"),
        *_of_disk(vitals),
        *_of_self_test(test, vitals.software, now),
        *_of_backup(backup, now),
    ]
    return sorted(problems, key=lambda problem: not problem.urgent)


def _of_frames(vitals: Vitals) -> list[Problem]:
    problems = []
    if vitals.trouble:
        problems.append(Problem("camera", *cause_and_fix(vitals.trouble), urgent=True))
    if vitals.light_fault:
        problems.append(Problem("light_fault", *cause_and_fix(vitals.light_fault), urgent=True))
    if vitals.fps and vitals.fps_asked and vitals.fps < KEPT_SHARE * vitals.fps_asked:
        cause = f"Of {vitals.fps_asked:.0f} frames a second {vitals.fps:.0f} are measured."
        fix = "Close other programs, give the device air, or set camera.fps lower."
        problems.append(Problem("slow", cause, fix))
    return problems


def _of_disk(vitals: Vitals) -> list[Problem]:
    left = vitals.recording_h
    if left is None or left >= LEAST_RECORDING_H:
        return []
    fix = "In Settings keep data for fewer days, or export and delete patients no longer seen."
    return [Problem("disk", f"The disk takes {left:.0f} more hours of running.", fix, urgent=left < 2)]


def _of_self_test(test: SelfTestReport | None, software: str, now: datetime) -> list[Problem]:
    if test is None:
        return [Problem("self_test", "The self-test has never been run here.", "Run it: half a minute.")]
    if not test.passed:
        names = ", ".join(dict.fromkeys(check.label.lower() for check in test.failed))
        fix = "Do not rely on these numbers. Run it again; if it fails again, install the release anew."
        return [Problem("self_test", f"The self-test failed: {names}.", fix, urgent=True)]
    if test.version != software:
        return [Problem("self_test", "The software has changed since the self-test.", "Run it again.")]
    if now - _when(test.finished) > SELF_TEST_AGE:
        return [Problem("self_test", "The last self-test is over a month old.", "Run it again.")]
    return []


def _of_backup(backup: Backup | None, now: datetime) -> list[Problem]:
    command = "On the device, run: sudo ./setup.sh backup FOLDER (a stick that is kept locked away)."
    if backup is None:
        return [Problem("backup", "There is no backup yet.", command)]
    if not backup.ok:
        return [Problem("backup", "The last backup failed.", f"Check the stick's space. {command}")]
    if now - backup.at > BACKUP_AGE:
        return [Problem("backup", f"The last backup is {(now - backup.at).days} days old.", command)]
    return []


def _when(finished: str) -> datetime:
    at = datetime.fromisoformat(finished)
    return at if at.tzinfo else at.replace(tzinfo=UTC)

"""What the self-test found: a table of errors against the truth, kept as JSON in the data folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from device.errors import StoreError
from device.storage.disk import write_whole

SCHEMA = "treadlight-self-test/1"
FILE_NAME = "self_test.json"


@dataclass(frozen=True, slots=True)
class Check:
    """One value: `error` is measured minus true, in `unit`; it passes between `low` and `high`.

    form: which way of running of the clip, "" for the whole clip. true, measured: in `unit` too, cadence in
    steps a minute; None for the whole clip. An error of None = could not be measured, which fails.
    """

    name: str
    label: str
    form: str
    unit: str
    true: float | None
    measured: float | None
    error: float | None
    low: float
    high: float

    @property
    def passed(self) -> bool:
        """Whether the error is where an intact device has it."""
        return self.error is not None and self.low <= self.error <= self.high


@dataclass(frozen=True, slots=True)
class SelfTestReport:
    """One self-test. `finished` is the wall-clock time of its end, ISO 8601; `limits` says what it proves."""

    checks: tuple[Check, ...]
    finished: str
    version: str
    model: str
    model_sha256: str
    runtime: str
    machine: str
    frames: int
    frames_per_s: float
    limits: str

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)

    def summary(self) -> str:
        """One line: verdict and the errors of the easy form, as the health page says it."""
        errors = [check for check in self.checks if check.form == "easy"]
        said = ", ".join(f"{check.label.lower()} {shown(check)}" for check in errors)
        verdict = "passed" if self.passed else f"{len(self.failed)} of {len(self.checks)} failed"
        return f"Self-test {verdict}: {said}."

    def to_json(self) -> dict[str, Any]:
        """Plain data, schema `treadlight-self-test/1`."""
        document = {"schema": SCHEMA, "passed": self.passed, **asdict(self)}
        document["checks"] = [{**asdict(check), "passed": check.passed} for check in self.checks]
        return document


def shown(check: Check) -> str:
    """The error with sign and unit, or that it was not measured."""
    if check.error is None:
        return "not measured"
    digits = 0 if check.unit in {"ms", ""} else 1
    return f"{check.error:+.{digits}f} {check.unit}".strip()


def table(report: SelfTestReport) -> str:
    """The report as text for a terminal."""
    lines = [f"{'':32s}{'true':>9s}{'measured':>10s}{'error':>13s}   {'allowed':17s}"]
    for check in report.checks:
        title = f"{check.label}, {check.form}" if check.form else check.label
        allowed = f"{check.low:+.1f} to {check.high:+.1f}"
        true, measured = ("" if v is None else f"{v:.1f}" for v in (check.true, check.measured))
        verdict = "pass" if check.passed else "FAIL"
        lines.append(f"{title:32s}{true:>9s}{measured:>10s}{shown(check):>13s}   {allowed:17s}{verdict}")
    verdict = "passed" if report.passed else f"FAILED: {len(report.failed)} of {len(report.checks)}"
    about = (
        f"{report.model} on {report.runtime}, {report.frames} frames at {report.frames_per_s:.0f} a second"
    )
    return "\n".join([*lines, "", f"Self-test {verdict} ({about}).", report.limits])


def keep(report: SelfTestReport, folder: Path) -> Path:
    """Keep the report as the last one of this device; returns its file.

    Raises StoreError when the folder takes nothing.
    """
    path = folder / FILE_NAME
    try:
        # Whoever ran the self-test, the service reads it.
        write_whole(path, json.dumps(report.to_json()).encode(), mode=0o644)
    except OSError as error:
        raise StoreError(
            f"The result of the self-test cannot be kept ({error.strerror}). Free space in the data folder."
        ) from error
    return path


def last(folder: Path) -> SelfTestReport | None:
    """The last report kept; None when there is none or its file is damaged."""
    try:
        return from_json(json.loads((folder / FILE_NAME).read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def from_json(document: dict[str, Any]) -> SelfTestReport:
    """The inverse of `to_json`. Raises KeyError, TypeError or ValueError for anything else."""
    if document["schema"] != SCHEMA:
        raise ValueError(f"This is not a {SCHEMA} document.")
    facts = {key: value for key, value in document.items() if key not in {"schema", "passed", "checks"}}
    checks = tuple(
        Check(**{key: value for key, value in check.items() if key != "passed"})
        for check in document["checks"]
    )
    return SelfTestReport(checks=checks, **facts)

"""What is to be fixed on the device, and the figures it is judged by."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from device.checks import CheckResult
from device.host.health import Health
from device.live import LiveState, Newest
from device.monitor.problems import Backup, find_problems, last_backup
from device.monitor.vitals import Vitals, VitalSigns
from device.verify.report import Check, SelfTestReport

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
COMPUTER = Health(51.0, 0, 64_000_000_000, 90_000_000, 500_000_000, 3600.0)
GOOD = Vitals(
    fps_asked=60.0,
    fps=59.6,
    frames=5000,
    skipped=3,
    latency_p50_s=0.04,
    latency_p95_s=0.06,
    measuring=True,
    recording=False,
    trouble=None,
    light_fault=None,
    computer=COMPUTER,
    running_s=90.0,
    software="1.2.0",
    samples=(),
)
PASSED = SelfTestReport(
    checks=(Check("cadence_spm", "Cadence", "easy", "%", 170.0, 170.1, 0.1, -0.5, 0.5),),
    finished=(NOW - timedelta(days=3)).isoformat(),
    version="1.2.0",
    model="lightning",
    model_sha256="41c4",
    runtime="ai-edge-litert 2",
    machine="aarch64",
    frames=1323,
    frames_per_s=60.0,
    limits="A phantom.",
)
BACKUP = Backup(NOW - timedelta(days=1), ok=True)


def codes(vitals: Vitals = GOOD, found: tuple[CheckResult, ...] = (), **other: object) -> list[str]:
    facts = {"backup": BACKUP, "test": PASSED, **other}
    return [p.code for p in find_problems(vitals, found, facts["backup"], facts["test"], NOW)]  # type: ignore[arg-type]


def test_a_device_in_order_has_nothing_to_fix() -> None:
    assert codes(found=(CheckResult("clock", "ok", "set"),)) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"trouble": "The camera is silent. Check the cable."}, "camera"),
        ({"light_fault": "The light no longer answers. Check its wiring."}, "light_fault"),
        ({"fps": 40.0}, "slow"),
        ({"computer": replace(COMPUTER, disk_free_bytes=500_000_000)}, "disk"),
    ],
)
def test_each_fault_is_named(changes: dict[str, object], code: str) -> None:
    assert codes(replace(GOOD, **changes)) == [code]


def test_what_stops_measuring_comes_first() -> None:
    found = (
        CheckResult("clock", "warn", "Not set.", "Set it."),
        CheckResult("storage", "fail", "No.", "Yes."),
    )
    assert codes(replace(GOOD, trouble="Silent. Check."), found) == ["camera", "storage", "clock"]


@pytest.mark.parametrize(
    "backup", [None, Backup(NOW - timedelta(days=8), ok=True), Backup(NOW - timedelta(hours=1), ok=False)]
)
def test_a_backup_that_is_missing_old_or_failed_is_asked_for(backup: Backup | None) -> None:
    assert codes(backup=backup) == ["backup"]


def test_the_self_test_is_asked_for_until_it_has_passed_with_this_software() -> None:
    failed = replace(PASSED, checks=(replace(PASSED.checks[0], error=4.0),))
    old = replace(PASSED, finished=(NOW - timedelta(days=40)).isoformat())
    for test in (None, failed, old, replace(PASSED, version="1.1.0")):
        assert codes(test=test) == ["self_test"]
    (problem,) = find_problems(GOOD, (), BACKUP, failed, NOW)
    assert problem.urgent
    assert "cadence" in problem.cause


def test_the_note_of_a_backup_is_read_and_a_damaged_one_counts_as_none(tmp_path: Path) -> None:
    assert last_backup(tmp_path) is None
    (tmp_path / "last-backup.json").write_text('{"at": "2026-05-03T10:00:00+00:00", "ok": true, "path": "x"}')
    found = last_backup(tmp_path)
    assert found == Backup(datetime(2026, 5, 3, 10, tzinfo=UTC), ok=True)
    (tmp_path / "last-backup.json").write_text('{"at": 5')
    assert last_backup(tmp_path) is None


@dataclass
class Source:
    """Frames counted by hand."""

    frames: int = 0
    fps_asked: float | None = 60.0
    live: Newest[LiveState] = field(default_factory=Newest)


def test_frames_passed_over_are_counted_while_frames_come(tmp_path: Path) -> None:
    source, at = Source(), [100.0]
    signs = VitalSigns(source, tmp_path, clock=lambda: at[0], look=lambda _: COMPUTER)
    for seconds, frames in ((1, 60), (1, 45), (1, 60), (5, 0), (1, 60)):
        at[0] += seconds
        source.frames += frames
        signs.keep_up()
    assert signs.now.frames == 225
    # A camera that gives nothing passes nothing over: that has a problem of its own.
    assert signs.now.skipped == 15
    assert signs.now.running_s == 9.0
    assert signs.now.fps is None


def test_ten_minutes_of_samples_are_kept_and_no_more(tmp_path: Path) -> None:
    source, at = Source(), [0.0]
    signs = VitalSigns(source, tmp_path, clock=lambda: at[0], look=lambda _: COMPUTER)
    for _ in range(1000):
        at[0] += 1.0
        signs.keep_up()
    assert len(signs.now.samples) == 60
    assert signs.now.samples[-1].temperature_c == 51.0


def test_room_is_said_in_hours_of_running() -> None:
    assert GOOD.recording_h == pytest.approx(64e9 / (420 * 60 * 3600))
    assert replace(GOOD, fps_asked=None, fps=None).recording_h is None

"""Camera checks, key frames and ticks in the clinic's records, and what consent lets through."""

from dataclasses import replace
from pathlib import Path

import pytest

from device.clinic.checks import Capture, CheckRecord
from device.clinic.store import ClinicStore
from device.clinic.types import ConsentKind
from device.review.types import KeyFrames
from device.web.keeping import Keeping

CAPTURE = Capture(
    speed_mps=2.8, grade_pct=1.0, height_cm=176, shoe="Own", side="right", fill=0.7, tilt_deg=None,
    region=(0.1, 0.0, 0.8, 1.0), size=(640, 480),
)  # fmt: skip
CHECK = CheckRecord(green=True, capture=CAPTURE, lines=(("level", "unsure", None, None),))
JPEG = b"\xff\xd8\xff"


@pytest.fixture
def clinic(tmp_path: Path) -> ClinicStore:
    return ClinicStore(tmp_path)


def visit(clinic: ClinicStore, consent: ConsentKind | None, patient: int | None = None) -> int:
    opened = clinic.visits.open(patient or clinic.patients.add("R-014"), "Ann Lee")
    if consent is not None:
        clinic.visits.agree(opened, consent, "Ann Lee")
    return opened


def pictures(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and JPEG in path.read_bytes()]


@pytest.mark.parametrize("consent", [None, ConsentKind.LIVE])
def test_watched_live_only_keeps_nothing_of_the_runner(
    clinic: ClinicStore, pictured: KeyFrames, consent: ConsentKind | None
) -> None:
    opened = visit(clinic, consent)
    keeping = Keeping(clinic)
    assert not keeping.may_picture()
    assert not keeping.keep_frames(pictured)
    assert not keeping.tick("low_cadence", True, "seen", "Ann Lee")
    assert not clinic.visits.folder(opened).exists()
    assert clinic.key_frames.of_visit(opened) == ()
    assert keeping.ticks() == {}


def test_the_skeleton_is_kept_without_its_pictures(
    clinic: ClinicStore, pictured: KeyFrames, tmp_path: Path
) -> None:
    opened = visit(clinic, ConsentKind.SKELETON)
    keeping = Keeping(clinic)
    assert not keeping.may_picture()
    assert keeping.keep_frames(pictured)
    (kept,) = clinic.key_frames.of_visit(opened)
    assert not kept.pictured
    assert pictures(tmp_path) == []


def test_with_video_they_lie_in_the_visit_s_folder(
    clinic: ClinicStore, pictured: KeyFrames, tmp_path: Path
) -> None:
    opened = visit(clinic, ConsentKind.VIDEO)
    keeping = Keeping(clinic)
    assert keeping.may_picture()
    assert keeping.keep_frames(pictured)
    assert {path.parent for path in pictures(tmp_path)} == {clinic.visits.folder(opened)}
    assert clinic.key_frames.of_visit(opened)[0].pictured


def test_withdrawn_consent_shows_figures_even_while_files_are_left(
    clinic: ClinicStore, pictured: KeyFrames
) -> None:
    opened = visit(clinic, ConsentKind.VIDEO)
    clinic.visits.link(opened, 5)
    keeping = Keeping(clinic)
    keeping.keep_frames(replace(pictured, session_id=5, kind="baseline"))
    shown = keeping.frames_of(5, "baseline", None)
    assert shown is not None
    assert shown.pictured
    clinic.visits.withdraw(opened)
    figures = keeping.frames_of(5, "baseline", None)
    assert figures is not None
    assert not figures.pictured


def test_the_check_is_kept_and_found_at_the_next_visit(clinic: ClinicStore) -> None:
    first = visit(clinic, ConsentKind.SKELETON)
    patient = clinic.visits.get(first).patient_id
    assert Keeping(clinic).last_check() is None
    assert Keeping(clinic).keep_check(CHECK)
    assert clinic.visits.get(first).setup.shoe == "Own"
    second = visit(clinic, ConsentKind.SKELETON, patient)
    found = Keeping(clinic).last_check()
    assert found is not None
    assert (found.visit_id, found.capture, found.lines) == (first, CAPTURE, CHECK.lines)
    assert clinic.checks.of_visit(second) is None


def test_another_patient_s_check_is_never_compared_with(clinic: ClinicStore) -> None:
    visit(clinic, ConsentKind.SKELETON)
    Keeping(clinic).keep_check(CHECK)
    visit(clinic, ConsentKind.SKELETON, clinic.patients.add("R-015"))
    assert Keeping(clinic).last_check() is None


def test_a_tick_can_be_taken_back(clinic: ClinicStore) -> None:
    opened = visit(clinic, ConsentKind.SKELETON)
    keeping = Keeping(clinic)
    assert keeping.tick("low_cadence", True, "seen", "Ann Lee")
    assert keeping.tick("bounding", True, "not_seen", "Ann Lee")
    assert keeping.tick("low_cadence", False, "seen", "Bo Ek")
    assert keeping.ticks() == {"bounding": True, "low_cadence": False}
    tick = next(t for t in clinic.reviews.of_visit(opened) if t.code == "low_cadence")
    assert (tick.by, tick.seen) == ("Bo Ek", "seen")


def test_without_a_visit_nothing_is_kept(clinic: ClinicStore, pictured: KeyFrames) -> None:
    keeping = Keeping(clinic)
    assert keeping.visit is None
    assert not keeping.keep_frames(pictured)
    assert not keeping.keep_check(CHECK)
    keeping.set_shoe("Clinic")
    assert keeping.shoe() == "Clinic"

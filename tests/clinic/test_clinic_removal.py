"""What is deleted is gone from the disk, what is due is erased and no more, an export is whole."""

import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from clinic.clinic_parts import Clock, clinic_at

from device.app import erase_session
from device.clinic.export import export_patient
from device.clinic.keeper import FIRST_S, Keeper
from device.clinic.pain import Moment
from device.clinic.retention import Removal, due_soon
from device.clinic.settings import Settings
from device.clinic.types import DEVICE, Actor, ConsentKind, Intake, Kind, Purpose, VisitSetup
from device.errors import ClinicError, MissingError, StoreError
from device.gait.types import RunSetup
from device.pose.types import Pose
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore
from device.sessions.types import SessionMeta

ANN = Actor(1, "Ann", "10.0.0.7")
LABEL, WORDS = "QX-Zebra-77", "gnarled-heliotrope"


class Practice:
    """A clinic with a real recorder beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.clinic = clinic_at(folder, self.clock)
        self.store = SessionStore(folder, self.clock.now)
        self.recorder = Recorder(self.store, keep_poses=True)
        self.removal = Removal(
            self.clinic, self.store.pose_log, lambda number: erase_session(self.store, self.recorder, number)
        )
        self.clinic.audit.add(ANN, "login")

    def visit(self, label: str, kind: ConsentKind = ConsentKind.VIDEO) -> int:
        """A visit with a recording, pain, and files of every kind."""
        known = self.clinic.patients.find(label)
        told = Intake(goals=f"run without {WORDS}", tried=f"{label} tried", weekly_km=25)
        patient_id = known[0].id if known else self.clinic.patients.add(label, intake=told)
        visit_id = self.clinic.visits.open(patient_id, "Ann")
        self.clinic.visits.agree(visit_id, kind, "Ann")
        self.clinic.visits.set_up(visit_id, VisitSetup(speed_mps=2.8, shoe=f"{label} 9"))
        self.clinic.visits.link(visit_id, self.record(label), Purpose.FEEDBACK)
        self.clinic.pains.record(visit_id, Moment.BEFORE, 4, "Ann")
        folder = self.clinic.visits.folder(visit_id)
        folder.mkdir(parents=True)
        for name in ("recent-1.json", "recent-1-near-contact.jpg", "run.mp4", "report.pdf"):
            (folder / name).write_text(f"{WORDS} {label}")
        self.clinic.visits.close(visit_id)
        return visit_id

    def record(self, label: str) -> int:
        meta = SessionMeta(
            label=label, note=f"{WORDS} {label}", started_t=0.0, size=(640, 480), setup=RunSetup(),
            region=None, software="test", model="m", model_sha256="0", runtime="r", camera="c",
        )  # fmt: skip
        session_id = self.recorder.start(meta)
        for frame in range(5):
            self.recorder.pose(Pose(0.03 * frame, np.full((17, 2), 9, np.float32), np.ones(17, np.float32)))
            self.recorder.mark(0.03 * frame, f"{label} mark")
        self.recorder.stop()
        self.recorder.flush()
        return session_id

    def holds(self, text: str) -> list[str]:
        """Name the files in which a text is still to be found, in either of SQLite's encodings."""
        wanted = (text.encode(), text.encode("utf-16-le"))
        return [
            str(file.relative_to(self.folder))
            for file in self.folder.rglob("*")
            if file.is_file() and any(form in file.read_bytes() for form in wanted)
        ]

    def names(self, visit_id: int) -> set[str]:
        return {file.name for file in self.clinic.visits.folder(visit_id).rglob("*")}


def days(count: int) -> timedelta:
    return timedelta(days=count)


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    made = Practice(tmp_path)
    yield made
    made.recorder.close()


def test_deleting_a_patient_leaves_no_byte_behind(practice: Practice) -> None:
    gone, stays = practice.visit(LABEL), practice.visit("R-005")
    patient_id = practice.clinic.visits.get(gone).patient_id
    practice.clinic.patients.put_in_bin(patient_id)
    assert {"clinic.sqlite3", "sessions.sqlite3"} <= {name.split("-")[0] for name in practice.holds(LABEL)}
    stone = practice.removal.erase_patient(patient_id, ANN)
    assert practice.holds(LABEL) == []
    assert (stone.visits, stone.sessions, stone.files) == (1, 1, 4)
    assert [one.patient_id for one in practice.clinic.tombstones.all()] == [patient_id]
    assert practice.clinic.audit.entries()[0].subject == f"patient {patient_id}"
    assert not practice.clinic.visits.folder(gone).exists()
    assert [session.label for session in practice.store.list_sessions()] == ["R-005"]
    assert practice.names(stays) == {
        "recent-1.json", "recent-1-near-contact.jpg", "run.mp4", "report.pdf",
    }  # fmt: skip
    with pytest.raises(MissingError):
        practice.clinic.patients.get(patient_id)
    with closing(sqlite3.connect(practice.clinic.database.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_deletion_that_was_cut_short_can_be_begun_again(practice: Practice) -> None:
    visit_id = practice.visit(LABEL)
    patient_id = practice.clinic.visits.get(visit_id).patient_id

    def fails(_: int) -> None:
        raise StoreError("The disk does not answer. Try again.")

    broken = Removal(practice.clinic, practice.store.pose_log, fails)
    with pytest.raises(StoreError):
        broken.erase_patient(patient_id, ANN)
    assert practice.clinic.patients.get(patient_id).deleted_at is not None
    practice.removal.erase_patient(patient_id, ANN)
    assert practice.holds(LABEL) == []


def test_the_recycle_bin_gives_back_until_its_deadline(practice: Practice) -> None:
    visit_id = practice.visit(LABEL)
    patient_id = practice.clinic.visits.get(visit_id).patient_id
    practice.clinic.patients.put_in_bin(patient_id)
    assert practice.clinic.patients.find() == []
    practice.clock.passes(days=13, hours=23)
    practice.removal.erase_due()
    practice.clinic.patients.bring_back(patient_id)
    assert [patient.label for patient in practice.clinic.patients.find()] == [LABEL]
    practice.clinic.patients.put_in_bin(patient_id)
    practice.clock.passes(days=14, seconds=1)
    practice.removal.erase_due()
    assert practice.holds(LABEL) == []


def test_each_kind_is_erased_when_its_time_is_over(practice: Practice) -> None:
    practice.clinic.settings.save(Settings(video_days=10, pictures_days=20, poses_days=30, numbers_days=40))
    visit_id = practice.visit(LABEL)
    (session,) = practice.clinic.visits.sessions(visit_id)
    poses = practice.store.pose_log(session.session_id)
    assert due_soon(practice.clinic, days(9)) == []
    assert [item.kind for item in due_soon(practice.clinic, days(41))] == [
        Kind.VIDEO, Kind.PICTURES, Kind.POSES, Kind.NUMBERS,
    ]  # fmt: skip
    steps = [
        ({"recent-1.json", "recent-1-near-contact.jpg", "report.pdf"}, True, 1),
        ({"recent-1.json"}, True, 1),
        ({"recent-1.json"}, False, 1),
        (set(), False, 0),
    ]
    for files, has_poses, sessions in steps:
        practice.clock.passes(days=10, minutes=1)
        assert len(practice.removal.erase_due()) == 1
        assert practice.removal.erase_due() == []
        assert practice.names(visit_id) == files
        assert poses.exists() is has_poses
        assert len(practice.store.list_sessions()) == sessions
    assert practice.clinic.patients.find()[0].label == LABEL
    assert practice.clinic.visits.get(visit_id).consent is ConsentKind.VIDEO


def test_nothing_is_erased_by_a_clock_that_jumped(practice: Practice) -> None:
    visit_id = practice.visit(LABEL)
    practice.clock.passes(days=4000)
    assert practice.removal.erase_due() == []
    assert "run.mp4" in practice.names(visit_id)
    practice.clinic.audit.add(ANN, "login")
    assert practice.removal.erase_due()


def test_a_visit_is_erased_when_it_is_over_even_if_nobody_ended_it(practice: Practice) -> None:
    practice.clinic.settings.save(Settings(video_days=1))
    visit_id = practice.visit(LABEL)
    with practice.clinic.database.writing() as connection:
        connection.execute("UPDATE visit SET closed_at = NULL")
    assert due_soon(practice.clinic, days(4000)) == []
    practice.clock.passes(hours=13)
    assert practice.removal.erase_due() == []
    practice.clock.passes(hours=12)
    assert [item.visit_id for item in practice.removal.erase_due()] == [visit_id]


def test_withdrawing_consent_removes_the_visit_and_only_that(practice: Practice) -> None:
    first, second = practice.visit(LABEL), practice.visit(LABEL)
    practice.removal.withdraw(second, ANN)
    assert practice.names(second) == set()
    assert practice.clinic.visits.sessions(second) == []
    assert practice.clinic.pains.of_visit(second) == ()
    assert practice.clinic.visits.get(second).consent is ConsentKind.LIVE
    assert practice.clinic.visits.consents(second)[-1].withdrawn_at == practice.clock.now()
    assert len(practice.names(first)) == 4
    assert [session.id for session in practice.store.list_sessions()] == [1]


def test_a_narrower_consent_removes_pictures(practice: Practice) -> None:
    visit_id = practice.visit(LABEL)
    practice.removal.narrow(visit_id, ConsentKind.SKELETON, ANN)
    assert practice.names(visit_id) == {"recent-1.json"}
    assert len(practice.store.list_sessions()) == 1
    practice.removal.narrow(visit_id, ConsentKind.LIVE, ANN)
    assert practice.store.list_sessions() == []


def test_the_keeper_erases_in_its_own_thread_once_an_hour(practice: Practice) -> None:
    practice.clinic.settings.save(Settings(video_days=10))
    visit_id = practice.visit(LABEL)
    practice.clock.passes(days=11)
    keeper = Keeper(practice.removal, practice.clock.seconds)
    keeper.keep_up()
    keeper.wait(5.0)
    assert "run.mp4" in practice.names(visit_id)
    practice.clock.passes(seconds=FIRST_S)
    keeper.keep_up()
    keeper.wait(5.0)
    assert "run.mp4" not in practice.names(visit_id)


def test_an_export_holds_everything_of_one_patient_and_nobody_else(practice: Practice) -> None:
    visit_id = practice.visit(LABEL)
    practice.visit("R-005")
    file = io.BytesIO()
    patient_id = practice.clinic.visits.get(visit_id).patient_id
    export_patient(practice.clinic, practice.store, patient_id, file)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        document = json.loads(archive.read("patient.json"))
        session = json.loads(archive.read("sessions/1.json"))
        everything = b"".join(archive.read(name) for name in names)
    assert names == {
        "README.txt", "patient.json", "visits/1/recent-1.json", "visits/1/recent-1-near-contact.jpg",
        "visits/1/run.mp4", "visits/1/report.pdf", "sessions/1.json", "sessions/1.csv",
        "sessions/1-poses.csv",
    }  # fmt: skip
    assert document["software"].startswith("treadlight ")
    assert document["patient"]["intake"]["weekly_km"] == 25
    assert document["visits"][0]["consent"] == "video"
    assert document["visits"][0]["noted"]["pain"][0]["score"] == 4
    assert session["provenance"]["model_sha256"] == "0"
    assert b"R-005" not in everything


def test_patients_are_found_by_part_of_a_label_taken_literally(practice: Practice) -> None:
    for label in ("R-1", "r_2", "50 %", "Ä.Ö."):
        practice.clinic.patients.add(label)
    assert {patient.label for patient in practice.clinic.patients.find("r")} == {"R-1", "r_2"}
    assert [patient.label for patient in practice.clinic.patients.find("_")] == ["r_2"]
    assert [patient.label for patient in practice.clinic.patients.find("%")] == ["50 %"]
    with pytest.raises(ClinicError, match="in use"):
        practice.clinic.patients.add(" r-1 ")


def test_one_visit_is_open_at_a_time_and_starts_as_the_last_one(practice: Practice) -> None:
    first = practice.visit(LABEL)
    patient_id = practice.clinic.visits.get(first).patient_id
    second = practice.clinic.visits.open(patient_id, "Bo")
    other = practice.clinic.visits.open(practice.clinic.patients.add("R-9"), "Bo")
    current = practice.clinic.visits.current()
    assert current is not None
    assert current.id == other
    assert practice.clinic.visits.get(second).closed_at == practice.clock.now()
    assert practice.clinic.visits.get(second).setup.shoe == f"{LABEL} 9"
    assert practice.clinic.visits.get(second).consent_noted is False
    practice.clock.passes(hours=13)
    assert practice.clinic.visits.current() is None


def test_the_device_itself_erases_in_its_own_name(practice: Practice) -> None:
    practice.clinic.settings.save(Settings(video_days=1))
    practice.visit(LABEL)
    practice.clock.passes(days=2)
    practice.removal.erase_due()
    assert practice.clinic.audit.entries()[0].name == DEVICE.name


def test_earlier_states_of_the_data_folder_go_when_the_bin_would_empty(practice: Practice) -> None:
    old, new = practice.folder / "before-restore-20260101-000000-001", practice.folder / "before-update"
    damaged = practice.folder / "before-repair-20260101-000000"
    for path in (old, new, damaged):
        path.mkdir()
        (path / "clinic.sqlite3").write_text(LABEL)
    days = practice.clinic.settings.load().bin_days
    for path, age in ((old, days + 1), (new, days - 1), (damaged, days + 100)):
        made = (practice.clock.now() - timedelta(days=age)).timestamp()
        os.utime(path, (made, made))
    practice.removal.erase_due()
    assert [path.exists() for path in (old, new, damaged)] == [False, True, True]

"""People: secrets, lock-out, the last administrator; logins: idle time, watching, restarts; the audit log."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from clinic.clinic_parts import Clock, clinic_at
from hypothesis import given
from hypothesis import strategies as st

from device.clinic.database import ClinicDatabase, Step
from device.clinic.logins import PROOF_S, Logins
from device.clinic.store import ClinicStore
from device.clinic.types import Actor, Role, User
from device.clinic.users import LOCKED, LONGEST_LOCK, TRIES
from device.errors import ClinicError, StoreError

PIN = "493817"
ANN = Actor(1, "Ann", "10.0.0.7")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def clinic(tmp_path: Path, clock: Clock) -> ClinicStore:
    return clinic_at(tmp_path, clock)


@pytest.fixture
def logins(clinic: ClinicStore, clock: Clock) -> Logins:
    return Logins(clinic.database, lambda: (600.0, 3600.0), clock.seconds)


@pytest.fixture
def ann(clinic: ClinicStore) -> User:
    known = clinic.users.get(clinic.users.add("Ann", Role.ADMINISTRATOR, PIN))
    assert known is not None
    return known


def test_a_secret_is_kept_as_argon2_only(clinic: ClinicStore, tmp_path: Path) -> None:
    clinic.users.add("Ann", Role.ADMINISTRATOR, "correct horse battery")
    with clinic.database.reading() as connection:
        (kept,) = connection.execute("SELECT hash FROM user").fetchone()
    assert kept.startswith("$argon2id$v=19$m=12288,t=3,p=1$")
    assert all(b"correct horse" not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    "secret", ["12345", "123456", "987654", "111111", "121212", "short", "1234567890123", "", "nine char"]
)
def test_weak_secrets_are_refused(clinic: ClinicStore, secret: str) -> None:
    with pytest.raises(ClinicError):
        clinic.users.add("Ann", Role.VIEWER, secret)


def test_names_are_one_whatever_their_case(clinic: ClinicStore) -> None:
    clinic.users.add("Ann Lee", Role.ADMINISTRATOR, PIN)
    with pytest.raises(ClinicError, match="already"):
        clinic.users.add("ann  LEE", Role.VIEWER, PIN)
    assert clinic.users.attempt(" ANN lee ", PIN).user is not None


def test_only_one_first_administrator(clinic: ClinicStore) -> None:
    clinic.users.add("Ann", Role.ADMINISTRATOR, PIN, first=True)
    with pytest.raises(ClinicError, match="set up already"):
        clinic.users.add("Eve", Role.ADMINISTRATOR, PIN, first=True)


def test_a_clock_set_back_locks_nobody_out_for_longer(clinic: ClinicStore, clock: Clock) -> None:
    clinic.users.add("Ann", Role.ADMINISTRATOR, PIN)
    for _ in range(TRIES):
        clinic.users.attempt("Ann", "000111")
    assert clinic.users.attempt("Ann", PIN).user is None
    clock.wall -= timedelta(days=3)
    assert clinic.users.attempt("Ann", PIN).user is not None


def test_wrong_pins_lock_out_for_longer_and_longer_but_not_for_ever(
    clinic: ClinicStore, clock: Clock
) -> None:
    clinic.users.add("Ann", Role.ADMINISTRATOR, PIN)
    tries = [clinic.users.attempt("Ann", "000000") for _ in range(TRIES)]
    assert [attempt.locked_until for attempt in tries[:-1]] == [None] * (TRIES - 1)
    assert tries[-1].locked_until == clock.now() + LOCKED
    assert clinic.users.attempt("Ann", PIN).user is None
    waits = []
    for _ in range(6):
        clock.passes(hours=1, seconds=1)
        until = clinic.users.attempt("Ann", "000000").locked_until
        assert until is not None
        waits.append(until - clock.now())
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_LOCK
    clock.passes(hours=1, seconds=1)
    assert clinic.users.attempt("Ann", PIN).user is not None
    assert clinic.users.attempt("Ann", "000000").locked_until is None


def test_a_lock_out_outlives_a_restart(clinic: ClinicStore, tmp_path: Path, clock: Clock) -> None:
    clinic.users.add("Ann", Role.ADMINISTRATOR, PIN)
    for _ in range(TRIES):
        clinic.users.attempt("Ann", "000000")
    assert clinic_at(tmp_path, clock).users.attempt("Ann", PIN).user is None


def test_somebody_always_manages_the_device(clinic: ClinicStore) -> None:
    ann = clinic.users.add("Ann", Role.ADMINISTRATOR, PIN)
    for role, active in ((Role.VIEWER, True), (Role.ADMINISTRATOR, False)):
        with pytest.raises(ClinicError, match="Nobody would be left"):
            clinic.users.set_role(ann, role, active=active)
    clinic.users.add("Bo", Role.ADMINISTRATOR, PIN)
    clinic.users.set_role(ann, Role.VIEWER, active=True)
    assert clinic.users.all()[0].role is Role.VIEWER


def test_a_login_ends_when_nobody_touches_the_tablet(ann: User, logins: Logins, clock: Clock) -> None:
    token = logins.begin(ann, "10.0.0.7")
    for _ in range(3):
        clock.passes(minutes=9)
        found = logins.find(token)
        assert found is not None
        logins.touch(found.key)
    clock.passes(minutes=10, seconds=1)
    assert logins.find(token) is None
    clock.passes(minutes=-5)
    assert logins.find(token) is None


def test_the_live_screen_may_be_watched_for_longer(ann: User, logins: Logins, clock: Clock) -> None:
    token = logins.begin(ann, "")
    found = logins.find(token)
    assert found is not None
    with logins.watching(found.key):
        clock.passes(minutes=59)
        assert logins.find(token) is not None
    assert logins.find(token) is None


def test_a_restart_logs_nobody_out_who_was_there_just_now(
    clinic: ClinicStore, ann: User, logins: Logins, clock: Clock
) -> None:
    token = logins.begin(ann, "")
    clock.passes(minutes=5)
    again = Logins(clinic.database, lambda: (600.0, 3600.0), clock.seconds)
    found = again.find(token)
    assert found is not None
    assert again.left_s(found.key) == pytest.approx(300.0)
    assert not again.proved(found.key)
    clock.passes(minutes=6)
    assert Logins(clinic.database, lambda: (600.0, 3600.0), clock.seconds).find(token) is None


def test_a_proof_lasts_five_minutes(ann: User, logins: Logins, clock: Clock) -> None:
    found = logins.find(logins.begin(ann, ""))
    assert found is not None
    assert logins.proved(found.key)
    clock.passes(seconds=PROOF_S + 1)
    assert not logins.proved(found.key)
    logins.prove(found.key)
    assert logins.proved(found.key)


@pytest.mark.parametrize("change", ["secret", "role", "out"])
def test_what_changes_for_a_person_logs_that_person_out(
    clinic: ClinicStore, logins: Logins, change: str
) -> None:
    clinic.users.add("Ann", Role.ADMINISTRATOR, PIN)
    bo = clinic.users.get(clinic.users.add("Bo", Role.THERAPIST, PIN))
    assert bo is not None
    token = logins.begin(bo, "")
    if change == "secret":
        clinic.users.set_secret(bo.id, "739164")
    else:
        clinic.users.set_role(bo.id, Role.VIEWER, active=change == "role")
    assert logins.find(token) is None


def test_the_cookie_is_not_what_is_kept(ann: User, logins: Logins, tmp_path: Path) -> None:
    token = logins.begin(ann, "")
    assert all(token.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=8))
def test_the_audit_log_gives_back_what_was_said(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]]
) -> None:
    clinic = clinic_at(tmp_path_factory.mktemp("audit"), Clock())
    usable = [(a, b) for a, b in lines if (a + b).isprintable()]
    for action, detail in usable:
        clinic.audit.add(ANN, action, "patient 3", detail)
    assert [(entry.action, entry.detail) for entry in clinic.audit.export()] == usable
    assert clinic.audit.first_broken() is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET name = 'nobody' WHERE id = 2",
        "DELETE FROM audit WHERE id = 2",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT 2, at, 7, 'Eve', '', '', '', '', seal FROM audit WHERE id = 1",
    ],
)
def test_the_audit_log_only_grows(clinic: ClinicStore, change: str) -> None:
    for number in range(3):
        clinic.audit.add(ANN, f"act {number}")
    with pytest.raises(StoreError, match="audit log"), clinic.database.writing() as connection:
        connection.execute(change)
    assert [entry.action for entry in clinic.audit.entries()] == ["act 2", "act 1", "act 0"]


def test_a_log_changed_from_outside_shows(clinic: ClinicStore) -> None:
    for number in range(4):
        clinic.audit.add(ANN, f"act {number}")
    with closing(sqlite3.connect(clinic.database.path)) as connection:
        connection.execute("DROP TRIGGER audit_no_change")
        connection.execute("UPDATE audit SET name = 'Eve' WHERE id = 3")
        connection.commit()
    assert clinic.audit.first_broken() == 3


def test_a_newer_or_foreign_database_is_left_alone(tmp_path: Path) -> None:
    steps = (Step("one", ("CREATE TABLE a (b)",)),)
    ClinicDatabase(tmp_path, (*steps, Step("two", ("CREATE TABLE c (d)",))))
    with pytest.raises(StoreError, match="newer treadlight"):
        ClinicDatabase(tmp_path, steps)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    with closing(sqlite3.connect(foreign / "clinic.sqlite3")) as connection:
        connection.execute("CREATE TABLE theirs (a)")
        connection.commit()
    with pytest.raises(StoreError, match="another program"):
        ClinicDatabase(foreign, steps)


def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    good = Step("good", ("CREATE TABLE a (b)",))
    with pytest.raises(StoreError):
        ClinicDatabase(tmp_path, (good, Step("bad", ("CREATE TABLE a (b)",))))
    again = ClinicDatabase(tmp_path, (good,))
    with again.reading() as connection:
        assert connection.execute("SELECT count(*) FROM a").fetchone()[0] == 0

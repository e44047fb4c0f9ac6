"""First run, logins and locking over HTTP; patients, visits and consent as their forms leave them."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from scripted_device import ScriptedDevice
from web_client import CODE, NAME, PIN, Visitor, dashboard, new_clinic

from device.clinic.logins import Logins
from device.clinic.pain import Moment
from device.clinic.store import ClinicStore
from device.clinic.types import ConsentKind, Purpose, Role
from device.clinic.users import TRIES
from device.web.server import DashboardServer

OWNER = {"name": "Ann Lee", "secret": PIN, "again": PIN, "clinic": "Back in Motion"}


class House:
    def __init__(self, app: Flask, clinic: ClinicStore) -> None:
        self.app = app
        self.clinic = clinic
        self.logins: Logins = app.extensions["logins"]
        self.server = DashboardServer(app, "127.0.0.1", 0)
        self.server.start()

    def visitor(self) -> Visitor:
        return Visitor(self.server.port)

    def known(self) -> Visitor:
        visitor = self.visitor()
        assert visitor.log_in().status == 302
        return visitor

    def time_passes(self, minutes: float) -> None:
        clock = self.logins._clock
        self.logins._clock = lambda: clock() + 60 * minutes


@pytest.fixture
def house(device: ScriptedDevice) -> Iterator[House]:
    clinic = new_clinic()
    made = House(dashboard(device, clinic=clinic), clinic)
    yield made
    made.server.stop()


@pytest.fixture
def new_house(device: ScriptedDevice, tmp_path: Path) -> Iterator[House]:
    clinic = ClinicStore(tmp_path)
    made = House(dashboard(device, clinic=clinic), clinic)
    yield made
    made.server.stop()


def test_a_new_device_is_taken_only_with_its_own_code(new_house: House) -> None:
    stranger = new_house.visitor()
    assert stranger.get("/live").headers["location"] == "/setup"
    assert stranger.get("/login").headers["location"] == "/setup"
    stranger.get("/setup")
    assert stranger.send("/setup", code="runner41", **OWNER).status == 401
    assert not new_house.clinic.users.any_administrator()
    assert "differ" in stranger.send("/setup", code=CODE, **{**OWNER, "again": "493818"}).text
    assert stranger.send("/setup", code=CODE, **OWNER).headers["location"] == "/"
    assert stranger.get("/").status == 200
    assert new_house.clinic.settings.load().clinic == "Back in Motion"
    late = new_house.visitor()
    assert late.get("/setup").headers["location"] == "/login"
    late.get("/login")
    late.send("/setup", code=CODE, name="Eve", secret="739164", again="739164")
    assert [user.name for user in new_house.clinic.users.all()] == ["Ann Lee"]
    assert [entry.action for entry in new_house.clinic.audit.export()][:3] == [
        "code.failed",
        "setup",
        "login",
    ]


def test_guessing_the_devices_code_is_slow(new_house: House) -> None:
    stranger = new_house.visitor()
    stranger.get("/setup")
    answers = [stranger.send("/setup", code=f"guess{n}", **OWNER).status for n in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert stranger.send("/setup", code=CODE, **OWNER).status == 429


def test_a_lost_pin_is_replaced_with_the_devices_code(house: House) -> None:
    house.clinic.users.add("Vi", Role.VIEWER, "739164")
    visitor = house.visitor()
    visitor.get("/recover")
    new = {"secret": "852963", "again": "852963"}
    assert visitor.send("/recover", code="wrong", name=NAME, **new).status == 401
    assert visitor.send("/recover", code=CODE, name="Vi", **new).status == 400
    assert visitor.send("/recover", code=CODE, name=NAME, **new).status == 302
    assert house.visitor().log_in(PIN).status == 401
    assert house.visitor().log_in("852963").status == 302


def test_what_was_there_before_the_login_is_worth_nothing_after_it(house: House) -> None:
    visitor = house.visitor()
    visitor.get("/login")
    planted = visitor.cookie
    visitor.log_in()
    assert visitor.cookie != planted
    other = house.visitor()
    other.cookie = planted
    assert other.get("/").status == 302
    first = visitor.cookie
    visitor.log_in()
    other.cookie = first
    assert other.get("/").status == 302


def test_somebody_is_locked_out_and_nobody_learns_who_exists(house: House) -> None:
    known, unknown = house.visitor(), house.visitor()
    answers = [
        [who.log_in("000000", name=name).text.count("locked for some minutes") for _ in range(TRIES)]
        for who, name in ((known, NAME), (unknown, "Nobody Here"))
    ]
    assert answers[0] == answers[1] == [0, 0, 0, 0, 1]
    assert house.clinic.users.attempt(NAME, PIN).user is None


def test_a_tablet_left_alone_locks_and_asks_who_it_is(house: House) -> None:
    visitor = house.known()
    house.time_passes(minutes=9)
    assert visitor.get("/api/lock", Accept="*/*").json["left_s"] == pytest.approx(60, abs=10)
    assert visitor.get("/api/clock", Accept="*/*").status == 200
    assert visitor.get("/api/lock", Accept="*/*").json["left_s"] < 61
    assert visitor.post("/api/here", {}).json["left_s"] > 590
    house.time_passes(minutes=10.1)
    assert visitor.get("/api/clock", Accept="*/*").status == 401
    assert visitor.get("/patients").headers["location"].startswith("/login?next=/patients")


def test_a_stream_ends_with_the_login(house: House) -> None:
    visitor = house.known()
    with visitor.stream("skeleton") as stream:
        stream.states(2)
        house.time_passes(minutes=59)
        stream.states(2)
        visitor.send("/logout")
        for _ in stream.messages():
            pass
    with visitor.stream("skeleton") as refused:
        assert refused.status == 401


def test_a_watched_live_screen_locks_too_in_the_end(house: House) -> None:
    visitor = house.known()
    with visitor.stream("skeleton") as stream:
        stream.states(2)
        house.time_passes(minutes=61)
        for _ in stream.messages():
            pass
    with visitor.stream("skeleton") as refused:
        assert refused.status == 401


def test_the_names_of_a_tablet_are_offered_there_only(house: House) -> None:
    visitor = house.known()
    jar = visitor.people
    assert jar
    visitor.send("/logout")
    assert NAME not in visitor.get("/login").text
    shown = visitor.get("/login", Cookie=jar).text
    assert f'value="{NAME}"' in shown
    assert NAME not in house.visitor().get("/login", Cookie=jar[:-2] + "xx").text


def test_a_first_visit_from_the_form_to_the_consent(house: House, device: ScriptedDevice) -> None:
    visitor = house.known()
    told = {"goals": "10 km without thinking of my back", "weekly_km": "25,5", "height_cm": "168"}
    assert (
        visitor.send("/patients/new", label=" R-031 ", begin="1", **told).headers["location"]
        == "/visit/consent"
    )
    visit = house.clinic.visits.current()
    assert visit is not None
    patient = house.clinic.patients.get(visit.patient_id)
    assert (patient.label, patient.intake.weekly_km, patient.height_cm) == ("R-031", 25.5, 168)
    assert device.setup.height_cm == 168
    refused = visitor.post("/api/session/start", {"label": "R-031"})
    assert refused.status == 400
    assert "nothing is recorded" in refused.json["message"]
    assert visitor.send("/visit/consent", kind="skeleton").status == 302
    session_id = visitor.post("/api/session/start", {"label": "anything"}).json["id"]
    assert ("start", "R-031", "") in device.calls
    assert [link.session_id for link in house.clinic.visits.sessions(visit.id)] == [session_id]
    current = house.clinic.visits.current()
    assert current is not None
    assert current.consent is ConsentKind.SKELETON
    assert not current.keeps_pictures
    assert visitor.send("/visit/end").headers["location"] == f"/patients/{patient.id}"
    assert house.clinic.visits.current() is None


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("label", "", "no usable label"),
        ("label", "x" * 41, "no usable label"),
        ("born", "19x7", "not a number"),
        ("weekly_km", "-3", "out of range"),
        ("height_cm", "17", "out of range"),
        ("goals", "g" * 1001, "too long"),
    ],
)
def test_a_form_that_cannot_be_used_keeps_what_was_typed(
    house: House, field: str, value: str, says: str
) -> None:
    given = {"label": "R-031", "tried": "new shoes", field: value}
    answer = house.known().send("/patients/new", **given)
    assert answer.status == 400
    assert says in answer.text
    assert "new shoes" in answer.text
    assert house.clinic.patients.find() == []


def test_what_a_runner_tells_is_shown_as_text(house: House) -> None:
    nasty = "<script>alert(1)</script>"
    patient_id = house.clinic.patients.add(nasty)
    page = house.known().get(f"/patients/{patient_id}").text
    assert nasty not in page
    assert "&lt;script&gt;" in page


def test_looking_and_changing_are_logged_with_name_and_address(house: House) -> None:
    visitor = house.known()
    patient_id = house.clinic.patients.add("R-031")
    visitor.get(f"/patients/{patient_id}")
    visitor.send(f"/patients/{patient_id}/delete")
    entries = [(e.action, e.subject, e.name, e.address) for e in house.clinic.audit.entries(limit=2)]
    assert entries == [
        ("patients.delete", f"patient {patient_id}", NAME, "127.0.0.1"),
        ("patients.show", f"patient {patient_id}", NAME, "127.0.0.1"),
    ]
    page = visitor.get("/settings/audit").text
    assert "Looked at a patient" in page
    assert "Deleted a patient" in page
    assert "R-031" not in "".join(e.subject + e.detail for e in house.clinic.audit.export())


def test_who_is_in_the_recycle_bin_is_shown_to_administrators_only(house: House) -> None:
    house.clinic.users.add("Thea", Role.THERAPIST, "739164")
    patient_id = house.clinic.patients.add("R-031")
    visit_id = house.clinic.visits.open(patient_id, NAME)
    thea = house.visitor()
    thea.log_in("739164", name="Thea")
    paths = (f"/patients/{patient_id}", f"/visits/{visit_id}/report", f"/patients/{patient_id}/export.zip")
    assert {thea.get(path).status for path in paths} == {200}
    thea.get(paths[0])
    thea.send(f"/patients/{patient_id}/delete")
    assert {thea.get(path).status for path in paths} == {404}
    assert "R-031" not in thea.get("/").text + thea.get("/patients?q=R").text
    assert thea.get("/patients/bin").status == 403
    owner = house.known()
    assert "R-031" in owner.get("/patients/bin").text
    assert owner.send(f"/patients/{patient_id}/restore").status == 302
    assert thea.get(paths[0]).status == 200


def test_an_export_comes_as_a_zip_and_leaves_nothing_on_the_disk(house: House) -> None:
    patient_id = house.clinic.patients.add("R-031")
    visit_id = house.clinic.visits.open(patient_id, NAME)
    house.clinic.visits.link(visit_id, 7, Purpose.FEEDBACK)
    answer = house.known().get(f"/patients/{patient_id}/export.zip")
    assert answer.headers["content-disposition"].endswith(f'treadlight-patient-{patient_id}.zip"')
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert set(archive.namelist()) == {"README.txt", "patient.json"}
    assert {path.name.split("-")[0] for path in house.clinic.folder.iterdir()} == {"clinic.sqlite3"}


def test_the_morning_after_is_asked_and_kept(house: House) -> None:
    patient_id = house.clinic.patients.add("R-017")
    visit_id = house.clinic.visits.open(patient_id, NAME)
    house.clinic.visits.link(visit_id, 7)
    house.clinic.visits.close(visit_id)
    with house.clinic.database.writing() as connection:
        connection.execute("UPDATE visit SET opened_at = datetime('now', '-1 day') || '+00:00'")
    house.clinic.visits.open(patient_id, NAME)
    visitor = house.known()
    assert "missing for visit 1" in visitor.get(f"/patients/{patient_id}").text
    assert "R-017" in visitor.get("/").text.partition("Next-morning pain")[2]
    assert visitor.send(f"/visits/{visit_id}/morning", score="11").status == 400
    assert visitor.send(f"/visits/{visit_id}/morning", score="3").status == 302
    assert "Nobody to ask today." in visitor.get("/").text
    assert [score.score for score in house.clinic.pains.of_visit(visit_id)] == [3]


@pytest.mark.parametrize(("morning", "worse"), [(3, False), (4, True)])
def test_a_morning_worse_than_agreed_is_said_until_the_next_visit_has_ended(
    house: House, morning: int, worse: bool
) -> None:
    patient_id = house.clinic.patients.add("R-018")
    first = house.clinic.visits.open(patient_id, NAME)
    house.clinic.pains.record(first, Moment.BEFORE, 2, NAME)
    house.clinic.visits.close(first)
    second = house.clinic.visits.open(patient_id, NAME)
    visitor, said = house.known(), "The morning after visit 1 was worse than agreed"
    assert said not in visitor.get(f"/patients/{patient_id}").text
    visitor.send(f"/visits/{first}/morning", score=str(morning))
    assert (said in visitor.get(f"/patients/{patient_id}").text) is worse
    house.clinic.visits.close(second)
    assert said not in visitor.get(f"/patients/{patient_id}").text


def test_settings_take_hold_at_once(house: House) -> None:
    visitor = house.known()
    given = {
        "clinic": "Back in Motion", "contact": "Main St 1\n01 234", "lock_min": "2", "watch_min": "5",
        "bin_days": "7", "video_days": "3", "pictures_days": "30", "poses_days": "30", "numbers_days": "0",
    }  # fmt: skip
    assert visitor.send("/settings", **{**given, "lock_min": "0"}).status == 400
    assert visitor.send("/settings", **given).status == 302
    assert house.clinic.settings.load().contact == "Main St 1\n01 234"
    house.time_passes(minutes=2.1)
    assert visitor.get("/").status == 302


@pytest.mark.parametrize("path", ["", "/edit", "/export.zip"])
def test_a_number_beyond_the_database_is_no_patient(house: House, path: str) -> None:
    visitor = house.known()
    assert visitor.get(f"/patients/{10**21}{path}").status in (400, 403, 404, 409)
    assert visitor.send(f"/patients/{10**21}/delete").status in (400, 403, 404, 409)

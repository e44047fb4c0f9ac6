"""What the monitoring gets: the device's figures for whoever holds the token, and never a patient."""

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from app.device_parts import BlackCamera, until
from prometheus_client.parser import text_string_to_metric_families

from device.app import build
from device.appliance import Appliance
from device.clinic.store import ClinicStore
from device.clinic.types import DEVICE
from device.config import (
    CameraConfig,
    Config,
    LightConfig,
    MetricsConfig,
    MqttConfig,
    StorageConfig,
    WebConfig,
)
from device.gait.types import RunSetup
from device.monitor.figures import FIGURES, read
from device.monitor.mqtt import announcements, state

TOKEN = "a token for these tests"
LABEL, NOTE, NAME = "Zsófia-Q7", "her left knee", "Therapist-X9"


def config(folder: Path, **metrics: object) -> Config:
    return Config(
        camera=CameraConfig(source="from the test"),
        light=LightConfig(kind="mock"),
        web=WebConfig(host="127.0.0.1", port=0, name="room-2"),
        storage=StorageConfig(folder=folder),
        metrics=MetricsConfig(**metrics),  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Appliance]:
    """A device in the middle of a recording of somebody."""
    folder = tmp_path_factory.mktemp("data")
    running = build(config(folder, enabled=True, token=TOKEN), RunSetup(), open_camera=BlackCamera)
    ClinicStore(folder).audit.add(replace(DEVICE, name=NAME), "login")
    running.start()
    until(running.live, lambda state: state.fps is not None)
    running._loop.start_session(LABEL, NOTE)
    running._loop.mark("pain 7")
    until(running.live, lambda state: state.session.id is not None)
    running._keep_up()
    yield running
    running.stop()


def collect(device: Appliance, authorization: str | None = f"Bearer {TOKEN}") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", device.port, timeout=30)
    headers = {} if authorization is None else {"Authorization": authorization}
    try:
        connection.request("GET", "/metrics", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_prometheus_reads_every_figure(device: Appliance) -> None:
    status, page = collect(device)
    assert status == 200
    found = {family.name: family for family in text_string_to_metric_families(page)}
    station = device._beside[0]
    known = [figure for figure, value in read(station).values if value is not None]  # type: ignore[arg-type]
    assert {f"treadlight_{figure.name.removesuffix('_total')}" for figure in known} <= set(found)
    assert found["treadlight_frames"].type == "counter"
    assert found["treadlight_frames_per_second"].samples[0].value > 1
    assert found["treadlight_frames_per_second_asked"].samples[0].value == 60
    assert 0 < found["treadlight_latency_p50_seconds"].samples[0].value < 10
    assert found["treadlight_memory_bytes"].samples[0].value > 1e7
    problems = {sample.labels["code"] for sample in found["treadlight_problem"].samples}
    assert {"backup", "self_test", "light"} <= problems


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"bearer{TOKEN}", TOKEN, "Bearer \xe9"],
)
def test_nobody_else_reads_them(device: Appliance, authorization: str | None) -> None:
    status, page = collect(device, authorization)
    assert status == 401
    assert "treadlight_" not in page


def everything_that_leaves(device: Appliance) -> str:
    sent = state(read(device._beside[0]))  # type: ignore[arg-type]
    announced = json.dumps(announcements(MqttConfig(), "room-2"))
    return collect(device)[1] + sent + announced


def test_no_patient_leaves_the_device(device: Appliance) -> None:
    assert device.live.latest().session.label == LABEL  # type: ignore[union-attr]
    text = everything_that_leaves(device).lower()
    for word in (LABEL, "zs", NOTE, "knee", "pain", NAME, "patient", "visit", "session", "cadence", "lean"):
        assert word.lower() not in text, word


def test_nothing_tells_whether_somebody_runs(device: Appliance) -> None:
    def shape() -> set[str]:
        text = everything_that_leaves(device)
        return set(re.findall(r"^[a-z_]+(?:\{[^}]*\})?|\"\w+\":", text, re.MULTILINE))

    during = shape()
    assert not [figure.name for figure in FIGURES if "measuring" in figure.name or figure.name == "recording"]
    device._loop.stop_session()
    assert shape() == during
    device._loop.start_session(LABEL, NOTE)


def test_the_door_is_not_there_unless_asked_for(tmp_path: Path) -> None:
    closed = build(config(tmp_path), RunSetup(), open_camera=BlackCamera)
    closed.start()
    try:
        assert collect(closed)[0] in (302, 401)
        assert not (tmp_path / "metrics-token").exists()
    finally:
        closed.stop()


def test_a_token_is_made_for_the_device_alone(tmp_path: Path) -> None:
    made = build(config(tmp_path, enabled=True), RunSetup(), open_camera=BlackCamera)
    made.start()
    try:
        kept = tmp_path / "metrics-token"
        token = kept.read_text().strip()
        assert kept.stat().st_mode & 0o077 == 0
        assert len(token) > 30
        assert collect(made, f"Bearer {token}")[0] == 200
    finally:
        made.stop()


def test_guessing_the_token_is_slowed_down(tmp_path: Path) -> None:
    guessed = build(config(tmp_path, enabled=True, token=TOKEN), RunSetup(), open_camera=BlackCamera)
    guessed.start()
    try:
        answers = [collect(guessed, f"Bearer guess {number}")[0] for number in range(40)]
        assert answers.count(401) == 30
        assert answers[-1] == 429
        assert collect(guessed)[0] == 200
    finally:
        guessed.stop()

"""Twenty devices and a real Mosquitto with the documented settings: encrypted, each in its own topics."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from device.config import MqttConfig
from device.errors import ConfigError
from device.monitor.figures import FIGURES, Reading
from device.monitor.mqtt import MqttReporter

MONITORING = Path(__file__).parents[2] / "deploy" / "monitoring"
MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
DEVICES = 20
WAIT_S = 60.0
READING = Reading(
    values=tuple((figure, 1.0) for figure in FIGURES),
    problems={"backup": False, "camera": True},
    software="0.1.0",
    backup_at=None,
    backup_ok=None,
    self_test_passed=True,
)
needs_mosquitto = pytest.mark.skipif(
    MOSQUITTO is None, reason="Mosquitto is not installed: apt-get install mosquitto"
)


def wait_until(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.05)


def make_certificates(folder: Path) -> None:
    """An authority and the broker's certificate for 127.0.0.1."""
    authority, broker = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)

    def certificate(name: str, key: ec.EllipticCurvePrivateKey, ca: bool) -> bytes:
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "clinic")]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
            made = made.add_extension(names, critical=False)
        return made.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    (folder / "ca.crt").write_bytes(certificate("clinic", authority, True))
    (folder / "broker.crt").write_bytes(certificate("broker", broker, False))
    (folder / "broker.key").write_bytes(
        broker.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


class Broker:
    """Mosquitto with the documented configuration, its paths and port put in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        make_certificates(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        shutil.copy(MONITORING / "acl", folder / "acl")
        passwords = folder / "passwords"
        passwords.touch()
        for name in ("watcher", *(f"room-{number}" for number in range(DEVICES))):
            command = ["mosquitto_passwd", "-b", str(passwords), name, f"password of {name}"]
            subprocess.run(command, check=True, capture_output=True)
        text = (MONITORING / "mosquitto.conf").read_text()
        text = text.replace("/etc/mosquitto/treadlight", str(folder))
        # Started by root it would become another user, who may not read a test's files.
        text = text.replace("listener 8883", f"user root\nlistener {self.port} 127.0.0.1")
        (folder / "mosquitto.conf").write_text(text)
        self.start()

    def start(self) -> None:
        assert MOSQUITTO is not None
        self.log = (self.folder / "log").open("ab")
        command = [MOSQUITTO, "-c", str(self.folder / "mosquitto.conf"), "-v"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        wait_until(self.answers)

    def answers(self) -> bool:
        assert self.process.poll() is None, (self.folder / "log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(WAIT_S)
        self.log.close()

    def settings(self, name: str, password: str | None = None, **changes: object) -> MqttConfig:
        secret = self.folder / f"secret-{name}"
        secret.write_text((password or f"password of {name}") + "\n")
        secret.chmod(0o600)
        given = {
            "enabled": True, "host": "127.0.0.1", "port": self.port, "ca_file": self.folder / "ca.crt",
            "user": name, "password_file": secret, "every_s": 1.0, **changes,
        }  # fmt: skip
        return MqttConfig(**given)  # type: ignore[arg-type]


class Watcher:
    """Reads as Home Assistant does."""

    def __init__(self, broker: Broker) -> None:
        self.latest: dict[str, bytes] = {}
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.username_pw_set("watcher", "password of watcher")
        self.client.tls_set(str(broker.folder / "ca.crt"))
        self.client.on_message = self._take
        self.client.on_connect = self._connected
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()

    def _connected(self, *_: object) -> None:
        self.client.subscribe([("treadlight/#", 1), ("homeassistant/#", 1)])

    def _take(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.latest[message.topic] = message.payload

    def status(self, name: str) -> bytes | None:
        return self.latest.get(f"treadlight/{name}/status")

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def watcher(broker: Broker) -> Iterator[Watcher]:
    reading = Watcher(broker)
    yield reading
    reading.close()


@needs_mosquitto
def test_twenty_devices_are_seen_and_their_silence_too(broker: Broker, watcher: Watcher) -> None:
    names = [f"room-{number}" for number in range(DEVICES)]
    devices = [MqttReporter(broker.settings(name), name, lambda: READING) for name in names]
    for device in devices:
        device.start()
    wait_until(lambda: all(f"treadlight/{name}/state" in watcher.latest for name in names))
    wait_until(lambda: all(watcher.status(name) == b"online" for name in names))
    told = json.loads(watcher.latest["treadlight/room-7/state"])
    assert told["frames_per_second"] == 1.0
    assert (told["problems"], told["urgent_problems"]) == (["backup", "camera"], 1)
    announced = [topic for topic in watcher.latest if topic.startswith("homeassistant/")]
    assert len(announced) == DEVICES * (len(FIGURES) + 1)
    found = json.loads(watcher.latest["homeassistant/sensor/treadlight-room-7/temperature_celsius/config"])
    assert found["unit_of_measurement"] == "°C"
    assert found["state_topic"] == "treadlight/room-7/state"
    handles = psutil.Process().num_fds()

    broker.stop()
    broker.start()
    wait_until(watcher.client.is_connected)
    watcher.latest.clear()
    wait_until(lambda: all(f"treadlight/{name}/state" in watcher.latest for name in names))
    assert psutil.Process().num_fds() <= handles

    for device in devices:
        device.close()
    wait_until(lambda: all(watcher.status(name) == b"offline" for name in names))
    assert not [thread.name for thread in threading.enumerate() if thread.name == "mqtt"]


@needs_mosquitto
def test_a_device_that_dies_is_called_offline_by_the_broker(broker: Broker, watcher: Watcher) -> None:
    script = (
        "import sys, threading; from pathlib import Path\n"
        "from device.config import MqttConfig\nfrom device.monitor.mqtt import MqttReporter\n"
        "from monitor.test_mqtt import READING\n"
        "port, ca, secret = sys.argv[1:]\n"
        "c = MqttConfig(True, '127.0.0.1', int(port), True, Path(ca), 'room-1', Path(secret))\n"
        "MqttReporter(c, 'room-1', lambda: READING).start(); threading.Event().wait()\n"
    )
    set_up = broker.settings("room-1")
    root = Path(__file__).parents[2]
    command = ["-c", script, str(broker.port), str(set_up.ca_file), str(set_up.password_file)]
    paths = {**os.environ, "PYTHONPATH": f"{root}:{root / 'tests'}"}
    with subprocess.Popen([sys.executable, *command], env=paths) as process:
        wait_until(lambda: watcher.status("room-1") == b"online")
        process.kill()
    wait_until(lambda: watcher.status("room-1") == b"offline")


# paho leaves the socket of a failed handshake to the garbage collector, which closes it.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket")
@needs_mosquitto
def test_a_wrong_password_or_authority_gets_nowhere(broker: Broker, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    make_certificates(other)
    wrong = [
        MqttReporter(broker.settings("room-1", "guess"), "room-1", lambda: READING),
        MqttReporter(broker.settings("room-2", ca_file=other / "ca.crt"), "room-2", lambda: READING),
    ]
    for device in wrong:
        device.start()
    log = broker.folder / "log"
    try:
        wait_until(lambda: "not authorised" in log.read_text() and "OpenSSL Error" in log.read_text())
    finally:
        for device in wrong:
            device.close()
    assert "treadlight/room" not in log.read_text()


@needs_mosquitto
def test_a_device_cannot_speak_for_another(broker: Broker, watcher: Watcher) -> None:
    liar = MqttReporter(broker.settings("room-1"), "room-2", lambda: READING)
    liar.start()
    log = broker.folder / "log"
    wait_until(lambda: "Denied PUBLISH" in log.read_text())
    liar.close()
    assert watcher.latest == {}


def test_a_password_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("open\n")
    secret.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        MqttReporter(MqttConfig(password_file=secret), "room-1", lambda: READING)
    with pytest.raises(ConfigError, match="cannot be read"):
        MqttReporter(MqttConfig(password_file=tmp_path / "none"), "room-1", lambda: READING)


def test_no_broker_at_all_costs_nothing(tmp_path: Path) -> None:
    lonely = MqttReporter(MqttConfig(host="127.0.0.1", port=1, tls=False), "room-1", lambda: READING)
    lonely.start()
    lonely.close()
    lonely.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name == "mqtt"]

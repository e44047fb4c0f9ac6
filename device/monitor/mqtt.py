"""The figures sent to the clinic's MQTT broker, in a thread of its own, announced as Home Assistant wants it.

Topics, all retained: `<prefix>/<name>/status` is online or offline (the broker itself says offline when the
device falls silent); `<prefix>/<name>/state` is one JSON object. Nothing is received and nothing can be asked
of the device. While the broker is away nothing is kept for it: the next figures are as good as the last.
Source of the announcement: Home Assistant's MQTT discovery documentation.
"""

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from device.config import MqttConfig
from device.errors import ConfigError
from device.monitor.figures import FIGURES, Figure, Reading

if TYPE_CHECKING:
    from paho.mqtt.client import Client

KEEPALIVE_S = 30
RETRY_S = (1, 60)
"""Shortest and longest wait before the broker is tried again."""
GOODBYE_S = 2.0
MAX_QUEUED = 100

log = logging.getLogger(__name__)


class MqttReporter:
    """Sends readings until `close`; a broker that is away or refuses is tried for ever, ever less often.

    name: of this device in the network. gather: gives a reading, may take seconds.
    """

    def __init__(self, config: MqttConfig, name: str, gather: Callable[[], Reading]) -> None:
        """Prepare. Raises ConfigError when password or certificate cannot be used."""
        self._config = config
        self._name = name
        self._gather = gather
        self._topic = f"{config.prefix}/{name}"
        self._password = _password(config)
        if config.tls and config.ca_file is not None and not config.ca_file.is_file():
            raise ConfigError(
                f"mqtt.ca_file {config.ca_file} is not there. Copy the authority's certificate."
            )
        self._ending = threading.Event()
        self._due = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """Say goodbye to the broker and end; harmless when not started."""
        self._ending.set()
        self._due.set()
        if self._thread.is_alive():
            self._thread.join(2 * GOODBYE_S)

    def _run(self) -> None:
        client = self._client()
        client.connect_async(self._config.host, self._config.port, KEEPALIVE_S)
        client.loop_start()
        try:
            while not self._ending.is_set():
                # Set by a new connection: whoever watches wants to see it at once.
                self._due.wait(self._config.every_s)
                self._due.clear()
                if client.is_connected() and not self._ending.is_set():
                    client.publish(f"{self._topic}/state", state(self._gather()), retain=True)
        finally:
            if client.is_connected():
                client.publish(f"{self._topic}/status", "offline", 1, retain=True).wait_for_publish(GOODBYE_S)
            client.disconnect()
            client.loop_stop()

    def _client(self) -> "Client":
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        client = Client(CallbackAPIVersion.VERSION2, client_id=f"{self._config.prefix}-{self._name}")
        if self._config.user is not None:
            client.username_pw_set(self._config.user, self._password)
        if self._config.tls:
            client.tls_set(None if self._config.ca_file is None else str(self._config.ca_file))
        client.will_set(f"{self._topic}/status", "offline", 1, retain=True)
        client.reconnect_delay_set(*RETRY_S)
        client.max_queued_messages_set(MAX_QUEUED)
        client.on_connect = self._connected
        return client

    def _connected(self, client: "Client", _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.warning("The MQTT broker refuses this device (%s). Check mqtt.user and its password.", reason)
            return
        for topic, announcement in announcements(self._config, self._name):
            client.publish(topic, announcement, retain=True)
        client.publish(f"{self._topic}/status", "online", 1, retain=True)
        self._due.set()


def state(reading: Reading) -> str:
    """Give all figures as one JSON object; null is not known."""
    values: dict[str, Any] = {figure.name: value for figure, value in reading.values}
    return json.dumps(
        {
            **values,
            "problems": sorted(reading.problems),
            "urgent_problems": sum(reading.problems.values()),
            "software": reading.software,
            "backup_ok": reading.backup_ok,
            "self_test_passed": reading.self_test_passed,
        },
        allow_nan=False,
    )


def announcements(config: MqttConfig, name: str) -> list[tuple[str, str]]:
    """Give topic and message of each entity for Home Assistant."""
    entities = [_entity(figure) for figure in FIGURES]
    entities.append(
        ("sensor", "problems", {"name": "To fix", "value_template": "{{ value_json.problems | length }}"})
    )
    common = {
        "state_topic": f"{config.prefix}/{name}/state",
        "availability_topic": f"{config.prefix}/{name}/status",
        "device": {"identifiers": [f"{config.prefix}-{name}"], "name": name, "manufacturer": "treadlight"},
    }
    return [
        (
            f"{config.discovery}/{kind}/{config.prefix}-{name}/{key}/config",
            json.dumps({**common, "unique_id": f"{config.prefix}-{name}-{key}", **own}),
        )
        for kind, key, own in entities
    ]


def _entity(figure: Figure) -> tuple[str, str, dict[str, str]]:
    value = f"value_json.{figure.name}"
    if figure.kind == "yes_no":
        own = {"value_template": "{{ 'ON' if " + value + " else 'OFF' }}"}
        return "binary_sensor", figure.name, {"name": figure.words, **own}
    own = {"name": figure.words, "value_template": "{{ " + value + " }}"}
    own["state_class"] = "total_increasing" if figure.kind == "counter" else "measurement"
    if figure.unit:
        own["unit_of_measurement"] = figure.unit
    if figure.sort:
        own["device_class"] = figure.sort
    return "sensor", figure.name, own


def _password(config: MqttConfig) -> str | None:
    path: Path | None = config.password_file
    if path is None:
        return None
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"Others may read mqtt.password_file {path}. Run: chmod 600 {path}")
        return path.read_text("utf-8").splitlines()[0]
    except (OSError, ValueError, IndexError) as error:
        raise ConfigError(f"mqtt.password_file {path} cannot be read ({error}). Put it on line 1.") from error

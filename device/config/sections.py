"""Every setting: one frozen dataclass for each table, with defaults for a Raspberry Pi."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, ClassVar, get_type_hints

from device.config.rules import choice, either, flag, label, number, path, shown, text, whole
from device.errors import ConfigError
from device.pose.region import Region


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the configuration file; refuses bad values however it is built."""

    table: ClassVar[str]

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self), include_extras=True)
        for setting in fields(self):
            given = getattr(self, setting.name)
            (rule,) = hints[setting.name].__metadata__
            kept = rule.read(given)
            if kept is None and (given is not None or setting.default is not None):
                raise ConfigError(f"{self.table}.{setting.name} is {shown(given)}. Give {rule.wanted}.")
            object.__setattr__(self, setting.name, kept)


@dataclass(frozen=True, slots=True)
class CameraConfig(Section):
    """Where the pictures come from.

    source: "picamera" for the Raspberry Pi camera, else the path of a video file.
    width, height: size in pixels of the picture that people see, before rotation (camera only).
    fps: frames per second, or "auto": as many as the model sustains (camera only).
    shutter_s: exposure time in seconds; short against motion blur (camera only).
    rotation: degrees clockwise that turn the camera's picture upright.
    mirrored: true when the camera delivers a mirror image (a selfie view), which would swap left and right.
    loop: true to play a video file over and over.
    """

    table: ClassVar[str] = "camera"
    source: Annotated[str, text('"picamera" or the path of a video file')] = "picamera"
    width: Annotated[int, whole(160, 4096)] = 1280
    height: Annotated[int, whole(120, 4096)] = 720
    fps: Annotated[float | str, either("auto", number(5, 240))] = "auto"
    shutter_s: Annotated[float, number(0.0001, 0.04)] = 0.002
    rotation: Annotated[int, choice(0, 90, 180, 270)] = 0
    mirrored: Annotated[bool, flag()] = False
    loop: Annotated[bool, flag()] = False


@dataclass(frozen=True, slots=True)
class ModelConfig(Section):
    """How joints are found.

    name: "lightning" (fast) or "thunder" (slower, finer).
    runtime: "litert", "tflite-runtime", or "auto" for whichever is installed, LiteRT first.
    threads: processor threads the model uses, or "auto": all cores but one, at most 4.
    """

    table: ClassVar[str] = "model"
    name: Annotated[str, choice("lightning", "thunder")] = "lightning"
    runtime: Annotated[str, choice("auto", "litert", "tflite-runtime")] = "auto"
    threads: Annotated[int | str, either("auto", whole(1, 16))] = "auto"

    @property
    def package(self) -> str | None:
        """Give the Python package that is to run the model, None for whichever works."""
        return {"auto": None, "litert": "ai-edge-litert"}.get(self.runtime, self.runtime)

    @property
    def thread_count(self) -> int:
        """Give `threads` as a number for this machine."""
        return self.threads if isinstance(self.threads, int) else max(1, min(4, (os.cpu_count() or 2) - 1))


@dataclass(frozen=True, slots=True)
class LightConfig(Section):
    """The light beside the treadmill.

    kind: "gpio" for a real pin, "mock" for a simulated one (off a Pi), "disabled" for none.
    pin: GPIO number in Broadcom (BCM) numbering, not the place on the header.
    active_high: true when the light is on at 3.3 V, false when it is on at 0 V.
    brightness: share of full brightness, above 0 to 1; 1 drives the pin steadily without PWM.
    """

    table: ClassVar[str] = "light"
    kind: Annotated[str, choice("gpio", "mock", "disabled")] = "gpio"
    pin: Annotated[int, whole(0, 27)] = 17
    active_high: Annotated[bool, flag()] = True
    brightness: Annotated[float, number(0.05, 1)] = 1.0


@dataclass(frozen=True, slots=True)
class WebConfig(Section):
    """The dashboard.

    host: address to listen on; "0.0.0.0" serves the clinic's network, "127.0.0.1" this machine only.
    port: TCP port; 0 takes any free one.
    https: true to encrypt with the device's own certificate; "auto": unless this machine alone is served.
    plain_port: with HTTPS, the TCP port where browsers without encryption are sent on; 0 for none.
    name: the device's name in the network, as in https://treadlight.local; each device needs its own.
    access_code: the code that sets the device up, 6 to 64 characters without spaces at the ends; left out,
        one is made at first start and kept in the data folder, readable by the service alone.
    viewers: how many dashboards may watch at once.
    """

    table: ClassVar[str] = "web"
    host: Annotated[str, text("an address or host name", high=253)] = "0.0.0.0"
    port: Annotated[int, whole(0, 65535)] = 443
    https: Annotated[bool | str, either("auto", flag())] = "auto"
    plain_port: Annotated[int, whole(0, 65535)] = 80
    name: Annotated[str, label("lower-case letters, digits and hyphens, at most 63")] = "treadlight"
    access_code: Annotated[str | None, text("6 to 64 printable characters, no spaces at the ends", 6, 64)] = (
        None
    )
    viewers: Annotated[int, whole(1, 32)] = 8

    @property
    def encrypted(self) -> bool:
        """Give `https` as yes or no for this host."""
        if isinstance(self.https, bool):
            return self.https
        return not (self.host == "localhost" or self.host.startswith("127.") or self.host == "::1")


@dataclass(frozen=True, slots=True)
class StorageConfig(Section):
    """Where sessions are kept.

    folder: the data folder: session database, pose logs, access code.
    keep_pose_log: true to keep each session's keypoints (skeleton only, about 0.4 kB a frame), so that it can
        be analysed again.
    """

    table: ClassVar[str] = "storage"
    folder: Annotated[Path, path("the path of a folder")] = Path("/var/lib/treadlight")
    keep_pose_log: Annotated[bool, flag()] = True


@dataclass(frozen=True, slots=True)
class MetricsConfig(Section):
    """Figures of the device for Prometheus, at /metrics; nothing of a patient is among them.

    enabled: true to serve them.
    token: what the collector must send as a bearer token, 16 to 128 characters; left out, one is made and
        kept in the data folder.
    """

    table: ClassVar[str] = "metrics"
    enabled: Annotated[bool, flag()] = False
    token: Annotated[str | None, text("16 to 128 printable characters, no spaces at the ends", 16, 128)] = (
        None
    )


@dataclass(frozen=True, slots=True)
class MqttConfig(Section):
    """The same figures for an MQTT broker, as Home Assistant discovers them.

    enabled: true to send them.
    host, port: of the broker.
    tls: true to encrypt and to check the broker's certificate; false sends the password in the clear.
    ca_file: the certificate of the authority that signed the broker's; left out, the system's authorities.
    user, password_file: how to log in; the password is the first line of the file, which must be readable by
        the service alone.
    prefix: first part of the topics; each device adds its web.name.
    discovery: Home Assistant's own first part.
    every_s: seconds between two messages.
    """

    table: ClassVar[str] = "mqtt"
    enabled: Annotated[bool, flag()] = False
    host: Annotated[str, text("an address or host name", high=253)] = "localhost"
    port: Annotated[int, whole(1, 65535)] = 8883
    tls: Annotated[bool, flag()] = True
    ca_file: Annotated[Path | None, path("the path of a certificate")] = None
    user: Annotated[str | None, text("a name of at most 64 characters", 1, 64)] = None
    password_file: Annotated[Path | None, path("the path of a file")] = None
    prefix: Annotated[str, label("lower-case letters, digits and hyphens, at most 63")] = "treadlight"
    discovery: Annotated[str, label("lower-case letters, digits and hyphens, at most 63")] = "homeassistant"
    every_s: Annotated[float, number(1, 3600)] = 15.0


@dataclass(frozen=True, slots=True)
class Config:
    """All settings; `region` is the treadmill's place in the picture, None until the operator has said."""

    camera: CameraConfig = CameraConfig()
    model: ModelConfig = ModelConfig()
    light: LightConfig = LightConfig()
    web: WebConfig = WebConfig()
    storage: StorageConfig = StorageConfig()
    metrics: MetricsConfig = MetricsConfig()
    mqtt: MqttConfig = MqttConfig()
    region: Region | None = None


SECTIONS: Mapping[str, type[Section]] = {
    section.table: section
    for section in (
        CameraConfig,
        ModelConfig,
        LightConfig,
        WebConfig,
        StorageConfig,
        MetricsConfig,
        MqttConfig,
    )
}
"""Every table of the file but `region`, by its name."""

"""Every setting: what it may be, its default, and the file that says otherwise."""

from device.config.load import load_config
from device.config.sections import (
    SECTIONS,
    CameraConfig,
    Config,
    LightConfig,
    MetricsConfig,
    ModelConfig,
    MqttConfig,
    StorageConfig,
    WebConfig,
)

__all__ = [
    "SECTIONS",
    "CameraConfig",
    "Config",
    "LightConfig",
    "MetricsConfig",
    "ModelConfig",
    "MqttConfig",
    "StorageConfig",
    "WebConfig",
    "load_config",
]

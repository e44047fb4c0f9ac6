"""The settings file: strict TOML, where whatever is not a setting is refused by name."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from device.config.rules import clipped, number, shown
from device.config.sections import SECTIONS, Config
from device.errors import ConfigError
from device.pose.region import Region

_REGION = tuple(f.name for f in fields(Region))


def load_config(path: Path | None) -> Config:
    """Read settings from a TOML file; what it leaves out keeps its default, None gives the defaults.

    Raises ConfigError that names the file, the setting and what is allowed: file missing or unreadable, not
    TOML, unknown table or setting, wrong type, out of range.
    """
    if path is None:
        return Config()
    try:
        return _build(_read(path))
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigError("there is no such file. Copy deploy/treadlight.toml there.") from None
    except OSError as error:
        raise ConfigError(
            f"the file cannot be read ({error.strerror}). Check the path and its rights."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"this is not a TOML file ({error}). Compare with deploy/treadlight.toml."
        ) from error


def _build(tables: Mapping[str, object]) -> Config:
    _refuse_unknown("", tables, [*SECTIONS, "region"])
    parts: dict[str, Any] = {}
    for name, given in tables.items():
        if not isinstance(given, dict):
            raise ConfigError(f"{name} is {shown(given)}. Make it a table: [{name}].")
        if name == "region":
            parts[name] = _region(given)
        else:
            section = SECTIONS[name]
            _refuse_unknown(f"{name}.", given, [f.name for f in fields(section)])
            parts[name] = section(**given)
    return Config(**parts)


def _region(given: Mapping[str, object]) -> Region:
    _refuse_unknown("region.", given, _REGION)
    rule = number(0, 1)
    for key in _REGION:
        if key not in given or rule.read(given[key]) is None:
            found = f"is {shown(given[key])}" if key in given else "is missing"
            raise ConfigError(f"region.{key} {found}. Give {rule.wanted}, a fraction of the picture.")
    return Region(**{key: float(value) for key, value in given.items() if isinstance(value, int | float)})


def _refuse_unknown(prefix: str, given: Mapping[str, object], known: Iterable[str]) -> None:
    for key in given:
        if key not in known:
            raise ConfigError(f"{prefix}{clipped(key)} is not a setting. Use one of: {', '.join(known)}.")

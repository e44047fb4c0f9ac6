"""Reads what the dashboard sends, strictly: each problem is named with its fix."""

import math
from collections.abc import Sequence
from typing import Any

from flask import request

from device.errors import ConfigError


class Body:
    """The JSON object of a request; raises ConfigError when it is none, or holds an unknown name."""

    def __init__(self, *names: str) -> None:
        data: Any = request.get_json(silent=True)
        if not isinstance(data, dict):
            raise ConfigError("The request holds no settings. Reload the page and try again.")
        unknown = sorted(set(data) - set(names))
        if unknown:
            raise ConfigError(f"The setting {unknown[0]!r} is not known here. Reload the page and try again.")
        self._data: dict[str, Any] = data

    def number(self, name: str, low: float, high: float, what: str) -> float | None:
        """Give a finite number from low to high, or None when it is absent."""
        value = self._data.get(name)
        if value is None:
            return None
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        if not number or not low <= value <= high:
            raise ConfigError(f"{what} is out of range. Give a number from {low:g} to {high:g}.")
        return float(value)

    def text(self, name: str, longest: int, what: str) -> str:
        """Give a one-line text, "" when it is absent."""
        value = self._data.get(name, "")
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            raise ConfigError(f"{what} cannot be used. Give at most {longest} printable characters.")
        return value.strip()

    def lines(self, name: str, longest: int, what: str) -> str:
        """Give a text that may have several lines, "" when it is absent."""
        value = self._data.get(name, "")
        plain = isinstance(value, str) and value.replace("\n", "").replace("\r", "").isprintable()
        if not plain or len(value) > longest:
            raise ConfigError(f"{what} cannot be used. Give at most {longest} printable characters.")
        return str(value).strip()

    def flag(self, name: str) -> bool:
        """Give a yes or no."""
        value = self._data.get(name)
        if not isinstance(value, bool):
            raise ConfigError(f"The setting {name!r} must be true or false. Reload the page and try again.")
        return value

    def part(self, name: str) -> bool:
        """Tell whether `name` was given and is not null."""
        return self._data.get(name) is not None

    def list(self, name: str, what: str, longest: int = 100) -> Sequence[Any]:
        """Give a list as it came, empty when it is absent."""
        value = self._data.get(name)
        if value is None:
            return []
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > longest:
            raise ConfigError(f"{what} cannot be read. Reload the page and try again.")
        return value

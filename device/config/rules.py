"""What a setting may be: rules that check one value and say in words what they want."""

import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rule:
    """What one setting may be: `wanted` in words; `read` gives the value as kept, None when refused."""

    wanted: str
    read: Callable[[object], object | None]


def whole(low: int, high: int) -> Rule:
    """Accept whole numbers from `low` to `high`."""

    def read(value: object) -> object | None:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            return None
        return value

    return Rule(f"a whole number from {low} to {high}", read)


def number(low: float, high: float) -> Rule:
    """Accept finite numbers from `low` to `high`; kept as float."""

    def read(value: object) -> object | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            return None
        return float(value)

    return Rule(f"a number from {low:g} to {high:g}", read)


def choice(*allowed: str | int) -> Rule:
    """Accept the listed values only."""

    def read(value: object) -> object | None:
        return next((a for a in allowed if type(a) is type(value) and a == value), None)

    return Rule("one of " + ", ".join(f'"{a}"' if isinstance(a, str) else str(a) for a in allowed), read)


def flag() -> Rule:
    """Accept true and false only."""
    return Rule("true or false", lambda value: value if isinstance(value, bool) else None)


def text(wanted: str, low: int = 1, high: int = 4096) -> Rule:
    """Accept one printable line of `low` to `high` characters without spaces at its ends."""

    def read(value: object) -> object | None:
        if not isinstance(value, str) or not low <= len(value) <= high:
            return None
        return value if value.isprintable() and value == value.strip() else None

    return Rule(wanted, read)


def label(wanted: str) -> Rule:
    """Accept one label of a host name: lower-case letters, digits, hyphens within."""

    def read(value: object) -> object | None:
        fits = isinstance(value, str) and re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", value)
        return value if fits else None

    return Rule(wanted, read)


def path(wanted: str) -> Rule:
    """Accept the path of a file or folder; kept as Path."""
    line = text(wanted)

    def read(value: object) -> object | None:
        given = line.read(os.fspath(value) if isinstance(value, Path) else value)
        return Path(given) if isinstance(given, str) else None

    return Rule(wanted, read)


def either(word: str, rule: Rule) -> Rule:
    """Accept one special word, or what `rule` accepts."""
    return Rule(f'"{word}" or {rule.wanted}', lambda value: word if value == word else rule.read(value))


def shown(value: object) -> str:
    """Show a refused value in an error message, however large."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) >= 10**15:
        return "a number beyond all bounds"
    return clipped(repr(value)) if isinstance(value, str | int | float) else f"a {type(value).__name__}"


def clipped(words: str) -> str:
    """Shorten words that are too long for a message."""
    return words if len(words) <= 60 else words[:57] + "..."

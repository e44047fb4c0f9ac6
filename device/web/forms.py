"""Reads what a page's form sends; each problem is named with its fix."""

import math

from flask import request

from device.errors import ClinicError


def text(name: str) -> str:
    """Give a text, "" when it is absent; line ends as one kind."""
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def number(name: str, what: str) -> float | None:
    """Give a number that may be written with a comma, None when the field is empty."""
    given = text(name).replace(",", ".")
    if not given:
        return None
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ClinicError(f"{what} is not a number. Type digits, or leave it empty.")
    return value


def whole(name: str, what: str) -> int | None:
    """Give a whole number, None when the field is empty."""
    value = number(name, what)
    if value is not None and value != round(value):
        raise ClinicError(f"{what} is not a whole number. Type digits, or leave it empty.")
    return None if value is None else round(value)

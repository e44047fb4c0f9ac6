"""Whether two captures may be compared: what differs between this visit's set-up and the last one's."""

from dataclasses import dataclass
from enum import StrEnum

from device.clinic.checks import Capture


class Differs(StrEnum):
    """What differs, each with its own sentence on the screen."""

    SPEED = "speed"
    GRADE = "grade"
    HEIGHT = "height"
    SHOE = "shoe"
    SIDE = "side"
    NEARER = "nearer"
    FARTHER = "farther"
    TILT = "tilt"
    FORMAT = "format"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs; values in the unit the screen knows for it, None where there is none."""

    what: Differs
    now: float | str | None
    before: float | str | None


SPEED_MPS = 0.1
"""Form follows speed; comparisons hold within this."""
GRADE_PCT = 0.5
FILL_SHARE = 0.10
TILT_DEG = 1.0


def differences(now: Capture, before: Capture) -> tuple[Difference, ...]:
    """Name what would make a change of form doubtful, most important first; empty when comparable."""
    found: list[Difference] = []
    if _apart(now.speed_mps, before.speed_mps, SPEED_MPS):
        found.append(Difference(Differs.SPEED, now.speed_mps, before.speed_mps))
    if abs(now.grade_pct - before.grade_pct) > GRADE_PCT - 1e-9:
        found.append(Difference(Differs.GRADE, now.grade_pct, before.grade_pct))
    if now.side != before.side and {now.side, before.side} == {"left", "right"}:
        found.append(Difference(Differs.SIDE, now.side, before.side))
    if now.shoe.casefold().split() != before.shoe.casefold().split():
        found.append(Difference(Differs.SHOE, now.shoe, before.shoe))
    if _apart(now.height_cm, before.height_cm, 0.9):
        found.append(Difference(Differs.HEIGHT, now.height_cm, before.height_cm))
    found += _camera(now, before)
    return tuple(found)


def _camera(now: Capture, before: Capture) -> list[Difference]:
    found = []
    shape = now.size[0] / max(1, now.size[1]), before.size[0] / max(1, before.size[1])
    if abs(shape[0] / shape[1] - 1) > 0.02:
        texts = [f"{w} x {h}" for w, h in (now.size, before.size)]
        found.append(Difference(Differs.FORMAT, texts[0], texts[1]))
    elif now.fill and before.fill and abs(now.fill / before.fill - 1) > FILL_SHARE:
        nearer = now.fill > before.fill
        found.append(Difference(Differs.NEARER if nearer else Differs.FARTHER, now.fill, before.fill))
    seen = now.tilt_deg is not None and before.tilt_deg is not None
    if seen and _apart(now.tilt_deg, before.tilt_deg, TILT_DEG):
        found.append(Difference(Differs.TILT, now.tilt_deg, before.tilt_deg))
    return found


def _apart(now: float | None, before: float | None, most: float) -> bool:
    if now is None or before is None:
        return now is not before
    return abs(now - before) > most + 1e-9

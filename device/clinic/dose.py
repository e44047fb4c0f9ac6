"""The dose of a visit or a patient: what the blocks of the recorded runs gave, over all their sessions."""

from collections.abc import Iterable
from dataclasses import dataclass

from device.feedback.dose import BlockDose
from device.sessions.store import SessionStore
from device.sessions.types import SessionRecord


@dataclass(frozen=True, slots=True)
class Dose:
    """Sums over blocks; seconds, and fractions 0 to 1 (None when nothing was measured there).

    in_band_lit: while the cue could be seen; in_band_dark: while it could not.
    """

    ran_s: float
    cued_s: float
    given: int
    withheld: int
    in_band_lit: float | None
    in_band_dark: float | None


def dose_of(blocks: Iterable[BlockDose]) -> Dose:
    """Sum up blocks."""
    found = tuple(blocks)
    return Dose(
        ran_s=sum(block.ran_s for block in found),
        cued_s=sum(block.cued_s for block in found),
        given=sum(block.given for block in found),
        withheld=sum(block.withheld for block in found),
        in_band_lit=_share(block for block in found if block.kind.lit),
        in_band_dark=_share(block for block in found if not block.kind.lit),
    )


def records_of(store: SessionStore, session_ids: Iterable[int]) -> tuple[SessionRecord, ...]:
    """Give those of a visit's recorded sessions that still exist, in order. Raises StoreError."""
    there = {summary.id for summary in store.list_sessions()}
    return tuple(store.load_session(number) for number in session_ids if number in there)


def _share(blocks: Iterable[BlockDose]) -> float | None:
    measured = inside = 0.0
    for block in blocks:
        measured += block.measured_s
        inside += block.in_band_s
    return inside / measured if measured else None

"""How much feedback a runner got: cues given and withheld, and time in the band, block by block."""

from dataclasses import dataclass

from device.feedback.schedule import MAX_FRAME_GAP_S, BlockKind, RunProgress
from device.feedback.types import CueState, LightState


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDose:
    """One block as it was run; times in seconds on the frame clock.

    index: place in the run, from 0. ran_s: without pauses. measured_s: of it with a known mean of the cued
    metric. in_band_s: of that inside the band. cued_s: the light said so. given: times the light came on.
    withheld: times it would have come on had the block allowed it.
    """

    index: int
    kind: BlockKind
    planned_s: float
    start_t: float
    end_t: float
    ran_s: float
    measured_s: float
    in_band_s: float
    cued_s: float
    given: int
    withheld: int

    @property
    def in_band_fraction(self) -> float | None:
        """Share of the measured time inside the band, None when nothing was measured."""
        return self.in_band_s / self.measured_s if self.measured_s else None


class DoseMeter:
    """Counts one block after the other; feed it every frame of a run."""

    def __init__(self) -> None:
        self._index: int | None = None
        self._last: float | None = None
        self._due = self._lit = False

    def update(self, t: float, run: RunProgress, cue: CueState) -> BlockDose | None:
        """Count one frame at time `t` (s); gives the block before when another has begun."""
        done = None
        if self._index != run.index:
            done = self.close()
            self._begin(t, run)
        passed = 0.0 if self._last is None else t - self._last
        self._last = t
        if run.paused or run.finished or not 0.0 <= passed <= MAX_FRAME_GAP_S:
            self._due = self._lit = False
            return done
        self._end_t = t
        self._ran += passed
        lit = cue.light is LightState.CUE
        if cue.value is not None:
            self._measured += passed
            self._inside += passed if cue.outside is None else 0.0
        self._cued += passed if lit else 0.0
        self._given += lit and not self._lit
        self._withheld += cue.due and not run.lit and not self._due
        self._lit, self._due = lit, cue.due
        return done

    def close(self) -> BlockDose | None:
        """End the present block and give its dose, None when none was begun."""
        if self._index is None:
            return None
        dose = BlockDose(
            index=self._index,
            kind=self._block.kind,
            planned_s=self._block.duration_s,
            start_t=self._start_t,
            end_t=self._end_t,
            ran_s=self._ran,
            measured_s=self._measured,
            in_band_s=self._inside,
            cued_s=self._cued,
            given=self._given,
            withheld=self._withheld,
        )
        self._index = None
        return dose

    def _begin(self, t: float, run: RunProgress) -> None:
        self._index, self._block = run.index, run.block
        self._start_t = self._end_t = t
        self._ran = self._measured = self._inside = self._cued = 0.0
        self._given = self._withheld = 0
        # A light that is still on, or a fault that goes on, belongs to this block too.
        self._due = self._lit = False

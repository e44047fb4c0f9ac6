"""One feedback run of one runner: the plan, where it stands, and the dose it gave."""

from dataclasses import dataclass

from device.feedback.dose import BlockDose, DoseMeter
from device.feedback.schedule import Block, RunProgress, ScheduledRun, ScheduleKind
from device.feedback.types import CueState


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What a run is made of.

    words: the runner's own cue words, shown outside the band and while recalling. metronome_spm: steps a
    minute that the tablet may sound, None for none.
    """

    kind: ScheduleKind
    blocks: tuple[Block, ...]
    words: str = ""
    metronome_spm: float | None = None


class Training:
    """Leads through one plan; time comes with the frames. Raises ConfigError for a plan without blocks."""

    def __init__(self, plan: RunPlan, t: float) -> None:
        self.plan = plan
        self._run = ScheduledRun(plan.blocks, t)
        self._meter = DoseMeter()

    @property
    def progress(self) -> RunProgress:
        """Where the run stands."""
        return self._run.progress

    def advance(self, t: float) -> RunProgress:
        """Go on to the time of the next frame (s), before its cue is worked out."""
        return self._run.update(t)

    def log(self, t: float, cue: CueState) -> BlockDose | None:
        """Count what the frame at `t` (s) gave; gives the dose of a block that has just ended."""
        if self.progress.finished:
            return self._meter.close()
        return self._meter.update(t, self.progress, cue)

    def pause(self, paused: bool) -> None:
        """Stop or go on."""
        self._run.pause(paused)

    def skip(self) -> None:
        """End the present block now."""
        self._run.skip()

    def end(self) -> BlockDose | None:
        """End the run; gives the dose of the block that was running."""
        return self._meter.close()

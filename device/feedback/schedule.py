"""When the cue may be seen: the blocks of a feedback run, and how they fade from visit to visit.

Feedback that is always there is leaned on, so it is given in blocks and withdrawn over visits. After it comes
a block without light (retention), then one with nothing but the runner's own words (recall). The template
follows trials of eight visits, 15 to 30 minutes long, with feedback withdrawn over the last half (Crowell and
Davis 2011, doi 10.1016/j.clinbiomech.2010.09.003); none of those runners had low back pain.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum

from device.errors import ConfigError

MIN_BLOCK_S = 5.0
MAX_RUN_S = 5400.0
MAX_FRAME_GAP_S = 2.0
"""Longer than this between two frames is no running: a camera that was away, or another clip."""
MAX_BLOCKS = 40
MAX_VISITS = 24

_FADE_CYCLE_S = 120.0
_FADE_CYCLES = 5


class ScheduleKind(StrEnum):
    """How feedback is given in one run."""

    CONTINUOUS = "continuous"
    FADED = "faded"
    BLOCKS = "blocks"
    ON_ERROR = "on_error"
    OFF = "off"


class BlockKind(StrEnum):
    """What the runner is given in one block.

    cue: light outside the band, number inside it. on_error: light and words outside the band, nothing inside.
    withheld and retention: nothing. recall: the runner's own words, neither light nor number.
    """

    CUE = "cue"
    ON_ERROR = "on_error"
    WITHHELD = "withheld"
    RETENTION = "retention"
    RECALL = "recall"

    @property
    def lit(self) -> bool:
        """Whether the light may show the cue."""
        return self in {BlockKind.CUE, BlockKind.ON_ERROR}


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of the run with one kind of feedback."""

    kind: BlockKind
    duration_s: float


@dataclass(frozen=True, slots=True)
class FadeStep:
    """One visit of a faded course: how long the run is, and in what share of it the cue may be seen."""

    run_s: float
    share: float


FADE_8 = tuple(
    FadeStep(60.0 * minutes, share)
    for minutes, share in ((15, 1), (17, 1), (19, 1), (21, 1), (24, 0.75), (26, 0.5), (28, 0.5), (30, 0.25))
)
"""Eight visits from 15 to 30 minutes; the cue is withdrawn over the last four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSetting:
    """What the therapist chose; durations in seconds.

    run_s: feedback run without the blocks after it (faded: the template's). on_s, off_s: alternating blocks.
    retention_s, recall_s: blocks without light after it, 0 for none. template: one step a visit.
    """

    kind: ScheduleKind = ScheduleKind.BLOCKS
    run_s: float = 300.0
    on_s: float = 120.0
    off_s: float = 60.0
    retention_s: float = 60.0
    recall_s: float = 60.0
    template: tuple[FadeStep, ...] = field(default=FADE_8)


def plan_blocks(setting: ScheduleSetting, visit_no: int = 1) -> tuple[Block, ...]:
    """Give the blocks of visit `visit_no` (from 1; beyond the template its last step stays).

    Raises ConfigError when a length cannot be used or the run would be too long or in too many pieces.
    """
    _check(setting)
    blocks = [b for b in _feedback(setting, max(1, visit_no)) if b.duration_s > 0]
    for kind, length_s in (
        (BlockKind.RETENTION, setting.retention_s),
        (BlockKind.RECALL, setting.recall_s),
    ):
        if length_s:
            blocks.append(Block(kind, length_s))
    if sum(block.duration_s for block in blocks) > MAX_RUN_S:
        raise ConfigError(f"The run is longer than {MAX_RUN_S / 60:g} minutes. Shorten its blocks.")
    if len(blocks) > MAX_BLOCKS:
        raise ConfigError(f"The run has more than {MAX_BLOCKS} blocks. Make the blocks longer.")
    return tuple(blocks)


def cued_share(blocks: tuple[Block, ...]) -> float:
    """Give the share of the feedback run (without retention and recall) in which the cue may be seen."""
    run = [b for b in blocks if b.kind not in {BlockKind.RETENTION, BlockKind.RECALL}]
    whole = sum(b.duration_s for b in run)
    return sum(b.duration_s for b in run if b.kind.lit) / whole if whole else 0.0


def _feedback(setting: ScheduleSetting, visit_no: int) -> list[Block]:
    if setting.kind is ScheduleKind.FADED:
        return _faded(setting.template[min(visit_no, len(setting.template)) - 1])
    if setting.kind is ScheduleKind.BLOCKS:
        return _alternating(setting.run_s, setting.on_s, setting.off_s)
    kinds = {
        ScheduleKind.CONTINUOUS: BlockKind.CUE,
        ScheduleKind.ON_ERROR: BlockKind.ON_ERROR,
        ScheduleKind.OFF: BlockKind.WITHHELD,
    }
    return [Block(kinds[setting.kind], setting.run_s)]


def _alternating(run_s: float, on_s: float, off_s: float) -> list[Block]:
    """Alternate, the cue first, until the run is full; a rest too short for a block joins the last one."""
    blocks: list[Block] = []
    left_s = run_s
    while left_s > 0:
        kind, length_s = (BlockKind.CUE, on_s) if len(blocks) % 2 == 0 else (BlockKind.WITHHELD, off_s)
        length_s = left_s if left_s - length_s < MIN_BLOCK_S else length_s
        blocks.append(Block(kind, length_s))
        left_s -= length_s
        if len(blocks) > MAX_BLOCKS:
            break
    return blocks


def _faded(step: FadeStep) -> list[Block]:
    """Spread the cue's share over the run in a few equal cycles, each beginning with the cue."""
    if step.share >= 1:
        return [Block(BlockKind.CUE, step.run_s)]
    if step.share <= 0:
        return [Block(BlockKind.WITHHELD, step.run_s)]
    cycles = max(1, min(_FADE_CYCLES, int(step.run_s / _FADE_CYCLE_S)))
    on_s = step.share * step.run_s / cycles
    off_s = step.run_s / cycles - on_s
    return [Block(BlockKind.CUE, on_s), Block(BlockKind.WITHHELD, off_s)] * cycles


def _check(setting: ScheduleSetting) -> None:
    lengths = (setting.run_s, setting.on_s, setting.off_s, *(s.run_s for s in setting.template))
    if not all(math.isfinite(s) and MIN_BLOCK_S <= s <= MAX_RUN_S for s in lengths):
        raise ConfigError(
            f"A block or run has no usable length. Give {MIN_BLOCK_S:g} s to {MAX_RUN_S / 60:g} minutes."
        )
    after = (setting.retention_s, setting.recall_s)
    if not all(s == 0 or (math.isfinite(s) and MIN_BLOCK_S <= s <= MAX_RUN_S) for s in after):
        raise ConfigError(
            f"The block after the run has no usable length. Give 0 for none, or at least {MIN_BLOCK_S:g} s."
        )
    if not 1 <= len(setting.template) <= MAX_VISITS or not all(0 <= s.share <= 1 for s in setting.template):
        raise ConfigError(
            f"The faded course cannot be used. Give 1 to {MAX_VISITS} visits, each with 0 to 100 % of cue."
        )


@dataclass(frozen=True, slots=True)
class RunProgress:
    """Where a run stands: block `index`, seconds since that block began (pauses left out)."""

    blocks: tuple[Block, ...]
    index: int
    elapsed_s: float
    paused: bool
    finished: bool

    @property
    def block(self) -> Block:
        """The block that is running, the last one once finished."""
        return self.blocks[self.index]

    @property
    def left_s(self) -> float:
        """Seconds to the end of the block."""
        return max(0.0, self.block.duration_s - self.elapsed_s)

    @property
    def lit(self) -> bool:
        """Whether the light may show the cue now."""
        return self.block.kind.lit and not self.paused and not self.finished


class ScheduledRun:
    """Leads through the blocks by the time of the frames; knows no clock.

    A gap of more than two seconds between frames, or time that starts anew, does not count as running.
    Raises ConfigError for a run without blocks.
    """

    def __init__(self, blocks: tuple[Block, ...], t: float) -> None:
        if not blocks:
            raise ConfigError("The run has no block. Choose a schedule with at least one.")
        self._t = t
        self.progress = RunProgress(blocks, 0, 0.0, paused=False, finished=False)
        """Where the run stands."""

    def update(self, t: float) -> RunProgress:
        """Take the time of one more frame (s) and say where the run stands."""
        passed, self._t = t - self._t, t
        now = self.progress
        if now.paused or now.finished or not 0.0 < passed <= MAX_FRAME_GAP_S:
            return now
        index, elapsed = now.index, now.elapsed_s + passed
        while elapsed >= now.blocks[index].duration_s and index + 1 < len(now.blocks):
            elapsed -= now.blocks[index].duration_s
            index += 1
        return self._at(index, elapsed)

    def pause(self, paused: bool = True) -> None:
        """Stop or go on; a paused run gives no cue."""
        now = self.progress
        if not now.finished:
            self.progress = RunProgress(now.blocks, now.index, now.elapsed_s, paused, False)

    def skip(self) -> None:
        """End the present block now."""
        now = self.progress
        last = now.index + 1 == len(now.blocks)
        self._at(now.index if last else now.index + 1, now.block.duration_s if last else 0.0)

    def _at(self, index: int, elapsed: float) -> RunProgress:
        blocks = self.progress.blocks
        length = blocks[index].duration_s
        finished = index + 1 == len(blocks) and elapsed >= length
        self.progress = RunProgress(
            blocks, index, min(elapsed, length), self.progress.paused and not finished, finished
        )
        return self.progress

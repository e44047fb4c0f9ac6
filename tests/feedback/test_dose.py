"""The dose: what a runner was given and what was held back, from real cue and schedule."""

import pytest
from gait_updates import form, update

from device.feedback.cue import CueController
from device.feedback.dose import BlockDose
from device.feedback.schedule import Block, BlockKind, ScheduleKind
from device.feedback.training import RunPlan, Training
from device.feedback.types import Band, CueSetting

STEP_S = 0.36
CADENCE = "cadence_spm"
IN, OUT = 172.0, 150.0


def run(blocks: list[tuple[BlockKind, float, list[float]]], pause: tuple[float, float] = (-1, -1)):
    """Run blocks whose cadence is given step by step; each list is spread evenly over its block."""
    cues = CueController()
    cues.set(CueSetting(CADENCE, Band(165.0, 180.0)))
    plan = RunPlan(kind=ScheduleKind.BLOCKS, blocks=tuple(Block(k, s) for k, s, _ in blocks))
    training, doses, t = Training(plan, 0.0), [], 0.0
    while not training.progress.finished:
        t += STEP_S
        if pause[0] <= t < pause[0] + STEP_S:
            training.pause(True)
        if pause[1] <= t < pause[1] + STEP_S:
            training.pause(False)
        now = training.advance(t)
        cues.show(now.lit)
        values = blocks[now.index][2]
        at = min(int(now.elapsed_s / now.block.duration_s * len(values)), len(values) - 1)
        dose = training.log(t, cues.update(update(t, form(t, **{CADENCE: values[at]}))))
        if dose is not None:
            doses.append(dose)
    last = training.end()
    assert last is None or not doses or doses[-1] is not last
    return doses if last is None else [*doses, last]


def test_cues_are_counted_where_the_light_may_show_them_and_as_withheld_where_not() -> None:
    slip = [IN, OUT, IN, OUT, IN]
    cued, held = run([(BlockKind.CUE, 200, slip), (BlockKind.WITHHELD, 200, slip)])
    assert (cued.given, cued.withheld) == (2, 0)
    assert (held.given, held.withheld) == (0, 2)
    assert cued.cued_s > 60
    assert held.cued_s == 0
    for dose in (cued, held):
        assert dose.in_band_fraction == pytest.approx(3 / 5, abs=0.07)


def test_a_block_that_begins_outside_the_band_counts_that_cue() -> None:
    _, second = run([(BlockKind.CUE, 60, [IN, OUT]), (BlockKind.RETENTION, 60, [OUT])])
    assert (second.kind, second.withheld, second.in_band_fraction) == (BlockKind.RETENTION, 1, 0)


def test_a_pause_is_not_practice() -> None:
    (dose,) = run([(BlockKind.CUE, 60, [IN])], pause=(20, 50))
    assert dose.ran_s == pytest.approx(60, abs=1)
    assert dose.end_t - dose.start_t == pytest.approx(90, abs=1)
    assert dose.measured_s <= dose.ran_s


def test_nothing_measured_says_nothing_of_the_band() -> None:
    dose = BlockDose(
        index=0, kind=BlockKind.CUE, planned_s=60, start_t=0, end_t=60, ran_s=60,
        measured_s=0, in_band_s=0, cued_s=0, given=0, withheld=0,
    )  # fmt: skip
    assert dose.in_band_fraction is None

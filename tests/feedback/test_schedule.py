"""Schedules: blocks that fill the run, fade over visits, and follow the frames' own time."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.errors import ConfigError
from device.feedback.schedule import (
    FADE_8,
    MIN_BLOCK_S,
    Block,
    BlockKind,
    FadeStep,
    ScheduledRun,
    ScheduleKind,
    ScheduleSetting,
    cued_share,
    plan_blocks,
)

K = BlockKind
lengths = st.floats(MIN_BLOCK_S, 900)


def kinds(blocks: tuple[Block, ...]) -> list[BlockKind]:
    return [block.kind for block in blocks]


def follow(run: ScheduledRun, until_s: float, fps: float = 30.0, start: float = 0.0) -> None:
    for k in range(1, round(until_s * fps) + 1):
        run.update(start + k / fps)


def test_the_usual_run_is_cue_off_cue_then_retention_then_recall() -> None:
    blocks = plan_blocks(ScheduleSetting())
    assert [(b.kind, b.duration_s) for b in blocks] == [
        (K.CUE, 120), (K.WITHHELD, 60), (K.CUE, 120), (K.RETENTION, 60), (K.RECALL, 60),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "first"),
    [(ScheduleKind.CONTINUOUS, K.CUE), (ScheduleKind.ON_ERROR, K.ON_ERROR), (ScheduleKind.OFF, K.WITHHELD)],
)
def test_a_run_of_one_kind_is_one_block_and_the_blocks_after_it_can_be_left_out(kind, first) -> None:
    assert kinds(plan_blocks(ScheduleSetting(kind=kind))) == [first, K.RETENTION, K.RECALL]
    assert kinds(plan_blocks(ScheduleSetting(kind=kind, retention_s=0, recall_s=0))) == [first]


def test_the_template_of_eight_visits_gives_all_of_the_cue_first_and_ever_less_over_the_last_half() -> None:
    setting = ScheduleSetting(kind=ScheduleKind.FADED)
    shares = [cued_share(plan_blocks(setting, visit)) for visit in range(1, 9)]
    assert shares[:4] == [1, 1, 1, 1]
    assert all(a >= b for a, b in itertools.pairwise(shares[3:]))
    assert shares[-1] == pytest.approx(0.25)
    assert [FADE_8[0].run_s, FADE_8[-1].run_s] == [15 * 60, 30 * 60]
    assert plan_blocks(setting, 12) == plan_blocks(setting, 8)


@given(run_s=lengths, on_s=lengths, off_s=lengths)
def test_alternating_blocks_fill_the_run_and_none_is_too_short(run_s, on_s, off_s) -> None:
    setting = ScheduleSetting(run_s=run_s, on_s=on_s, off_s=off_s, retention_s=0, recall_s=0)
    try:
        blocks = plan_blocks(setting)
    except ConfigError as error:
        assert "blocks" in str(error)
        return
    assert sum(b.duration_s for b in blocks) == pytest.approx(run_s)
    assert all(b.duration_s >= MIN_BLOCK_S - 1e-6 for b in blocks)
    assert blocks[0].kind is K.CUE
    assert all(a.kind is not b.kind for a, b in itertools.pairwise(blocks))


@given(run_s=st.floats(60, 1800), share=st.floats(0, 1))
def test_a_faded_run_gives_the_share_it_promises(run_s, share) -> None:
    setting = ScheduleSetting(kind=ScheduleKind.FADED, template=(FadeStep(run_s, share),))
    blocks = plan_blocks(setting)
    assert cued_share(blocks) == pytest.approx(share, abs=1e-9)
    fed_back = blocks[: -2 if setting.retention_s else None]
    assert sum(b.duration_s for b in fed_back) == pytest.approx(run_s)


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        (ScheduleSetting(run_s=2), "usable length"),
        (ScheduleSetting(on_s=math.nan), "usable length"),
        (ScheduleSetting(retention_s=1), "after the run"),
        (ScheduleSetting(run_s=3600, on_s=10, off_s=10), "more than 40 blocks"),
        (ScheduleSetting(kind=ScheduleKind.CONTINUOUS, run_s=5400), "longer than 90 minutes"),
        (ScheduleSetting(template=()), "faded course"),
        (ScheduleSetting(template=(FadeStep(600, 1.2),)), "faded course"),
    ],
)
def test_a_setting_that_cannot_be_run_is_refused_with_its_fix(setting, says) -> None:
    with pytest.raises(ConfigError, match=says):
        plan_blocks(setting)


def test_blocks_follow_the_time_of_the_frames() -> None:
    run = ScheduledRun((Block(K.CUE, 10), Block(K.RETENTION, 5)), 0.0)
    follow(run, 4)
    assert (run.progress.index, run.progress.left_s, run.progress.lit) == (0, pytest.approx(6), True)
    follow(run, 8, start=4)
    assert (run.progress.index, run.progress.elapsed_s) == (1, pytest.approx(2))
    assert not run.progress.lit
    follow(run, 4, start=12)
    assert (run.progress.finished, run.progress.left_s) == (True, 0)


def test_a_pause_stops_the_clock_and_the_cue_and_a_skip_ends_the_block() -> None:
    run = ScheduledRun((Block(K.CUE, 10), Block(K.CUE, 10)), 0.0)
    follow(run, 3)
    run.pause()
    follow(run, 30, start=3)
    assert (run.progress.elapsed_s, run.progress.lit, run.progress.paused) == (pytest.approx(3), False, True)
    run.pause(False)
    follow(run, 2, start=33)
    assert (run.progress.elapsed_s, run.progress.lit) == (pytest.approx(5), True)
    run.skip()
    assert (run.progress.index, run.progress.elapsed_s, run.progress.finished) == (1, 0, False)
    run.skip()
    assert run.progress.finished
    run.pause()
    assert not run.progress.paused


@pytest.mark.parametrize("jump", [3600.0, -50.0])
def test_a_camera_that_was_away_or_a_clip_that_starts_anew_does_not_run_the_clock(jump) -> None:
    run = ScheduledRun((Block(K.CUE, 60),), 0.0)
    follow(run, 5)
    run.update(5 + jump)
    assert run.progress.elapsed_s == pytest.approx(5)
    run.update(5.5 + jump)
    assert run.progress.elapsed_s == pytest.approx(5.5)


@given(
    blocks=st.lists(st.sampled_from(K), min_size=1, max_size=6),
    frames=st.lists(st.floats(0.001, 1.9), min_size=1, max_size=80),
)
def test_elapsed_time_is_never_lost_nor_doubled(blocks, frames) -> None:
    plan = tuple(Block(kind, 7.0) for kind in blocks)
    run, t = ScheduledRun(plan, 0.0), 0.0
    for passed in frames:
        t += passed
        run.update(t)
    done = 7.0 * run.progress.index + run.progress.elapsed_s
    assert done == pytest.approx(min(t, 7.0 * len(plan)), abs=1e-6)


def test_a_run_without_blocks_is_refused() -> None:
    with pytest.raises(ConfigError, match="no block"):
        ScheduledRun((), 0.0)

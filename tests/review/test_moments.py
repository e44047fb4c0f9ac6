"""Key frames by themselves at the end of a baseline and of each block."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from demo_states import REGION

from device.errors import StoreError
from device.feedback.schedule import Block, BlockKind, RunProgress
from device.feedback.types import Baseline
from device.live import LiveState, SessionState
from device.review.moments import Moments
from device.review.rolling import Rolling
from device.review.types import KeyFrames

WAIT_S = 30.0
BLOCKS = (Block(BlockKind.CUE, 30.0), Block(BlockKind.RETENTION, 30.0))


class Kept:
    """Remembers what was kept and lets a test wait for it."""

    def __init__(self) -> None:
        self.frames: list[KeyFrames] = []
        self._changed = threading.Condition()

    def __call__(self, frames: KeyFrames) -> None:
        with self._changed:
            self.frames.append(frames)
            self._changed.notify_all()

    def wait(self, count: int) -> list[KeyFrames]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.frames) >= count, WAIT_S)
        return self.frames


def play(moments: Moments, states: list[LiveState], session: Callable[[float], SessionState]) -> None:
    for state in states:
        moments.add(replace(state, session=session(state.frame.t)), REGION)


def running(t: float) -> SessionState:
    index = 0 if t < 8.5 else 1
    return SessionState(id=3, run=RunProgress(BLOCKS, index, t, paused=False, finished=False))


def test_a_block_that_ends_leaves_its_key_frames(states: list[LiveState]) -> None:
    kept = Kept()
    moments = Moments(Rolling(), kept)
    play(moments, states, running)
    (frames,) = kept.wait(1)
    assert (frames.kind, frames.block, frames.session_id) == ("cue", 0, 3)
    assert frames.frames[-1].t < 8.5
    assert moments.recent == (frames,)


@pytest.mark.parametrize("captured", [True, False])
def test_a_baseline_leaves_them_only_when_it_was_captured(states: list[LiveState], captured: bool) -> None:
    kept = Kept()
    moments = Moments(Rolling(), kept)
    own = Baseline(8.5, 60.0, 2.9, {})

    def session(t: float) -> SessionState:
        if t < 8.5:
            return SessionState(id=3, baseline_progress=t / 9)
        return SessionState(id=3, baseline=own if captured else None)

    play(moments, states, session)
    if captured:
        assert kept.wait(1)[0].kind == "baseline"
    else:
        assert "key frames" not in {thread.name for thread in threading.enumerate()}
        assert kept.frames == []


def test_a_disk_that_takes_nothing_leaves_them_in_memory(states: list[LiveState]) -> None:
    seen = threading.Event()

    def full(frames: KeyFrames) -> None:
        seen.set()
        raise StoreError("The disk is full. Free space.")

    moments = Moments(Rolling(), full)
    play(moments, states, running)
    assert seen.wait(WAIT_S)
    assert [frames.kind for frames in moments.recent] == ["cue"]


def test_the_next_runner_sees_nothing_of_the_last(states: list[LiveState]) -> None:
    kept = Kept()
    moments = Moments(Rolling(), kept)
    play(moments, states, running)
    kept.wait(1)
    moments.forget()
    assert moments.recent == ()
    assert moments.rolling.snapshot().shots == ()

"""What the operator asks for, carried out between frames by the real pipeline."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from device_parts import SIZE, BlackCamera, DemoRun, Replay, until

from device.current_runner import CurrentRunner, Origin
from device.errors import IndicatorError, StoreError, TreadlightError
from device.feedback.cue import CueController
from device.feedback.indicator import NoLight
from device.feedback.types import Band
from device.loop import FrameLoop
from device.pipeline import Pipeline
from device.pose.region import KeptRegion, Region
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore


class Running:
    """A frame loop in its thread, fed with recorded poses as fast as it takes them."""

    def __init__(self, run: DemoRun, folder: Path) -> None:
        self.store = SessionStore(folder)
        self.recorder = Recorder(self.store)
        runner = CurrentRunner(self.recorder, Origin("none", "", "none", "replay"))
        poses = [pose for pose in run.poses if pose.t < run.truth.duration_s]
        self.pipeline = Pipeline(SIZE, run.setup, None, Replay(poses), CueController(), NoLight(), runner)
        self.loop = FrameLoop(self.pipeline, KeptRegion(folder).write)
        self.camera = BlackCamera(paced=False)
        self.thread = threading.Thread(target=self.loop.run, args=(self.camera,))

    def close(self) -> None:
        self.camera.close()
        if self.thread.ident is not None:
            self.thread.join(10.0)
        self.recorder.close()


@pytest.fixture
def idle(demo_run: DemoRun, tmp_path: Path) -> Iterator[Running]:
    made = Running(demo_run, tmp_path)
    yield made
    made.close()


@pytest.fixture
def running(idle: Running) -> Running:
    idle.thread.start()
    return idle


def test_own_baseline_is_captured_and_recorded(running: Running) -> None:
    loop = running.loop
    session_id = loop.start_session("AB")
    until(loop.live, lambda state: state.tracking.measuring)
    loop.capture_baseline(20.0)
    state = until(loop.live, lambda state: state.session.baseline is not None)
    assert state.session.baseline_progress is None
    cadence = next(tile for tile in state.tiles if tile.name == "cadence_spm")
    assert cadence.own is not None
    assert cadence.own.mean == pytest.approx(163.3, rel=0.03)
    loop.stop_session()
    assert running.recorder.flush()
    assert len(running.store.load_session(session_id).baselines) == 1


def test_a_baseline_without_a_recording_is_not_left_to_the_next_runner(running: Running) -> None:
    loop = running.loop
    loop.capture_baseline(20.0)
    until(loop.live, lambda state: state.session.baseline is not None)
    loop.stop_session()
    until(loop.live, lambda state: state.session.baseline is None)


def test_a_baseline_over_two_speeds_is_refused_and_says_so(running: Running) -> None:
    loop = running.loop
    until(loop.live, lambda state: state.tracking.measuring)
    loop.capture_baseline(300.0)
    until(loop.live, lambda state: bool(state.session.baseline_progress))
    loop.set_run(replace(loop.setup, speed_mps=3.4))
    state = until(loop.live, lambda state: bool(state.session.notices))
    assert [notice.code for notice in state.session.notices] == ["baseline_speed_changed"]
    assert state.session.baseline is None
    assert state.session.baseline_progress is None


def test_marks_are_kept_and_need_a_session(running: Running) -> None:
    loop = running.loop
    with pytest.raises(TreadlightError, match="Nothing is being recorded"):
        loop.mark("too early")
    session_id = loop.start_session("AB", "note")
    with pytest.raises(StoreError, match="still going on"):
        loop.start_session("CD")
    loop.mark("feels easy")
    state = until(loop.live, lambda state: bool(state.session.marks))
    assert [label for _, label in state.session.marks] == ["feels easy"]
    loop.stop_session()
    loop.stop_session()
    assert running.recorder.flush()
    record = running.store.load_session(session_id)
    assert [mark.label for mark in record.marks] == ["feels easy"]
    assert record.summary.status == "finished"


def test_a_cue_is_chosen_withheld_and_cleared(running: Running) -> None:
    loop = running.loop
    loop.set_cue("cadence_spm", Band(165.0, 185.0))
    until(loop.live, lambda state: state.cue.setting is not None and state.cue.setting.shown)
    loop.show_cue(False)
    until(loop.live, lambda state: state.cue.setting is not None and not state.cue.setting.shown)
    loop.clear_cue()
    until(loop.live, lambda state: state.cue.setting is None)


def test_a_fault_in_a_wish_reaches_who_asked_and_frames_go_on(running: Running) -> None:
    with pytest.raises(TypeError):
        running.loop.set_cue(cast(str, ["a", "list"]), Band(1.0, 2.0))
    seen = running.loop.frames
    until(running.loop.live, lambda _: running.loop.frames > seen + 10)
    assert running.thread.is_alive()


def test_without_frames_a_wish_is_refused_and_never_done_later(idle: Running) -> None:
    with pytest.raises(TreadlightError, match="camera gives no picture"):
        idle.loop.set_cue("cadence_spm", Band(165.0, 185.0))
    idle.thread.start()
    state = until(idle.loop.live, lambda state: state.seq > 5)
    assert state.cue.setting is None


def test_the_region_last_drawn_is_kept(running: Running, tmp_path: Path) -> None:
    drawn = [Region(0.1, 0.1, 0.5 + 0.01 * i, 0.8) for i in range(20)]
    drawing = [threading.Thread(target=running.loop.set_region, args=(region,)) for region in drawn]
    for thread in drawing:
        thread.start()
    for thread in drawing:
        thread.join(20.0)
    assert running.loop.region is not None
    assert KeptRegion(tmp_path).read() == running.loop.region
    running.loop.set_region(None)
    assert KeptRegion(tmp_path).read() is None


def test_a_light_that_fails_is_told_to_the_tablets(running: Running) -> None:
    until(running.loop.live, lambda state: state.light_fault is None)
    running.pipeline.light.fault = IndicatorError("The light no longer answers. Check its wiring.")
    state = until(running.loop.live, lambda state: state.light_fault is not None)
    assert state.light_fault == "The light no longer answers. Check its wiring."

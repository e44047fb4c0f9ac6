"""The demo clip through the whole device against what is exactly known about it."""

from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from device_parts import SIZE, DemoRun, Replay

from device.camera.frame import Frame
from device.current_runner import CurrentRunner, Origin
from device.feedback.cue import CueController
from device.feedback.indicator import NoLight
from device.feedback.types import LightState
from device.pipeline import Pipeline
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore

REACTS_WITHIN_S = 6.0


def cadence(step_times_s: list[float]) -> float:
    return 60.0 / float(np.mean(step_times_s))


def light_at(run: DemoRun, t: float) -> LightState:
    times = [state.frame.t for state in run.states]
    return run.states[int(np.searchsorted(times, t))].cue.light


def test_cadence_of_each_form_and_of_the_whole_clip(demo_run: DemoRun) -> None:
    truth = demo_run.truth
    steps = [form for form in demo_run.session.form if form.step_time_s is not None]
    for name in ("easy", "clinical"):
        phase = truth.phase(name)
        times = [f.step_time_s for f in steps if phase.start_s + 0.5 < f.t <= phase.end_s]
        assert cadence(times) == pytest.approx(phase.cadence_spm, rel=0.005), name
    turn = [f.step_time_s for f in steps if 2.0 < f.t <= 2.0 + truth.duration_s]
    assert cadence(turn) == pytest.approx(truth.cadence_spm, rel=0.005)


def test_each_contact_of_the_clip_is_found_once(demo_run: DemoRun) -> None:
    truth = demo_run.truth
    true = [e.t for e in truth.events if e.kind == "initial_contact" and 2.0 < e.t < truth.duration_s - 0.1]
    found = [e.t for e in demo_run.session.events if e.kind == "initial_contact"]
    for t in true:
        assert sum(abs(t - f) < 0.08 for f in found) == 1, t


def test_the_light_follows_the_form(demo_run: DemoRun) -> None:
    truth = demo_run.truth
    upright, around = truth.phase("clinical"), truth.duration_s
    easy_until = truth.phase("easy").end_s
    assert light_at(demo_run, 4.0) is LightState.ALIVE
    assert light_at(demo_run, easy_until) is LightState.ALIVE
    assert light_at(demo_run, easy_until + REACTS_WITHIN_S) is LightState.CUE
    assert light_at(demo_run, upright.end_s) is LightState.CUE
    assert light_at(demo_run, around + REACTS_WITHIN_S) is LightState.ALIVE
    changes = sum(
        a.cue.light != b.cue.light for a, b in zip(demo_run.states, demo_run.states[1:], strict=False)
    )
    assert changes == 3


def test_the_cue_band_holds_one_form_and_not_the_other(demo_run: DemoRun) -> None:
    setting = demo_run.states[-1].cue.setting
    assert setting is not None
    low, high = setting.band.low, setting.band.high
    assert low is not None
    assert high is not None
    read = {
        name: [
            value
            for f in demo_run.session.form
            if (value := getattr(f, setting.metric)) is not None
            and demo_run.truth.phase(name).start_s + 0.8 < f.t <= demo_run.truth.phase(name).end_s
        ]
        for name in ("easy", "clinical")
    }
    assert low + 1.0 < min(read["easy"]) <= max(read["easy"]) < high - 1.0
    assert max(read["clinical"]) < low - 1.5


def test_what_was_seen_is_what_was_recorded(demo_run: DemoRun) -> None:
    last, session = demo_run.states[-1], demo_run.session
    assert sum(f.step_time_s is not None for f in session.form) == pytest.approx(last.steps, abs=1)
    assert [light for light, _ in groupby(change.light for change in session.cues)] == [
        LightState.NOT_MEASURING,
        LightState.ALIVE,
        LightState.CUE,
        LightState.ALIVE,
    ]
    assert session.meta.model_sha256


def test_a_third_of_the_frames_may_be_missing(demo_run: DemoRun, tmp_path: Path) -> None:
    kept = [pose for i, pose in enumerate(demo_run.poses) if i % 3 != 2]
    store = SessionStore(tmp_path)
    recorder = Recorder(store)
    runner = CurrentRunner(recorder, Origin("none", "", "none", "replay"))
    pipeline = Pipeline(SIZE, demo_run.setup, None, Replay(kept), CueController(), NoLight(), runner)
    session_id = pipeline.start_session("third", "")
    blank = np.zeros((1, 1, 3), np.uint8)
    for pose in kept:
        pipeline.step(Frame(pose.t, blank))
    recorder.close()
    whole, thinned = (
        [f.step_time_s for f in session.form if f.step_time_s is not None]
        for session in (demo_run.session, store.load_session(session_id))
    )
    assert len(thinned) == pytest.approx(len(whole), abs=1)
    assert cadence(thinned) == pytest.approx(cadence(whole), rel=0.01)

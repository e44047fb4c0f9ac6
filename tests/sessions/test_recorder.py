"""The recorder: everything comes back as it went in, and the frame loop never waits."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from session_parts import BELOW, IN_BAND, META, SETTING, STEP_S, TRACKING, form, pose, running

from device.errors import StoreError
from device.feedback.types import Band, Baseline, CueSetting, CueState, LightState
from device.gait.types import (
    METRIC_NAMES,
    EventKind,
    Facing,
    FormMetrics,
    GaitEvent,
    GaitUpdate,
    Notice,
    RunSetup,
    Side,
    Stat,
    Stride,
)
from device.pose.log import read_pose_log
from device.sessions.recorder import MAX_ITEMS, MAX_POSES, Recorder, RecorderState
from device.sessions.store import SessionStore
from device.sessions.types import Mark, RunChange, SessionMeta, SessionStatus

NOON = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)


@pytest.fixture()
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path, now=lambda: NOON)


@pytest.fixture()
def recorder(store: SessionStore) -> Iterator[Recorder]:
    recorder = Recorder(store)
    yield recorder
    recorder.close()


def record(recorder: Recorder, seconds: float, start_t: float = META.started_t) -> None:
    for keypoints, gait, cue in running(start_t, seconds):
        recorder.pose(keypoints)
        recorder.update(gait, cue)


def test_a_session_comes_back_as_it_went_in(store: SessionStore, recorder: Recorder) -> None:
    baseline = Baseline(
        104.0, 60.0, None, {"cadence_spm": Stat(170.5, 1.5, 40), "sparc": Stat(-2.0, None, 1)}
    )
    faster = RunSetup(speed_mps=3.2)
    number = recorder.start(META)
    record(recorder, 6)
    recorder.baseline(baseline)
    recorder.run(104.5, faster)
    recorder.mark(105.0, "pain 2")
    assert (recorder.state, recorder.session_id) == (RecorderState.RECORDING, number)
    recorder.stop()
    assert recorder.flush()

    frames = list(running(META.started_t, 6))
    kept = store.load_session(number)
    assert kept.meta == META
    assert kept.summary == store.list_sessions()[0]
    assert (kept.summary.started_at, kept.summary.status) == (NOON, SessionStatus.FINISHED)
    assert kept.summary.duration_s == pytest.approx(6)
    assert kept.summary.steps == 18
    assert kept.form == tuple(f for _, gait, _ in frames for f in gait.form)
    assert kept.events == tuple(e for _, gait, _ in frames for e in gait.events)
    assert kept.strides == tuple(s for _, gait, _ in frames for s in gait.strides)
    assert kept.baselines == (baseline,)
    assert kept.marks == (Mark(105.0, "pain 2"),)
    assert kept.runs == (RunChange(100.0, META.setup), RunChange(104.5, faster))
    cadence = kept.stats["cadence_spm"]
    assert (cadence.mean, cadence.sd, cadence.n) == (170.0, 0.0, 18)
    poses = list(read_pose_log(store.pose_log(number)).poses)
    assert [p.t for p in poses] == pytest.approx([p.t for p, _, _ in frames], abs=1e-6)
    assert kept.summary.pose_log_bytes == store.pose_log(number).stat().st_size > 0
    assert (recorder.state, recorder.session_id, recorder.dropped) == (RecorderState.IDLE, None, 0)


def test_the_pose_log_says_what_made_it(store: SessionStore, recorder: Recorder) -> None:
    number = recorder.start(META)
    recorder.pose(pose(101.0))
    assert recorder.flush()
    log = read_pose_log(store.pose_log(number))
    assert log.size == META.size
    assert (log.meta["model"], log.meta["model_sha256"]) == (META.model, META.model_sha256)


def test_keypoints_are_not_kept_when_not_wanted(store: SessionStore) -> None:
    with closing(Recorder(store, keep_poses=False)) as recorder:
        number = recorder.start(META)
        record(recorder, 1)
        recorder.stop()
        assert recorder.flush()
        assert not store.pose_log(number).exists()
        assert store.load_session(number).summary.duration_s == pytest.approx(1)
        assert recorder.dropped == 0


def test_a_pose_whose_time_does_not_rise_is_refused_and_counted(
    store: SessionStore, recorder: Recorder
) -> None:
    number = recorder.start(META)
    for t in (101.0, 102.0, 102.0, 103.0):
        recorder.pose(pose(t))
    assert recorder.flush()
    assert [p.t for p in read_pose_log(store.pose_log(number)).poses] == [101.0, 102.0, 103.0]
    assert recorder.dropped == 1


def test_nothing_is_kept_outside_a_session(store: SessionStore, recorder: Recorder) -> None:
    record(recorder, 1)
    recorder.mark(1.0, "early")
    recorder.stop()
    assert recorder.flush()
    assert store.list_sessions() == []


def test_one_session_at_a_time(recorder: Recorder) -> None:
    recorder.start(META)
    with pytest.raises(StoreError, match=r"Recording 1 is still going on\. Stop it"):
        recorder.start(META)


def test_closing_finishes_the_session(store: SessionStore) -> None:
    recorder = Recorder(store)
    recorder.start(META)
    record(recorder, 1)
    recorder.close()
    recorder.close()
    (session,) = store.list_sessions()
    assert session.status is SessionStatus.FINISHED
    assert session.duration_s == pytest.approx(1)
    with pytest.raises(StoreError, match="does not answer"):
        recorder.delete(session.id)


def test_only_one_recorder_uses_a_folder(store: SessionStore, recorder: Recorder) -> None:
    recorder.start(META)
    assert recorder.flush()
    with pytest.raises(StoreError, match=r"Another treadlight records.*Stop it first"):
        Recorder(SessionStore(store.folder))
    assert store.list_sessions()[0].status is SessionStatus.RUNNING


def test_numbers_are_never_used_twice(store: SessionStore) -> None:
    for expected in (1, 2):
        with closing(Recorder(store)) as recorder:
            assert recorder.start(META) == expected
            recorder.stop()
            recorder.delete(expected)
    assert store.list_sessions() == []


def test_sessions_follow_each_other(store: SessionStore, recorder: Recorder) -> None:
    numbers = []
    for k in range(3):
        numbers.append(recorder.start(replace(META, label=f"run {k}", started_t=100.0 + 2 * k)))
        record(recorder, 1 + 0.5 * k, 100.0 + 2 * k)
        recorder.stop()
    assert recorder.flush()
    assert [(s.id, s.label) for s in store.list_sessions()] == [(3, "run 2"), (2, "run 1"), (1, "run 0")]
    for k, number in enumerate(numbers):
        poses = list(read_pose_log(store.pose_log(number)).poses)
        assert poses[0].t > 100.0 + 2 * k
        assert len(poses) == 60 + 30 * k


def test_cue_and_tracking_are_kept_when_they_change(store: SessionStore, recorder: Recorder) -> None:
    withheld = replace(BELOW, setting=replace(SETTING, shown=False), light=LightState.ALIVE)
    lost = replace(TRACKING, measuring=False, notices=(Notice("nobody", "Nobody is there. Step on."),))
    nothing = CueState(None, None, None, 0, None, LightState.OFF, None)
    course = [
        (101.0, TRACKING, nothing, 170.0),
        (102.0, TRACKING, IN_BAND, 168.0),
        (103.0, TRACKING, IN_BAND, 160.0),
        (104.0, TRACKING, BELOW, 160.0),
        (106.0, lost, replace(BELOW, light=LightState.NOT_MEASURING), None),
        (107.0, TRACKING, withheld, 161.0),
        (110.0, TRACKING, withheld, 162.0),
    ]
    number = recorder.start(META)
    for t, tracking, cue, cadence in course:
        steps = () if cadence is None else (form(t, cadence),)
        recorder.update(GaitUpdate(t, tracking, form=steps), cue)
    recorder.stop()
    assert recorder.flush()

    kept = store.load_session(number)
    assert [(c.t, c.light) for c in kept.cues] == [
        (101.0, LightState.OFF),
        (102.0, LightState.ALIVE),
        (104.0, LightState.CUE),
        (106.0, LightState.NOT_MEASURING),
        (107.0, LightState.ALIVE),
    ]
    shown, hidden = kept.cue_periods
    assert (shown.start_t, shown.end_t, shown.shown, shown.cued_s) == (102.0, 107.0, True, 2.0)
    assert (shown.steps, shown.steps_in_band) == (3, 1)
    assert shown.in_band_fraction == pytest.approx(1 / 3)
    assert (hidden.start_t, hidden.end_t, hidden.shown, hidden.cued_s) == (107.0, 110.0, False, 0.0)
    assert [(c.t, c.measuring, c.notice and c.notice.code) for c in kept.tracking] == [
        (101.0, True, None),
        (106.0, False, "nobody"),
        (107.0, True, None),
    ]


def test_a_stalled_disk_drops_and_counts_but_never_makes_the_loop_wait(
    store: SessionStore, recorder: Recorder
) -> None:
    number = recorder.start(META)
    assert recorder.flush()
    t = META.started_t
    times = [t + k / 60 for k in range(MAX_ITEMS + 1000)]
    # Made before: the disk must not seem broken, only slow, however busy the machine is.
    frames = [(pose(at), GaitUpdate(at, TRACKING)) for at in times]
    with closing(sqlite3.connect(store.path)) as hog:
        hog.execute("BEGIN IMMEDIATE")
        recorder.mark(t, "stalled")
        for seen, gait in frames:
            recorder.pose(seen)
            recorder.update(gait, IN_BAND)
        recorder.mark(t + 1, "marks are never dropped")
        hog.rollback()
    assert recorder.dropped > 1000
    assert [n.code for n in recorder.notices] == ["recording_behind"]
    recorder.stop()
    recorder.flush()
    assert recorder.flush()
    kept = store.load_session(number)
    assert [m.label for m in kept.marks] == ["stalled", "marks are never dropped"]
    assert [n.notice.code for n in kept.notices] == ["recording_behind"]
    assert len(list(read_pose_log(store.pose_log(number)).poses)) <= MAX_POSES + 60


def test_sessions_can_be_read_while_one_is_recorded(store: SessionStore, recorder: Recorder) -> None:
    number = recorder.start(META)
    assert recorder.flush()
    done = threading.Event()
    counts: list[int] = []

    def read() -> None:
        while not done.is_set():
            kept = store.load_session(number)
            assert len(kept.form) == len(kept.events) == kept.summary.steps
            counts.append(len(kept.form))

    reader = threading.Thread(target=read)
    reader.start()
    for second in range(20):
        record(recorder, 1, META.started_t + second)
        assert recorder.flush()
    done.set()
    reader.join()
    assert counts == sorted(counts)
    assert len(set(counts)) > 3
    assert store.load_session(number).summary.steps == 60


def test_deleting_leaves_nothing_of_the_session(store: SessionStore, recorder: Recorder) -> None:
    for label in ("forget-this-runner", "keep-this-runner"):
        recorder.start(replace(META, label=label, note=label))
        record(recorder, 4)  # together less than the queue holds
        recorder.mark(101.0, label)
        recorder.stop()
    assert recorder.flush()
    recorder.delete(1)
    assert [s.label for s in store.list_sessions()] == ["keep-this-runner"]
    assert not store.pose_log(1).exists()
    assert store.pose_log(2).exists()
    everything = b"".join(p.read_bytes() for p in store.folder.rglob("*") if p.is_file())
    assert b"keep-this-runner" in everything
    assert b"forget-this-runner" not in everything
    with pytest.raises(StoreError, match="no recording 1"):
        recorder.delete(1)


def test_a_session_that_was_being_read_when_deleted_is_wiped_later(
    store: SessionStore, recorder: Recorder
) -> None:
    recorder.start(replace(META, label="forget-this-runner"))
    recorder.stop()
    assert recorder.flush()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM session").fetchall()
        recorder.delete(1)
        assert b"forget-this-runner" in wal(store)
    assert recorder.flush()
    assert b"forget-this-runner" not in wal(store) + store.path.read_bytes()


def wal(store: SessionStore) -> bytes:
    return store.path.with_name(store.path.name + "-wal").read_bytes()


def test_the_session_being_recorded_is_not_deleted(store: SessionStore, recorder: Recorder) -> None:
    number = recorder.start(META)
    record(recorder, 1)
    with pytest.raises(StoreError, match=r"still going on\. Stop it"):
        recorder.delete(number)
    assert store.load_session(number).summary.steps == 3
    assert store.pose_log(number).exists()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_in_the_program_is_shown_and_the_loop_goes_on(recorder: Recorder) -> None:
    recorder.start(META)
    assert recorder.flush()
    recorder.update("nonsense", IN_BAND)  # type: ignore[arg-type]
    recorder.stop()
    assert not recorder.flush(timeout_s=0.2)
    record(recorder, 1)
    assert [n.code for n in recorder.notices] == ["recording_failed"]


FINITE = st.floats(allow_nan=False, allow_infinity=False, width=32)
TIMES = st.floats(0, 1e6)
TEXT = st.text(max_size=30)
METAS = st.builds(
    SessionMeta,
    label=TEXT,
    note=TEXT,
    started_t=TIMES,
    size=st.tuples(st.integers(1, 10_000), st.integers(1, 10_000)),
    setup=st.builds(
        RunSetup,
        speed_mps=st.none() | FINITE,
        grade_pct=FINITE,
        height_cm=st.none() | FINITE,
        facing=st.none() | st.sampled_from(Facing),
        lean_offset_deg=st.none() | FINITE,
    ),
    region=st.none() | st.just(META.region),
    software=TEXT,
    model=TEXT,
    model_sha256=TEXT,
    runtime=TEXT,
    camera=TEXT,
)
FORMS = st.builds(
    FormMetrics,
    t=TIMES,
    side=st.sampled_from(Side),
    near=st.booleans(),
    **{name: st.none() | FINITE for name in METRIC_NAMES[::4]},
)
EVENTS = st.builds(GaitEvent, st.sampled_from(EventKind), st.sampled_from(Side), TIMES, st.booleans())
STRIDES = st.builds(Stride, st.sampled_from(Side), st.booleans(), TIMES, st.none() | TIMES, TIMES)
BANDS = st.builds(Band, st.none() | FINITE, st.none() | FINITE)
SETTINGS = st.none() | st.builds(CueSetting, st.sampled_from(METRIC_NAMES), BANDS, st.booleans())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    meta=METAS,
    forms=st.lists(FORMS, max_size=4),
    events=st.lists(EVENTS, max_size=4),
    strides=st.lists(STRIDES, max_size=3),
    cue=SETTINGS,
    marks=st.lists(st.builds(Mark, TIMES, TEXT), max_size=3),
)
def test_anything_comes_back_as_it_went_in(
    store: SessionStore,
    recorder: Recorder,
    meta: SessionMeta,
    forms: list[FormMetrics],
    events: list[GaitEvent],
    strides: list[Stride],
    cue: CueSetting | None,
    marks: list[Mark],
) -> None:
    number = recorder.start(meta)
    gait = GaitUpdate(meta.started_t, TRACKING, tuple(events), tuple(strides), tuple(forms))
    recorder.update(gait, replace(IN_BAND, setting=cue))
    for mark in marks:
        recorder.mark(mark.t, mark.label)
    recorder.stop()
    assert recorder.flush()
    kept = store.load_session(number)
    assert kept.meta == meta
    assert kept.form == tuple(sorted(forms, key=lambda f: f.t))
    assert kept.events == tuple(sorted(events, key=lambda e: e.t))
    assert kept.strides == tuple(sorted(strides, key=lambda s: s.next_contact))
    assert kept.marks == tuple(sorted(marks, key=lambda m: m.t))
    assert [c.setting for c in kept.cues] == [cue]


def test_text_and_numbers_that_sqlite_cannot_hold_do_no_harm(store: SessionStore, recorder: Recorder) -> None:
    number = recorder.start(replace(META, label="half \ud800 a character"))
    bad = replace(form(101.0), cadence_spm=float("nan"), trunk_lean_deg=float("inf"))
    recorder.update(GaitUpdate(101.0, TRACKING, form=(bad,)), IN_BAND)
    nan, half = float("nan"), np.float32(0.5)
    stats = {"sparc": Stat(nan, None, 3), "duty_factor": Stat(half, nan, 4)}  # type: ignore[arg-type]
    recorder.baseline(Baseline(102.0, 60.0, nan, stats))
    assert recorder.flush()
    assert store.load_session(number).baselines == (
        Baseline(102.0, 60.0, None, {"duty_factor": Stat(0.5, None, 4)}),
    )
    (kept,) = store.load_session(number).form
    assert (kept.cadence_spm, kept.trunk_lean_deg, kept.step_time_s) == (None, None, STEP_S)
    assert store.list_sessions()[0].label == "half ? a character"


def test_every_metric_has_its_column(store: SessionStore, recorder: Recorder) -> None:
    full = FormMetrics(
        t=101.0, side=Side.LEFT, near=True, **{name: float(k) for k, name in enumerate(METRIC_NAMES)}
    )
    number = recorder.start(META)
    recorder.update(GaitUpdate(101.0, TRACKING, form=(full,)), IN_BAND)
    assert recorder.flush()
    (kept,) = store.load_session(number).form
    assert kept == full
    assert all(getattr(kept, f.name) is not None for f in fields(kept))

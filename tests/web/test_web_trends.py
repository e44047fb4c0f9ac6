"""What a newcomer is told of the last minute."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_device import ScriptedDevice

from device.feedback.types import LightState
from device.live import LiveState
from device.web.trends import MAX_SPANS, WINDOW_S, Trends


def state_at(t: float, measuring: bool = True, light: LightState = LightState.ALIVE) -> LiveState:
    device = ScriptedDevice()
    device.measuring = measuring
    device.step(t)
    state = device.live.latest()
    assert state is not None
    return replace(state, cue=replace(state.cue, light=light))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.02, 9), st.booleans(), st.sampled_from(LightState)), min_size=1, max_size=60
    )
)
def test_only_the_last_minute_and_only_changes(frames: list[tuple[float, bool, LightState]]) -> None:
    trends, t = Trends(), 100.0
    for gap_s, measuring, light in frames:
        t += gap_s
        trends.add(state_at(t, measuring, light))
    header = trends.header()
    times = [when for when, _ in header["values"]["cadence_spm"]]
    assert times == sorted(times)
    assert all(when >= t - WINDOW_S - 9 for when in times)
    lights = header["light"]
    assert lights[-1][1] == frames[-1][2]
    assert all(a[1] != b[1] for a, b in pairwise(lights))
    assert len(header["phases"]) <= MAX_SPANS


def test_what_is_not_measured_is_a_gap() -> None:
    trends = Trends()
    trends.add(state_at(10.0))
    trends.add(state_at(10.1, measuring=False))
    points = trends.header()["values"]["cadence_spm"]
    assert points[0][1] is not None
    assert points[1][1] is None


def test_a_clock_that_runs_backwards_starts_afresh() -> None:
    trends = Trends()
    trends.add(state_at(500.0))
    trends.add(state_at(3.0))
    assert [t for t, _ in trends.header()["values"]["cadence_spm"]] == [3.0]


def test_a_new_session_begins_a_new_story() -> None:
    trends = Trends()
    state = state_at(10.0)
    trends.add(state)
    trends.add(state_at(11.0, measuring=False))
    assert len(trends.header()["phases"]) == 2
    trends.add(replace(state_at(12.0), session=replace(state.session, id=7)))
    assert trends.header()["phases"] == [(12.0, "free")]
    assert trends.header()["session"] == 7

"""Time for recorded pictures: always rising, and at a live camera's pace."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.camera.timeline import Timeline, paced


def placed(times: list[float | None], period_s: float = 0.1) -> tuple[list[float | None], Timeline]:
    timeline = Timeline(period_s)
    return [timeline.place(t) for t in times], timeline


def test_times_of_a_sound_file_are_left_alone() -> None:
    times = [0.4, 0.5, 0.55, 0.9]
    assert placed(times)[0] == times


def test_a_start_before_zero_is_moved_to_zero() -> None:
    assert placed([-0.2, -0.1, 0.1])[0] == pytest.approx([0.0, 0.1, 0.3])


def test_doubles_and_steps_back_are_dropped_and_counted() -> None:
    times, timeline = placed([0.0, 0.1, 0.1, 0.05, 0.2])
    assert times == [0.0, 0.1, None, None, 0.2]
    assert timeline.dropped == 2


def test_missing_times_follow_at_the_nominal_period() -> None:
    assert placed([None, None, 0.35, None])[0] == pytest.approx([0.0, 0.1, 0.35, 0.45])


def test_a_recording_joined_on_goes_on_in_time() -> None:
    assert placed([5.0, 5.1, 0.0, 0.1])[0] == pytest.approx([5.0, 5.1, 5.2, 5.3])


def test_the_seam_of_a_loop_is_one_period() -> None:
    timeline = Timeline(0.1)
    times = []
    for _ in range(3):
        times += [timeline.place(t) for t in (0.5, 0.6, 0.7)]
        timeline.join()
    assert times == pytest.approx([0.5 + 0.1 * i for i in range(9)])


@given(
    st.lists(st.one_of(st.none(), st.just("join"), st.floats(-1e4, 1e6, allow_nan=False))),
    st.floats(1e-3, 1.0),
)
def test_time_rises_whatever_the_file_says(steps: list, period_s: float) -> None:
    timeline = Timeline(period_s)
    given_out: list[float] = []
    for step in steps:
        if step == "join":
            timeline.join()
        elif (t := timeline.place(step)) is not None:
            given_out.append(t)
    assert all(a < b for a, b in pairwise(given_out))
    assert len(given_out) + timeline.dropped == sum(step != "join" for step in steps)


class Clock:
    """A clock that moves only when somebody waits or works."""

    def __init__(self) -> None:
        self.t = 100.0
        self.closed = False

    def now(self) -> float:
        return self.t

    def wait(self, seconds: float) -> bool:
        assert seconds > 0
        self.t += seconds
        return self.closed


def play(n: int, clock: Clock, decode_s: float = 0.0, period_s: float = 0.1) -> Iterator[tuple[float, int]]:
    def pictures() -> Iterator[tuple[float, int]]:
        for i in range(n):
            clock.t += decode_s
            yield 3.0 + i * period_s, i

    return paced(pictures(), lambda i: i, clock.now, clock.wait)


def test_pictures_come_when_they_are_due() -> None:
    clock = Clock()
    seen = [(due, i, clock.t) for due, i in play(5, clock, decode_s=0.02)]
    assert [i for _, i, _ in seen] == [0, 1, 2, 3, 4]
    for due, i, came in seen[1:]:
        assert came == pytest.approx(due)
        assert due == pytest.approx(seen[0][0] + 0.1 * i)


def test_a_slow_consumer_gets_the_newest_and_catches_up() -> None:
    clock = Clock()
    seen = []
    for due, i in play(20, clock):
        seen.append((i, clock.t - due))
        if i == 2:
            clock.t += 0.75
    assert [i for i, _ in seen] == [0, 1, 2, *range(9, 20)]
    assert all(age < 0.1 for _, age in seen)


def test_a_picture_that_is_skipped_is_not_prepared() -> None:
    clock, prepared = Clock(), []
    source = iter([(i * 0.1, i) for i in range(10)])
    for _, i in paced(source, lambda i: prepared.append(i) or i, clock.now, clock.wait):
        clock.t += 0.36
        assert prepared[-1] == i
    assert prepared == [0, 3, 7, 9]


def test_the_last_picture_is_given_even_when_late() -> None:
    clock = Clock()
    seen = []
    for _, i in play(4, clock):
        seen.append(i)
        clock.t += 1.0
    assert seen == [0, 3]


def test_decoding_slower_than_life_still_gives_pictures_with_true_age() -> None:
    clock = Clock()
    seen = list(play(60, clock, decode_s=0.15))
    assert len(seen) >= 5
    dues = [due for due, _ in seen]
    assert all(a < b for a, b in pairwise(dues))


def test_after_a_long_pause_playing_starts_anew_instead_of_racing() -> None:
    clock = Clock()
    seen = []
    for due, i in play(30, clock):
        seen.append((due, i))
        if i == 5:
            clock.t += 3600
    assert seen[-1][1] == 29
    assert clock.t - seen[-1][0] < 1


def test_closing_ends_the_wait() -> None:
    clock = Clock()
    pictures = play(5, clock)
    next(pictures)
    clock.closed = True
    assert list(pictures) == []


def test_no_pictures_give_none() -> None:
    assert list(play(0, Clock())) == []

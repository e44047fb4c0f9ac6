"""Tries within a moving window, with a clock of the test's own."""

from device.web.tries import Tries


class Clock:
    t = 1000.0

    def __call__(self) -> float:
        return self.t


def test_so_many_within_the_window_and_then_again() -> None:
    clock = Clock()
    tries = Tries(3, within_s=60.0, now=clock)
    for _ in range(3):
        assert tries.allow("a")
        clock.t += 10
    assert not tries.allow("a")
    assert tries.allow("b")
    clock.t = 1060.0
    assert tries.allow("a")
    assert not tries.allow("a")
    clock.t = 1069.9
    assert not tries.allow("a")
    clock.t = 1070.0
    assert tries.allow("a")


def test_refused_tries_do_not_prolong_the_wait() -> None:
    clock = Clock()
    tries = Tries(1, within_s=60.0, now=clock)
    assert tries.allow("a")
    for _ in range(59):
        clock.t += 1
        assert not tries.allow("a")
    clock.t += 1
    assert tries.allow("a")


def test_who_knew_the_code_starts_afresh_and_nobody_is_kept_for_ever() -> None:
    clock = Clock()
    tries = Tries(1, within_s=60.0, now=clock)
    assert tries.allow("a")
    tries.forget("a")
    assert tries.allow("a")
    for i in range(1000):
        tries.allow(str(i))
    clock.t += 61
    tries.allow("b")
    assert len(tries._tries) == 1

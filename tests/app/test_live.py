"""The newest-wins slot under real threads."""

import threading

from device.live import Newest


def test_wait_gives_only_what_is_newer() -> None:
    slot: Newest[str] = Newest()
    assert slot.wait(0, timeout_s=0.0) == (0, None)
    slot.put("a")
    slot.put("b")
    version, value = slot.wait(0, timeout_s=0.0)
    assert (version, value) == (2, "b")
    assert slot.wait(version, timeout_s=0.0) == (version, None)
    assert slot.latest() == "b"


def test_close_wakes_every_waiter() -> None:
    slot: Newest[str] = Newest()
    answers: list[tuple[int, str | None]] = []
    waiting = [
        threading.Thread(target=lambda: answers.append(slot.wait(0, timeout_s=30.0))) for _ in range(3)
    ]
    for thread in waiting:
        thread.start()
    slot.close()
    for thread in waiting:
        thread.join(10.0)
    assert answers == [(0, None)] * 3


def test_a_slow_reader_skips_and_never_goes_back() -> None:
    slot: Newest[int] = Newest()
    seen: list[int] = []

    def read() -> None:
        version = 0
        while True:
            version, value = slot.wait(version, timeout_s=10.0)
            if value is None:
                return
            seen.append(value)
            if value == 999:
                return

    reader = threading.Thread(target=read)
    reader.start()
    for value in range(1000):
        slot.put(value)
    reader.join(10.0)
    assert seen[-1] == 999
    assert seen == sorted(set(seen))

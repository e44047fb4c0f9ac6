"""Hours of running: memory, file handles and threads stay as they were."""

from pathlib import Path

import pytest
from survival.long_run import Look, live_through

from device.sessions.store import SessionStore

SETTLED_H = 0.04
GROWTH_BYTES = 6_000_000


def flat(looks: list[Look], growth_bytes: int) -> None:
    settled = [look for look in looks if look.hours >= SETTLED_H]
    first, last = settled[0], settled[-1]
    assert last.steps > first.steps > 0
    # One more while a session is recorded: its keypoints.
    assert max(look.handles for look in settled) - min(look.handles for look in settled) <= 1
    assert {look.threads for look in settled} == {first.threads}
    assert last.rss_bytes - first.rss_bytes < growth_bytes, [
        (look.hours, look.rss_bytes / 1e6) for look in settled
    ]


def test_minutes_of_running_leave_nothing_behind(tmp_path: Path) -> None:
    flat(list(live_through(tmp_path, 0.1, 0.02, session_s=40.0)), GROWTH_BYTES)


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
def test_a_day_of_running_leaves_nothing_behind(tmp_path: Path) -> None:
    looks = list(live_through(tmp_path, 24.0, 1.0, session_s=1500.0))
    print(
        "\n".join(f"{look.hours:5.1f} h {look.rss_bytes / 1e6:6.1f} MB {look.steps} steps" for look in looks)
    )
    flat(looks, 2 * GROWTH_BYTES)
    sessions = SessionStore(tmp_path).list_sessions()
    assert len(sessions) == 56
    assert all(session.steps > 3000 for session in sessions)

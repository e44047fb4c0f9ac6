"""The last seconds in memory: how much, how long, and pictures only with consent."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from demo_states import REGION, SIZE, filled, later

from device.camera.frame import Frame
from device.errors import StoreError
from device.live import LiveState, SeenPose
from device.review.rolling import KEPT_S, MOST_BYTES, PICTURE_PX, Rolling


def test_keypoints_of_the_last_seconds_are_kept_and_no_more(states: list[LiveState]) -> None:
    rolling = Rolling()
    for n in range(900):
        rolling.add(later(states[n % 60], n / 60), REGION)
    shots = rolling.snapshot().shots
    assert shots[-1].t - shots[0].t == pytest.approx(KEPT_S, abs=0.05)
    assert len(shots) == round(60 * KEPT_S) + 1
    assert all(shot.picture is None for shot in shots)


def test_rich_pictures_shorten_their_own_memory_only(states: list[LiveState]) -> None:
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 255, (480, 640, 3), np.uint8)
    rolling = Rolling(lambda: True)
    for n in range(330):
        t = n / 30
        rolling.add(replace(later(states[0], t), frame=Frame(t, np.roll(noise, n, axis=0))), None)
        assert rolling.picture_bytes <= MOST_BYTES
    shots = rolling.snapshot().shots
    kept = [shot for shot in shots if shot.picture]
    assert len(shots) == 330
    assert 20 < len(kept) < 300
    assert kept == list(shots[-len(kept) :])
    assert rolling.picture_bytes == sum(len(shot.picture.jpeg) for shot in kept if shot.picture)


def test_withdrawn_consent_takes_every_picture_within_a_second(states: list[LiveState]) -> None:
    now, agreed = [0.0], [True]
    rolling = Rolling(lambda: agreed[0], now=lambda: now[0])
    for state in states[:60]:
        rolling.add(state, REGION)
    held = rolling.freeze()
    assert any(shot.picture for shot in held.shots)
    agreed[0], now[0] = False, 1.0
    rolling.add(states[60], REGION)
    assert rolling.picture_bytes == 0
    assert not any(shot.picture for shot in rolling.snapshot().shots)
    assert rolling.frozen is None


def test_only_the_region_is_pictured(states: list[LiveState]) -> None:
    shot = next(s for s in filled(states[:5], pictures=True).snapshot().shots if s.picture)
    assert shot.picture is not None
    left, top, right, bottom = shot.picture.box
    x0, y0, x1, y1 = REGION.pixels(SIZE)
    assert (left, top, right, bottom) == pytest.approx((x0, y0, x1, y1), abs=0.025 * SIZE[0])
    picture = cv2.imdecode(np.frombuffer(shot.picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert max(picture.shape[:2]) <= PICTURE_PX
    assert picture.shape[1] / picture.shape[0] == pytest.approx((right - left) / (bottom - top), rel=0.01)


def test_what_is_held_still_does_not_change(states: list[LiveState]) -> None:
    rolling = filled(states[:200], pictures=False)
    held = rolling.freeze()
    before = held.shots
    for state in states[200:300]:
        rolling.add(state, REGION)
    assert rolling.frozen is held
    assert held.shots is before
    assert held.shots[-1].t == states[199].frame.t


def test_a_clock_that_ran_backwards_starts_afresh(states: list[LiveState]) -> None:
    rolling = filled(states[100:200], pictures=True)
    rolling.add(states[0], REGION)
    assert [shot.t for shot in rolling.snapshot().shots] == [0.0]
    assert rolling.picture_bytes == len(rolling.snapshot().shots[0].picture.jpeg)  # type: ignore[union-attr]


def test_events_published_again_count_once(states: list[LiveState]) -> None:
    rolling = Rolling()
    recent: tuple = ()  # type: ignore[type-arg]
    for state in states[:400]:
        recent = (*recent, *state.events)[-16:]
        rolling.add(replace(state, recent_events=recent), None)
    found = rolling.snapshot().events
    assert len(found) == len(set(found)) == sum(len(state.events) for state in states[:400])


def test_poses_of_skipped_frames_are_not_lost(states: list[LiveState]) -> None:
    rolling = Rolling()
    seen: tuple[SeenPose, ...] = ()
    for n, state in enumerate(states[:300]):
        seen = (*seen[-15:], SeenPose(state.pose, state.swapped, state.tracking.measuring))
        if n % 11 == 0:
            rolling.add(replace(state, recent_poses=seen), None)
    assert [shot.t for shot in rolling.snapshot().shots] == [state.frame.t for state in states[:298]]


def test_consent_that_cannot_be_read_is_none(states: list[LiveState]) -> None:
    def unreadable() -> bool:
        raise StoreError("The records cannot be read. Try again.")

    rolling = Rolling(unreadable)
    for state in states[:10]:
        rolling.add(state, REGION)
    assert rolling.picture_bytes == 0
    assert len(rolling.snapshot().shots) == 10

"""The legs one stride ago."""

import numpy as np
import pytest
from oracle.runner import EASY, STEADY, Runner
from oracle.view import times

from device.gait.leg_memory import Legs, StrideMemory
from device.pose.types import Keypoint

LEGS = (Keypoint.LEFT_KNEE, Keypoint.RIGHT_KNEE, Keypoint.LEFT_ANKLE, Keypoint.RIGHT_ANKLE)


def legs(runner: Runner, t: float) -> Legs:
    points = 100 * runner.keypoints(np.array([t]))[0]
    hip = points[[Keypoint.LEFT_HIP, Keypoint.RIGHT_HIP]].mean(axis=0)
    a, b, c, d = ((float(x), float(y)) for x, y in points[list(LEGS)] - hip)
    return a, b, c, d


def remembered(runner: Runner, seconds: float = 3, fps: float = 60, gap: tuple[float, float] = (9, 9)):
    memory = StrideMemory()
    for t in times(seconds, fps):
        if not gap[0] < t < gap[1]:
            memory.add(float(t), legs(runner, float(t)))
    return memory


def off(found: Legs | None, true: Legs) -> float:
    assert found is not None
    return max(float(np.hypot(a[0] - b[0], a[1] - b[1])) for a, b in zip(found, true, strict=True) if a and b)


@pytest.mark.parametrize("fps", [24, 30, 60, 120])
@pytest.mark.parametrize("runner", [EASY, STEADY], ids=["easy", "steady"])
def test_the_legs_are_recalled_across_a_gap(runner, fps):
    memory = remembered(runner, fps=fps)
    assert memory.stride_s == pytest.approx(runner.stride_s, abs=0.011)
    for ahead in (0.01, 0.1, 0.3, 0.5):
        assert off(memory.recall(3 + ahead), legs(runner, 3 + ahead)) < 9


def test_where_nothing_was_seen_a_stride_ago_the_stride_before_is_asked():
    t = 3.05
    a_stride_ago = t - STEADY.stride_s
    memory = remembered(STEADY, gap=(a_stride_ago - 0.1, a_stride_ago + 0.1))
    assert off(memory.recall(t), legs(STEADY, t)) < 12


def test_mirrored_memory_gives_the_other_leg():
    memory = remembered(STEADY)
    before = memory.recall(3.1)
    memory.mirror()
    assert before is not None
    assert memory.recall(3.1) == (before[1], before[0], before[3], before[2])


def test_what_does_not_repeat_is_not_recalled():
    rng, memory = np.random.default_rng(0), StrideMemory()
    for t in times(3, 60):
        a, b, c, d = (tuple(p) for p in rng.normal(0, 20, (4, 2)))
        memory.add(float(t), (a, b, c, d))
    assert memory.recall(3.1) is None
    assert StrideMemory().recall(1.0) is None

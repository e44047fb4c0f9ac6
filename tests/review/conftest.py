"""The demo clip's first seconds, published once for all tests of this folder."""

import pytest
from demo_states import demo_setup, demo_states, filled

from device.demo.clip import DemoTruth, load_truth
from device.live import LiveState
from device.review.keyframes import key_frames
from device.review.types import Frozen, KeyFrames


@pytest.fixture(scope="session")
def truth() -> DemoTruth:
    return load_truth()


@pytest.fixture(scope="session")
def states(truth: DemoTruth) -> list[LiveState]:
    return demo_states(truth, demo_setup(truth), 9.0)


@pytest.fixture(scope="session")
def frozen(states: list[LiveState]) -> Frozen:
    return filled(states, pictures=True).freeze()


@pytest.fixture(scope="session")
def pictured(frozen: Frozen) -> KeyFrames:
    return key_frames(frozen, "review")


@pytest.fixture(scope="session")
def drawn(states: list[LiveState]) -> KeyFrames:
    return key_frames(filled(states, pictures=False).freeze(), "review")

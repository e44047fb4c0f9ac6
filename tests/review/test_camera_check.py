"""The camera check: green on a good picture, and each fault named with its own reason."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from demo_states import REGION, SIZE, demo_setup, filled
from hypothesis import given, settings
from hypothesis import strategies as st

from device.camera.frame import Frame, Image
from device.demo.clip import DemoTruth
from device.gait.types import RunSetup, View
from device.live import LiveState
from device.pose.region import Region
from device.pose.types import Pose
from device.review.camera_check import (
    CameraCheck,
    CheckName,
    CheckState,
    Reason,
    examine,
)
from device.review.framing import measure_geometry, propose_region
from device.review.level import LevelMeter, deck_tilt_deg
from device.review.types import Frozen, Shot


@pytest.fixture(scope="module")
def setup(truth: DemoTruth) -> RunSetup:
    return demo_setup(truth)


@pytest.fixture(scope="module")
def last(states: list[LiveState]) -> LiveState:
    return states[-1]


def check(
    state: LiveState | None, frozen: Frozen, setup: RunSetup, region: Region | None = REGION
) -> CameraCheck:
    return examine(state, frozen.shots, setup, region, LevelMeter())


def reasons(found: CameraCheck) -> set[Reason | None]:
    return {line.reason for line in found.fixes}


def moved(frozen: Frozen, scale: float, down: float = 0.0) -> tuple[Shot, ...]:
    """Give the shots with the runner smaller or larger about the picture's middle, or lower."""
    middle = np.array(SIZE, np.float32) / 2

    def pose(old: Pose) -> Pose:
        xy = (old.xy - middle) * scale + middle + np.array([0, down], np.float32)
        return Pose(old.t, xy.astype(np.float32), old.score)

    return tuple(replace(shot, pose=pose(shot.pose)) for shot in frozen.shots)


def lit(state: LiveState, image: Image, exposure_s: float | None = None) -> LiveState:
    return replace(state, frame=Frame(state.frame.t, image, exposure_s=exposure_s))


def tilted(image: Image, degrees: float) -> Image:
    turn = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(image, turn, SIZE, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def test_a_good_picture_is_green(last: LiveState, frozen: Frozen, setup: RunSetup, truth: DemoTruth) -> None:
    found = check(last, frozen, setup)
    assert found.green
    assert [line.name for line in found.checks] == list(CheckName)
    assert found.geometry.cm_per_px == pytest.approx(1 / truth.px_per_cm, rel=0.03)
    assert found.geometry.fill == pytest.approx(truth.stature_cm * truth.px_per_cm / SIZE[1], rel=0.1)


def test_without_a_picture_everything_else_waits(last: LiveState, frozen: Frozen, setup: RunSetup) -> None:
    for state in (None, replace(last, error="The camera is out.")):
        found = check(state, frozen, setup)
        assert reasons(found) == {Reason.NO_PICTURE}
        assert not found.green


def test_nobody_there_is_waited_for(last: LiveState, setup: RunSetup) -> None:
    empty = tuple(Shot(last.frame.t - n / 60, Pose.missing(0.0), False, False) for n in range(60, 0, -1))
    found = examine(last, empty, setup, REGION, LevelMeter())
    assert not found.green
    assert found.checks[0].state is CheckState.WAIT


@pytest.mark.parametrize(
    ("scale", "down", "reason"),
    [(0.55, 0.0, Reason.TOO_FAR), (1.5, 0.0, Reason.TOO_NEAR), (1.0, 60.0, Reason.CUT_OFF)],
)
def test_where_the_runner_stands_in_the_picture(
    last: LiveState, frozen: Frozen, setup: RunSetup, scale: float, down: float, reason: Reason
) -> None:
    found = examine(last, moved(frozen, scale, down), setup, REGION, LevelMeter())
    assert reason in reasons(found)


@pytest.mark.parametrize(("light", "reason"), [(0.15, Reason.DARK), (8.0, Reason.BRIGHT)])
def test_light(last: LiveState, frozen: Frozen, setup: RunSetup, light: float, reason: Reason) -> None:
    image = np.clip(last.frame.image.astype(np.float32) * light, 0, 255).astype(np.uint8)
    assert reason in reasons(check(lit(last, image), frozen, setup))


@pytest.mark.parametrize(
    ("exposure_s", "state"),
    [(1 / 500, CheckState.GOOD), (1 / 120, CheckState.FIX), (None, CheckState.UNSURE)],
)
def test_shutter(
    last: LiveState, frozen: Frozen, setup: RunSetup, exposure_s: float | None, state: CheckState
) -> None:
    found = check(lit(last, last.frame.image, exposure_s), frozen, setup)
    assert next(c for c in found.checks if c.name is CheckName.SHUTTER).state is state
    assert found.green is (state is not CheckState.FIX)


def test_few_frames_a_wrong_view_and_a_missing_region(
    last: LiveState, frozen: Frozen, setup: RunSetup
) -> None:
    assert reasons(check(replace(last, fps=15.0), frozen, setup)) == {Reason.FEW_FRAMES}
    frontal = replace(last, tracking=replace(last.tracking, view=View.FRONTAL))
    assert reasons(check(frontal, frozen, setup)) == {Reason.NOT_SIDEWAYS}
    assert reasons(check(last, frozen, setup, None)) == {Reason.NO_REGION}


def test_a_body_that_jumps_is_two_bodies(last: LiveState, frozen: Frozen, setup: RunSetup) -> None:
    shots = tuple(
        replace(shot, pose=Pose(shot.t, shot.pose.xy + np.float32(200 * (n // 30 % 2)), shot.pose.score))
        for n, shot in enumerate(frozen.shots)
    )
    assert Reason.STRANGER in reasons(examine(last, shots, setup, REGION, LevelMeter()))


@settings(max_examples=12)
@given(st.floats(-6, 6))
def test_the_deck_s_tilt_is_read_to_a_quarter_of_a_degree(last: LiveState, degrees: float) -> None:
    seen = deck_tilt_deg(tilted(last.frame.image, degrees), REGION)
    assert seen is not None
    assert seen == pytest.approx(degrees, abs=0.25)


def test_a_tilted_camera_is_named_unless_the_belt_is_raised_so(
    last: LiveState, frozen: Frozen, setup: RunSetup
) -> None:
    crooked = lit(last, tilted(last.frame.image, 2.9))
    assert reasons(check(crooked, frozen, setup)) == {Reason.TILTED}
    assert check(crooked, frozen, replace(setup, grade_pct=5.0)).green


def test_a_picture_without_edges_is_not_judged(last: LiveState, frozen: Frozen, setup: RunSetup) -> None:
    grey = np.full_like(last.frame.image, 120)
    assert deck_tilt_deg(grey, REGION) is None
    found = check(lit(last, grey), frozen, setup)
    assert next(c for c in found.checks if c.name is CheckName.LEVEL).state is CheckState.UNSURE
    assert found.green


def test_the_meter_bridges_frames_in_which_edges_are_hidden(last: LiveState) -> None:
    meter = LevelMeter()
    assert meter.read(0.0, last.frame.image, REGION) == pytest.approx(0.0, abs=0.2)
    grey = np.full_like(last.frame.image, 120)
    assert meter.read(5.0, grey, REGION) == pytest.approx(0.0, abs=0.2)
    assert meter.read(60.0, grey, REGION) is None


def test_the_proposed_region_holds_the_runner(frozen: Frozen) -> None:
    region = propose_region(frozen.shots, SIZE)
    assert region is not None
    left, top, right, bottom = region.pixels(SIZE)
    xy = np.concatenate([shot.pose.xy for shot in frozen.shots])
    inside = (xy[:, 0] > left) & (xy[:, 0] < right) & (xy[:, 1] > top) & (xy[:, 1] < bottom)
    assert inside.all()
    assert region.width < 0.7
    assert propose_region((), SIZE) is None


def test_height_is_needed_for_centimetres(states: list[LiveState]) -> None:
    seen = [shot.pose for shot in filled(states[:30], pictures=False).snapshot().shots]
    assert measure_geometry(seen, SIZE, RunSetup()).cm_per_px is None
    assert measure_geometry([], SIZE, RunSetup(height_cm=176)).fill is None

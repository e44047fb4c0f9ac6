"""What differs between two captures."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.clinic.checks import Capture
from device.review.guard import Differs, differences

USUAL = Capture(
    speed_mps=2.8, grade_pct=1.0, height_cm=176, shoe="Own, red", side="right", fill=0.7, tilt_deg=0.2,
    region=(0.1, 0.0, 0.8, 1.0), size=(640, 480),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"speed_mps": 3.1}, Differs.SPEED),
        ({"speed_mps": None}, Differs.SPEED),
        ({"grade_pct": 2.0}, Differs.GRADE),
        ({"height_cm": 178}, Differs.HEIGHT),
        ({"shoe": "Clinic"}, Differs.SHOE),
        ({"side": "left"}, Differs.SIDE),
        ({"fill": 0.8}, Differs.NEARER),
        ({"fill": 0.6}, Differs.FARTHER),
        ({"tilt_deg": -1.4}, Differs.TILT),
        ({"size": (480, 640)}, Differs.FORMAT),
    ],
)
def test_each_difference_is_named(change: dict[str, Any], what: Differs) -> None:
    assert [d.what for d in differences(replace(USUAL, **change), USUAL)] == [what]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"speed_mps": 2.88},
        {"shoe": "  own,  RED "},
        {"side": ""},
        {"fill": 0.73},
        {"fill": None},
        {"tilt_deg": None},
        {"size": (1280, 960)},
    ],
)
def test_what_does_not_matter_is_not_named(change: dict[str, Any]) -> None:
    assert differences(replace(USUAL, **change), USUAL) == ()


captures = st.builds(
    Capture,
    speed_mps=st.none() | st.floats(0.5, 6),
    grade_pct=st.floats(-10, 20),
    height_cm=st.none() | st.floats(100, 220),
    shoe=st.sampled_from(["", "own", "clinic"]),
    side=st.sampled_from(["", "left", "right"]),
    fill=st.none() | st.floats(0.2, 1),
    tilt_deg=st.none() | st.floats(-5, 5),
    region=st.none(),
    size=st.sampled_from([(640, 480), (640, 360)]),
)


@given(captures, captures)
def test_it_does_not_matter_which_came_first(a: Capture, b: Capture) -> None:
    there, back = differences(a, b), differences(b, a)
    # A tenth nearer is not a tenth farther, so the distance alone may be named one way only.
    distance = {Differs.NEARER, Differs.FARTHER}
    assert {d.what for d in there} - distance == {d.what for d in back} - distance
    assert [(d.now, d.before) for d in there if d.what is Differs.SPEED] == [
        (d.before, d.now) for d in back if d.what is Differs.SPEED
    ]
    assert differences(a, a) == ()

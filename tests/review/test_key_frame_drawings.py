"""Drawings of key frames: well formed, said in words, and nothing where nothing is measured."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from device.gait.types import Facing
from device.review.drawing import key_frame_svg, text_of
from device.review.types import KeyFrames

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("paper", [False, True])
def test_every_value_is_written_once_and_said(drawn: KeyFrames, paper: bool) -> None:
    for frame in drawn.frames:
        svg = key_frame_svg(frame, drawn, title="Contact", paper=paper)
        wanted = [text_of(name, value) for name, value in frame.values.items()]
        assert texts(svg) == wanted
        label = ElementTree.fromstring(svg).get("aria-label")
        assert label is not None
        assert all(text in label for text in wanted)
        assert "style=" not in svg


def test_without_values_there_are_no_marks(drawn: KeyFrames) -> None:
    frame = replace(drawn.frames[0], values={})
    svg = key_frame_svg(frame, drawn)
    assert texts(svg) == []
    assert "stroke-dasharray" not in svg


def test_a_lost_joint_takes_its_angle_along(drawn: KeyFrames) -> None:
    frame = drawn.frames[0]
    points = {name: point for name, point in frame.points.items() if name != "near_knee"}
    assert text_of("knee_deg", frame.values["knee_deg"]) not in texts(
        key_frame_svg(replace(frame, points=points), drawn)
    )


def test_paper_has_its_own_colours_and_pictures_are_inside(pictured: KeyFrames) -> None:
    frame = pictured.frames[0]
    figure = key_frame_svg(frame, pictured, paper=True, pictured=False)
    assert "var(" not in figure
    assert "<image" not in figure
    shown = key_frame_svg(frame, pictured, paper=True)
    assert re.search(r'href="data:image/jpeg;base64,[A-Za-z0-9+/=]+"', shown)
    assert len(re.findall("href=", shown)) == 1


def test_labels_stay_inside_the_drawing(drawn: KeyFrames) -> None:
    left, top, right, bottom = drawn.box
    for frame in drawn.frames:
        wide = replace(frame, values={**frame.values, "lean_deg": -123.4})
        for node in ElementTree.fromstring(key_frame_svg(wide, drawn)).iter(f"{SVG}rect"):
            if node.get("rx"):
                x, y = float(node.get("x", 0)), float(node.get("y", 0))
                assert left <= x <= x + float(node.get("width", 0)) <= right
                assert top <= y <= y + float(node.get("height", 0)) <= bottom


def test_a_runner_who_faces_left_has_the_knee_s_value_on_the_left(drawn: KeyFrames) -> None:
    width = drawn.size[0]
    frame = replace(
        drawn.frames[0],
        points={name: (width - x, y) for name, (x, y) in drawn.frames[0].points.items()},
    )
    box = (width - drawn.box[2], drawn.box[1], width - drawn.box[0], drawn.box[3])
    mirrored = replace(drawn, facing=Facing.LEFT, box=box)
    knee_x = frame.points["near_knee"][0]
    wanted = text_of("knee_deg", frame.values["knee_deg"])
    (node,) = [
        n
        for n in ElementTree.fromstring(key_frame_svg(frame, mirrored)).iter(f"{SVG}text")
        if n.text == wanted
    ]
    assert float(node.get("x", 0)) < knee_x


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("lean_deg", -2.94, "\u22122.9°"),
        ("lean_deg", -0.04, "0.0°"),
        ("knee_deg", 16.6, "17°"),
        ("reach_pct", 24.5, "24\u00a0%"),
    ],
)
def test_values_are_written_as_people_read_them(name: str, value: float, text: str) -> None:
    assert text_of(name, value) == text

"""Key frames on disk: pictures only with consent to video, and nothing but the named files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from device.errors import StoreError
from device.review.files import read_key_frames, write_key_frames
from device.review.types import KeyFrames

JPEG = b"\xff\xd8\xff"


def pictures_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and JPEG in path.read_bytes()]


def test_without_consent_no_picture_is_written(tmp_path: Path, pictured: KeyFrames) -> None:
    name = write_key_frames(tmp_path, pictured, video=False)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert pictures_in(tmp_path) == []
    assert b"base64" not in (tmp_path / name).read_bytes()


def test_what_was_written_is_read_again(tmp_path: Path, pictured: KeyFrames) -> None:
    name = write_key_frames(tmp_path, pictured, video=True)
    assert len(pictures_in(tmp_path)) == len(pictured.frames)
    found = read_key_frames(tmp_path, name)
    assert found is not None
    assert [f.picture.jpeg for f in found.frames if f.picture] == [
        f.picture.jpeg for f in pictured.frames if f.picture
    ]
    assert [(f.leg, f.instant, f.points, f.values) for f in found.frames] == [
        (f.leg, f.instant, f.points, f.values) for f in pictured.frames
    ]
    assert found.box == pictured.box
    assert [points for _, points in found.track] == [points for _, points in pictured.track]


def test_erased_pictures_leave_the_figure(tmp_path: Path, pictured: KeyFrames) -> None:
    name = write_key_frames(tmp_path, pictured, video=True)
    for path in tmp_path.glob("*.jpg"):
        path.unlink()
    found = read_key_frames(tmp_path, name)
    assert found is not None
    assert not found.pictured
    assert len(found.frames) == len(pictured.frames)


def test_two_of_the_same_second_keep_apart(tmp_path: Path, drawn: KeyFrames) -> None:
    first = write_key_frames(tmp_path, drawn, video=False)
    second = write_key_frames(tmp_path, replace(drawn, kind=drawn.kind), video=False)
    assert first != second
    assert read_key_frames(tmp_path, second) is not None


@pytest.mark.parametrize("name", ["../secret.json", "x.json", "review-20260101T000000Z.json/..", ""])
def test_no_other_file_is_read(tmp_path: Path, drawn: KeyFrames, name: str) -> None:
    folder = tmp_path / "visit"
    written = write_key_frames(folder, drawn, video=False)
    (tmp_path / "secret.json").write_bytes((folder / written).read_bytes())
    (folder / "x.json").write_bytes((folder / written).read_bytes())
    assert read_key_frames(folder, name) is None


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"frames": 3}'])
def test_a_damaged_file_is_none(tmp_path: Path, drawn: KeyFrames, damage: str) -> None:
    name = write_key_frames(tmp_path, drawn, video=False)
    (tmp_path / name).write_text(damage)
    assert read_key_frames(tmp_path, name) is None


def test_a_picture_s_name_cannot_lead_elsewhere(tmp_path: Path, pictured: KeyFrames) -> None:
    folder = tmp_path / "visit"
    name = write_key_frames(folder, pictured, video=True)
    (tmp_path / "other.jpg").write_bytes(JPEG)
    document = json.loads((folder / name).read_text())
    for entry in document["frames"]:
        entry["picture"] = "../other.jpg"
    (folder / name).write_text(json.dumps(document))
    found = read_key_frames(folder, name)
    assert found is not None
    assert not found.pictured


def test_a_folder_that_takes_nothing_is_named(tmp_path: Path, drawn: KeyFrames) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(StoreError, match="key frames cannot be kept"):
        write_key_frames(blocked, drawn, video=False)

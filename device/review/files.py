"""Key frames on disk: one JSON for each set, pictures beside it only when video was agreed to.

    <visit folder>/<kind>-<time>.json           points, values and the stride's path
    <visit folder>/<kind>-<time>-<leg>-<instant>.jpg

Without consent to video no picture is written, whatever is in memory; the drawing is then made of the points.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from device.errors import StoreError
from device.gait.types import Facing, Notice, Side
from device.review.types import Instant, KeyFrame, KeyFrames, Leg, Picture
from device.storage.disk import write_whole

VERSION = 1
_NAME = re.compile(r"[a-z0-9_]+-\d{8}T\d{6}Z(-\d+)?\.json")


def write_key_frames(folder: Path, frames: KeyFrames, *, video: bool) -> str:
    """Write a set of key frames; gives the name of its JSON file within `folder`.

    video: the runner agreed to video at this visit. Raises StoreError when the disk takes nothing.
    """
    stem = f"{re.sub('[^a-z0-9_]', '_', frames.kind)}-{_compact(frames.made_at)}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = _free_name(folder, stem)
        document = to_document(frames)
        for entry, frame in zip(document["frames"], frames.frames, strict=True):
            if video and frame.picture is not None:
                entry["picture"] = f"{name.removesuffix('.json')}-{frame.leg}-{frame.instant}.jpg"
                entry["picture_box"] = list(frame.picture.box)
                write_whole(folder / entry["picture"], frame.picture.jpeg)
        write_whole(folder / name, json.dumps(document, separators=(",", ":")).encode())
    except OSError as error:
        raise StoreError(
            f"The key frames cannot be kept ({error.strerror}). Free space in the data folder."
        ) from error
    return name


def read_key_frames(folder: Path, name: str, *, video: bool = True) -> KeyFrames | None:
    """Read a set of key frames; None when it is gone or damaged. video: read the pictures too."""
    if _NAME.fullmatch(name) is None:
        return None
    try:
        document = json.loads((folder / name).read_text("utf-8"))
        found = from_document(document)
        if not video:
            return found
        pictures = [_picture(folder, entry) for entry in document["frames"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    frames = (replace(f, picture=p) for f, p in zip(found.frames, pictures, strict=True))
    return replace(found, frames=tuple(frames))


def to_document(frames: KeyFrames) -> dict[str, Any]:
    """Give a set of key frames as plain values, without pictures."""
    return {
        "version": VERSION,
        "kind": frames.kind,
        "made_at": frames.made_at,
        "session_id": frames.session_id,
        "block": frames.block,
        "size": list(frames.size),
        "facing": frames.facing,
        "near": frames.near,
        "box": list(frames.box),
        "stride_s": round(frames.stride_s, 4),
        "refusal": None if frames.refusal is None else [frames.refusal.code, frames.refusal.message],
        "frames": [
            {
                "leg": f.leg,
                "instant": f.instant,
                "t": round(f.t, 4),
                "stride_pct": round(f.stride_pct, 1),
                "points": f.points,
                "values": f.values,
            }
            for f in frames.frames
        ],
        "track": [[round(t, 4), points] for t, points in frames.track],
    }


def from_document(document: dict[str, Any]) -> KeyFrames:
    """Read what `to_document` gave. Raises KeyError, TypeError or ValueError when it is something else."""
    refusal = document["refusal"]
    left, top, right, bottom = document["box"]
    return KeyFrames(
        kind=document["kind"],
        made_at=document["made_at"],
        session_id=document["session_id"],
        block=document["block"],
        size=(document["size"][0], document["size"][1]),
        facing=Facing(document["facing"]),
        near=None if document["near"] is None else Side(document["near"]),
        box=(left, top, right, bottom),
        frames=tuple(
            KeyFrame(
                leg=Leg(f["leg"]),
                instant=Instant(f["instant"]),
                t=f["t"],
                stride_pct=f["stride_pct"],
                points={name: (x, y) for name, (x, y) in f["points"].items()},
                values=dict(f["values"]),
            )
            for f in document["frames"]
        ),
        track=tuple((t, {n: (x, y) for n, (x, y) in points.items()}) for t, points in document["track"]),
        stride_s=document["stride_s"],
        refusal=None if refusal is None else Notice(*refusal),
    )


def _picture(folder: Path, entry: dict[str, Any]) -> Picture | None:
    name = entry.get("picture")
    if not isinstance(name, str) or Path(name).name != name:
        return None
    try:
        left, top, right, bottom = entry["picture_box"]
        return Picture((folder / name).read_bytes(), (left, top, right, bottom))
    except OSError:
        # Erased on its own, as when video consent was withdrawn: the figure is drawn instead.
        return None


def _compact(made_at: str) -> str:
    return re.sub("[-:]", "", made_at).partition("+")[0].partition(".")[0] + "Z"


def _free_name(folder: Path, stem: str) -> str:
    name, n = f"{stem}.json", 1
    while (folder / name).exists():
        n += 1
        name = f"{stem}-{n}.json"
    return name

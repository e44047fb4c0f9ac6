"""What travels to the tablet: length-prefixed messages that keep a picture and its keypoints together.

One message is: total length of what follows (4 bytes, big-endian), length of the header (4 bytes,
big-endian), the header (UTF-8 JSON), then the body (JPEG bytes, or nothing). Header kinds:
`state` (everything known about one frame), `history` (the last minute, once per viewer), `beat`
(the stream is alive although there is no new frame).
"""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any, Generic, TypeVar

from device.feedback.types import CueState
from device.gait.types import RunSetup, Stat, Tracking
from device.live import LiveState, SessionState, Tile
from device.pose.region import Region
from device.pose.types import Pose

Header = dict[str, Any]
T = TypeVar("T")

_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_TRACKING = tuple(field.name for field in fields(Tracking))


def message(header: Header, body: bytes = b"") -> bytes:
    """Frame one header and its body for the stream."""
    return framed(_json(header), body)


def framed(head: bytes, body: bytes = b"") -> bytes:
    """Frame one header that is JSON already, and its body."""
    total = 4 + len(head) + len(body)
    return b"".join((total.to_bytes(4, "big"), len(head).to_bytes(4, "big"), head, body))


class _Kept(Generic[T]):
    """The JSON of one part of the header, written anew only when the part is another object."""

    def __init__(self, describe: Callable[[T], object]) -> None:
        self._describe = describe
        self._part: T | None = None
        self._written = b""

    def of(self, part: T) -> bytes:
        if part is not self._part or not self._written:
            self._part, self._written = part, _json(self._describe(part))
        return self._written


class StateWriter:
    """Writes the header of one frame after the other, in order.

    Nine tenths of it change once a stride or when somebody presses something, and are kept until then.
    """

    def __init__(self) -> None:
        self._tiles = _Kept[tuple[Tile, ...]](lambda tiles: [_tile(tile) for tile in tiles])
        self._cue = _Kept(_cue)
        self._session = _Kept(_session)
        self._run = _Kept[RunSetup](asdict)
        self._region = _Kept[Region | None](lambda region: asdict(region) if region else None)

    def header(self, state: LiveState, setup: RunSetup, region: Region | None, now_t: float) -> bytes:
        """Say everything about one frame in JSON.

        now_t: the server's monotonic seconds at which the frame was picked up; viewers measure age from it.
        Pixels are those of `frame.image`; a point that was not found is null, as is anything not measured.
        """
        return b"".join(
            (
                _json(_frame(state, now_t))[:-1],
                b',"cue":',
                self._cue.of(state.cue),
                b',"session":',
                self._session.of(state.session)[:-1],
                b',"elapsed_s":',
                _json(_elapsed_s(state)),
                b'},"run":',
                self._run.of(setup),
                b',"region":',
                self._region.of(region),
                b',"tiles":',
                self._tiles.of(state.tiles),
                b"}",
            )
        )


def _json(value: object) -> bytes:
    return _ENCODER.encode(value).encode()


def _frame(state: LiveState, now_t: float) -> Header:
    """Say what is new with every frame."""
    return {
        "kind": "state",
        "seq": state.seq,
        "t": state.frame.t,
        "server_t": now_t,
        "size": state.frame.size,
        "pose": _pose(state.pose),
        "swapped": state.swapped,
        "near": state.near,
        "tracking": _tracking(state.tracking),
        "phase": phase(state),
        "steps": state.steps,
        "events": [asdict(event) for event in state.events],
        "deviations": [asdict(deviation) for deviation in state.deviations],
        "fps": _number(state.fps),
        "latency_s": _number(state.latency_s),
        "error": state.error,
        "light_fault": state.light_fault,
    }


def phase(state: LiveState) -> str:
    """Name what the timeline shows for this frame: gap, baseline, free, cue or withheld."""
    if not state.tracking.measuring:
        return "gap"
    if state.session.baseline_progress is not None:
        return "baseline"
    if state.cue.setting is None:
        return "free"
    return "cue" if state.cue.setting.shown else "withheld"


def _pose(pose: Pose) -> Header | None:
    if not pose.present:
        return None
    points = pose.xy.astype(float).round(1).tolist()
    return {
        "points": [point if math.isfinite(point[0] + point[1]) else None for point in points],
        "score": pose.score.astype(float).round(2).tolist(),
    }


def _tracking(tracking: Tracking) -> Header:
    # `asdict` goes through every value of every frame again.
    said = {name: getattr(tracking, name) for name in _TRACKING}
    said["notices"] = [asdict(notice) for notice in tracking.notices]
    return said


def _cue(cue: CueState) -> Header:
    setting = cue.setting
    return {
        "metric": setting.metric if setting else None,
        "low": _number(setting.band.low) if setting else None,
        "high": _number(setting.band.high) if setting else None,
        "shown": setting.shown if setting else False,
        "value": _number(cue.value),
        "sd": _number(cue.sd),
        "n": cue.n,
        "outside": cue.outside,
        "light": cue.light,
        "in_band_fraction": _number(cue.in_band_fraction),
    }


def _tile(tile: Tile) -> Header:
    return {
        "name": tile.name,
        "stat": _stat(tile.stat),
        "last": _number(tile.last),
        "own": _stat(tile.own),
    }


def _stat(stat: Stat | None) -> Header | None:
    if stat is None:
        return None
    return {"mean": _number(stat.mean), "sd": _number(stat.sd), "n": stat.n}


def _elapsed_s(state: LiveState) -> float | None:
    started_t = state.session.started_t
    return None if started_t is None else max(0.0, state.frame.t - started_t)


def _session(session: SessionState) -> Header:
    return {
        "id": session.id,
        "label": session.label,
        "started_t": session.started_t,
        "marks": [list(mark) for mark in session.marks[-40:]],
        "run": _run(session),
        "notices": [asdict(notice) for notice in session.notices],
        "baseline_progress": _number(session.baseline_progress),
        "standing_progress": _number(session.standing_progress),
        "standing": None if session.standing is None else asdict(session.standing),
        "baseline": None
        if session.baseline is None
        else {name: _stat(stat) for name, stat in session.baseline.metrics.items()},
    }


def _run(session: SessionState) -> Header | None:
    run, plan = session.run, session.plan
    if run is None or plan is None:
        return None
    return {
        "blocks": [[block.kind, round(block.duration_s, 1)] for block in run.blocks],
        "index": run.index,
        "elapsed_s": round(run.elapsed_s, 2),
        "left_s": round(run.left_s, 2),
        "paused": run.paused,
        "finished": run.finished,
        "schedule": plan.kind,
        "words": plan.words,
        "metronome_spm": _number(plan.metronome_spm),
    }


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), 4)

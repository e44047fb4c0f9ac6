"""What travels to the tablet: length-prefixed messages that keep a picture and its keypoints together.

One message is: total length of what follows (4 bytes, big-endian), length of the header (4 bytes,
big-endian), the header (UTF-8 JSON), then the body (JPEG bytes, or nothing). Header kinds:
`state` (everything known about one frame), `history` (the last minute, once per viewer), `beat`
(the stream is alive although there is no new frame).
"""

import json
import math
from dataclasses import asdict
from typing import Any

from device.feedback.types import CueState
from device.gait.types import RunSetup, Stat
from device.live import LiveState, SessionState, Tile
from device.pose.region import Region
from device.pose.types import Pose

Header = dict[str, Any]


def message(header: Header, body: bytes = b"") -> bytes:
    """Frame one header and its body for the stream."""
    return framed(_json(header), body)


def framed(head: bytes, body: bytes = b"") -> bytes:
    """Frame one header that is JSON already, and its body."""
    total = 4 + len(head) + len(body)
    return b"".join((total.to_bytes(4, "big"), len(head).to_bytes(4, "big"), head, body))


class StateWriter:
    """Writes the header of one frame after the other, in order.

    The tiles are four fifths of it and change once a stride: they are written anew only when they did.
    """

    def __init__(self) -> None:
        self._tiles: tuple[Tile, ...] = ()
        self._written = b"[]"

    def header(self, state: LiveState, setup: RunSetup, region: Region | None, now_t: float) -> bytes:
        """Say everything about one frame as JSON; see `describe`."""
        if state.tiles is not self._tiles:
            self._tiles = state.tiles
            self._written = _json([_tile(tile) for tile in state.tiles])
        return _json(describe(state, setup, region, now_t))[:-1] + b',"tiles":' + self._written + b"}"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def describe(state: LiveState, setup: RunSetup, region: Region | None, now_t: float) -> Header:
    """Say everything about one frame but its tiles in plain JSON values.

    now_t: the server's monotonic seconds at which the frame was picked up; viewers measure age from it.
    Pixels are those of `frame.image`; a point that was not found is null, as is anything not measured.
    """
    return {
        "kind": "state",
        "seq": state.seq,
        "t": state.frame.t,
        "server_t": now_t,
        "size": state.frame.size,
        "pose": _pose(state.pose),
        "swapped": state.swapped,
        "near": state.near,
        "tracking": asdict(state.tracking),
        "cue": _cue(state.cue),
        "phase": phase(state),
        "steps": state.steps,
        "events": [asdict(event) for event in state.events],
        "deviations": [asdict(deviation) for deviation in state.deviations],
        "session": _session(state.session, state.frame.t),
        "run": asdict(setup),
        "region": asdict(region) if region else None,
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
    points = [[round(x, 1), round(y, 1)] if math.isfinite(x + y) else None for x, y in pose.xy.tolist()]
    return {"points": points, "score": [round(score, 2) for score in pose.score.tolist()]}


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


def _session(session: SessionState, t: float) -> Header:
    return {
        "id": session.id,
        "label": session.label,
        "started_t": session.started_t,
        "elapsed_s": None if session.started_t is None else max(0.0, t - session.started_t),
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

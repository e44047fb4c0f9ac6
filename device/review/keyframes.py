"""Which stride stands for the last seconds, and its six key frames.

Lines are drawn where the points are in that very picture; a value beside them is the stride's own measured
metric, or follows it: the frame tells how an angle differs from the instant the metric was taken at, the
metric its level. So a value is never more certain than the metric, and is withheld with it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import Any

from device.gait.catalog import METRICS
from device.gait.types import EventKind, Facing, FormMetrics, GaitEvent, Notice, Stat
from device.review.geometry import ahead_px, knee_deg, lean_deg, thigh_deg
from device.review.types import Box, Frozen, Instant, KeyFrame, KeyFrames, Leg, Point, Shot, named_points

NO_STRIDE = Notice(
    "no_stride",
    "No whole stride was measured in the last seconds. Let the runner run in view for 10 s, then freeze.",
)
STRIDE_S = (0.45, 1.2)
NEAREST_S = 0.035
"""How far the frame shown for an instant may lie from it."""
_LIKE = ("knee_flexion_contact_deg", "overstride_pct", "thigh_extension_peak_deg", "trunk_lean_deg")
_PORTRAIT = 0.70


@dataclass(frozen=True, slots=True)
class _Stride:
    """One near-leg stride with the far leg's stance inside it."""

    contact: float
    toe_off: float
    next_contact: float
    far_contact: float | None
    far_toe_off: float | None
    form: FormMetrics | None


def key_frames(
    frozen: Frozen,
    kind: str,
    block: int | None = None,
    *,
    usual: Mapping[str, Stat] | None = None,
    now: datetime | None = None,
) -> KeyFrames:
    """Choose the stride nearest the usual and give its key frames; `refusal` says why there are none.

    usual: means the stride is to be near to, such as a baseline's; without them the middle of these seconds.
    """
    made_at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    facing = frozen.facing

    def result(box: Box, **found: Any) -> KeyFrames:
        return KeyFrames(
            kind=kind, made_at=made_at, session_id=frozen.session_id, block=block, size=frozen.size,
            facing=facing, near=frozen.near, box=box, **found,
        )  # fmt: skip

    whole = (0.0, 0.0, float(frozen.size[0]), float(frozen.size[1]))
    times = [shot.t for shot in frozen.shots]
    strides = [s for s in _strides(frozen) if times and times[0] <= s.contact and s.next_contact <= times[-1]]
    if frozen.near is None or facing is Facing.UNCLEAR or not strides:
        return result(whole, refusal=NO_STRIDE)
    path = _Path(frozen, times)
    stride = _usual(strides, path, usual or {})
    track = tuple(path.between(stride.contact, stride.next_contact))
    if not track:
        return result(whole, refusal=NO_STRIDE)
    frames = tuple(_frames(path, stride, facing))
    return result(
        _box([points for _, points in track], frozen.size),
        frames=frames,
        track=track,
        stride_s=stride.next_contact - stride.contact,
    )


class _Path:
    """The named points of the frozen frames, by time."""

    def __init__(self, frozen: Frozen, times: list[float]) -> None:
        self._frozen, self._times = frozen, times

    def between(self, begin: float, end: float) -> Iterator[tuple[float, dict[str, Point]]]:
        """Give (t, points) of each measured frame from begin to end."""
        for shot in self._frozen.shots[bisect_left(self._times, begin) :]:
            if shot.t > end:
                return
            if shot.measuring and shot.pose.present:
                yield shot.t, self.points(shot)

    def points(self, shot: Shot) -> dict[str, Point]:
        """Give the believed points of one frame by name."""
        return named_points(shot.pose, self._frozen.near, shot.swapped)

    def nearest(self, t: float) -> Shot | None:
        """Give the measured frame nearest an instant, one with a picture before one without."""
        near = [
            shot
            for shot in self._frozen.shots[max(0, bisect_left(self._times, t - NEAREST_S)) :][:8]
            if abs(shot.t - t) <= NEAREST_S and shot.measuring and shot.pose.present
        ]
        pictured = [shot for shot in near if shot.picture is not None]
        return min(pictured or near, key=lambda shot: abs(shot.t - t), default=None)


def _strides(frozen: Frozen) -> Iterator[_Stride]:
    """Give the near leg's whole strides, in order of time."""
    near = [e for e in frozen.events if e.near]
    contacts = [e.t for e in near if e.kind is EventKind.INITIAL_CONTACT]
    offs = [e.t for e in near if e.kind is EventKind.TOE_OFF]
    far = [e for e in frozen.events if not e.near]
    for begin, end in pairwise(contacts):
        toe_off = next((t for t in offs if begin < t < end), None)
        if toe_off is None or not STRIDE_S[0] < end - begin < STRIDE_S[1]:
            continue
        far_contact = _first(far, EventKind.INITIAL_CONTACT, begin, end)
        far_off = None if far_contact is None else _first(far, EventKind.TOE_OFF, far_contact, end + 0.2)
        form = next((f for f in frozen.form if f.stride_time_s is not None and abs(f.t - end) < 1e-3), None)
        yield _Stride(begin, toe_off, end, far_contact, far_off, form)


def _first(events: list[GaitEvent], kind: EventKind, begin: float, end: float) -> float | None:
    return next((e.t for e in events if e.kind is kind and begin < e.t < end), None)


def _usual(strides: list[_Stride], path: _Path, usual: Mapping[str, Stat]) -> _Stride:
    """Give the whole stride whose metrics lie nearest the usual ones or the median; the newest of equals."""
    middle = {
        name: usual[name].mean if name in usual else median(values)
        for name in _LIKE
        if (values := [v for s in strides if s.form and (v := getattr(s.form, name)) is not None])
    }

    def off(stride: _Stride) -> tuple[int, float, float]:
        values = {n: getattr(stride.form, n) for n in middle} if stride.form else {}
        known = {n: v for n, v in values.items() if v is not None}
        far = sum(abs(v - middle[n]) / METRICS[n].noise for n, v in known.items()) / max(1, len(known))
        instants = (stride.contact, stride.toe_off, stride.far_contact, stride.far_toe_off)
        unseen = sum(t is None or path.nearest(t) is None for t in instants)
        return (len(middle) - len(known) + unseen, round(far, 3), -stride.contact)

    return min(strides, key=off)


def _frames(path: _Path, stride: _Stride, facing: Facing) -> Iterator[KeyFrame]:
    levels = _Levels(path, stride, facing)
    for leg, contact, toe_off in (
        (Leg.NEAR, stride.contact, stride.toe_off),
        (Leg.FAR, stride.far_contact, stride.far_toe_off),
    ):
        if contact is None or toe_off is None:
            continue
        instants = (
            (Instant.CONTACT, contact),
            (Instant.MIDSTANCE, _midstance(path, contact, toe_off, facing, leg)),
            (Instant.TOE_OFF, toe_off),
        )
        for instant, t in instants:
            shot = path.nearest(t)
            if shot is None:
                continue
            points = path.points(shot)
            pct = 100 * (t - contact) / (stride.next_contact - stride.contact)
            yield KeyFrame(leg, instant, t, pct, points, levels.values(leg, instant, points), shot.picture)


def _midstance(path: _Path, contact: float, toe_off: float, facing: Facing, leg: Leg) -> float:
    """Give when the hips pass over the ankle; the middle of contact when that was not seen."""
    found = [
        (abs(ahead), t)
        for t, points in path.between(contact + 0.02, toe_off - 0.02)
        if (ahead := ahead_px(points, facing, leg)) is not None
    ]
    return min(found)[1] if found else (contact + toe_off) / 2


class _Levels:
    """The stride's metrics, to which the angles of its frames are tied."""

    def __init__(self, path: _Path, stride: _Stride, facing: Facing) -> None:
        self._facing, self._form = facing, stride.form
        whole = [p for _, p in path.between(stride.contact, stride.next_contact)]
        stance = [p for _, p in path.between(stride.contact, stride.toe_off)]
        leans = [v for p in whole if (v := lean_deg(p, facing)) is not None]
        knees = [v for p in stance if (v := knee_deg(p, facing)) is not None]
        self._lean_raw = sum(leans) / len(leans) if leans else None
        self._knee_raw = max(knees, default=None)

    def values(self, leg: Leg, instant: Instant, points: dict[str, Point]) -> dict[str, float]:
        """Give what may be written beside the joints of one frame; the hidden leg has no angles."""
        form = self._form
        if form is None:
            return {}
        lean = _tied(lean_deg(points, self._facing), self._lean_raw, form.trunk_lean_deg)
        found: dict[str, float | None] = {"lean_deg": lean}
        limb = {"near_knee", "near_ankle", "hip"} <= points.keys()
        if leg is Leg.NEAR and limb:
            if instant is Instant.CONTACT:
                found |= {"knee_deg": form.knee_flexion_contact_deg, "reach_pct": form.overstride_pct}
            elif instant is Instant.MIDSTANCE:
                raw = knee_deg(points, self._facing)
                found["knee_deg"] = _tied(raw, self._knee_raw, form.knee_flexion_stance_peak_deg)
            elif thigh_deg(points, self._facing) is not None:
                found["thigh_deg"] = form.thigh_extension_toe_off_deg
        return {name: round(value, 2) for name, value in found.items() if value is not None}


def _tied(raw: float | None, raw_level: float | None, level: float | None) -> float | None:
    return None if raw is None or raw_level is None or level is None else level + raw - raw_level


def _box(track: list[dict[str, Point]], size: tuple[int, int]) -> Box:
    """Give an upright part of the frame that holds the runner through the stride, head and shoe included."""
    xs = [x for points in track for x, _ in points.values()]
    ys = [y for points in track for _, y in points.values()]
    height = max(ys) - min(ys)
    top, bottom = min(ys) - 0.14 * height, max(ys) + 0.11 * height
    middle = (min(xs) + max(xs)) / 2
    half = max((bottom - top) * _PORTRAIT, max(xs) - min(xs) + 0.16 * height) / 2
    left, right = middle - half, middle + half
    # Inside the picture as far as it reaches, moved rather than cut.
    if right - left <= size[0]:
        shift = max(0.0, -left) - max(0.0, right - size[0])
        left, right = left + shift, right + shift
    return round(left, 1), round(top, 1), round(right, 1), round(bottom, 1)

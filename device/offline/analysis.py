"""Running form of a whole clip: the live analyzer over every frame, then one summary."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

from device.feedback.deviations import assess
from device.feedback.types import Deviation
from device.gait.analyzer import GaitAnalyzer
from device.gait.catalog import METRICS
from device.gait.correction import CORRECTED
from device.gait.refusals import REFUSING
from device.gait.summary import summarize
from device.gait.types import (
    Activity,
    Facing,
    FormMetrics,
    GaitEvent,
    GaitUpdate,
    Notice,
    RunSetup,
    Stat,
    View,
)
from device.pose.types import Pose

T = TypeVar("T")

SCHEMA = "treadlight-analysis/1"
MIN_STEPS = 4
"""Below this a mean says nothing about a runner: two strides of each leg."""
REFUSED_SHARE = 0.5
"""A clip refused for so much of it is refused as a whole."""
_OF_THE_WHOLE_CLIP = frozenset({"camera_tilted", "speed_mismatch"})
"""Found out only after some strides, but true of all before."""
_VIEWS = frozenset({View.LEFT, View.RIGHT, View.FRONTAL})
"""What the schema knows; why another view was refused is among the warnings."""
_NOBODY = Notice("nobody", "No runner was found in the picture. Film the whole body from the side.")


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a clip shows; `measured` is False when no number may be given, and `warnings` then says why.

    duration_s: from the first frame to the last, in the runner's time. fps_median: frames per second by the
    usual gap, None with fewer than two frames. valid_fraction: share of frames with somebody in them.
    events, form: in order of time, empty unless measured. metrics: by name, in the unit of the catalog.
    """

    frames: int
    duration_s: float
    fps_median: float | None
    activity: Activity
    view: View
    facing: Facing
    valid_fraction: float
    events: tuple[GaitEvent, ...]
    form: tuple[FormMetrics, ...]
    metrics: dict[str, Stat]
    deviations: tuple[Deviation, ...]
    warnings: tuple[Notice, ...]
    measured: bool


class ClipAnalyzer:
    """Feed every pose of a clip in order, then ask for the result."""

    def __init__(self, size: tuple[int, int], setup: RunSetup) -> None:
        self._setup = setup
        self._analyzer = GaitAnalyzer(size, setup)
        self._times: list[float] = []
        self._present = 0
        self._events: list[GaitEvent] = []
        self._form: list[FormMetrics] = []
        self._notices: dict[str, Notice] = {}
        self._activity: Counter[Activity] = Counter()
        self._view: Counter[View] = Counter()
        self._facing: Counter[Facing] = Counter()
        self._speed_mps: float | None = None
        self._refused: Counter[str] = Counter()
        self._refused_last: str | None = None

    def update(self, pose: Pose) -> GaitUpdate:
        """Take one more pose; gives what the live device would have known at that moment."""
        self._times.append(pose.t)
        self._present += pose.present
        update = self._analyzer.update(pose)
        self._keep(update)
        return update

    def finish(self) -> Analysis:
        """Close the clip and sum it up."""
        if self._times:
            self._keep(self._analyzer.finish())
        frames = len(self._times)
        valid = self._present / frames if frames else 0.0
        activity = Activity.NONE if valid < 0.2 else _usual(self._activity, Activity.UNCLEAR)
        view = _usual(self._view, View.UNCLEAR)
        refusal = self._refusal(activity)
        form = tuple(self._form) if refusal is None else ()
        metrics = summarize(form)
        gaps = [b - a for a, b in zip(self._times, self._times[1:], strict=False)]
        return Analysis(
            frames=frames,
            duration_s=self._times[-1] - self._times[0] if frames else 0.0,
            fps_median=1.0 / median(gaps) if gaps else None,
            activity=activity,
            view=view,
            facing=_usual(self._facing, Facing.UNCLEAR),
            valid_fraction=valid,
            events=tuple(sorted(self._events, key=lambda e: e.t)) if refusal is None else (),
            form=form,
            metrics=metrics,
            deviations=assess(
                metrics,
                self._speed_mps,
                height_cm=self._setup.height_cm,
                lean_calibrated=self._setup.lean_offset_deg is not None,
            ),
            warnings=tuple(self._notices.values()) if refusal is None else self._reasons(refusal),
            measured=refusal is None,
        )

    def _keep(self, update: GaitUpdate) -> None:
        self._events.extend(update.events)
        self._form.extend(update.form)
        tracking = update.tracking
        self._speed_mps = tracking.speed_mps
        self._activity[tracking.activity] += 1
        self._view[tracking.view] += 1
        self._facing[tracking.facing] += 1
        refused = next((n.code for n in tracking.notices if n.code in REFUSING), None)
        self._refused_last = None if tracking.measuring else refused
        if self._refused_last is not None:
            self._refused[self._refused_last] += 1
        for notice in tracking.notices:
            self._notices.setdefault(notice.code, notice)

    def _reasons(self, refusal: Notice) -> tuple[Notice, ...]:
        """Give what led to the refusal, then what else was said; how speed was had matters to no one then."""
        return refusal, *(n for n in self._notices.values() if n.code != "speed_estimated")

    def _refusal(self, activity: Activity) -> Notice | None:
        """Say why no number may be given, or None when the clip was measured."""
        if activity is Activity.NONE:
            return self._said("too_dark") or self._said("nobody") or _NOBODY
        usual = self._refused.most_common(1)
        if usual and usual[0][1] >= REFUSED_SHARE * len(self._times):
            return self._said(usual[0][0])
        last = self._refused_last
        if last in _OF_THE_WHOLE_CLIP:
            return self._said(last)
        if activity in {Activity.WALKING, Activity.STANDING}:
            return self._said(activity.value) or Notice(
                activity.value, f"The person is {activity.value}, not running. Only running is measured."
            )
        if len(self._form) < MIN_STEPS:
            reason = next((code for code, _ in usual if code in self._notices), None)
            return (self._said(reason) if reason else None) or Notice(
                "too_short",
                f"Only {len(self._form)} steps could be measured; {MIN_STEPS} are needed. "
                "Film at least five seconds of steady running.",
            )
        return None

    def _said(self, code: str) -> Notice | None:
        """Take out the notice of that code, if it was given."""
        return self._notices.pop(code, None)


def _usual(seen: Counter[T], unclear: T) -> T:
    known = Counter({k: n for k, n in seen.items() if k != unclear})
    if not known:
        return unclear
    value, count = known.most_common(1)[0]
    return value if count >= 0.3 * seen.total() else unclear


def to_json(analysis: Analysis, provenance: dict[str, Any], time_scale: float = 1.0) -> dict[str, Any]:
    """Give the analysis as plain data, schema `treadlight-analysis/1`.

    Times `t` are real seconds; `input_t` is the same instant in the input's own time, which differs when
    a slow-motion clip was analysed with a time scale.
    """
    return {
        "schema": SCHEMA,
        "input": {
            "frames": analysis.frames,
            "duration_s": round(analysis.duration_s, 4),
            "fps_median": None if analysis.fps_median is None else round(analysis.fps_median, 3),
            "time_scale": time_scale,
        },
        "activity": analysis.activity.value,
        "view": (analysis.view if analysis.view in _VIEWS else View.UNCLEAR).value,
        "facing": analysis.facing.value,
        "valid_fraction": round(analysis.valid_fraction, 4),
        "events": [
            {
                "t": round(e.t, 4),
                "input_t": round(e.t * time_scale, 4),
                "kind": e.kind.value,
                "side": e.side.value,
                "near": e.near,
            }
            for e in analysis.events
        ],
        "metrics": {name: _metric_json(name, stat) for name, stat in analysis.metrics.items()},
        "deviations": [
            {
                "code": d.code,
                "name": d.name,
                "group": d.group,
                "mode": d.mode,
                "detail": d.detail,
                "evidence": d.evidence,
            }
            for d in analysis.deviations
        ],
        "warnings": [{"code": n.code, "message": n.message} for n in analysis.warnings],
        "provenance": provenance,
    }


def _metric_json(name: str, stat: Stat) -> dict[str, Any]:
    metric = METRICS[name]
    return {
        "mean": round(stat.mean, 5),
        "sd": None if stat.sd is None else round(stat.sd, 5),
        "ci95": None if stat.ci95 is None else round(stat.ci95, 5),
        "n": stat.n,
        "unit": metric.unit,
        "trust": metric.trust,
        "corrected": name in CORRECTED,
    }


def analyze(poses: Iterable[Pose], size: tuple[int, int], setup: RunSetup) -> Analysis:
    """Measure poses in order of time, of a picture of `size` (width, height) in pixels."""
    clip = ClipAnalyzer(size, setup)
    for pose in poses:
        clip.update(pose)
    return clip.finish()

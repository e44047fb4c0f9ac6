"""What is asked of the device, and by how much it is met: one row per target, for each set of runners."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from .errors import Errors
from .measure import STANDING_LEAN_DEG, Result
from .pool import between, bias, judged, mean, pooled, scatter, split, usual, worst


@dataclass(frozen=True, slots=True)
class Target:
    """One target: `value` gives the figure of a set of cases; met when at most `limit` (or at least)."""

    name: str
    unit: str
    limit: float
    value: Callable[[list[Result]], float]
    over: str = "usual"
    at_least: bool = False

    def met(self, figure: float) -> bool:
        """Whether a figure meets the target."""
        return figure >= self.limit if self.at_least else abs(figure) <= self.limit


def _still(results: list[Result]) -> list[Result]:
    """Every frame taken and the camera square: what the angle targets are stated for."""
    return [r for r in judged(results) if r.case.frames == "all" and r.case.clip.group != "camera"]


OVER: dict[str, tuple[str, Callable[[list[Result]], list[Result]]]] = {
    "usual": ("usual form", usual),
    "still": ("every form and condition, camera square, every frame", _still),
    "all": ("every case", judged),
    "alone": (
        "every case, nobody else in the picture",
        lambda results: [r for r in judged(results) if r.case.clip.group != "people"],
    ),
    "people": (
        "somebody else in the picture",
        lambda results: [r for r in judged(results) if r.case.clip.group == "people"],
    ),
    "half": (
        "30 frames a second",
        lambda results: [r for r in judged(results) if r.case.frames == "half"],
    ),
}

ANGLES = (
    ("knee_flexion_contact_deg", "Knee at contact"),
    ("knee_flexion_stance_peak_deg", "Knee peak in stance"),
    ("knee_flexion_swing_peak_deg", "Knee peak in swing"),
    ("thigh_extension_peak_deg", "Thigh furthest back"),
)


def _largest(value: Callable[..., float]) -> Callable[[list[Result]], float]:
    return lambda results: worst(results, value)[0]


def _share(results: list[Result], kind: str) -> float:
    steps = sum(r.errors.contacts for r in results)
    return 100 * sum(getattr(r.errors, kind) for r in results) / steps if steps else np.nan


def _cadence(results: list[Result]) -> float:
    values = [abs(v) for r in results for v in r.errors.cadence_pct]
    return float(np.percentile(values, 95)) if values else np.nan


def targets() -> Iterator[Target]:
    """Every target that is one number over a set of cases."""
    for over, frames, near, far in (
        ("alone", "frames", _near, _far),
        ("all", "frames measured", _told_near, _told_far),
    ):
        yield Target(f"Near leg taken for the far one, {frames}", "%", 0.3, partial(mean, value=near), over)
        yield Target(f"Far leg taken for the near one, {frames}", "%", 0.6, partial(mean, value=far), over)
        yield Target("Strides measured on a mislabelled leg", "", 0, _mislabelled, over)
    yield Target(
        "Runner tracked while not hidden, frames (worst)",
        "%",
        99.0,
        _lock,
        "people",
        True,
    )
    for over in ("usual", "still"):
        yield Target("Knee, mean absolute error", "°", 2.5, lambda r: mean(r, lambda e: e.knee_mae), over)
        yield Target("Knee in stance, mean absolute error", "°", 3.0, lambda r: mean(r, _stance), over)
        yield Target("Thigh, mean absolute error", "°", 2.0, lambda r: mean(r, lambda e: e.thigh_mae), over)
    for metric, label in ANGLES:
        yield Target(f"{label}: SD between runners", "°", 1.0, partial(between, metric=metric))
        yield Target(f"{label}: SD over strides", "°", 1.5, partial(mean, value=scatter(metric)))
    yield Target("Trunk lean against gravity, calibrated, bias (worst)", "°", 1.5, _lean)
    yield Target("Trunk lean against own standing, bias (worst)", "°", 1.5, _lean_from_standing)
    yield Target("Foot ahead at contact, bias (worst)", "% leg", 2.0, _largest(bias("overstride_pct")))
    yield Target("Hip bounce, bias (worst)", "cm", 0.8, _largest(bias("hip_bounce_cm")))
    yield Target("Cadence over ten steps, 95 % of errors within", "%", 0.3, _cadence, "all")
    for over in ("usual", "still", "half"):
        yield Target("Contact, bias", "ms", 10, lambda r: pooled(r, _contact)[0], over)
        yield Target("Contact, SD", "ms", 10, lambda r: pooled(r, _contact)[1], over)
        yield Target("Toe-off, bias", "ms", 15, lambda r: pooled(r, _toe_off)[0], over)
        yield Target("Toe-off, SD", "ms", 12, lambda r: pooled(r, _toe_off)[1], over)
    yield Target("Contact time, mean of a run (worst)", "ms", 10, _largest(bias("contact_time_s", 1000)))
    for over in ("usual", "alone", "all"):
        yield Target("Contacts missed", "%", 0, lambda r: _share(r, "missed"), over)
        yield Target("Contacts too many", "%", 0, lambda r: _share(r, "extra"), over)


def _near(e: Errors) -> float:
    return e.near_wrong_pct


def _far(e: Errors) -> float:
    return e.far_wrong_pct


def _told_near(e: Errors) -> float:
    return e.told_near_wrong_pct


def _told_far(e: Errors) -> float:
    return e.told_far_wrong_pct


def _stance(e: Errors) -> float:
    return e.knee_stance_mae


def _contact(e: Errors) -> list[float]:
    return e.contact_ms


def _toe_off(e: Errors) -> list[float]:
    return e.toe_off_ms


def _mislabelled(results: list[Result]) -> float:
    return float(sum(r.errors.mislabelled_strides for r in results)) if results else np.nan


def _lock(results: list[Result]) -> float:
    return min((r.locked_pct for r in results), default=np.nan)


def _lean(results: list[Result], assumed_deg: float = 0.0) -> float:
    off = [bias("trunk_lean_deg")(r.errors) + assumed_deg for r in results if r.calibrated]
    return max(map(abs, off), default=np.nan)


def _lean_from_standing(results: list[Result]) -> float:
    """The calibration takes standing for upright, so a lean is told from there."""
    return _lean(results, STANDING_LEAN_DEG)


def target_rows(results: list[Result]) -> Iterator[list[str]]:
    """Cells of the table: target, over which cases, limit, all, train, test, verdict."""
    for target in targets():
        words, choose = OVER[target.over]
        figures = {name: target.value(choose(part)) for name, part in split(results).items()}
        yield [
            target.name,
            words,
            f"{'≥' if target.at_least else '≤'} {target.limit:g} {target.unit}".strip(),
            *(f"{figure:.2f}" if np.isfinite(figure) else "–" for figure in figures.values()),
            _verdict(target, figures["all"]),
        ]


def _verdict(target: Target, figure: float) -> str:
    if not np.isfinite(figure):
        return "not measured"
    if target.met(figure):
        return "met"
    return f"**missed by {abs(abs(figure) - target.limit):.2g}**"


__all__ = ["OVER", "Target", "target_rows", "targets"]

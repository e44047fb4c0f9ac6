"""The sections of the report: lines of Markdown from what was found."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from .errors import Errors
from .extras import Mirrored, Plates
from .intervals import FILMS, NOISE_CM, RUNS, Covered
from .measure import STANDING_LEAN_DEG, Result
from .pool import bias, judged, mean, scatter
from .posing import GRAIN, SHIFT_PX
from .table import bias_sd
from .targets import ANGLES, target_rows


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that is reported."""

    results: list[Result]
    noise: dict[float, list[Result]]
    rates: dict[int, list[Result]]
    plates: list[Plates]
    filmed: Covered
    run: Covered
    filmed_cases: list[str]
    mirrored: list[Mirrored]


def _rows(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _groups(results: list[Result], key: Callable[[Result], str]) -> dict[str, list[Result]]:
    groups: dict[str, list[Result]] = {}
    for r in judged(results):
        groups.setdefault(key(r), []).append(r)
    return groups


def targets(found: Findings) -> Iterator[str]:
    """What was asked for, and by how much it is met."""
    yield from _rows(["Target", "Over", "Limit", "All", "Train", "Test", ""], target_rows(found.results))


def legs(found: Findings) -> Iterator[str]:
    """Wrong legs by condition."""
    yield "Share of frames in %; only frames in which the legs are more than 6 % of the stature apart can be"
    yield "wrong. Network: its own labels of the near leg."
    yield ""
    yield from _rows(
        ["Condition", "Cases", "Network", "Near", "Far", "Near missing", "Mislabelled strides", "Tracked"],
        (_legs(name, cases) for name, cases in _groups(found.results, _condition).items()),
    )


def mirrored(found: Findings) -> Iterator[str]:
    """Runs in which the network has the legs exchanged throughout."""
    yield "Every pose with left and right knee and ankle exchanged, from the first frame on: when the device"
    yield "says so, and how many of the strides it measures are of the wrong leg. Asked for: within 3 s, and"
    yield "none."
    yield ""
    yield from _rows(
        ["Case", "Found out after, s", "Strides measured", "Of the wrong leg"],
        (
            [m.name, "–" if m.found_s is None else f"{m.found_s:.1f}", str(m.strides), str(m.mislabelled)]
            for m in found.mirrored
        ),
    )


def _legs(name: str, cases: list[Result]) -> list[str]:
    mislabelled = sum(r.errors.mislabelled_strides for r in cases)
    return [
        name,
        str(len(cases)),
        f"{mean(cases, lambda e: e.raw_wrong_pct):.1f}",
        f"{mean(cases, lambda e: e.near_wrong_pct):.2f}",
        f"{mean(cases, lambda e: e.far_wrong_pct):.2f}",
        f"{mean(cases, lambda e: e.near_missing_pct):.1f}",
        f"{mislabelled} of {sum(r.errors.strides for r in cases)}",
        f"{np.mean([r.locked_pct for r in cases]):.1f}",
    ]


def _condition(r: Result) -> str:
    return r.case.condition


def _runner(r: Result) -> str:
    name = r.case.clip.look + (" (test)" if r.case.clip.test else "")
    return name if r.case.clip.group in {"base", "deviation"} and r.case.frames == "all" else ""


SHOWN = (
    *ANGLES,
    ("trunk_lean_deg", "Trunk lean"),
    ("overstride_pct", "Foot ahead, % leg"),
    ("hip_bounce_cm", "Hip bounce, cm"),
)


def angles(found: Findings) -> Iterator[str]:
    """Bias and scatter by condition and by runner."""
    yield "Bias ± SD over strides, mean over cases. Trunk lean is against gravity, after the standing"
    yield "calibration where the camera is square; the calibration takes the runner's own standing for"
    yield f"upright, and the phantoms truly stand {STANDING_LEAN_DEG:g}° forward."
    for title, key in (("Condition", _condition), ("Runner, every form", _runner)):
        yield ""
        head = [title, "Knee / stance / thigh MAE, °", *(label for _, label in SHOWN)]
        groups = _groups(found.results, key)
        yield from _rows(head, (_angles(name, cases) for name, cases in groups.items() if name))


def _angles(name: str, cases: list[Result]) -> list[str]:
    def knee(e: Errors) -> float:
        return e.knee_mae

    def stance(e: Errors) -> float:
        return e.knee_stance_mae

    def thigh(e: Errors) -> float:
        return e.thigh_mae

    return [
        name,
        " / ".join(f"{mean(cases, value):.1f}" for value in (knee, stance, thigh)),
        *(f"{mean(cases, bias(m)):+.1f} ± {mean(cases, scatter(m)):.1f}" for m, _ in SHOWN),
    ]


def changes(found: Findings) -> Iterator[str]:
    """Each deviation against the same runner's usual form."""
    yield "Each named deviation minus the same runner's usual form, true → measured: what a therapist sees"
    yield "of a change. The arched back is a test of honesty: the pelvis is tilted 12° more at an unchanged"
    yield "trunk line, which no keypoint shows, so nothing may change beyond what truly does. Named: the"
    yield "patterns that the device calls by name in the whole run, by its absolute limits."
    yield ""
    usual = {r.case.name: r for r in judged(found.results) if r.case.clip.group == "base"}
    rows = []
    for r in judged(found.results):
        same = usual.get(f"{r.case.clip.look}_{r.case.clip.spec.facing}")
        if r.case.clip.group == "deviation" and same is not None:
            change = (_change(same, r, metric) for metric, _ in SHOWN)
            rows.append([r.case.name, *change, ", ".join(r.named) or "–"])
    rows += [
        [f"{r.case.name}, usual", *["" for _ in SHOWN], ", ".join(r.named) or "–"]
        for r in usual.values()
        if r.case.frames == "all"
    ]
    yield from _rows(["Clip", *(label for _, label in SHOWN), "Named"], rows)


def _change(before: Result, after: Result, metric: str) -> str:
    none = [(np.nan, np.nan)]
    (t0, m0), (t1, m1) = (np.mean(r.errors.pairs.get(metric, none), axis=0) for r in (before, after))
    return f"{t1 - t0:+.1f} → {m1 - m0:+.1f}"


def plates(found: Findings) -> Iterator[str]:
    """Contacts and toe-offs against force plates."""
    yield "Against force plates (Hamner and Delp 2013, one runner; joint paths as keypoints with 1 cm of"
    yield "noise, both facings, five noises each), found minus plate. Corrupted: white and slow noise,"
    yield "whole-leg swaps in bursts in 6 % of frames, the far leg on the near one as they pass, lost points"
    yield "and frames."
    yield ""
    if not found.plates:
        yield "Not measured: the recordings are not on this machine."
        return
    yield from _rows(
        ["Trial", "Frames a second", "Contact, ms", "Toe-off, ms", "Contacts", "Missed", "Too many"],
        (
            [
                p.trial,
                str(p.fps),
                f"{np.mean(p.contact_ms):+.1f} ± {np.std(p.contact_ms):.1f}",
                f"{np.mean(p.toe_off_ms):+.1f} ± {np.std(p.toe_off_ms):.1f}",
                str(p.contacts),
                str(p.missed),
                str(p.extra),
            ]
            for p in (*found.plates, *_together(found.plates))
        ),
    )


def _together(plates: list[Plates]) -> Iterator[Plates]:
    kinds = sorted({(p.fps, "corrupted" in p.trial) for p in plates}, key=lambda k: (k[1], -k[0]))
    for fps, hard in kinds:
        own = [p for p in plates if p.fps == fps and ("corrupted" in p.trial) is hard]
        yield Plates(
            fps,
            "**all, corrupted**" if hard else "**all**",
            [v for p in own for v in p.contact_ms],
            [v for p in own for v in p.toe_off_ms],
            sum(p.contacts for p in own),
            sum(p.missed for p in own),
            sum(p.extra for p in own),
        )


def rates(found: Findings) -> Iterator[str]:
    """Errors under noise and at lower frame rates."""
    yield "Usual forms; white noise added to every keypoint, or every second or third pose taken:"
    yield ""
    tables = (
        ("added noise, cm", found.noise.items()),
        ("frames a second", found.rates.items()),
    )
    for label, cases in tables:
        yield from _rows(
            [label, "Knee MAE, °", "Thigh MAE, °", "Contact SD, ms", "Toe-off SD, ms", "Missed", "Too many"],
            (
                [
                    f"{key:g}",
                    f"{mean(results, lambda e: e.knee_mae):.2f}",
                    f"{mean(results, lambda e: e.thigh_mae):.2f}",
                    f"{np.mean([np.std(r.errors.contact_ms) for r in results if r.errors.contact_ms]):.1f}",
                    f"{np.mean([np.std(r.errors.toe_off_ms) for r in results if r.errors.toe_off_ms]):.1f}",
                    str(sum(r.errors.missed for r in results)),
                    str(sum(r.errors.extra for r in results)),
                ]
                for key, results in cases
            ),
        )
        yield ""


def coverage(found: Findings) -> Iterator[str]:
    """How often the shown interval holds the truth."""
    yield f"Each of `{'`, `'.join(found.filmed_cases)}` filmed {FILMS} times, with fresh picture noise (SD"
    yield f"{GRAIN:g} levels) and the camera moved by up to {SHIFT_PX:g} pixels; and {RUNS} runs of"
    yield f"`{found.filmed_cases[0]}` that share no stride, as marked points with {NOISE_CM:g} cm of noise."
    yield "Windows of the last strides that share none are held against the true mean of the form, the"
    yield "constant bias taken out. Asked for: the truth inside the shown 95 % interval in 90 to 98 % of"
    yield "windows. A window of six holds most of a clip's eight strides, so filming again reads high;"
    yield "running again is the test."
    yield ""
    yield from _rows(
        ["Metric", "Filmed again: inside, %", "Windows", "Run again: inside, %", "Windows", ""],
        (
            [name, *_share(found.filmed.get(name)), f"{share:.0f}", str(n), _honest(share)]
            for name, (share, n) in found.run.items()
        ),
    )


def _share(covered: tuple[float, int] | None) -> list[str]:
    return ["–", "0"] if covered is None else [f"{covered[0]:.0f}", str(covered[1])]


def _honest(share: float) -> str:
    return "met" if 90 <= share <= 98 else "**too narrow**" if share < 90 else "too wide"


def refusals(found: Findings) -> Iterator[str]:
    """What was said of what must not be measured."""
    yield "What must not be measured. Numbers: updates that carried any while nothing was to be measured."
    yield ""
    yield from _rows(
        ["Clip", "", "Measured", "Said", "Activity", "View", "Numbers while refused"],
        (
            [
                r.case.name,
                r.case.clip.holds,
                "**yes**" if r.measured else "no",
                ", ".join(r.said) or "–",
                r.activity,
                r.view,
                str(r.numbers_while_refused),
            ]
            for r in found.results
            if not r.errors.contacts and r.case.clip.group in {"refusal", "standing"}
        ),
    )


def cases(found: Findings) -> Iterator[str]:
    """Every case in one line."""
    yield "Bias ± SD over strides. Legs: near / far wrong, % of frames."
    yield ""
    yield from _rows(
        ["Case", "Set", "Legs", "Knee / stance / thigh MAE", *(label for _, label in SHOWN),
         "Contact, ms", "Toe-off, ms", "Missed + extra", "Said"],
        (_case(r) for r in judged(found.results)),
    )  # fmt: skip


def _case(r: Result) -> list[str]:
    e = r.errors
    return [
        r.case.name,
        "test" if r.case.clip.test else "train",
        f"{e.near_wrong_pct:.2f} / {e.far_wrong_pct:.2f}",
        _three(e) if e.pairs else "–",
        *(_bias(e, metric) for metric, _ in SHOWN),
        *(f"{np.mean(v):+.0f} ± {np.std(v):.0f}" if v else "–" for v in (e.contact_ms, e.toe_off_ms)),
        f"{e.missed} + {e.extra} of {e.contacts}",
        ", ".join(r.said) or "–",
    ]


def _three(e: Errors) -> str:
    return f"{e.knee_mae:.1f} / {e.knee_stance_mae:.1f} / {e.thigh_mae:.1f}"


def _bias(e: Errors, metric: str) -> str:
    found = e.pairs.get(metric)
    return "{:+.1f} ± {:.1f}".format(*bias_sd(found)) if found else "–"

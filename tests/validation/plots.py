"""Figures of the report, small PNG files."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from .errors import BINS
from .measure import Result
from .pool import judged, pairs, usual

METRICS = (
    ("knee_flexion_contact_deg", "Knee at contact, °"),
    ("knee_flexion_stance_peak_deg", "Knee peak in stance, °"),
    ("knee_flexion_swing_peak_deg", "Knee peak in swing, °"),
    ("thigh_extension_peak_deg", "Thigh furthest back, °"),
    ("trunk_lean_deg", "Trunk lean, °"),
    ("overstride_pct", "Foot ahead at contact, % leg"),
    ("hip_bounce_cm", "Hip bounce, cm"),
    ("contact_time_s", "Ground contact time, s"),
)
TRAIN, TEST = "#4477aa", "#cc6633"
DPI = 72


def _panels() -> tuple[plt.Figure, Sequence[plt.Axes]]:
    figure, axes = plt.subplots(2, 4, figsize=(13, 6.4), layout="constrained")
    return figure, list(axes.flat)


def _save(figure: plt.Figure, path: Path) -> None:
    # Without the software's version in it, the same data give the same file.
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
    plt.close(figure)


def _by_set(results: list[Result]) -> Iterator[tuple[list[Result], str, str]]:
    for test, colour, label in ((False, TRAIN, "train"), (True, TEST, "test")):
        yield [r for r in results if r.case.clip.test is test], colour, label


def truth_against_measured(results: list[Result], path: Path) -> None:
    """Every stride of every case with nothing left out, by runner's set."""
    figure, axes = _panels()
    chosen = [r for r in judged(results) if r.case.frames == "all"]
    for ax, (metric, label) in zip(axes, METRICS, strict=True):
        for part, colour, name in _by_set(chosen):
            true, found = pairs(part, metric).T
            ax.plot(true, found, ".", ms=3, alpha=0.5, color=colour, label=name)
        both = [*ax.get_xlim(), *ax.get_ylim()]
        ax.plot([min(both), max(both)], [min(both), max(both)], color="0.5", lw=0.8)
        ax.set(title=label, xlabel="true", ylabel="measured")
    axes[0].legend(frameon=False)
    _save(figure, path)


def bland_altman(results: list[Result], path: Path) -> None:
    """Difference against mean, with the mean difference and 1.96 SD."""
    figure, axes = _panels()
    chosen = [r for r in judged(results) if r.case.frames == "all"]
    for ax, (metric, label) in zip(axes, METRICS, strict=True):
        for part, colour, name in _by_set(chosen):
            true, found = pairs(part, metric).T
            ax.plot((true + found) / 2, found - true, ".", ms=3, alpha=0.5, color=colour, label=name)
        true, found = pairs(chosen, metric).T
        middle, half = float(np.mean(found - true)), 1.96 * float(np.std(found - true))
        for level, style in ((middle, "-"), (middle - half, "--"), (middle + half, "--")):
            ax.axhline(level, color="0.35", lw=0.9, ls=style)
        ax.set(title=label, xlabel="mean of true and measured", ylabel="measured − true")
    axes[0].legend(frameon=False)
    _save(figure, path)


def error_by_phase(results: list[Result], path: Path) -> None:
    """Mean error over the stride, one line for each runner in usual form."""
    figure, axes = plt.subplots(1, 2, figsize=(13, 4), layout="constrained", sharey=True)
    phase = (np.arange(BINS) + 0.5) / BINS * 100
    for ax, name in zip(axes, ("knee", "thigh"), strict=True):
        ax.axvspan(0, 36, color="0.93")
        ax.axhline(0, color="0.5", lw=0.8)
        for r in usual(results):
            error = r.errors.knee_by_phase if name == "knee" else r.errors.thigh_by_phase
            if error:
                style = "--" if r.case.clip.test else "-"
                ax.plot(phase, error, style, lw=1.2, label=r.case.name + (" (test)" if style == "--" else ""))
        ax.set(title=f"{name}: measured − true, °", xlabel="% of stride from contact (grey: stance)")
    axes[1].legend(frameon=False, fontsize=7, ncols=2)
    _save(figure, path)


def swaps_by_condition(results: list[Result], path: Path) -> None:
    """Share of frames with the near leg's points on the other leg: as the network says, and in the end."""
    found: dict[str, list[Result]] = {}
    for r in judged(results):
        found.setdefault(r.case.condition, []).append(r)
    names = list(found)
    figure, ax = plt.subplots(figsize=(13, 4), layout="constrained")
    x = np.arange(len(names))
    for shift, label, colour, share in (
        (-0.28, "network's labels", "0.7", "raw_wrong_pct"),
        (0.0, "near leg, in the end", TRAIN, "near_wrong_pct"),
        (0.28, "far leg, in the end", TEST, "far_wrong_pct"),
    ):
        heights = [np.nanmean([getattr(r.errors, share) for r in found[name]]) for name in names]
        ax.bar(x + shift, heights, 0.28, color=colour, label=label)
    ax.axhline(0.3, color=TRAIN, lw=0.8, ls=":")
    ax.axhline(0.6, color=TEST, lw=0.8, ls=":")
    ax.set_xticks(x, names, rotation=60, ha="right", fontsize=8)
    ax.set(ylabel="% of frames", title="Wrong leg by condition (dotted: targets)")
    ax.legend(frameon=False)
    _save(figure, path)


def sensitivity(noise: dict[float, list[Result]], rates: dict[int, list[Result]], path: Path) -> None:
    """Errors against added keypoint noise and against the frame rate."""
    figure, axes = plt.subplots(1, 4, figsize=(13, 3.6), layout="constrained")
    both: tuple[tuple[Mapping[Any, list[Result]], str], ...] = (
        (noise, "added noise, cm"),
        (rates, "frames a second"),
    )
    for row, (cases, label) in enumerate(both):
        x = list(cases)
        knee = [np.nanmean([r.errors.knee_mae for r in cases[k]]) for k in x]
        thigh = [np.nanmean([r.errors.thigh_mae for r in cases[k]]) for k in x]
        timing = [np.std([v for r in cases[k] for v in r.errors.contact_ms]) for k in x]
        off = [np.std([v for r in cases[k] for v in r.errors.toe_off_ms]) for k in x]
        axes[2 * row].plot(x, knee, "o-", label="knee")
        axes[2 * row].plot(x, thigh, "s-", label="thigh")
        axes[2 * row].set(xlabel=label, ylabel="mean absolute error, °", ylim=(0, None))
        axes[2 * row + 1].plot(x, timing, "o-", label="contact")
        axes[2 * row + 1].plot(x, off, "s-", label="toe-off")
        axes[2 * row + 1].set(xlabel=label, ylabel="scatter, ms", ylim=(0, None))
    for ax in axes:
        ax.legend(frameon=False)
    _save(figure, path)


def events(results: list[Result], path: Path) -> None:
    """Timing error of near contacts and toe-offs, case by case."""
    chosen = [r for r in judged(results) if r.case.frames == "all"]
    figure, axes = plt.subplots(1, 2, figsize=(13, 3.6), layout="constrained", sharey=True)
    for ax, name, limit in ((axes[0], "contact", 10), (axes[1], "toe-off", 15)):
        ax.axhspan(-limit, limit, color="0.93")
        for i, r in enumerate(chosen):
            errors = r.errors.contact_ms if name == "contact" else r.errors.toe_off_ms
            ax.plot(
                [i] * len(errors), errors, ".", ms=3, alpha=0.6, color=TEST if r.case.clip.test else TRAIN
            )
        ax.set(title=f"near {name}: found − true, ms (grey: target of the mean)", xlabel="case")
    _save(figure, path)

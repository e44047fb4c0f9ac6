"""VALIDATION.md: every table and figure, from the suite and nothing else."""

import platform
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from phantom.looks import LOOKS
from phantom.spec import GENERATOR_VERSION
from phantom.suite import SUITE

from device import __version__
from device.pose.models import find
from device.pose.runtime import installed_runtimes
from device.verify.run import LIMITS

from . import plots, sections
from .measure import ROLLS_OVER_TOES, Result
from .posing import MODEL
from .sections import Findings

COMMAND = "python -m tests.validation report --suite FOLDER --data FOLDER"
TRIED = Path(__file__).parent / "tried.md"


def write_report(found: Findings, path: Path, figures: Path) -> None:
    """Write the report and its figures; the report refers to them by paths relative to itself."""
    figures.mkdir(parents=True, exist_ok=True)
    plots.truth_against_measured(found.results, figures / "truth.png")
    plots.bland_altman(found.results, figures / "bland_altman.png")
    plots.error_by_phase(found.results, figures / "phase.png")
    plots.swaps_by_condition(found.results, figures / "legs.png")
    plots.sensitivity(found.noise, found.rates, figures / "sensitivity.png")
    plots.events(found.results, figures / "events.png")
    where = figures.relative_to(path.parent).as_posix()
    path.write_text("\n".join(_document(found, where)) + "\n", encoding="utf-8")


def _document(found: Findings, where: str) -> Iterator[str]:
    def picture(name: str, says: str) -> str:
        return f"![{says}]({where}/{name}.png)"

    yield from _about(found)
    yield from _section("Targets", sections.targets(found))
    yield from _section("Legs", [picture("legs", "wrong leg by condition"), "", *sections.legs(found)])
    yield from _section("Legs exchanged from the start", sections.mirrored(found))
    yield from _section(
        "Angles, foot placement, bounce",
        [
            picture("truth", "truth against measured"),
            picture("bland_altman", "Bland-Altman"),
            picture("phase", "error by phase of the stride"),
            "",
            *sections.angles(found),
        ],
    )
    yield from _section("Change of form", sections.changes(found))
    yield from _section("Contact and toe-off", [picture("events", "events"), "", *sections.plates(found)])
    yield from _section(
        "Noise and frame rate", [picture("sensitivity", "sensitivity"), "", *sections.rates(found)]
    )
    yield from _section("Honest intervals", sections.coverage(found))
    yield from _section("Refusals", sections.refusals(found))
    yield from _section("Case by case", sections.cases(found))
    yield from _section("What was tried, and limits", [TRIED.read_text(encoding="utf-8").strip()])


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield from lines


def _about(found: Findings) -> Iterator[str]:
    model, runtime = find(MODEL), installed_runtimes()[0]
    train = ", ".join(name for name, look in LOOKS.items() if not look.test)
    test = ", ".join(name for name, look in LOOKS.items() if look.test)
    names = {r.case.clip.spec.name for r in found.results}
    clips = len(names)
    absent = ", ".join(name for name in SUITE if name not in names)
    yield from (
        "# Validation",
        "",
        LIMITS,
        "Every figure below is measured minus true on rendered runners (`tests/phantom`), through the",
        "shipped network, tracker and analyzer at live settings, unless it says force plate. True is the",
        "anatomical joint centre in the plane of progression. The spots a keypoint network is taught to",
        "mark differ from it by 1 to 3 cm, and that is part of the error.",
        "",
        f"Made by `{COMMAND}`; do not edit. The clips are rendered by",
        "`python -m tests.phantom suite --folder FOLDER` and are not in the repository.",
        "",
        f"- treadlight {__version__}, phantom generator {GENERATOR_VERSION}",
        f"- Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}",
        f"- {model.name}, sha256 `{model.sha256}`, {runtime.name} {runtime.version}",
        f"- {len(found.results)} cases of {clips} clips, each played twice without a seam, 60 frames a",
        "  second unless it says 30; belt speed and height told to the device; 4 s of quiet standing before",
        "  each run where the camera is square",
        f"- **Train** runners, open to tuning: {train}",
        f"- **Test** runners, on which nothing was tuned or chosen but what the end names: {test}",
        "- All share one renderer and one model of gait: spreads between them are lower bounds. "
        "The correction",
        "  of the network's bias (`device/gait/correction.py`) was learned on ten other bodies "
        "in random forms;",
        "  no runner of the suite was among them",
        f"- Clips of the suite not rendered for this edition, and so not measured: {absent or 'none'}",
    )
    earlier = sorted({r.case.clip.spec.name for r in found.results if _foot_leaves_early(r)})
    if earlier:
        yield from (
            f"- Of these, {len(earlier)} clips are by generator 1, whose runner leaves the belt about 25 ms",
            "  before a person would, without rolling over the toes: nothing of them counts for toe-off and",
            f"  contact time. They are {', '.join(earlier)}",
        )


def _foot_leaves_early(result: Result) -> bool:
    return result.generator < ROLLS_OVER_TOES and bool(result.errors.contacts)

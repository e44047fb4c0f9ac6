"""Command line of the validation: `python -m tests.validation {table,report,bands,golden}`."""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from .cases import Case, all_cases
from .measure import measure
from .table import HEAD, line

FEW = 4
"""Usual runs that stand for all where many variants of each are measured."""


def rendered(folder: Path, words: list[str]) -> list[Case]:
    """The cases whose clip lies in the folder and whose name, group or condition is among the words."""
    return [
        case
        for case in all_cases()
        if (folder / f"{case.clip.spec.name}.mp4").exists()
        and (
            not words or any(w in (case.name, case.clip.group, case.condition, case.clip.look) for w in words)
        )
    ]


def main() -> None:
    """Prints one line per case, or writes the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.validation", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    table = commands.add_parser("table", help="one line of errors per case")
    table.add_argument("--suite", type=Path, required=True, help="folder of the rendered clips")
    table.add_argument("--train", action="store_true", help="only runners that may be tuned on")
    table.add_argument("--uncalibrated", action="store_true", help="without the standing calibration")
    table.add_argument("cases", nargs="*", help="names, groups, conditions or runners (default: all)")
    whole = commands.add_parser("report", help="measure every case and write VALIDATION.md")
    whole.add_argument("--suite", type=Path, required=True, help="folder of the rendered clips")
    whole.add_argument("--data", type=Path, help="folder of the force-plate recordings")
    whole.add_argument("--quick", action="store_true", help="leave out the coverage of the intervals")
    whole.add_argument("--jobs", type=int, default=1, help="processes that measure cases")
    commands.add_parser("bands", help="print the self-test's present errors, for device/verify/bands.py")
    golden = commands.add_parser("golden", help="take the poses of the fast subset from the suite")
    golden.add_argument("--suite", type=Path, required=True)
    args = parser.parse_args()
    if args.command == "table":
        _table(args)
    elif args.command == "report":
        _report(args)
    elif args.command == "bands":
        _bands()
    else:
        from .golden import take

        take(args.suite)


def _table(args: argparse.Namespace) -> None:
    print(HEAD)
    for case in rendered(args.suite, args.cases):
        if not (args.train and case.clip.test):
            print(line(measure(case, args.suite, not args.uncalibrated)), flush=True)


def _report(args: argparse.Namespace) -> None:
    from .extras import mirrored, on_force_plates, with_fewer_frames, with_noise
    from .intervals import filmed_again, run_again
    from .report import write_report
    from .sections import Findings

    cases, results = rendered(args.suite, []), []
    usual = [case for case in rendered(args.suite, ["base"]) if case.frames == "all"][:FEW]
    with ProcessPoolExecutor(args.jobs, get_context("spawn")) as pool:
        for result in pool.map(measure, cases, repeat(args.suite)):
            results.append(result)
            print(line(result), flush=True)
        found = Findings(
            results,
            with_noise(usual, args.suite, pool),
            with_fewer_frames(usual, args.suite, pool),
            on_force_plates(args.data, pool) if args.data else [],
            {} if args.quick else filmed_again(usual, args.suite, pool),
            {} if args.quick else run_again(usual[0], pool),
            [case.name for case in usual],
            list(pool.map(mirrored, usual, repeat(args.suite))),
        )
    write_report(found, ROOT / "VALIDATION.md", ROOT / "tests" / "validation" / "plots")


def _bands() -> None:
    from device.config import ModelConfig
    from device.verify.bands import KNOWN
    from device.verify.run import run_self_test

    for model in KNOWN:
        report = run_self_test(ModelConfig(name=model))
        for check in report.checks:
            shown = "not measured" if check.error is None else f"{check.error:+.2f}"
            print(f"{model:10s} {check.name:30s} {check.form:9s} {shown} {check.unit}")


if __name__ == "__main__":
    main()

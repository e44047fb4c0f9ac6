"""Command line of the validation: `python -m tests.validation {table,report}`; clips: tests/phantom."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from .cases import Case, all_cases
from .measure import Result, measure
from .table import HEAD, line


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
    args = parser.parse_args()
    print(HEAD)
    results: list[Result] = []
    for case in rendered(args.suite, args.cases):
        if args.train and case.clip.test:
            continue
        results.append(measure(case, args.suite, not args.uncalibrated))
        print(line(results[-1]), flush=True)


if __name__ == "__main__":
    main()

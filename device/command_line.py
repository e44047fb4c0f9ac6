"""What may be said on the command line: every command, its options and what its exit status means."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from device import __version__

AddCommand = Callable[..., argparse.ArgumentParser]

STOPPED = "130 stopped by Ctrl-C"
SERVING = "0 told to stop, 1 a part failed"
MEASURING = f"0 measured, 3 not measured (the result is written all the same and says why), {STOPPED}"


def read(argv: Sequence[str] | None) -> argparse.Namespace:
    """Give what was asked for; `command` names the command, the rest are its options.

    Ends the process with status 2 and the usage when that cannot be understood, with 0 after --help.
    """
    parser = argparse.ArgumentParser(
        prog="treadlight",
        description="Measures running form from video beside the treadmill. Not a diagnosis.",
        epilog="treadlight COMMAND --help tells the options of each, and what its exit status means.",
    )
    parser.add_argument("--version", action="version", version=f"treadlight {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for adding in (_add_running, _add_keeping, _add_testing, _add_analyze):
        adding(commands.add_parser)
    return parser.parse_args(argv)


def _command(
    add: AddCommand, name: str, line: str, ends: str = f"0 done, {STOPPED}"
) -> argparse.ArgumentParser:
    status = f"Exit status: {ends}, 2 bad usage, or something cannot be read, written or opened."
    return add(name, help=line, description=f"{line[0].upper()}{line[1:]}.", epilog=status)


def _add_running(add: AddCommand) -> None:
    demo = _command(add, "demo", "show the device at work on the built-in clip", SERVING)
    demo.add_argument(
        "--host",
        metavar="ADDRESS",
        default="127.0.0.1",
        help="address to serve on (default 127.0.0.1: this computer alone; 0.0.0.0: every network, by HTTPS)",
    )
    demo.add_argument(
        "--port",
        type=_port,
        metavar="N",
        default=8080,
        help="port to serve on (default 8080; 0: any free one)",
    )
    demo.add_argument(
        "--data", type=Path, metavar="FOLDER", default=None, help="folder for recordings made in the demo"
    )

    run = _command(add, "run", "run the device as configured", SERVING)
    run.add_argument(
        "--config", type=Path, metavar="F", default=None, help="TOML file (default: built-in settings)"
    )
    run.add_argument(
        "--console", type=Path, metavar="F", default=None, help="file for the notice on the device's screen"
    )

    dark = _command(add, "dark", "switch the light off; the service does so after it ended")
    dark.add_argument(
        "--config", type=Path, metavar="F", default=None, help="TOML file that names the light's pin"
    )


def _add_keeping(add: AddCommand) -> None:
    for name, line, file in (
        (
            "backup",
            "write everything the device knows to one encrypted file",
            "the backup, or a folder for it",
        ),
        ("restore", "bring a backup back; what was there is kept beside it", "the backup"),
    ):
        keep = _command(add, name, line)
        keep.add_argument("file", type=Path, help=file)
        keep.add_argument(
            "--config", type=Path, metavar="F", default=None, help="TOML file that names the data folder"
        )
        keep.add_argument(
            "--passphrase-file",
            type=Path,
            default=None,
            metavar="F",
            help="a file whose first line is the passphrase (default: it is asked for)",
        )


def _add_testing(add: AddCommand) -> None:
    check = _command(
        add,
        "check",
        "look at every part and say how to mend it",
        f"0 nothing to mend, 1 something to mend, {STOPPED}",
    )
    check.add_argument("--config", type=Path, metavar="F", default=None, help="TOML file to check against")
    check.add_argument(
        "--light", action="store_true", help="blink the light and look for it in the picture instead"
    )

    test = _command(
        add,
        "verify",
        "self-test: measure a rendered runner whose numbers are known",
        f"0 passed, 1 not passed, {STOPPED}",
    )
    test.add_argument(
        "--config", type=Path, metavar="F", default=None, help="TOML file that names model and data folder"
    )
    test.add_argument("--json", type=Path, default=None, metavar="F", help="also write the result as JSON")
    test.add_argument("--progress", action="store_true", help="progress and result as JSON lines")
    test.add_argument("--forget", action="store_true", help="do not keep the result in the data folder")

    bench = _command(add, "bench", "measure speed and memory on this machine")
    bench.add_argument("--json", type=Path, default=None, metavar="F", help="also write the figures as JSON")
    bench.add_argument("--quick", action="store_true", help="fewer repeats, default model only")


def _add_analyze(add_command: AddCommand) -> None:
    analyze = _command(add_command, "analyze", "measure a video or a pose log", MEASURING)
    add = analyze.add_argument
    add("input", type=Path, metavar="INPUT", help="a video file or a pose log")
    add("--speed", type=_number(0.3, 12.0), metavar="M/S", help="belt speed, 0.3 to 12 (default: estimated)")
    add(
        "--grade",
        type=_number(-30.0, 40.0),
        default=0.0,
        metavar="%",
        help="treadmill slope, uphill positive",
    )
    add(
        "--height",
        type=_number(80.0, 250.0),
        metavar="CM",
        help="the runner's height, 80 to 250; gives lengths in cm",
    )
    add(
        "--facing",
        choices=("auto", "left", "right"),
        default="auto",
        help="direction of running in the picture (default auto)",
    )
    add(
        "--roi",
        type=_roi,
        metavar="X,Y,W,H",
        help="treadmill region, in pixels or in fractions of the picture",
    )
    add(
        "--time-scale",
        type=_number(0.05, 1000.0),
        default=1.0,
        metavar="K",
        help="the clip plays K times slower than life (default 1)",
    )
    add("--rotation", type=int, choices=(0, 90, 180, 270), default=0, help="turn the picture clockwise")
    add("--mirrored", action="store_true", help="the picture is a mirror image")
    add(
        "--model",
        choices=("lightning", "thunder"),
        default="lightning",
        help="pose model (default lightning)",
    )
    add(
        "--standing",
        type=Path,
        metavar="F",
        help="a video or pose log of the runner standing still, for calibration",
    )
    add("--json", type=Path, metavar="F", help="write the analysis (default: standard output)")
    add("--csv", type=Path, metavar="F", help="write one row for each step")
    add("--poses", type=Path, metavar="F", help="write the pose log")
    add("--video", type=Path, metavar="F", help="write the video with the skeleton and events drawn")
    add("--quiet", action="store_true", help="no progress bar")


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"'{text}' is not a number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not between {low:g} and {high:g}")
        return value

    return parse


def _port(text: str) -> int:
    if not text.isdecimal() or not text.isascii() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 0 to 65535")
    return int(text)


def _roi(text: str) -> tuple[float, float, float, float]:
    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not four numbers X,Y,W,H") from None
    return x, y, width, height

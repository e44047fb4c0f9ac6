"""The command `treadlight`: demo, run, analyze, bench, check, verify, dark, backup, restore."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from device import __version__
from device.errors import TreadlightError

AddCommand = Callable[..., argparse.ArgumentParser]

USAGE_EXIT = 2
"""Bad usage or unreadable input."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    args = _parser().parse_args(argv)
    try:
        # Each command is imported when asked for: the analyzer needs no web server, the doctor no camera.
        status: int = args.command(args)
    except TreadlightError as error:
        print(f"treadlight: {error}", file=sys.stderr)
        return USAGE_EXIT
    except KeyboardInterrupt:
        return 130
    return status


def _demo(args: argparse.Namespace) -> int:
    from device.commands import demo

    return demo(port=args.port, host=args.host, data=args.data)


def _run(args: argparse.Namespace) -> int:
    from device.commands import run

    return run(args.config, args.console)


def _analyze(args: argparse.Namespace) -> int:
    from device.offline.analyze import Request, analyze_file

    return analyze_file(
        Request(
            source=args.input,
            speed_mps=args.speed,
            grade_pct=args.grade,
            height_cm=args.height,
            facing=args.facing,
            roi=args.roi,
            time_scale=args.time_scale,
            rotation=args.rotation,
            mirrored=args.mirrored,
            model=args.model,
            standing=args.standing,
            json_file=args.json,
            csv_file=args.csv,
            poses_file=args.poses,
            video_file=args.video,
            quiet=args.quiet,
        )
    )


def _bench(args: argparse.Namespace) -> int:
    from device.bench.report import bench

    return bench(args.json, quick=args.quick)


def _check(args: argparse.Namespace) -> int:
    from device.commands import check, check_light

    return check_light(args.config) if args.light else check(args.config)


def _dark(args: argparse.Namespace) -> int:
    from device.light import dark

    return dark(args.config)


def _backup(args: argparse.Namespace) -> int:
    from device.commands import backup

    return backup(args.config, args.file, args.passphrase_file)


def _restore(args: argparse.Namespace) -> int:
    from device.commands import restore

    return restore(args.config, args.file, args.passphrase_file)


def _verify(args: argparse.Namespace) -> int:
    from device.verify.run import Ask, verify

    return verify(Ask(args.config, args.json, args.progress, not args.forget))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="treadlight",
        description="Measures running form from video beside the treadmill. Not a diagnosis.",
    )
    parser.add_argument("--version", action="version", version=f"treadlight {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for adding in (_add_running, _add_keeping, _add_testing, _add_analyze):
        adding(commands.add_parser)
    return parser


def _add_running(add: AddCommand) -> None:
    demo = add("demo", help="show the device at work on the built-in clip")
    demo.add_argument(
        "--host", default="127.0.0.1", help="address to serve on; 0.0.0.0: every one, with HTTPS"
    )
    demo.add_argument("--port", type=_port, default=8080, help="port to serve on (default 8080)")
    demo.add_argument("--data", type=Path, default=None, help="folder for sessions made in the demo")
    demo.set_defaults(command=_demo)

    run = add("run", help="run the device as configured")
    run.add_argument("--config", type=Path, default=None, help="TOML file (default: built-in settings)")
    run.add_argument("--console", type=Path, default=None, help="file for the notice on the device's screen")
    run.set_defaults(command=_run)

    dark = add("dark", help="switch the light off; the service does so after it ended")
    dark.add_argument("--config", type=Path, default=None, help="TOML file that names the light's pin")
    dark.set_defaults(command=_dark)


def _add_keeping(add: AddCommand) -> None:
    for name, command, line in (
        ("backup", _backup, "write everything the device knows to one encrypted file"),
        ("restore", _restore, "bring a backup back; what was there is kept beside it"),
    ):
        keep = add(name, help=line)
        keep.add_argument("file", type=Path, help="the backup; to make one, a folder will do")
        keep.add_argument("--config", type=Path, default=None, help="TOML file that names the data folder")
        keep.add_argument("--passphrase-file", type=Path, default=None, metavar="F", help="do not ask for it")
        keep.set_defaults(command=command)


def _add_testing(add: AddCommand) -> None:
    check = add("check", help="look at every part and say how to mend it")
    check.add_argument("--config", type=Path, default=None, help="TOML file to check against")
    check.add_argument(
        "--light", action="store_true", help="blink the light and look for it in the picture instead"
    )
    check.set_defaults(command=_check)

    test = add("verify", help="self-test: measure a rendered runner whose numbers are known")
    test.add_argument("--config", type=Path, default=None, help="TOML file that names model and data folder")
    test.add_argument("--json", type=Path, default=None, metavar="F", help="also write the result as JSON")
    test.add_argument("--progress", action="store_true", help="progress and result as JSON lines")
    test.add_argument("--forget", action="store_true", help="do not keep the result in the data folder")
    test.set_defaults(command=_verify)

    bench = add("bench", help="measure speed and memory on this machine")
    bench.add_argument("--json", type=Path, default=None, metavar="F", help="also write the figures as JSON")
    bench.add_argument("--quick", action="store_true", help="fewer repeats, default model only")
    bench.set_defaults(command=_bench)


def _add_analyze(add_command: AddCommand) -> None:
    analyze = add_command("analyze", help="measure a video or a pose log")
    add = analyze.add_argument
    add("input", type=Path, metavar="INPUT", help="a video file or a pose log")
    add("--speed", type=_number(0.3, 12.0), metavar="M/S", help="belt speed (default: estimated)")
    add(
        "--grade",
        type=_number(-30.0, 40.0),
        default=0.0,
        metavar="%",
        help="treadmill slope, uphill positive",
    )
    add("--height", type=_number(80.0, 250.0), metavar="CM", help="the runner's height; gives lengths in cm")
    add(
        "--facing",
        choices=("auto", "left", "right"),
        default="auto",
        help="direction of running in the picture",
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
        help="the clip is K times slower than life",
    )
    add("--rotation", type=int, choices=(0, 90, 180, 270), default=0, help="turn the picture clockwise")
    add("--mirrored", action="store_true", help="the picture is a mirror image")
    add("--model", choices=("lightning", "thunder"), default="lightning", help="pose model")
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
    analyze.set_defaults(command=_analyze)


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
    return int(_number(0, 65535)(text))


def _roi(text: str) -> tuple[float, float, float, float]:
    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not four numbers X,Y,W,H") from None
    return x, y, width, height


if __name__ == "__main__":
    sys.exit(main())

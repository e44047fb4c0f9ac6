"""The command `treadlight`: demo, run, analyze, bench, check, verify, dark, backup, restore."""

import argparse
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from device import command_line
from device.errors import TreadlightError

USAGE_EXIT = 2
"""Bad usage, unreadable input, or a result that cannot be written."""
STOPPED_EXIT = 130
"""Ctrl-C, as shells count it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status."""
    args = command_line.read(argv)
    try:
        # Each command is imported when asked for: the analyzer needs no web server, the doctor no camera.
        return COMMANDS[args.command](args)
    except TreadlightError as error:
        print(f"treadlight: {error}", file=sys.stderr)
        return USAGE_EXIT
    except KeyboardInterrupt:
        return STOPPED_EXIT


def _demo(args: argparse.Namespace) -> int:
    from device.commands import demo

    return demo(port=args.port, host=args.host, data=args.data)


def _run(args: argparse.Namespace) -> int:
    from device.commands import run

    return run(args.config, args.console)


def _analyze(args: argparse.Namespace) -> int:
    from device.offline.analyze import Request, analyze_file

    request = Request(
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
    with _leaving_when_told():
        return analyze_file(request)


@contextmanager
def _leaving_when_told() -> Iterator[None]:
    """Leave by the front door when told to end or the terminal closes, so that nothing half written stays."""
    before = {told: signal.getsignal(told) for told in (signal.SIGTERM, signal.SIGHUP)}
    for told, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(told, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        for told, handler in before.items():
            signal.signal(told, handler)


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


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "demo": _demo,
    "run": _run,
    "dark": _dark,
    "backup": _backup,
    "restore": _restore,
    "check": _check,
    "verify": _verify,
    "bench": _bench,
    "analyze": _analyze,
}


if __name__ == "__main__":
    sys.exit(main())

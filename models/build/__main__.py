"""Builds the models: python -m models.build, in the environment that models/build/build.sh prepares."""

import argparse
from pathlib import Path

import cv2

from models.build.cache import DEFAULT_CACHE
from models.build.manifest import write_manifest
from models.build.recipe import build
from models.evaluate import measure

MODELS_DIR = Path(__file__).resolve().parents[1]


def main() -> None:
    """Build both networks, measure them and write the manifest."""
    parser = argparse.ArgumentParser(prog="python -m models.build", description=__doc__)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="downloads and reference models")
    parser.add_argument("--output", type=Path, default=MODELS_DIR, help="where the shipped files go")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    args.cache.mkdir(parents=True, exist_ok=True)
    args.output.mkdir(parents=True, exist_ok=True)
    built = build(args.cache, args.output)
    figures = {network.name: measure(network.shipped, args.cache) for network in built}
    write_manifest(args.output / "manifest.toml", built, figures)
    print((args.output / "manifest.toml").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()

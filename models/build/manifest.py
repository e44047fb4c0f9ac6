"""Writes models/manifest.toml: what each file is, where it comes from and what was measured."""

import hashlib
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from models.build.recipe import Built
from models.build.sources import CALIBRATION_FOOTAGE, HELD_OUT_FOOTAGE, WEIGHTS, Package

_BUILDERS = ("tensorflow-cpu", "ai-edge-litert", "opencv-python-headless", "numpy")


def write_manifest(path: Path, built: Sequence[Built], figures: dict[str, dict[str, float]]) -> None:
    """Write the manifest; `figures` holds, per network, names and values of what was measured."""
    lines = ["# Written by the model build (models/build). The device checks each file against its hash.", ""]
    lines += ["[build]", f'python = "{platform.python_version()}"']
    lines += [f'{name} = "{metadata.version(name)}"' for name in _BUILDERS]
    for key, package in (
        ("weights", WEIGHTS),
        ("calibration", CALIBRATION_FOOTAGE),
        ("held_out", HELD_OUT_FOOTAGE),
    ):
        lines += ["", *_package(key, package)]
    for network in built:
        lines += ["", *_model(network, figures.get(network.name, {}))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _package(key: str, package: Package) -> list[str]:
    return [
        f"[source.{key}]",
        f'registry = "{package.kind}"',
        f'package = "{package.name}"',
        f'version = "{package.version}"',
        f'licence = "{package.licence}"',
        f'sha256 = "{package.sha256}"',
    ]


def _model(network: Built, figures: dict[str, float]) -> list[str]:
    content = network.shipped.read_bytes()
    lines = [
        f"[model.{network.name}]",
        f'file = "{network.shipped.name}"',
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
        f"bytes = {len(content)}",
        f"input_size = {network.input_size}",
        'licence = "Apache-2.0"',
    ]
    if figures:
        lines += ["", f"[model.{network.name}.measured]"]
        lines += [f"{name} = {value:.3g}" for name, value in figures.items()]
    return lines

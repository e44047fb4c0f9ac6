"""The steps of the build: fetch, cut out people, convert; each gives the same bytes on every run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from device.pose.models import ModelFile
from device.pose.movenet import MoveNet
from models.build.cache import float32_path, plain_int8_path
from models.build.convert import Layers, to_float32, to_int8
from models.build.footage import Crops, cut, follow, frames
from models.build.graph import GraphModel
from models.build.sources import CALIBRATION_FOOTAGE, WEIGHTS, fetch

NAMES = ("lightning", "thunder")
_EVERY = 4


@dataclass(frozen=True, slots=True)
class Built:
    """The files of one network: what is shipped, and two to compare it with."""

    name: str
    input_size: int
    shipped: Path
    float32: Path
    plain_int8: Path


def build(cache: Path, output: Path, names: Sequence[str] = NAMES) -> list[Built]:
    """Build the named networks: the shipped files into `output`, the others into `cache`."""
    weights = fetch(WEIGHTS, cache) / WEIGHTS.folder
    graphs = {name: GraphModel.read(weights / f"movenet-{name}.json") for name in NAMES}
    for name in NAMES:
        float32_path(cache, name).write_bytes(to_float32(graphs[name]))
    sizes = [graphs[name].input_size for name in names]
    crops = calibration_crops(cache, graphs["lightning"].input_size, sizes)
    return [_build_one(n, graphs[n], crops[graphs[n].input_size], cache, output) for n in names]


def _build_one(name: str, graph: GraphModel, crops: Crops, cache: Path, output: Path) -> Built:
    built = Built(
        name,
        graph.input_size,
        output / f"movenet_{name}_int8.tflite",
        float32_path(cache, name),
        plain_int8_path(cache, name),
    )
    published = Layers(built.float32.read_bytes())
    built.plain_int8.write_bytes(to_int8(graph, crops, published.decoder()))
    gathered = replace(graph, gather_heads=True)
    layers = Layers(to_float32(gathered))
    kept = layers.first(3) + layers.pyramid(2) + layers.heads()
    built.shipped.write_bytes(to_int8(gathered, crops, kept))
    return built


def calibration_crops(cache: Path, tracking_size: int, sizes: Sequence[int]) -> dict[int, Crops]:
    """Cut two people out of eight laboratory clips, every fourth frame, in each of the sizes."""
    folder = fetch(CALIBRATION_FOOTAGE, cache)
    tracking = float32_path(cache, "lightning")
    net = MoveNet(ModelFile("lightning", tracking, "", tracking_size))
    found: dict[int, list[Crops]] = {size: [] for size in sizes}
    for video in sorted(folder.rglob("*.mp4")):
        pictures = list(frames(video))
        crops = follow(net, pictures)
        for size in sizes:
            found[size].append(cut(pictures, crops, size, _EVERY))
    return {size: np.concatenate(parts) for size, parts in found.items()}

"""Prints how good and how fast pose models are: python -m models.evaluate FILE.tflite ...

On the phantom everything is measured with what the repository holds. Agreement with float32 on a person
whom the calibration has not seen, and the time relative to a plain int8 build, need the cache of the model
build (models/build).
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np

from device.camera.frame import Frame, Image
from device.demo.clip import demo_clip, load_truth
from device.pose.crop_box import Crop
from device.pose.models import ModelFile
from device.pose.movenet import MoveNet
from device.pose.runtime import Interpreter, start_interpreter
from device.pose.tracker import PoseTracker
from models.build.cache import DEFAULT_CACHE, float32_path, plain_int8_path
from models.build.footage import follow, frames
from models.build.sources import HELD_OUT_FOOTAGE, fetch
from models.figures import PhantomFigures, leg_disagreement, phantom_figures

# The woman is whole in the picture from the first to the last of these; the crop is where she enters.
_HELD_OUT_FRAMES = slice(50, 195)
_HELD_OUT_START = Crop(1480, 744, 560)


def load(path: Path, name: str = "") -> MoveNet:
    """Load any MoveNet file; its input size is read from the file."""
    interpreter, _ = start_interpreter(path)
    size = int(interpreter.get_input_details()[0]["shape"][1])
    return MoveNet(ModelFile(name or network_name(size), path, "", size))


def network_name(input_size: int) -> str:
    """Tell which network has this input size."""
    return {192: "lightning", 256: "thunder"}[input_size]


def on_phantom(net: MoveNet, clip: Path | None = None) -> PhantomFigures:
    """Follow the phantom as the device does, without repair of the legs, and compare with the truth."""
    truth = load_truth(clip)
    tracker = PoseTracker(net)
    poses = [
        tracker.estimate(Frame(i / truth.fps, picture))
        for i, picture in enumerate(frames(clip or demo_clip()))
    ]
    return phantom_figures(np.stack([pose.xy for pose in poses]).astype(np.float64), truth)


def agreement_px(net: MoveNet, cache: Path) -> tuple[float, float]:
    """Give median and 95th percentile of the leg joints' distance from float32, in pixels of the input.

    On a woman walking, whom the calibration has not seen; both networks see the same crops.
    """
    video = next(fetch(HELD_OUT_FOOTAGE, cache).rglob("*.mp4"))
    pictures: Sequence[Image] = list(frames(video))[_HELD_OUT_FRAMES]
    crops = follow(load(float32_path(cache, "lightning")), pictures, _HELD_OUT_START)
    reference = load(float32_path(cache, net.model.name))
    distances = []
    for picture, crop in zip(pictures, crops, strict=True):
        shrink = np.array([net.input_size / crop.side, net.input_size / crop.side, 1], np.float32)
        pair = [[n.detect(picture, crop) * shrink] for n in (net, reference)]
        distances.append(leg_disagreement(*pair))
    median, p95 = np.percentile(np.concatenate(distances), [50, 95])
    return float(median), float(p95)


def latency_ratio(path: Path, cache: Path, name: str, runs: int = 200) -> tuple[float, float]:
    """Give the time of one `invoke` in ms, and its ratio to a plain int8 build's, run in turn.

    Processor time, and the 20th percentile of the runs: other work on the machine lengthens the rest.
    """
    pair: list[Interpreter] = [start_interpreter(p)[0] for p in (path, plain_int8_path(cache, name))]
    times_s = np.empty((runs, 2))
    for row in times_s:
        for i, interpreter in enumerate(pair):
            begin = time.thread_time()
            interpreter.invoke()
            row[i] = time.thread_time() - begin
    own, plain = np.percentile(times_s, 20, axis=0)
    return 1000 * float(own), float(own / plain)


def measure(path: Path, cache: Path) -> dict[str, float]:
    """Measure all that can be measured here; the same file gives the same figures."""
    net = load(path)
    figures: dict[str, float] = {}
    if float32_path(cache, net.model.name).exists():
        median, p95 = agreement_px(net, cache)
        figures |= {"leg_agreement_median_px": median, "leg_agreement_p95_px": p95}
    if demo_clip().exists():
        figures |= {f"phantom_{name}": value for name, value in asdict(on_phantom(net)).items()}
    return figures


def main() -> None:
    """Print one table per file."""
    parser = argparse.ArgumentParser(prog="python -m models.evaluate", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="folder of the model build")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    for path in args.files:
        figures = {"bytes": float(path.stat().st_size), **measure(path, args.cache)}
        name = load(path).model.name
        if plain_int8_path(args.cache, name).exists():
            ms, ratio = latency_ratio(path, args.cache, name)
            figures |= {"invoke_ms": ms, "latency_ratio_to_plain_int8": ratio}
        print(path.name)
        for key, value in figures.items():
            print(f"  {key:28} {value:,.0f}" if key == "bytes" else f"  {key:28} {value:.3f}")


if __name__ == "__main__":
    main()

"""`treadlight bench`: how fast and how large the device is on this machine, in one run.

Ratios of one run are what to quote and compare: absolute times differ from machine to machine and minute to
minute.
"""

import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from device import __version__
from device.bench.clip import Clip, load_clip
from device.bench.device import live_figures
from device.bench.loop import loop_figures
from device.pose.runtime import installed_runtimes
from device.storage.disk import result_file

SCHEMA = "treadlight-bench/1"
BUSY = 0.5
"""Load average for each core, before the start, from which figures are marked as disturbed."""
TARGETS = {
    "overhead_ratio": 1.10,
    "frame_to_light_ratio": 1.15,
    "viewers4.cpu_core_fraction": 0.05,
    "viewers4.fps_ratio": 0.97,
    "rss_mb": 110.0,
}


def bench(json_file: Path | None, quick: bool = False) -> int:
    """Measure, print a table, and write the figures as JSON when asked; gives 0.

    quick: the default model and runtime only, fewer repeats. Raises TreadlightError when a file cannot be
    written or no runtime works.
    """
    with result_file(json_file) as write:
        write(json.dumps(_measured(quick), indent=2) + "\n")
    return 0


def _measured(quick: bool) -> dict[str, Any]:
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(f"treadlight {__version__} on {platform.machine()}, Python {platform.python_version()}")
    if load > BUSY:
        print(f"This machine is busy ({load:.1f} programs want each core): expect poor figures.")
    clip = load_clip(120 if quick else 300)
    runs = []
    for model in ("lightning",) if quick else ("lightning", "thunder"):
        for runtime in installed_runtimes()[: 1 if quick else None]:
            figures = {"model": model, "runtime": runtime.name, "runtime_version": runtime.version}
            figures |= loop_figures(clip, model, runtime.name)
            runs.append(figures)
            print(_line(figures), flush=True)
    about = {"schema": SCHEMA, "version": __version__, "machine": platform.machine(), "load": load}
    document = {**about, **runs[0], **_live(clip, seconds=3.0 if quick else 12.0), "runs": runs}
    print(_summary(document))
    return document


def _live(clip: Clip, seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="treadlight-bench-") as folder:
        frames = Path(folder) / "frames.npy"
        # As many as a camera has buffers: more would be counted as the device's memory.
        np.save(frames, clip.frames[::15][:3])
        return live_figures(Path(folder), frames, seconds)


def _line(figures: dict[str, Any]) -> str:
    light = figures["frame_to_light_ms"]
    return (
        f"{figures['model']:<9} {figures['runtime']:<14} invoke {figures['invoke_ms']:6.2f} ms, "
        f"loop {figures['loop_ms']:6.2f} ms, ratio {figures['overhead_ratio']:.3f}, "
        f"frame to light {light['p50']:.2f} / {light['p95']:.2f} ms (p50 / p95)"
    )


def _summary(document: dict[str, Any]) -> str:
    viewers = document["viewers4"]
    light = document["frame_to_light_ms"]["p50"] / document["invoke_ms"]
    rows = (
        ("loop against bare invoke", document["overhead_ratio"], "overhead_ratio", "at most"),
        ("the same in processor time", document["overhead_ratio_cpu"], "overhead_ratio", "at most"),
        ("frame to light against invoke", light, "frame_to_light_ratio", "at most"),
        ("4 viewers, share of a core", viewers["cpu_core_fraction"], "viewers4.cpu_core_fraction", "at most"),
        ("4 viewers, frame rate kept", viewers["fps_ratio"], "viewers4.fps_ratio", "at least"),
        ("resident memory, MB", document["rss_mb"], "rss_mb", "at most"),
    )
    lines = [f"{words:<32}{value:8.3f}   target {side} {TARGETS[key]:g}" for words, value, key, side in rows]
    lines.append(f"{'cold start, s':<32}{document['cold_start_s']:8.2f}")
    return "\n".join(lines)

"""A whole device in a process of its own, fed from memory at 30 frames a second, that reports on itself.

Started by `device.bench.device`; speaks JSON lines on standard output and takes one word a line on standard
input: `sample` (figures since the last sample) or `quit`.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import psutil
from numpy.typing import NDArray

from device.app import build
from device.bench.setting import CODE, FPS
from device.camera.frame import Frame
from device.config import Config, LightConfig, StorageConfig, WebConfig
from device.gait.types import RunSetup
from device.pose.region import whole_runner


class MemoryCamera:
    """Gives the same few frames again and again, each stamped with the time it is given."""

    fps = FPS

    def __init__(self, frames: NDArray[np.uint8]) -> None:
        self._frames = frames
        self._closed = threading.Event()
        self.size = (int(frames.shape[2]), int(frames.shape[1]))

    def frames(self) -> Iterator[Frame]:
        """Give frames at an even pace until closed."""
        due, i = time.monotonic(), 0
        while not self._closed.wait(max(0.0, due - time.monotonic())):
            yield Frame(time.monotonic(), self._frames[i % len(self._frames)])
            due, i = due + 1.0 / FPS, i + 1

    def close(self) -> None:
        """End the frames."""
        self._closed.set()


def main(folder: Path, frames: Path) -> None:
    """Run the device until told to quit."""
    camera = MemoryCamera(np.load(frames))
    config = Config(
        light=LightConfig(kind="mock"),
        web=WebConfig(host="127.0.0.1", port=0, access_code=CODE),
        storage=StorageConfig(folder=folder / "data"),
        region=whole_runner(*camera.size),
    )
    device = build(config, RunSetup(speed_mps=2.9), open_camera=lambda: camera)
    device.start()
    version, state = device.live.wait(0, 30.0)
    assert state is not None, "no frame within 30 s"
    _say({"port": device.port, "first_light_t": time.monotonic()})
    process = psutil.Process()
    since, cpu, seq = time.monotonic(), sum(process.cpu_times()[:2]), state.seq
    delays: list[float] = []
    words: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(words,), daemon=True).start()
    word = ""
    while word != "quit":
        version, state = device.live.wait(version, 1.0)
        if state is not None:
            delays.append(time.monotonic() - state.frame.t)
        word = "" if words.empty() else words.get()
        if word == "sample" and state is not None:
            now, used = time.monotonic(), sum(process.cpu_times()[:2])
            _say(
                {
                    "fps": (state.seq - seq) / (now - since),
                    "cpu": (used - cpu) / (now - since),
                    "p50_ms": 1000 * float(np.percentile(delays, 50)),
                    "p95_ms": 1000 * float(np.percentile(delays, 95)),
                    "rss_mb": process.memory_info().rss / 2**20,
                }
            )
            since, cpu, seq, delays = now, used, state.seq, []
    device.stop()


def _listen(words: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        words.put(line.strip())
    words.put("quit")


def _say(figures: dict[str, float]) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""A whole device for hours, as fast as the machine allows; a program, so that its memory is its own.

Arguments: data folder, hours of the runner's time, hours between two looks, seconds of each recording, and
how many of these the network looks at.
Prints the dashboard's port, then a JSON line for each look. Everything is the device's own: its threads, the
network, gait, cue, light, recorder, SQLite, the dashboard over HTTP. Only the camera is a loop of pictures of
the demo runner, whose clock is ahead of the wall's. The network looks at the beginning of each recording; for
the rest the poses it found in the same pictures come again, with noise.
"""

import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import psutil

from device.app import build
from device.appliance import Appliance
from device.camera.frame import Frame
from device.clinic.store import ClinicStore
from device.clinic.types import Role
from device.config import Config, LightConfig, MetricsConfig, ModelConfig, StorageConfig, WebConfig
from device.demo.clip import demo_clip, load_truth
from device.feedback.types import Band, CueSetting
from device.gait.types import RunSetup
from device.pose.region import Region
from device.pose.tracker import PoseTracker
from device.pose.types import Pose

FPS = 30
STRIDES, BEGINS_S = 2, 2.0
PAUSE_S = 60.0
NOISE_PX = 0.7
NAME, PIN, TOKEN = "Ann Lee", "493817", "a token for the long run"


def pictures(stride_s: float, path: Path) -> list[np.ndarray]:
    """Give whole strides of the demo runner, which follow each other without a jump."""
    clip = cv2.VideoCapture(str(path))
    every = round(clip.get(cv2.CAP_PROP_FPS) / FPS)
    clip.set(cv2.CAP_PROP_POS_FRAMES, BEGINS_S * FPS * every)
    found = []
    for number in range(round(STRIDES * stride_s * FPS) * every):
        shown, bgr = clip.read()
        assert shown
        if number % every == 0:
            found.append(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
    clip.release()
    return found


class Sparing:
    """Looks with the network at times; else gives again what it saw in the same picture."""

    def __init__(self, tracker: PoseTracker, count: int) -> None:
        self._tracker = tracker
        self._seen: list[Pose | None] = [None] * count
        self._noise = np.random.default_rng(1).normal(0, NOISE_PX, (997, 17, 2)).astype(np.float32)
        self._given = 0
        self.index, self.running, self.look = 0, True, True
        self.inferences = 0

    def estimate(self, frame: Frame) -> Pose:
        if not self.running:
            return Pose.missing(frame.t)
        seen = self._seen[self.index]
        if self.look or seen is None:
            self.inferences += 1
            seen = self._tracker.estimate(frame)
            self._seen[self.index] = seen if seen.present else None
            return seen
        self._given += 1
        return Pose(frame.t, seen.xy + self._noise[self._given % len(self._noise)], seen.score)

    def set_region(self, region: Region | None) -> None:
        self._tracker.set_region(region)


class Treadmill:
    """A camera for the whole time; what an operator does happens between its frames."""

    size, fps = (640, 480), float(FPS)

    def __init__(
        self,
        device: Appliance,
        shown: list[np.ndarray],
        hours: float,
        look_every_h: float,
        session_s: float,
        looked_at_s: float,
    ):
        self._device, self._shown = device, shown
        self._pipeline, self._recorder = device._pipeline, device._recorder
        self._hours, self._look_every_h = hours, look_every_h
        self._session_s, self._looked_at_s = session_s, looked_at_s
        self._poses = self._pipeline.estimator
        self._closed = False
        self.t = 1000.0
        self._process = psutil.Process()

    def frames(self) -> Iterator[Frame]:
        next_look_s, first = 0.0, self.t
        for number in range(round(self._hours * 3600 * FPS)):
            if self._closed:
                return
            since_s = number / FPS
            self.t = first + since_s
            into_s = since_s % (self._session_s + PAUSE_S)
            poses = self._poses
            poses.index = number % len(self._shown)
            poses.running, poses.look = into_s < self._session_s, into_s < self._looked_at_s
            if number % FPS == 0:
                self._operate(into_s)
            if number % (10 * FPS) == 0:
                # The recorder's queue is made for a camera's pace.
                assert self._recorder.flush(60.0)
            if since_s >= next_look_s:
                next_look_s += 3600 * self._look_every_h
                self._tell(since_s / 3600)
            yield Frame(self.t, self._shown[poses.index])
        self._pipeline.runner.stop()
        assert self._recorder.flush(60.0)
        self._tell(self._hours)
        os.kill(os.getpid(), signal.SIGTERM)

    def _operate(self, into_s: float) -> None:
        runner = self._pipeline.runner
        recording = runner.state.id is not None
        if into_s < self._session_s and not recording:
            self._pipeline.start_session("AB", "")
            runner.capture_baseline(60.0)
        elif into_s >= self._session_s and recording:
            runner.stop()
        elif recording and round(into_s) % 300 == 0:
            runner.mark(self._pipeline.t, "five minutes")

    def _tell(self, hours: float) -> None:
        gc.collect()
        process = self._process
        look = {
            "hours": round(hours, 3),
            "rss_bytes": process.memory_info().rss,
            "handles": process.num_fds(),
            "threads": threading.active_count(),
            "steps": self._pipeline.runner.steps,
            "inferences": self._poses.inferences,
            "dropped": self._recorder.dropped,
            "processor_s": round(sum(process.cpu_times()[:2]), 1),
        }
        print(json.dumps(look), flush=True)

    def close(self) -> None:
        self._closed = True


def main(folder: Path, hours: float, look_every_h: float, session_s: float, looked_at_s: float) -> int:
    ClinicStore(folder).users.add(NAME, Role.ADMINISTRATOR, PIN)
    config = Config(
        model=ModelConfig(threads=1),
        light=LightConfig(kind="mock"),
        web=WebConfig(host="127.0.0.1", port=0),
        storage=StorageConfig(folder=folder),
        metrics=MetricsConfig(enabled=True, token=TOKEN),
    )
    path, truth = demo_clip(), load_truth()
    cue = CueSetting("cadence_spm", Band(truth.cadence_spm + 5, None))
    cameras: list[Treadmill] = []

    def open_camera() -> Treadmill:
        return cameras[0]

    device = build(config, RunSetup(2.8), cue, open_camera)
    pipeline = device._pipeline
    shown = pictures(120 / truth.cadence_spm, path)
    pipeline.estimator = Sparing(pipeline.estimator, len(shown))
    cameras.append(Treadmill(device, shown, hours, look_every_h, session_s, looked_at_s))
    pipeline._now = lambda: cameras[0].t
    return device.run(lambda port: print(json.dumps({"port": port}), flush=True))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(float, sys.argv[2:6])))

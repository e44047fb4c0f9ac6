"""The running device: which threads there are, how it starts, what it does without a camera, how it ends."""

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from device.camera.frame import Camera, Frame
from device.errors import CameraError, CameraSilentError
from device.health import Notifier, read_health, stats_line
from device.live import LiveState, Newest
from device.loop import FrameLoop
from device.pipeline import Pipeline
from device.sessions.recorder import Recorder
from device.web.server import DashboardServer

RETRY_CAMERA_S = 5.0
TELL_TABLETS_S = 3.0
"""How long the dashboards get to show why the device ends."""
ALIVE_WITHIN_S = 5.0
STATS_EVERY_S = 60.0

log = logging.getLogger("treadlight")


class Appliance:
    """Owns the threads; `start`, then `run` in the main thread until a signal or a fatal fault.

    A camera that is absent or busy is tried again every few seconds while the dashboards say so. A camera
    that hangs cannot be released from within, so the process ends and systemd starts it anew.
    """

    def __init__(
        self,
        loop: FrameLoop,
        pipeline: Pipeline,
        recorder: Recorder,
        server: DashboardServer,
        open_camera: Callable[[], Camera],
        data_folder: Path,
    ) -> None:
        self._loop = loop
        self._pipeline = pipeline
        self._recorder = recorder
        self._server = server
        self._open_camera = open_camera
        self._data_folder = data_folder
        self._camera: Camera | None = None
        self._ending = threading.Event()
        self._waiting = False
        self._fault: BaseException | None = None
        self._pose = threading.Thread(target=self._pose_thread, name="pose", daemon=True)

    @property
    def port(self) -> int:
        """The dashboard's port, known once started."""
        return self._server.port

    @property
    def live(self) -> Newest[LiveState]:
        """The newest frame with everything known about it."""
        return self._loop.live

    def start(self) -> None:
        """Serve the dashboard and begin to take frames. Raises ServerError when the port cannot be had."""
        # OpenCV's own threads would take the core that the network needs.
        cv2.setNumThreads(1)
        self._server.start()
        # What lives as long as the device need not be walked by every garbage collection.
        gc.collect()
        gc.freeze()
        self._pose.start()

    def run(self) -> int:
        """Watch over the device until it is told to stop; gives the exit status, 1 after a fault."""
        for wanted in (signal.SIGTERM, signal.SIGINT):
            signal.signal(wanted, lambda *_: self._ending.set())
        notifier = Notifier.from_systemd()
        notifier.ready()
        seen, seen_at, stats_at = -1, time.monotonic(), time.monotonic() + STATS_EVERY_S
        while not self._ending.wait(1.0):
            now = time.monotonic()
            if self._loop.frames != seen or self._waiting:
                seen, seen_at = self._loop.frames, now
            if now - seen_at < ALIVE_WITHIN_S:
                notifier.alive()
            if now >= stats_at:
                stats_at = now + STATS_EVERY_S
                log.info(self._stats())
        notifier.stopping()
        self.stop()
        if isinstance(self._fault, CameraSilentError):
            # What holds the camera hangs in every call, exit handlers included.
            os._exit(1)
        return 1 if self._fault else 0

    def stop(self) -> None:
        """End every thread and go dark; harmless when it never started."""
        self._ending.set()
        if self._camera is not None and not isinstance(self._fault, CameraSilentError):
            self._camera.close()
        if self._pose.is_alive():
            self._pose.join(ALIVE_WITHIN_S)
        self._pipeline.light.close()
        self._server.stop()
        self._recorder.close()

    def _pose_thread(self) -> None:
        try:
            while not self._ending.is_set():
                self._take_frames()
        except BaseException as fault:
            self._fault = fault
            log.exception("The frame loop ended.")
            self._say(f"The device has a fault and starts anew ({type(fault).__name__}).")
        finally:
            self._ending.set()

    def _take_frames(self) -> None:
        try:
            self._camera = self._open_camera()
            self._pipeline.begin(self._camera.size)
            self._waiting = False
            self._loop.run(self._camera)
        except CameraSilentError as fault:
            self._fault = fault
            self._say(str(fault))
            self._ending.wait(TELL_TABLETS_S)
            self._ending.set()
        except CameraError as trouble:
            self._say(str(trouble))
            self._waiting = True
            self._wait_for_camera()
        else:
            if not self._ending.is_set():
                self._say("The clip has ended. Start the device again to see it once more.")
                self._waiting = True
                self._ending.wait()

    def _wait_for_camera(self) -> None:
        until = time.monotonic() + RETRY_CAMERA_S
        while time.monotonic() < until and not self._ending.wait(0.2):
            self._loop.idle()

    def _say(self, message: str) -> None:
        log.error(message)
        width, height = self._pipeline.size
        blank = np.zeros((height, width, 3), np.uint8)
        self._pipeline.fail(message, Frame(time.monotonic(), blank))

    def _stats(self) -> str:
        state = self._loop.live.latest()
        figures = {
            "fps": state.fps if state else None,
            "latency_ms": state.latency_s * 1000 if state and state.latency_s is not None else None,
            "steps": state.steps if state else None,
            "dropped": self._recorder.dropped,
        }
        return stats_line(read_health(self._data_folder), figures)

"""The running device: which threads there are, how it starts, what it does without a camera, how it ends."""

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import cv2

from device.camera.frame import Camera
from device.errors import CameraError, CameraSilentError, ServerError, StoreError, TreadlightError
from device.host.health import Notifier, read_health, stats_line
from device.host.memory import keep_memory_small
from device.live import LiveState, Newest
from device.loop import FrameLoop
from device.pipeline import Pipeline
from device.sessions.recorder import Recorder
from device.web.server import DashboardServer

RETRY_CAMERA_S = 5.0
OPEN_CAMERA_S = 30.0
"""Longest time that opening a camera, and timing the model for it, may take on the slowest machine."""
TELL_TABLETS_S = 3.0
"""How long the dashboards get to show why the device ends."""
ALIVE_WITHIN_S = 5.0
STATS_EVERY_S = 60.0

log = logging.getLogger("treadlight")


class Beside(Protocol):
    """What starts and ends with the device; neither may raise or take more than some seconds."""

    def start(self) -> None:
        """Begin; returns at once."""

    def close(self) -> None:
        """End; harmless when it never began."""


class Appliance:
    """Owns the threads; `run` it in the main thread until a signal or a fatal fault.

    A camera that is absent or busy is tried again every few seconds while the dashboards say so. After any
    other fault the light is dark, the dashboards say why, the session is closed and the process ends, for
    systemd to start it anew: a camera that hangs cannot be released from within.

    open_camera: gives a camera or raises CameraError (a leaf); called again after a fault.
    keep_up: called every second while the device runs; must return at once. beside: what else starts and ends
    with the device.
    """

    def __init__(
        self,
        loop: FrameLoop,
        pipeline: Pipeline,
        recorder: Recorder,
        server: DashboardServer,
        open_camera: Callable[[], Camera],
        data_folder: Path,
        keep_up: Callable[[], None] = lambda: None,
        beside: Sequence[Beside] = (),
    ) -> None:
        self._loop = loop
        self._pipeline = pipeline
        self._recorder = recorder
        self._server = server
        self._open_camera = open_camera
        self._data_folder = data_folder
        self._keep_up = keep_up
        self._beside = beside
        self._camera: Camera | None = None
        self._ending = threading.Event()
        self._excused_until = 0.0
        self._trouble: str | None = None
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

    def run(self, announce: Callable[[int], None]) -> int:
        """Start, watch over the device until it is told to stop, and stop it.

        announce: told the dashboard's port once it is served. Gives the exit status, 1 after a fault.
        Raises ServerError when the port cannot be had; nothing is left running then.
        """
        for wanted in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # Whoever started the device in the background may have had it ignore some.
            if signal.getsignal(wanted) is not signal.SIG_IGN:
                signal.signal(wanted, lambda *_: self._ending.set())
        notifier = Notifier.from_systemd()
        try:
            self.start()
            announce(self.port)
            notifier.ready()
            self._watch(notifier)
            notifier.stopping()
        finally:
            self.stop()
        if isinstance(self._fault, CameraSilentError) or self._pose.is_alive():
            # What holds the camera hangs in every call, exit handlers included.
            logging.shutdown()
            os._exit(1)
        return 1 if self._fault else 0

    def start(self) -> None:
        """Serve the dashboard and begin to take frames. Raises ServerError when the port cannot be had."""
        # OpenCV's own threads would take the core that the network needs.
        cv2.setNumThreads(1)
        keep_memory_small()
        self._server.start()
        # What lives as long as the device need not be walked by every garbage collection.
        gc.collect()
        gc.freeze()
        self._excused_until = time.monotonic() + OPEN_CAMERA_S
        self._pose.start()
        for part in self._beside:
            part.start()

    def stop(self) -> None:
        """Go dark and end every thread; harmless when it never started, and when called again."""
        self._ending.set()
        with ExitStack() as ends:
            # The last named comes first; each of them happens whatever becomes of the others.
            ends.callback(self._recorder.close)
            ends.callback(self._server.stop)
            for part in self._beside:
                ends.callback(part.close)
            ends.callback(self._join_pose)
            ends.callback(self._close_camera)
            ends.callback(self._pipeline.light.close)

    def _watch(self, notifier: Notifier) -> None:
        """Keep telling systemd that all is well, as long as it is."""
        seen, seen_at, stats_at = -1, time.monotonic(), time.monotonic() + STATS_EVERY_S
        while not self._ending.wait(1.0):
            now = time.monotonic()
            if self._loop.frames != seen:
                seen, seen_at = self._loop.frames, now
            stopped = self._stopped(now - seen_at)
            if stopped is not None:
                self._give_up(stopped)
                return
            notifier.alive()
            self._keep_up()
            if now >= stats_at:
                stats_at = now + STATS_EVERY_S
                log.info(self._stats())

    def _stopped(self, frameless_s: float) -> TreadlightError | None:
        """Name the part that does no work any more, if there is one."""
        if frameless_s > ALIVE_WITHIN_S and time.monotonic() > self._excused_until:
            return CameraSilentError(
                f"There has been no frame for {frameless_s:.0f} s. The device starts anew; check the camera."
            )
        if not self._recorder.alive:
            return StoreError("The recorder has stopped because of a fault. The device starts anew.")
        if not self._server.alive:
            return ServerError("The dashboard has stopped because of a fault. The device starts anew.")
        return None

    def _give_up(self, fault: TreadlightError) -> None:
        """Tell why the device ends, once the pose thread no longer speaks for itself."""
        self._fault = fault
        self._ending.set()
        self._close_camera()
        self._join_pose()
        self._say(str(fault))
        time.sleep(TELL_TABLETS_S)

    def _pose_thread(self) -> None:
        try:
            while not self._ending.is_set():
                self._take_frames()
        # Whatever it was: nobody else would hear of it, and the light must not go on as if all were well.
        except BaseException as fault:
            self._fault = fault
            named = isinstance(fault, TreadlightError)
            log.error("The frame loop ended.", exc_info=not named)
            self._say(str(fault) if named else f"The device has a fault and starts anew ({fault!r}).")
            self._ending.wait(TELL_TABLETS_S)
        finally:
            self._ending.set()

    def _take_frames(self) -> None:
        """Open the camera and follow it to its end; wait a while after a fault that may pass."""
        try:
            self._excused_until = time.monotonic() + OPEN_CAMERA_S
            self._camera = self._open_camera()
            self._excused_until = time.monotonic() + ALIVE_WITHIN_S
            self._trouble = None
            self._pipeline.begin(self._camera.size)
            # `stop` may have come while the camera was being opened, too early to close it.
            if not self._ending.is_set():
                self._loop.run(self._camera)
        except CameraSilentError:
            raise
        except CameraError as trouble:
            self._close_camera()
            self._say(str(trouble))
            self._idle(RETRY_CAMERA_S)
        else:
            if not self._ending.is_set():
                self._say("The clip has ended. Start the device again to see it once more.")
                self._idle(float("inf"))

    def _idle(self, for_s: float) -> None:
        """Go on serving the operator without frames."""
        until = time.monotonic() + for_s
        while time.monotonic() < until and not self._ending.wait(0.1):
            self._excused_until = time.monotonic() + ALIVE_WITHIN_S
            if self._loop.idle() and self._trouble is not None:
                self._pipeline.fail(self._trouble, time.monotonic())

    def _close_camera(self) -> None:
        if self._camera is not None and not isinstance(self._fault, CameraSilentError):
            self._camera.close()

    def _join_pose(self) -> None:
        if self._pose.is_alive():
            self._pose.join(1.0 if isinstance(self._fault, CameraSilentError) else ALIVE_WITHIN_S)

    def _say(self, message: str) -> None:
        if message != self._trouble:
            log.error(message)
        self._trouble = message
        self._pipeline.fail(message, time.monotonic())

    def _stats(self) -> str:
        state = self._loop.live.latest()
        figures = {
            "fps": state.fps if state else None,
            "latency_ms": state.latency_s * 1000 if state and state.latency_s is not None else None,
            "steps": state.steps if state else None,
            "dropped": self._recorder.dropped,
        }
        return stats_line(read_health(self._data_folder), figures)

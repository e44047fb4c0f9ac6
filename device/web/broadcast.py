"""One thread turns the newest frame into bytes, once, for every viewer; nobody ever queues."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from device.camera.frame import Image
from device.control import DeviceControl
from device.errors import ServerError
from device.live import LiveState, Newest
from device.pose.region import Region
from device.web.trends import Trends
from device.web.wire import StateWriter, framed, message

MAX_WIDTH = 960
IDLE_S = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Packet:
    """One frame ready to send: `slim` is the state alone, `full` has the picture too (if watched).

    picked_t: monotonic seconds at which the frame was taken from the device.
    """

    picked_t: float
    slim: bytes
    full: bytes | None


class Place:
    """One stream that is counted but not encoded for; `leave` may be called more than once."""

    def __init__(self, broadcast: "Broadcast") -> None:
        self.taken = True
        self._broadcast = broadcast

    def leave(self) -> None:
        """Give the place to the next viewer."""
        self.taken = False
        self._broadcast._places.discard(self)


class Viewer:
    """One open stream; `leave` may be called more than once and from any thread."""

    def __init__(self, broadcast: "Broadcast", picture: bool) -> None:
        self.picture = picture
        self._since_t = time.monotonic()
        self._broadcast = broadcast

    def messages(self, beat_s: float = 0.8) -> Iterator[bytes]:
        """Give the history, then the newest frame each time there is one, and a beat when there is none.

        A viewer that reads slowly skips frames; what it gets next is always the newest.
        """
        yield message(self._broadcast.history())
        version = 0
        packets = self._broadcast.packets
        while not self._broadcast.closed:
            newer, packet = packets.wait(version, beat_s)
            if packet is not None and packet.picked_t >= self._since_t:
                yield packet.full if self.picture and packet.full is not None else packet.slim
            elif packet is None and not self._broadcast.closed:
                yield message({"kind": "beat", "server_t": time.monotonic()})
            version = newer

    def leave(self) -> None:
        """Give the place to the next viewer."""
        self._broadcast._leave(self)


class Broadcast:
    """Encodes while somebody watches, at most `max_fps` a second; drops frames rather than lag.

    control: where frames, run settings and region come from. quality: JPEG, 1 to 100.
    follow: given every frame and the region, watched or not; it must be quick.
    The thread runs from `start` to `close`.
    """

    def __init__(
        self,
        control: DeviceControl,
        max_viewers: int = 12,
        max_fps: float = 30.0,
        quality: int = 78,
        follow: Callable[[LiveState, Region | None], None] | None = None,
    ) -> None:
        self.packets: Newest[Packet] = Newest()
        self.closed = False
        self._control = control
        self._follow = follow
        self.max_viewers = max_viewers
        self._period_s = 1.0 / max_fps
        self._quality = [cv2.IMWRITE_JPEG_QUALITY, quality]
        self._viewers: set[Viewer] = set()
        self._places: set[Place] = set()
        self._newcomer = False
        self._changed = threading.Condition()
        self._writer = StateWriter()
        self._trends = Trends()
        self._trends_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="picture", daemon=True)

    def watch(self, picture: bool) -> Viewer:
        """Admit one more viewer; raises ServerError when all places are taken."""
        with self._changed:
            self._refuse_when_full()
            viewer = Viewer(self, picture)
            self._viewers.add(viewer)
            self._newcomer = True
            self._changed.notify_all()
        return viewer

    def reserve(self) -> Place:
        """Count one more stream that brings its own messages; raises ServerError when all are taken."""
        with self._changed:
            self._refuse_when_full()
            place = Place(self)
            self._places.add(place)
        return place

    @property
    def viewers(self) -> int:
        """How many streams are open."""
        return len(self._viewers) + len(self._places)

    @property
    def alive(self) -> bool:
        """Whether the encoding thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to follow the device; without viewers this costs next to nothing."""
        self._thread.start()

    def close(self) -> None:
        """End every stream and the thread."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()
        self.packets.close()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def history(self) -> dict[str, object]:
        """Give what a new viewer needs to draw the last minute."""
        with self._trends_lock:
            return self._trends.header()

    def _refuse_when_full(self) -> None:
        if self.viewers >= self.max_viewers:
            raise ServerError(
                f"All {self.max_viewers} places of the live view are taken. Close it on another device."
            )

    def _leave(self, viewer: Viewer) -> None:
        with self._changed:
            self._viewers.discard(viewer)

    def _run(self) -> None:
        version = 0
        last_t = -self._period_s
        while not self.closed:
            with self._changed:
                if not self._viewers and self._follow is None:
                    self._changed.wait(IDLE_S)
            version, newer = self._control.live.wait(version, IDLE_S)
            # a viewer who arrives after the frame loop has stopped still has to see why
            state = newer or (self._control.live.latest() if self._newcomer else None)
            if state is None:
                # a device that has ended answers at once, again and again
                with self._changed:
                    self._changed.wait(IDLE_S / 5)
                continue
            with self._trends_lock:
                self._trends.add(state)
            now_t = time.monotonic()
            if self._viewers and (self._newcomer or now_t - last_t >= 0.9 * self._period_s):
                self._newcomer = False
                last_t = now_t
                self.packets.put(self._encode(state, now_t))
            # After the viewers: what is looked at later may wait.
            if newer is not None and self._follow is not None:
                self._follow(newer, self._control.region)

    def _encode(self, state: LiveState, now_t: float) -> Packet:
        head = self._writer.header(state, self._control.setup, self._control.region, now_t)
        full = None
        if any(viewer.picture for viewer in tuple(self._viewers)):
            picture = state.frame.picture if state.frame.picture is not None else state.frame.image
            full = framed(head, jpeg(picture, self._quality))
        return Packet(now_t, framed(head), full)


def jpeg(image: Image, quality: list[int]) -> bytes:
    """Encode an RGB picture, shrunk to at most 960 pixels across."""
    height, width = image.shape[:2]
    if width > MAX_WIDTH:
        size = (MAX_WIDTH, round(height * MAX_WIDTH / width))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), quality)
    if not done:
        raise ServerError("The picture could not be encoded. Restart the device.")
    return data.tobytes()

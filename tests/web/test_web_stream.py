"""The stream: one frame's picture and joints together, newest first, encoded once, never queued."""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray
from scripted_device import ScriptedDevice
from web_client import Visitor, dashboard

from device.camera.frame import Image
from device.live import Newest
from device.pose.types import Keypoint
from device.web.server import DashboardServer


def blob(t: float) -> tuple[Image, NDArray[np.float32]]:
    """Give a dark picture with one white disc, at the nose, in a new place each time."""
    x, y = 40 + int(t * 997) % 240, 40 + int(t * 613) % 160
    image = np.zeros((240, 320, 3), np.uint8)
    cv2.circle(image, (x, y), 10, (255, 255, 255), -1)
    xy = np.full((17, 2), np.nan, np.float32)
    xy[Keypoint.NOSE] = x, y
    return image, xy


def noise(t: float) -> tuple[Image, NDArray[np.float32]]:
    """Give a picture that is large whatever the encoder does."""
    image = np.random.default_rng(int(t * 1000)).integers(0, 255, (720, 960, 3), np.uint8)
    return image, np.full((17, 2), 5, np.float32)


def test_picture_and_joints_are_of_the_same_frame() -> None:
    device = ScriptedDevice(blob)
    server = DashboardServer(dashboard(device), "127.0.0.1", 0)
    device.start()
    server.start()
    try:
        visitor = Visitor(server.port)
        visitor.log_in()
        with visitor.stream() as listener:
            seen = listener.states(8)
    finally:
        server.stop()
        device.close()
    places = set()
    for header, body in seen:
        picture = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_GRAYSCALE)
        rows, columns = np.nonzero(picture > 128)
        x, y = header["pose"]["points"][Keypoint.NOSE]
        assert abs(columns.mean() - x) < 1
        assert abs(rows.mean() - y) < 1
        assert header["size"] == [320, 240]
        places.add((x, y))
    assert len(places) == len(seen)


def test_colours_survive_the_way(visitor: Visitor, device: ScriptedDevice) -> None:
    with visitor.stream() as listener:
        ((_, body),) = listener.states(1)
    blue, green, red = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR)[5, 5]
    assert (abs(int(red) - 70), abs(int(green) - 84), abs(int(blue) - 96)) < (4, 4, 4)


def test_skeleton_view_carries_no_picture(visitor: Visitor) -> None:
    with visitor.stream("skeleton") as listener:
        for header, body in listener.states(5):
            assert body == b""
            assert header["pose"]["points"][Keypoint.RIGHT_KNEE] is not None
            assert header["pose"]["points"][Keypoint.NOSE] is None


def test_frames_rise_and_say_everything(visitor: Visitor) -> None:
    with visitor.stream() as listener:
        headers = [header for header, _ in listener.states(6)]
    numbers = [header["seq"] for header in headers]
    assert numbers == sorted(set(numbers))
    wanted = {"t", "server_t", "near", "swapped", "tracking", "cue", "tiles", "session", "fps", "latency_s"}
    assert wanted <= set(headers[0])
    assert headers[0]["tiles"][0]["stat"]["n"] == 10


def test_a_newcomer_gets_the_last_minute_first(visitor: Visitor, device: ScriptedDevice) -> None:
    with visitor.stream() as listener:
        listener.states(25)
    with visitor.stream() as listener:
        header, _ = next(listener.messages())
    assert header["kind"] == "history"
    points = header["values"]["cadence_spm"]
    assert len(points) >= 2
    assert all(150 < value < 175 for _, value in points)
    assert header["light"][-1][1] == "alive"


def test_a_slow_reader_skips_frames_and_stays_near_the_present() -> None:
    device = ScriptedDevice(noise)
    server = DashboardServer(dashboard(device), "127.0.0.1", 0)
    device.start()
    server.start()
    try:
        visitor = Visitor(server.port)
        visitor.log_in()
        with visitor.stream(receive_buffer=8192) as slow, visitor.stream("skeleton") as quick:
            slow.states(1)
            newest = quick.states(45)[-1][0]["seq"]
            late = [header["seq"] for header, _ in slow.states(4)]
            now = device.live.latest()
    finally:
        server.stop()
        device.close()
    assert now is not None
    assert newest - late[0] > 20, "the reader was not slow"
    gaps = np.diff(late)
    assert gaps.max() > 15, "frames were queued for the slow reader"
    assert now.seq - late[-1] < 20, "the slow reader lags behind"


def test_one_encoding_serves_every_viewer(visitor: Visitor) -> None:
    with visitor.stream() as first, visitor.stream() as second:
        bodies = [
            {header["seq"]: (header["server_t"], body) for header, body in listener.states(12)}
            for listener in (first, second)
        ]
    shared = bodies[0].keys() & bodies[1].keys()
    assert len(shared) >= 5
    assert all(bodies[0][seq] == bodies[1][seq] for seq in shared)


def test_four_tablets_see_the_present(own_server: DashboardServer) -> None:
    known = Visitor(own_server.port)
    known.log_in()

    def watch(_: int) -> list[tuple[int, float]]:
        with known.stream() as stream:
            return [(header["seq"], header["server_t"] - header["t"]) for header, _ in stream.states(40)]

    with ThreadPoolExecutor(4) as tablets:
        seen = list(tablets.map(watch, range(4)))
    for frames in seen:
        numbers = [seq for seq, _ in frames]
        assert numbers == sorted(set(numbers))
        assert statistics.median(age for _, age in frames) < 0.2
    assert max(frames[-1][0] for frames in seen) - min(frames[-1][0] for frames in seen) < 60


def test_a_silent_device_is_told_from_a_lost_connection(visitor: Visitor, device: ScriptedDevice) -> None:
    with visitor.stream() as listener:
        listener.states(2)
        device.silent = True
        began = time.monotonic()
        kinds = []
        for header, _ in listener.messages():
            kinds.append(header["kind"])
            if kinds.count("beat") == 2:
                break
    assert kinds[-1] == "beat"
    assert time.monotonic() - began < 10


def test_whoever_comes_after_the_loop_has_stopped_is_told_why(
    visitor: Visitor, device: ScriptedDevice
) -> None:
    device.error = "The camera gave no frame for 2 s. Check its cable."
    with visitor.stream() as listener:
        listener.states(3)
    device.silent = True
    with visitor.stream() as listener:
        ((header, _),) = listener.states(1)
    assert header["error"] == device.error


def test_there_is_a_last_place(own_server: DashboardServer) -> None:
    visitor = Visitor(own_server.port)
    visitor.log_in()
    listeners = [visitor.stream() for _ in range(4)]
    try:
        refused = visitor.stream()
        assert refused.status == 503
        refused.close()
        assert visitor.get("/").status == 200, "pages need threads of their own"
        listeners.pop().close()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            again = visitor.stream()
            status = again.status
            again.close()
            if status == 200:
                break
        assert status == 200
    finally:
        for listener in listeners:
            listener.close()


def test_stopping_ends_every_stream(own_server: DashboardServer) -> None:
    visitor = Visitor(own_server.port)
    visitor.log_in()
    with visitor.stream() as listener:
        listener.states(1)
        stopper = threading.Thread(target=own_server.stop)
        stopper.start()
        rest = sum(1 for _ in listener.messages())
        stopper.join(30)
    assert not stopper.is_alive()
    assert rest < 60


def test_a_device_that_has_ended_costs_nothing(own_server: DashboardServer, device: ScriptedDevice) -> None:
    visitor = Visitor(own_server.port)
    visitor.log_in()
    with visitor.stream() as listener:
        listener.states(1)
        device.silent = True
        live, device.live = device.live, Newest()
        device.live.close()
        try:
            before = time.process_time()
            beats = [header["kind"] for header, _ in islice(listener.messages(), 3)]
            spent = time.process_time() - before
        finally:
            device.live = live
    assert beats[-1] == "beat"
    assert spent < 0.5, "the picture thread spins"

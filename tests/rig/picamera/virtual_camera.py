"""Lets the real picamera2 drive libcamera's virtual camera, on a machine without camera hardware.

Used by the rig only. libcamera's `virtual` pipeline plays a folder of pictures as a camera (NV12), but
picamera2 is made for the Raspberry Pi's. What is put in between, and nothing else:

- sensor modes: the virtual camera has no raw stream, and picamera2 insists on one;
- buffers: ordinary shared memory in place of the kernel's DMA heaps, with one plane description for each of
  NV12's two planes;
- pace and time: the virtual camera completes buffers as fast as they are queued, stamps them with that
  moment and shows each picture REPEATS times. One of these is handed on when its time has come, with that
  time; who is late misses pictures, as with a sensor, and what is seen fits its time within a few hundredths;
- status: the virtual camera never writes a buffer's, so memory left over would decide which frames count;
- `pykms`, the screen preview's library, which picamera2 imports without using it here.
"""

import mmap
import os
import sys
import time
import types
from typing import Any

KMS_FORMATS = (
    "RGB888 BGR888 XRGB8888 XBGR8888 ARGB8888 ABGR8888 YUV420 YVU420 NV12 NV21 YUYV YVYU UYVY VYUY RGB565"
)

REPEATS = 4
"""So often the virtual camera of libcamera 0.4 shows each picture."""
LATE_NS = 300_000_000
"""On a computer that falls behind for so long, what the pictures show stands still for a moment."""


def install() -> None:
    """Change picamera2 for this process; call it before the first camera is opened."""
    _stand_in_for_pykms()
    from picamera2 import picamera2 as module

    module.DmaAllocator = _shared_memory_allocator()
    _give_modes(module)
    _keep_pace(module)
    _take_every_frame_for_good()


def _stand_in_for_pykms() -> None:
    pykms = types.ModuleType("pykms")
    pykms.PixelFormat = type("PixelFormat", (), {name: name for name in KMS_FORMATS.split()})  # type: ignore[attr-defined]
    sys.modules.setdefault("pykms", pykms)


def _shared_memory_allocator() -> type:
    import libcamera
    from picamera2.allocators import dmaallocator

    class NoHeap:
        def close(self) -> None:
            pass

    dmaallocator.DmaHeap = NoHeap

    class Sync:
        def __init__(self, allocator: Any, buffer: Any, write: bool) -> None:
            self.memory = allocator.mapped_buffers[buffer]

        def __enter__(self) -> Any:
            return self.memory

        def __exit__(self, *exc: object) -> None:
            pass

    class Allocator(dmaallocator.DmaAllocator):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.sync = Sync

        def allocate(self, libcamera_config: Any, use_case: str) -> None:
            self.libcamera_fds = []
            self.cleanup()
            for fd in self.open_fds:
                os.close(fd)
            self.frame_buffers, self.open_fds = {}, []
            for stream in libcamera_config:
                self.frame_buffers[stream.stream] = [self._buffer(stream) for _ in range(stream.buffer_count)]

        def _buffer(self, stream: Any) -> Any:
            fd = os.memfd_create("virtual-camera")
            os.ftruncate(fd, stream.frame_size)
            self.open_fds.append(fd)
            luma = stream.stride * stream.size.height
            parts = [(0, luma), (luma, stream.frame_size - luma)]
            planes = []
            for offset, length in parts if str(stream.pixel_format) == "NV12" else [(0, stream.frame_size)]:
                plane = libcamera.FrameBuffer.Plane()
                plane.fd, plane.offset, plane.length = fd, offset, length
                planes.append(plane)
            buffer = libcamera.FrameBuffer(planes)
            key = buffer.planes[0].fd
            self.libcamera_fds.append(key)
            self.mapped_buffers_used[key] = False
            self.mapped_buffers[buffer] = mmap.mmap(
                fd, stream.frame_size, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE
            )
            return buffer

    return Allocator


def _take_every_frame_for_good() -> None:
    import libcamera

    libcamera.FrameMetadata.Status.__eq__ = lambda self, other: True


def _give_modes(module: Any) -> None:
    import libcamera

    def modes(self: Any) -> list[dict[str, Any]]:
        roles = [libcamera.StreamRole.VideoRecording]
        formats = self.camera.generate_configuration(roles).at(0).formats
        return [
            {"format": str(pixel_format), "size": (size.width, size.height)}
            for pixel_format in formats.pixel_formats
            for size in formats.sizes(pixel_format)
        ]

    module.Picamera2._get_raw_modes = modes


def _keep_pace(module: Any) -> None:
    process = module.Picamera2.process_requests

    def paced(self: Any, display: Any) -> Any:
        controls = (self.camera_config or {}).get("controls", {})
        period_ns = 1000 * controls.get("FrameDurationLimits", (33333,))[0]
        with self._requestslock:
            waiting, self._requests = self._requests, []
        due = []
        for position, request in enumerate(waiting):
            if _handed_on(self, request, period_ns):
                due, waiting = [request], waiting[position + 1 :]
                break
            request.release()
        else:
            waiting = []
        with self._requestslock:
            self._requests[:0] = waiting
        if waiting:
            self._run_process_requests()
        if not due:
            return process(self, display)
        time.sleep(max(0, _time_ns(due[0]) - time.monotonic_ns()) / 1e9)
        with self._requestslock:
            later, self._requests = self._requests, due
        result = process(self, display)
        with self._requestslock:
            self._requests[:0] = later
        return result

    module.Picamera2.process_requests = paced
    told = module.CompletedRequest.get_metadata
    module.CompletedRequest.get_metadata = lambda self: {**told(self), "SensorTimestamp": _time_ns(self)}


def _handed_on(camera: Any, request: Any, period_ns: int) -> bool:
    """Tell whether a buffer is the first of its picture, and not too late."""
    number, repeated = divmod(request.request.sequence, REPEATS)
    if repeated:
        return False
    now = time.monotonic_ns()
    if number == 0 or now - _time_ns(request) > LATE_NS:
        camera.clock_ns = (now - number * period_ns, period_ns)
    return bool(_time_ns(request) > now - period_ns)


def _time_ns(request: Any) -> int:
    """Give the time at which a sensor would have exposed this picture, nanoseconds of the monotonic clock."""
    begun, period = request.picam2.clock_ns
    return int(begun + request.request.sequence // REPEATS * period)

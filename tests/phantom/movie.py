"""Renders a specification to a video with its truth beside it."""

import math
import tempfile
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av

from .render import Renderer
from .skeleton import Skeleton
from .spec import PhantomSpec
from .truth import write_truth

MAX_BYTES = 1_950_000
FINEST_CRF, COARSEST_CRF = 22, 34
"""Range of x264's constant rate factor that is tried."""


def make_clip(spec: PhantomSpec, folder: Path, max_bytes: int = MAX_BYTES) -> Path:
    """Writes the video (at most `max_bytes`) and its truth into `folder`; returns the video's path.

    Raises ValueError when no quality fits.
    """
    skeleton = write_truth(spec, folder)
    path = folder / f"{spec.name}.mp4"
    with tempfile.TemporaryDirectory() as scratch:
        master = Path(scratch) / "master.mkv"
        _encode(_rendered(skeleton), master, spec, {"qp": "0", "preset": "ultrafast"})
        crf = FINEST_CRF
        while crf <= COARSEST_CRF:
            _encode(_decoded(master), path, spec, {"crf": str(crf), "preset": "slow"})
            print(f"{spec.name}: crf {crf} gives {path.stat().st_size} bytes", flush=True)
            if path.stat().st_size <= max_bytes:
                return path
            # Six steps of the rate factor halve the size.
            crf += math.ceil(6 * math.log2(path.stat().st_size / max_bytes))
    raise ValueError(f"{spec.name} does not fit {max_bytes} bytes: shorten it or make it smaller.")


def make_suite_clip(spec: PhantomSpec, folder: Path) -> Path:
    """Writes the video, at one fine quality whatever its size, and its truth; returns the video's path.

    The video appears under its name only when it is whole.
    """
    skeleton = write_truth(spec, folder)
    path = folder / f"{spec.name}.mp4"
    part = path.with_suffix(".part.mp4")
    _encode(_rendered(skeleton), part, spec, {"crf": "18", "preset": "veryfast"})
    return part.replace(path)


def _encode(frames: Iterable[av.VideoFrame], path: Path, spec: PhantomSpec, options: dict[str, str]) -> None:
    # Threads change x264's decisions: one thread gives the same bytes on every machine.
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=spec.fps, options={**options, "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = spec.camera.width, spec.camera.height, "yuv420p"
        for k, frame in enumerate(frames):
            frame.pts, frame.time_base = k, Fraction(1, spec.fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _rendered(skeleton: Skeleton) -> Iterator[av.VideoFrame]:
    renderer = Renderer(skeleton)
    count = skeleton.schedule.frames
    for k in range(count):
        if k % 60 == 0:
            print(f"{skeleton.spec.name}: frame {k} of {count}", flush=True)
        yield av.VideoFrame.from_ndarray(renderer.frame(k), format="rgb24")


def _decoded(path: Path) -> Iterator[av.VideoFrame]:
    with av.open(str(path)) as container:
        yield from container.decode(video=0)

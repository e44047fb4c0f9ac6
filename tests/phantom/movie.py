"""Renders a specification to a video with its truth beside it."""

from pathlib import Path

import av

from .body import load_body
from .camera import Camera
from .render import Renderer
from .skeleton import Skeleton
from .spec import PhantomSpec
from .truth import write_frames, write_summary

CRF = 25


def write_truth(spec: PhantomSpec, folder: Path) -> Skeleton:
    """Writes `<name>_truth.csv.gz` and `<name>_truth.json`; needs no graphics."""
    skeleton = Skeleton(spec, load_body(spec.body))
    camera = Camera(spec.camera, -1 if spec.facing == "right" else 1)
    folder.mkdir(parents=True, exist_ok=True)
    write_frames(skeleton, camera, folder / f"{spec.name}_truth.csv.gz")
    write_summary(skeleton, camera, f"{spec.name}.mp4", folder / f"{spec.name}_truth.json")
    return skeleton


def make_clip(spec: PhantomSpec, folder: Path, crf: int = CRF) -> Path:
    """Writes the video and its truth into `folder`; returns the video's path."""
    skeleton = write_truth(spec, folder)
    renderer = Renderer(skeleton)
    path = folder / f"{spec.name}.mp4"
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=spec.fps, options={"crf": str(crf), "preset": "slow"})
        stream.width, stream.height, stream.pix_fmt = spec.camera.width, spec.camera.height, "yuv420p"
        for k in range(skeleton.schedule.frames):
            picture = av.VideoFrame.from_ndarray(renderer.frame(k), format="rgb24")
            container.mux(stream.encode(picture))
            if k % 120 == 0:
                print(f"{spec.name}: frame {k} of {skeleton.schedule.frames}", flush=True)
        container.mux(stream.encode())
    return path

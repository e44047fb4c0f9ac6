"""Poses of a clip as the live device gets them: its network, tracker and region; kept beside the clips."""

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from device.camera.frame import Frame
from device.camera.video import VideoCamera
from device.demo.clip import DemoTruth
from device.pose import tracker
from device.pose.models import find
from device.pose.movenet import MoveNet
from device.pose.region import Region
from device.pose.tracker import PoseTracker
from device.pose.types import Pose

from .cases import LOOPS, Case

MODEL = "lightning"
GRAIN = 8.0
"""Added to the picture when a clip is filmed again, SD in 8-bit levels."""
SHIFT_PX = 3.0
"""The camera then stands so far aside at most."""
MARGIN = 0.15
"""Round the runner, as a share of his height in the picture."""


def poses(case: Case, folder: Path, truth: DemoTruth, film: int = 0) -> list[Pose]:
    """Give the poses of a case, from the kept ones when network, tracker and clip are the same.

    film: 0 for the clip as it is, 1, 2 ... for the same scene filmed again, with fresh grain and the camera
    moved by some pixels.
    Raises FileNotFoundError when the clip has not been rendered.
    """
    video = folder / f"{case.clip.spec.name}.mp4"
    name = case.name + (f"~{film}" if film else "")
    kept = folder / "poses" / f"{name}-{_key(video)}.npz"
    if kept.exists():
        with np.load(kept) as data:
            return [
                Pose(float(t), xy, s) for t, xy, s in zip(data["t"], data["xy"], data["score"], strict=True)
            ]
    found = list(_estimate(case, video, truth, GRAIN if film else 0.0, film))
    kept.parent.mkdir(exist_ok=True)
    for old in kept.parent.glob(f"{name}-*.npz"):
        old.unlink()
    columns = {"t": np.array([p.t for p in found]), "xy": np.array([p.xy for p in found], np.float32)}
    np.savez_compressed(kept, **columns, score=np.array([p.score for p in found], np.float32))
    return found


def _estimate(case: Case, video: Path, truth: DemoTruth, grain: float, seed: int) -> Iterator[Pose]:
    cv2.setNumThreads(1)
    loops = 1 if case.clip.group == "standing" else LOOPS
    count = loops * len(truth.frames.t_s)
    kept = case.keeps(count, truth.fps)
    camera = VideoCamera(video, paced=False, loop=loops > 1)
    track = PoseTracker(MoveNet(find(MODEL)), region(truth))
    rng = np.random.default_rng(1000 + seed)
    moved = np.hstack([np.eye(2), rng.uniform(-SHIFT_PX, SHIFT_PX, (2, 1))])
    for frame, wanted in zip(islice(camera.frames(), count), kept, strict=False):
        image = frame.image
        if grain:
            image = cv2.warpAffine(image, moved, (truth.width, truth.height), borderMode=cv2.BORDER_REPLICATE)
            noisy = image + grain * rng.standard_normal(image.shape, dtype=np.float32)
            image = np.clip(noisy, 0, 255).astype(np.uint8)
        if wanted:
            yield track.estimate(Frame(frame.t, image))
    camera.close()


def region(truth: DemoTruth) -> Region:
    """The treadmill's part of the picture, as a therapist would draw it round this runner."""
    points = truth.frames.landmarks_px.reshape(-1, 2) / (truth.width, truth.height)
    room = MARGIN * np.ptp(points[:, 1]) * np.array([truth.height / truth.width, 1.0])
    low, high = np.clip(points.min(axis=0) - room, 0, 1), np.clip(points.max(axis=0) + room, 0, 1)
    return Region(*map(float, (*low, *(high - low))))


def _key(video: Path) -> str:
    """Changes with the clip, the network and the code between picture and pose."""
    digest = hashlib.sha256(find(MODEL).sha256.encode())
    for path in (video, *sorted(Path(tracker.__file__).parent.glob("*.py"))):
        if path.name not in {"log.py", "models.py", "region.py"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

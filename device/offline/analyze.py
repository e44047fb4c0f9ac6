"""`treadlight analyze`: a video or a pose log in, one analysis out."""

import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from device import __version__
from device.camera.frame import Frame
from device.camera.video import VideoCamera
from device.errors import ConfigError, TreadlightError
from device.gait.standing import measure_standing, standing_setup
from device.gait.types import Facing, Notice, RunSetup, Standing
from device.offline.analysis import ClipAnalyzer, to_json
from device.offline.outputs import Outputs
from device.pose.log import read_pose_log
from device.pose.models import find
from device.pose.movenet import MoveNet
from device.pose.region import Region
from device.pose.tracker import PoseTracker
from device.pose.types import Pose

MEASURED, NOT_MEASURED = 0, 3
POSE_LOG_MAGIC = b"# treadlight-poses"


@dataclass(frozen=True, slots=True)
class Request:
    """What to analyse and what to write.

    source: video file or pose log. roi: x, y, width, height of the treadmill, in pixels, or in fractions of
    the picture when none is above 1. grade_pct: slope of the belt, uphill positive. time_scale: how many
    times slower than life the clip plays. rotation: degrees clockwise that turn the picture upright.
    standing: a video or pose log of the same runner standing still. The files are written where given.
    """

    source: Path
    speed_mps: float | None = None
    grade_pct: float = 0.0
    height_cm: float | None = None
    facing: str = "auto"
    roi: tuple[float, float, float, float] | None = None
    time_scale: float = 1.0
    rotation: int = 0
    mirrored: bool = False
    model: str = "lightning"
    standing: Path | None = None
    json_file: Path | None = None
    csv_file: Path | None = None
    poses_file: Path | None = None
    video_file: Path | None = None
    quiet: bool = False

    @property
    def setup(self) -> RunSetup:
        """What the operator said about the run."""
        return RunSetup(
            speed_mps=self.speed_mps,
            grade_pct=self.grade_pct,
            height_cm=self.height_cm,
            facing=None if self.facing == "auto" else Facing(self.facing),
        )


@dataclass(slots=True)
class Source:
    """Poses of one input, in order, each with its frame when the input has pictures."""

    size: tuple[int, int]
    poses: Iterator[tuple[Pose, Frame | None]]
    total: int | None
    facts: dict[str, Any]
    camera: VideoCamera | None = None
    truncated: bool = False


def analyze_file(request: Request) -> int:
    """Analyse a file and write what was asked for; gives 0 when measured, 3 when not.

    Raises TreadlightError when the input cannot be read or an output cannot be written.
    """
    inputs = [path for path in (request.source, request.standing) if path is not None]
    files = (request.json_file, request.csv_file, request.poses_file, request.video_file)
    with Outputs(*files, inputs) as outputs:
        source = open_source(request)
        if source.camera is None:
            _refuse_picture_options(request)
        standing = None if request.standing is None else stand(request, request.standing)
        clip = ClipAnalyzer(source.size, standing_setup(request.setup, standing))
        meta = {key: str(value) for key, value in source.facts.items() if key != "input"}
        outputs.begin(source.size, meta, source.camera.fps / request.time_scale if source.camera else 0.0)
        with tqdm(total=source.total, unit="frame", disable=_silent(request)) as progress:
            for pose, frame in source.poses:
                outputs.write(pose, frame, clip.update(pose))
                progress.update()
        analysis = clip.finish()
        analysis = replace(analysis, warnings=(*analysis.warnings, *_input_notices(source)))
        provenance = _provenance(request, source) | {"standing": standing and asdict(standing)}
        document = to_json(analysis, provenance, request.time_scale)
        outputs.finish(
            analysis.form, json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        )
    return MEASURED if analysis.measured else NOT_MEASURED


def _silent(request: Request) -> bool:
    return request.quiet or not sys.stderr.isatty()


def _refuse_picture_options(request: Request) -> None:
    asked = {
        "--video": request.video_file,
        "--roi": request.roi,
        "--rotation": request.rotation,
        "--mirrored": request.mirrored,
    }
    given = [option for option, value in asked.items() if value]
    if given:
        raise TreadlightError(
            f"A pose log has no picture, which {' and '.join(given)} would need. "
            "Leave that out, or give the video itself."
        )


def stand(request: Request, source: Path) -> Standing:
    """Learn from a video or pose log of the runner standing still before the same camera.

    Raises TreadlightError with the reason when nothing can be learned.
    """
    opened = open_source(replace(request, source=source, time_scale=1.0))
    poses = [pose for pose, _ in opened.poses if pose.present]
    found = measure_standing(poses, request.setup)
    if isinstance(found, Notice):
        raise TreadlightError(f"{source}: {found.message}")
    return found


def open_source(request: Request) -> Source:
    """Open a video, or a pose log when the file begins like one."""
    if str(request.source) == "-":
        raise TreadlightError("Standard input cannot be analysed. Save it to a file and give its path.")
    try:
        with request.source.open("rb") as file:
            head = file.read(len(POSE_LOG_MAGIC))
    except OSError as error:
        raise TreadlightError(
            f"{request.source} cannot be read ({error.strerror}). Give the path of a video or a pose log."
        ) from error
    if head == POSE_LOG_MAGIC or request.source.suffix == ".csv":
        return _pose_log_source(request)
    return _video_source(request)


def _pose_log_source(request: Request) -> Source:
    log = read_pose_log(request.source)
    k = request.time_scale
    poses = ((Pose(p.t / k, p.xy, p.score), None) for p in log.poses)
    return Source(log.size, poses, None, {"input": "pose log", **log.meta}, truncated=log.truncated)


def _video_source(request: Request) -> Source:
    camera = VideoCamera(
        request.source,
        paced=False,
        rotation=request.rotation,
        mirrored=request.mirrored,
        time_scale=request.time_scale,
    )
    model = find(request.model)
    net = MoveNet(model)
    region = None if request.roi is None else region_from_roi(request.roi, camera.size)
    tracker = PoseTracker(net, region)
    poses = ((tracker.estimate(frame), frame) for frame in camera.frames())
    facts = {
        "input": "video",
        "model": model.name,
        "model_sha256": model.sha256,
        "runtime": net.runtime.name,
        "runtime_version": net.runtime.version,
    }
    return Source(camera.size, poses, camera.frame_count, facts, camera)


def region_from_roi(roi: tuple[float, float, float, float], size: tuple[int, int]) -> Region:
    """Give the region for x, y, width, height in fractions, or in pixels when any of them is above 1."""
    if max(roi) <= 1.0:
        return Region(*roi)
    x, y, w, h = roi
    width, height = size
    try:
        return Region(x / width, y / height, w / width, h / height)
    except ConfigError as error:
        raise ConfigError(
            f"The treadmill region {','.join(f'{part:g}' for part in roi)} does not fit the picture of "
            f"{width} x {height} pixels. Give x,y,width,height inside it, at least a twentieth wide and high."
        ) from error


def _input_notices(source: Source) -> tuple[Notice, ...]:
    notice = source.camera.notice if source.camera else None
    if source.truncated:
        notice = "The pose log's last line was cut off and is left out. All lines before it were used."
    return () if notice is None else (Notice("input_damaged", notice),)


def _provenance(request: Request, source: Source) -> dict[str, Any]:
    return {
        "software": "treadlight",
        "version": __version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "source": request.source.name,
        "setup": {
            "speed_mps": request.speed_mps,
            "grade_pct": request.grade_pct,
            "height_cm": request.height_cm,
            "facing": request.facing,
            "roi": request.roi,
            "rotation": request.rotation,
            "mirrored": request.mirrored,
        },
        **source.facts,
    }

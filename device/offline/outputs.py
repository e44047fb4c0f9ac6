"""The files that an analysis writes: each is whole when it has its name, or is not there."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from av.error import FFmpegError

from device.camera.frame import Frame
from device.errors import TreadlightError
from device.gait.form_csv import write_form_csv
from device.gait.types import FormMetrics, GaitUpdate
from device.offline.annotate import AnnotatedVideo
from device.pose.log import PoseLogWriter
from device.pose.types import Pose
from device.storage.disk import Draft, writing


class Outputs:
    """Takes every place before the work begins, so that a wrong path costs no hour; leaves no part of a file.

    json, csv, poses, video: where they shall be, None for none; without `json` it goes to standard output.
    inputs: files that are read and so must not be written over.
    Raises TreadlightError when a place cannot be written to or is named twice.
    """

    def __init__(
        self,
        json: Path | None,
        csv: Path | None,
        poses: Path | None,
        video: Path | None,
        inputs: Iterable[Path],
    ) -> None:
        places = {"--json": json, "--csv": csv, "--poses": poses, "--video": video}
        self._places = {option: place for option, place in places.items() if place is not None}
        _refuse_writing_over(self._places, inputs)
        self._drafts: dict[str, Draft] = {}
        self._log: PoseLogWriter | None = None
        self._video: AnnotatedVideo | None = None
        with ExitStack() as undo:
            for option, place in self._places.items():
                with writing(place):
                    self._drafts[option] = Draft(place)
                undo.callback(self._drafts[option].drop)
            self._undo = undo.pop_all()

    def __enter__(self) -> "Outputs":
        return self

    def __exit__(self, *exc: object) -> None:
        with self._undo, suppress(OSError, FFmpegError):
            # Only what did not come to its end is still open: it is dropped, whatever its last bytes become.
            if self._log:
                self._log.close()
            if self._video:
                self._video.abandon()

    def begin(self, size: tuple[int, int], meta: Mapping[str, str], fps: float) -> None:
        """Open what is written frame by frame.

        size: width and height of the picture in pixels. meta: what the pose log says of itself. fps: pictures
        a second at which the video plays.
        """
        if "--poses" in self._drafts:
            with writing(self._places["--poses"]):
                self._log = PoseLogWriter(self._drafts["--poses"].path, size, meta)
        if "--video" in self._drafts:
            with _drawing(self._places["--video"]):
                self._video = AnnotatedVideo(self._drafts["--video"].path, size, fps)

    def write(self, pose: Pose, frame: Frame | None, update: GaitUpdate) -> None:
        """Append one frame to the pose log and the video."""
        if self._log:
            with writing(self._places["--poses"]):
                self._log.write(pose)
        if self._video and frame is not None:
            with _drawing(self._places["--video"]):
                self._video.write(frame, pose, update)

    def finish(self, form: Iterable[FormMetrics], document: str) -> None:
        """Finish each file and give it its name; those that succeed stay, whatever becomes of the others."""
        if self._log:
            with self._finishing("--poses"):
                self._log.close()
        if self._video:
            with _drawing(self._places["--video"]), self._finishing("--video"):
                self._video.close()
                self._video = None
        if "--csv" in self._drafts:
            with (
                self._finishing("--csv") as draft,
                draft.open("w", newline="", encoding="utf-8") as file,
            ):
                write_form_csv(file, form)
        if "--json" in self._drafts:
            with self._finishing("--json") as draft:
                draft.write_text(document, encoding="utf-8")
        else:
            with writing(Path("standard output")):
                sys.stdout.write(document)
                sys.stdout.flush()

    @contextmanager
    def _finishing(self, option: str) -> Iterator[Path]:
        with writing(self._places[option]):
            yield self._drafts[option].path
            self._drafts[option].keep()


def _refuse_writing_over(places: Mapping[str, Path], inputs: Iterable[Path]) -> None:
    taken = {path.resolve(): "the input" for path in inputs}
    for option, place in places.items():
        if place.exists() and not place.is_file():
            continue
        if (by := taken.get(place.resolve())) is not None:
            raise TreadlightError(f"{place} is given for {option} and is {by} too. Give another file name.")
        taken[place.resolve()] = f"given for {option}"


@contextmanager
def _drawing(place: Path) -> Iterator[None]:
    """The same for a video, whose format hangs on its name."""
    try:
        with writing(place):
            yield
    except (ValueError, FFmpegError) as error:
        raise TreadlightError(
            f"{place} cannot be written ({error}). Give a file name that ends in .mp4."
        ) from error

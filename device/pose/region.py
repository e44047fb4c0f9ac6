"""Where in the picture the treadmill is."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from device.errors import ConfigError, StoreError
from device.storage.disk import write_whole


@dataclass(frozen=True, slots=True)
class Region:
    """An upright rectangle that the operator drew round the treadmill and its runner.

    x, y: upper left corner; width, height: size; all as fractions of the picture, 0 to 1.
    Raises ConfigError when it is empty or leaves the picture.
    """

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        inside = (
            self.x >= 0
            and self.y >= 0
            and self.x + self.width <= 1 + 1e-6
            and self.y + self.height <= 1 + 1e-6
        )
        if not (inside and self.width >= 0.05 and self.height >= 0.05):
            raise ConfigError(
                f"The treadmill region {self.x:g},{self.y:g},{self.width:g},{self.height:g} is not inside "
                "the picture. Give x,y,width,height as fractions from 0 to 1, at least 0.05 wide and high."
            )

    def pixels(self, size: tuple[int, int]) -> tuple[float, float, float, float]:
        """Give left, top, right, bottom in pixels of a picture of `size` (width, height)."""
        w, h = size
        return self.x * w, self.y * h, (self.x + self.width) * w, (self.y + self.height) * h


def whole_runner(width: int, height: int) -> Region:
    """Give the middle of a picture of so many pixels: the region a therapist would draw round a runner."""
    share = min(1.0, 0.95 * height / width)
    return Region((1.0 - share) / 2, 0.0, share, 1.0)


class KeptRegion:
    """The region that was last drawn on the dashboard, as `region.json` in the data folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "region.json"

    def read(self) -> Region | None:
        """Give the kept region; None when none was drawn or the file is damaged (it is then drawn anew)."""
        try:
            return Region(**json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, region: Region | None) -> None:
        """Keep a region, or forget it. Raises StoreError when the folder takes nothing."""
        try:
            if region is None:
                self._path.unlink(missing_ok=True)
                return
            write_whole(self._path, json.dumps(asdict(region)).encode())
        except OSError as error:
            raise StoreError(
                f"The treadmill region is used now but cannot be kept ({error.strerror}). "
                "Free space in the data folder."
            ) from error

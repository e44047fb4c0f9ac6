"""Where in the picture the treadmill is."""

from dataclasses import dataclass

from device.errors import ConfigError


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

"""A rectangle of the picture."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """Pixels of the picture, bounds half open."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def rows(self) -> slice:
        """For indexing a picture."""
        return slice(self.top, self.bottom)

    @property
    def columns(self) -> slice:
        """For indexing a picture."""
        return slice(self.left, self.right)

    def within(self, other: "Region") -> "Region | None":
        """The part that lies in `other` too, None when there is none."""
        top, bottom = max(self.top, other.top), min(self.bottom, other.bottom)
        left, right = max(self.left, other.left), min(self.right, other.right)
        return Region(top, bottom, left, right) if bottom > top and right > left else None

"""What drawings of a runner are made of: SVG lines, arcs, points and values on plates."""

from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import cos, radians, sin

from device.review.types import Box, Point


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a drawing; `near` and `far` are the figure's limbs, `line` what is measured."""

    ground: str
    body: str
    far: str
    line: str
    faint: str
    halo: str
    label: str
    label_text: str


PAGE = Palette(
    ground="var(--s2)", body="var(--limb, var(--s3))", far="var(--limb-far, var(--line))", line="var(--tx)",
    faint="var(--edge)", halo="var(--s2)", label="rgba(8,12,17,.82)", label_text="#F2F6FA",
)  # fmt: skip
"""For pages: follows the page's dark or light colours."""
PRINT = Palette(
    ground="#F3F6F8", body="#C3CDD6", far="#DDE4EA", line="#10181F", faint="#73808C", halo="#F3F6F8",
    label="#10181F", label_text="#FFFFFF",
)  # fmt: skip
"""For paper: light ground, no transparency that printers spoil."""
PICTURED = Palette(
    ground="#05080B", body="none", far="none", line="#FFFFFF", faint="rgba(255,255,255,.45)",
    halo="rgba(5,10,15,.6)", label="rgba(8,12,17,.82)", label_text="#F2F6FA",
)  # fmt: skip
"""Over a picture."""


class Pen:
    """Draws in pixels of the frame; one `unit` is a 690th of the drawing's height."""

    def __init__(self, palette: Palette, box: Box) -> None:
        self.palette = palette
        self.box = box
        self.unit = (box[3] - box[1]) / 690

    def haloed(self, points: list[Point | None], width: float, colour: str) -> str:
        """Lines between points that follow each other, on a halo; where one is missing there is none."""
        runs = [(a, b) for a, b in pairwise(points) if a is not None and b is not None]
        return "".join(
            self.line([a, b], width + extra, shade)
            for extra, shade in ((4.0, self.palette.halo), (0.0, colour))
            for a, b in runs
        )

    def line(self, points: list[Point], width: float, colour: str) -> str:
        """A round-ended line; `width` in units."""
        (x0, y0), (x1, y1) = points
        return (
            f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" fill="none" stroke="{colour}" '
            f'stroke-width="{width * self.unit:.2f}" stroke-linecap="round"/>'
        )

    def dashed(self, a: Point, b: Point) -> str:
        """A dotted line of reference."""
        u = self.unit
        return (
            f'<path d="M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}" stroke="{self.palette.line}" '
            f'stroke-width="{2.8 * u:.2f}" stroke-linecap="round" '
            f'stroke-dasharray="{3 * u:.2f} {8 * u:.2f}"/>'
        )

    def path(self, d: str, width: float) -> str:
        """An outline; `d` in pixels, `width` in units."""
        return (
            f'<path d="{d}" fill="none" stroke="{self.palette.line}" stroke-width="{width * self.unit:.2f}"/>'
        )

    def arc(self, at: Point, radius: float, begin: float, end: float) -> str:
        """The arc of an angle, the short way from `begin` to `end` (radians, clockwise on screen)."""
        a = (at[0] + radius * cos(begin), at[1] + radius * sin(begin))
        b = (at[0] + radius * cos(end), at[1] + radius * sin(end))
        turn = (end - begin + 3 * radians(180)) % radians(360) - radians(180)
        sweep = 1 if turn > 0 else 0
        return self.path(
            f"M{a[0]:.1f} {a[1]:.1f}A{radius:.1f} {radius:.1f} 0 0 {sweep} {b[0]:.1f} {b[1]:.1f}", 4.5
        )

    def joint(self, at: Point, radius: float) -> str:
        """A point with its halo; `radius` in units."""
        return self.dot(at, radius + 2, self.palette.halo) + self.dot(at, radius, self.palette.line)

    def dot(self, at: Point, radius: float, colour: str) -> str:
        """A filled disc; `radius` in units."""
        return f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius * self.unit:.2f}" fill="{colour}"/>'

    def label(self, text: str, at: Point, side: float) -> str:
        """A value on a dark plate; `side` +1 lies right of `at`, -1 left, 0 round it; kept inside."""
        u, colours = self.unit, self.palette
        width, height = (18.5 * len(text) + 24) * u, 42 * u
        left = at[0] - width / 2 if side == 0 else at[0] if side > 0 else at[0] - width
        left = min(max(left, self.box[0] + 8 * u), self.box[2] - width - 8 * u)
        top = min(max(at[1] - height / 2, self.box[1] + 8 * u), self.box[3] - height - 8 * u)
        return (
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{9 * u:.1f}" '
            f'fill="{colours.label}"/><text x="{left + width / 2:.1f}" y="{top + 31 * u:.1f}" '
            f'font-size="{31 * u:.1f}" font-weight="650" text-anchor="middle" fill="{colours.label_text}">'
            f"{escape(text)}</text>"
        )

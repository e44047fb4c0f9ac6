"""A key frame as a drawing: the picture, or a figure in its place, with lines, arcs and values.

The figure has no feet, for none are measured. What a value is missing for is not drawn either.
"""

import base64
from html import escape
from itertools import pairwise
from math import atan2, cos, hypot, radians, sin

from device.gait.types import Facing
from device.review.geometry import forward_sign
from device.review.pen import PAGE, PICTURED, PRINT, Pen
from device.review.types import Box, KeyFrame, KeyFrames, Leg, Point

NAMES = {"lean_deg": "trunk lean", "knee_deg": "knee bend", "thigh_deg": "thigh", "reach_pct": "foot ahead"}


_LIMBS = (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"))
_SMALL = ("elbow", "wrist", "knee", "ankle")
_WIDTHS = {"shoulder": 34, "elbow": 26, "hip": 56, "knee": 38}


def key_frame_svg(
    frame: KeyFrame,
    of: KeyFrames,
    *,
    title: str = "",
    paper: bool = False,
    pictured: bool = True,
    decimals: int = 1,
) -> str:
    """Draw one key frame as an SVG element that fills its container.

    title: said to screen readers before the values. paper: colours for print. pictured: show the picture
    where there is one, else the figure. decimals: of the trunk's lean.
    """
    picture = frame.picture if pictured else None
    palette = PICTURED if picture is not None else PRINT if paper else PAGE
    runner = _Runner(Pen(palette, of.box), of.facing)
    left, top, right, bottom = of.box
    parts = [f'<rect x="{left}" y="{top}" width="{right - left:.1f}" height="{bottom - top:.1f}" '
             f'fill="{palette.ground}"/>']  # fmt: skip
    if picture is not None:
        parts.append(_image(picture.jpeg, picture.box))
    else:
        parts.append(runner.figure(frame.points))
    parts += [runner.skeleton(frame.points), runner.marks(frame, decimals)]
    said = ", ".join(f"{NAMES[n]} {text_of(n, v, decimals)}" for n, v in frame.values.items())
    label = escape(": ".join(filter(None, (title, said))) or title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="key-frame" role="img" aria-label="{label}" '
        f'viewBox="{left} {top} {right - left:.1f} {bottom - top:.1f}" '
        f'preserveAspectRatio="xMidYMid slice">{"".join(parts)}</svg>'
    )


def text_of(name: str, value: float, decimals: int = 1) -> str:
    """Write a value of a key frame with its unit."""
    digits = decimals if name == "lean_deg" else 0
    text = f"{value:.{digits}f}".replace("-", "\u2212")
    if text.strip("\u22120.") == "":
        text = text.replace("\u2212", "")
    return f"{text}\u00a0%" if name == "reach_pct" else f"{text}°"


def _image(jpeg: bytes, box: Box) -> str:
    left, top, right, bottom = box
    data = base64.b64encode(jpeg).decode("ascii")
    place = f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}"'
    return (
        f'<image {place} preserveAspectRatio="none" href="data:image/jpeg;base64,{data}"/>'
        f'<rect {place} fill="rgba(6,10,14,.16)"/>'
    )


class _Runner:
    """Draws one runner's points: the figure, what was measured, the values beside it."""

    def __init__(self, pen: Pen, facing: Facing) -> None:
        self._pen = pen
        self._forward = forward_sign(facing)

    def figure(self, points: dict[str, Point]) -> str:
        """A jointed figure, far limbs behind."""
        parts = [self._limbs(points, "far", self._pen.palette.far)]
        if "hip" in points and "shoulder" in points:
            parts.append(self._pen.line([points["shoulder"], points["hip"]], 84, self._pen.palette.body))
            head = self._head(points)
            if head is not None:
                parts.append(self._pen.line([points["shoulder"], head], 34, self._pen.palette.body))
                parts.append(self._pen.dot(head, 44, self._pen.palette.body))
        parts.append(self._limbs(points, "near", self._pen.palette.body))
        return "".join(parts)

    def skeleton(self, points: dict[str, Point]) -> str:
        """The measured points and the lines between them."""
        parts = []
        for leg, colour, width in (
            ("far", self._pen.palette.faint, 3.0),
            ("near", self._pen.palette.line, 4.2),
        ):
            for limb in _LIMBS:
                names = [f"{leg}_{joint}" for joint in limb]
                parts.append(self._pen.haloed([points.get(n) for n in names], width, colour))
        if "hip" in points and "shoulder" in points:
            parts.append(self._pen.haloed([points["hip"], points["shoulder"]], 4.2, self._pen.palette.line))
        joints = (*((f"near_{name}", 5.7) for name in _SMALL), ("hip", 6.5), ("shoulder", 6.5))
        parts += [self._pen.joint(points[name], radius) for name, radius in joints if name in points]
        return "".join(parts)

    def marks(self, frame: KeyFrame, decimals: int) -> str:
        """Lines and values of what is measured in this frame."""
        drawn = {
            "lean_deg": self._lean,
            "knee_deg": self._knee,
            "thigh_deg": self._thigh,
            "reach_pct": self._reach,
        }
        return "".join(
            drawn[name](frame.points, text_of(name, value, decimals))
            for name, value in frame.values.items()
            if name in drawn and (frame.leg is Leg.NEAR or name == "lean_deg")
        )  # fmt: skip

    def _lean(self, points: dict[str, Point], text: str) -> str:
        if "hip" not in points or "shoulder" not in points:
            return ""
        (hx, hy), (sx, sy) = points["hip"], points["shoulder"]
        reach = 1.55
        tip = (hx + reach * (sx - hx), hy + reach * (sy - hy))
        top = min(tip[1], hy - 0.9 * reach * (hy - sy))
        parts = [
            self._pen.dashed((hx, hy), (hx, top)),
            self._pen.haloed([(hx, hy), tip], 5, self._pen.palette.line),
            self._pen.joint(tip, 7),
            self._pen.joint((hx, hy), 8),
        ]
        heads = [points[name][0] for name in ("head", "nose", "shoulder") if name in points]
        edge = max(*heads, tip[0]) if self._forward > 0 else min(*heads, tip[0])
        x = edge + self._forward * 40 * self._pen.unit
        return "".join(parts) + self._pen.label(text, (x, tip[1] + 60 * self._pen.unit), self._forward)

    def _knee(self, points: dict[str, Point], text: str) -> str:
        if not {"hip", "near_knee", "near_ankle"} <= points.keys():
            return ""
        hip, knee, ankle = points["hip"], points["near_knee"], points["near_ankle"]
        thigh = atan2(knee[1] - hip[1], knee[0] - hip[0])
        shank = atan2(ankle[1] - knee[1], ankle[0] - knee[0])
        length = 0.62 * hypot(ankle[0] - knee[0], ankle[1] - knee[1])
        on = (knee[0] + length * cos(thigh), knee[1] + length * sin(thigh))
        arc = self._pen.arc(knee, 0.78 * length, thigh, shank)
        side = self._forward
        at = (knee[0] + side * 32 * self._pen.unit, knee[1] - 8 * self._pen.unit)
        return self._pen.dashed(knee, on) + arc + self._pen.label(text, at, side)

    def _thigh(self, points: dict[str, Point], text: str) -> str:
        if not {"hip", "near_knee"} <= points.keys():
            return ""
        hip, knee = points["hip"], points["near_knee"]
        length = hypot(knee[0] - hip[0], knee[1] - hip[1])
        down = (hip[0], hip[1] + 1.45 * length)
        arc = self._pen.arc(hip, 0.9 * length, radians(90), atan2(knee[1] - hip[1], knee[0] - hip[0]))
        at = ((hip[0] + knee[0]) / 2, hip[1] + 1.28 * length)
        return self._pen.dashed(hip, down) + arc + self._pen.label(text, at, 0)

    def _reach(self, points: dict[str, Point], text: str) -> str:
        if not {"hip", "near_ankle"} <= points.keys():
            return ""
        (hx, hy), (ax, ay) = points["hip"], points["near_ankle"]
        u = self._pen.unit
        y = min(ay + 34 * u, self._pen.box[3] - 28 * u)
        parts = [self._pen.dashed((hx, hy + 18 * u), (hx, y))]
        parts.append(
            self._pen.path(f"M{hx:.1f} {y:.1f}H{ax:.1f}M{ax:.1f} {y - 24 * u:.1f}V{y + 10 * u:.1f}", 4)
        )
        return "".join(parts) + self._pen.label(text, (hx - self._forward * 14 * u, y), -self._forward)

    def _limbs(self, points: dict[str, Point], leg: str, colour: str) -> str:
        parts = []
        for limb in _LIMBS:
            for upper, lower in pairwise(limb):
                ends = [points.get(f"{leg}_{upper}"), points.get(f"{leg}_{lower}")]
                if leg == "near" and upper in {"hip", "shoulder"} and upper in points:
                    ends[0] = points[upper]
                if ends[0] is not None and ends[1] is not None:
                    parts.append(self._pen.line([ends[0], ends[1]], _WIDTHS[upper], colour))
        return "".join(parts)

    def _head(self, points: dict[str, Point]) -> Point | None:
        if "head" in points:
            return points["head"]
        return points.get("nose")

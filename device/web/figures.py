"""Key frames as cards for pages: drawing, name, place in the stride."""

from dataclasses import dataclass

from markupsafe import Markup

from device.review.drawing import key_frame_svg
from device.review.types import Instant, KeyFrames, Leg
from device.web.words import load_words


@dataclass(frozen=True, slots=True)
class Card:
    """One key frame on a page. drawing: SVG. figure: the same as a drawn figure when there is a picture."""

    leg: Leg
    instant: Instant
    name: str
    note: str
    t: float
    drawing: Markup
    figure: Markup | None


def cards(frames: KeyFrames, leg: Leg | None = None, *, paper: bool = False) -> list[Card]:
    """Draw the key frames of one leg, or of both, in order of the stride.

    paper: in colours for print.
    """
    words = load_words()
    found = []
    for frame in frames.frames:
        if leg is not None and frame.leg is not leg:
            continue
        name = str(words["instants"][frame.instant])
        title = f"{name}, {str(words['legs'][frame.leg]).lower()}"
        note = str(words["instants_note"][frame.instant]).replace("{pct}", f"{frame.stride_pct:.0f}")
        drawn = Markup(key_frame_svg(frame, frames, title=title, paper=paper))
        figure = None
        if frame.picture is not None:
            figure = Markup(key_frame_svg(frame, frames, title=title, paper=paper, pictured=False))
        found.append(Card(frame.leg, frame.instant, name, note, frame.t, drawn, figure))
    return found

"""Draws the pictures of this folder: python3 deploy/pictures.py; the tests compare them with the files."""

from pathlib import Path

HERE = Path(__file__).parent
INK, SOFT, LINE, PAPER, CUE, WARM = "#10181F", "#586672", "#A9B5C0", "#FFFFFF", "#0B5CAD", "#855000"
FONT = "font-family='Inter, Segoe UI, Roboto, Helvetica, Arial, sans-serif'"


class Drawing:
    """SVG of a given size, filled part by part; lengths in px, y downwards."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self._parts = [
            f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' {FONT} role='img'>",
            f"<title>{title}</title>",
            f"<rect width='{width}' height='{height}' fill='{PAPER}'/>",
        ]
        self.text(24, 40, title, size=22, weight=650)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: int = 14,
        color: str = INK,
        anchor: str = "start",
        weight: int = 400,
    ) -> None:
        """Write one line; y is its foot."""
        self._parts.append(
            f"<text x='{x:g}' y='{y:g}' font-size='{size}' font-weight='{weight}' fill='{color}' "
            f"text-anchor='{anchor}'>{words}</text>"
        )

    def lines(self, x: float, y: float, words: list[str], color: str = SOFT, step: int = 20) -> None:
        """Write lines one below the other."""
        for number, line in enumerate(words):
            self.text(x, y + step * number, line, color=color)

    def path(self, d: str, color: str = INK, width: float = 2, fill: str = "none", dash: str = "") -> None:
        """Draw a line, closed when `fill` is given."""
        extra = f" stroke-dasharray='{dash}'" if dash else ""
        self._parts.append(
            f"<path d='{d}' fill='{fill}' stroke='{color}' stroke-width='{width:g}' stroke-linejoin='round' "
            f"stroke-linecap='round'{extra}/>"
        )

    def box(
        self, x: float, y: float, w: float, h: float, fill: str = "none", color: str = INK, radius: int = 6
    ) -> None:
        """Draw a rectangle from its upper left corner."""
        self._parts.append(
            f"<rect x='{x:g}' y='{y:g}' width='{w:g}' height='{h:g}' rx='{radius}' fill='{fill}' "
            f"stroke='{color}' stroke-width='2'/>"
        )

    def dot(self, x: float, y: float, r: float, fill: str = INK, color: str = "none") -> None:
        """Draw a disc."""
        self._parts.append(
            f"<circle cx='{x:g}' cy='{y:g}' r='{r:g}' fill='{fill}' stroke='{color}' stroke-width='2'/>"
        )

    def measure(self, x0: float, y0: float, x1: float, y1: float, words: str) -> None:
        """A length with bars at both ends, level or upright, and its words."""
        level = y0 == y1
        bar = (0, 6) if level else (6, 0)
        for x, y in ((x0, y0), (x1, y1)):
            self.path(f"M{x - bar[0]:g} {y - bar[1]:g}L{x + bar[0]:g} {y + bar[1]:g}", SOFT, 1.5)
        self.path(f"M{x0:g} {y0:g}L{x1:g} {y1:g}", SOFT, 1.5)
        if level:
            self.text((x0 + x1) / 2, y0 - 9, words, color=INK, anchor="middle", weight=600)
        else:
            self.text(x0 + 10, (y0 + y1) / 2 + 5, words, color=INK, weight=600)

    def svg(self) -> str:
        """Give the picture as a file holds it."""
        return "\n".join([*self._parts, "</svg>", ""])


def wiring() -> str:
    """The light: a transistor, because a blue or white LED needs more voltage than a pin can give."""
    drawing = Drawing(900, 560, "The light: wiring")
    header(drawing)
    transistor(drawing)
    drawing.lines(
        24,
        440,
        [
            "A blue or white LED needs about 3 V: more than a pin can give, so a transistor switches it.",
            "10 kΩ from base to ground keep the light dark while the Raspberry Pi starts.",
            "(5 V - 3.1 V - 0.1 V) / 100 Ω = 18 mA. Up to five such LEDs, each with its own 100 Ω.",
            "Wire with the power off: 5 V on any GPIO pin destroys the Raspberry Pi.",
            "Pin 11 is GPIO 17. Another pin or logic: light.pin and light.active_high in the settings.",
        ],
    )
    return drawing.svg()


def header(drawing: Drawing) -> None:
    """The first six rows of the Raspberry Pi's pins, seen from above with the card's edge at the right."""
    names = {2: "5 V", 6: "GND", 9: "GND", 11: "(17)"}
    drawing.box(60, 80, 170, 300, fill="#F3F6F8")
    drawing.text(145, 108, "Raspberry Pi", anchor="middle", weight=600)
    drawing.text(160, 366, "pins 1 to 12 of 40", size=13, color=SOFT, anchor="middle")
    for row in range(6):
        y = 140 + 38 * row
        for column in range(2):
            number = 2 * row + column + 1
            used = number in (2, 9, 11)
            x = 122 + 46 * column
            drawing.box(
                x - 13, y - 13, 26, 26, fill=CUE if used else PAPER, color=CUE if used else LINE, radius=4
            )
            drawing.text(
                x, y + 5, str(number), size=12, color=PAPER if used else SOFT, anchor="middle", weight=600
            )
            if number in names:
                end = x - 16 if column == 0 else x + 16
                drawing.text(end, y - 7, names[number], size=12, anchor="end" if column == 0 else "start")


def transistor(drawing: Drawing) -> None:
    """5 V, resistor, LED, transistor, ground; the base from GPIO 17 with its pull-down."""
    # Supply from pin 2.
    drawing.path("M181 140H240V88H640V120")
    resistor(drawing, 640, 120, "100 Ω")
    drawing.path("M640 176V196")
    # LED, pointing down, with its light.
    drawing.path("M622 196H658L640 228Z", CUE, fill="#DCEBFA")
    drawing.path("M622 228H658", CUE)
    drawing.path("M668 200l14 -10M672 212l14 -10", CUE)
    drawing.text(700, 207, "LED, blue or white", color=CUE, weight=600)
    drawing.text(700, 226, "flat side, short leg: downwards", size=13, color=SOFT)
    drawing.path("M640 228V262")
    # NPN transistor.
    drawing.dot(628, 294, 34, PAPER, INK)
    drawing.path("M612 272V316", width=3)
    drawing.path("M612 284L640 262M612 304L640 328")
    drawing.path("M640 328l-12 -3l6 -8Z", fill=INK)
    drawing.text(676, 290, "NPN: BC337, 2N2222", weight=600)
    drawing.text(676, 309, "or a MOSFET module", size=13, color=SOFT)
    drawing.path("M640 328V400")
    # Base from pin 11, and the pull-down.
    drawing.path("M109 330H92V412H300V294H340")
    resistor(drawing, 340, 294, "1 kΩ", level=True)
    drawing.path("M396 294H612")
    drawing.dot(500, 294, 4)
    drawing.path("M500 294V312")
    resistor(drawing, 500, 312, "10 kΩ")
    drawing.path("M500 368V400")
    # Ground to pin 9.
    drawing.path("M109 292H78V400H640", INK)
    drawing.dot(500, 400, 4)
    drawing.text(650, 405, "ground, pin 9", size=13, color=SOFT)
    drawing.text(310, 284, "pin 11", size=13, color=SOFT, anchor="end")
    drawing.text(420, 80, "5 V, pin 2", size=13, color=SOFT, anchor="middle")


def resistor(drawing: Drawing, x: float, y: float, words: str, level: bool = False) -> None:
    """Draw a resistor from its upper or left end."""
    if level:
        drawing.box(x, y - 9, 56, 18, fill=PAPER, radius=2)
        drawing.text(x + 28, y - 16, words, anchor="middle", weight=600)
    else:
        drawing.box(x - 9, y, 18, 56, fill=PAPER, radius=2)
        drawing.text(x + 18, y + 33, words, weight=600)


def placement() -> str:
    """Where the camera stands: from above and from behind the treadmill, 100 px to the metre."""
    drawing = Drawing(900, 900, "Where the camera stands")
    from_above(drawing)
    from_behind(drawing)
    drawing.lines(
        24,
        800,
        [
            "Camera Module 3 (not Wide) sees 3.9 m across and 2.2 m up at 3 m, 4.5 m and 2.6 m at 3.5 m.",
            "Square to the belt, level, at the height of the hips: the screen Camera check says what is off.",
            "Bright, even light from the camera's side; no window or mirror behind the runner.",
            "The whole body, both feet and a hand's breadth above the head stay in the picture.",
        ],
    )
    return drawing.svg()


def from_above(drawing: Drawing) -> None:
    """Treadmill, camera, lamps and light, north being away from the camera."""
    drawing.text(24, 84, "From above", weight=600)
    drawing.box(250, 100, 200, 80, fill="#F3F6F8")
    drawing.path("M262 112H438V168H262Z", LINE)
    drawing.text(350, 92, "treadmill", anchor="middle", color=SOFT, size=13)
    person_above(drawing, 350, 140)
    drawing.path("M240 140h-40m0 0l9 -6m-9 6l9 6", CUE)
    drawing.text(188, 112, "direction of", size=13, color=CUE, anchor="end")
    drawing.text(188, 129, "running", size=13, color=CUE, anchor="end")
    # Camera 3 m away, 66 degrees wide.
    drawing.path("M350 440L194 200M350 440L545 140", LINE, 1.5, dash="6 6")
    drawing.path("M350 424V182", LINE, 1.5, dash="2 6")
    drawing.box(332, 428, 36, 24, fill=INK, color=INK, radius=4)
    drawing.dot(350, 428, 7, CUE)
    drawing.text(350, 476, "camera, square to the belt", anchor="middle", weight=600)
    drawing.path("M350 196h14v-14", SOFT, 1.5)
    drawing.measure(640, 140, 640, 440, "3 to 3.5 m to the middle of the belt")
    drawing.text(384, 352, "66°", color=SOFT, anchor="middle")
    # The light in front of the runner, lamps beside the camera.
    drawing.dot(222, 184, 9, "#DCEBFA", CUE)
    drawing.text(176, 176, "the light: seen by the", size=13, color=CUE, anchor="end")
    drawing.text(176, 193, "runner and the camera", size=13, color=CUE, anchor="end")
    for x in (200, 500):
        drawing.dot(x, 440, 10, "#FFF1D6", WARM)
    drawing.text(200, 470, "lamp", size=13, color=WARM, anchor="middle")
    drawing.text(500, 470, "lamp", size=13, color=WARM, anchor="middle")


def person_above(drawing: Drawing, x: float, y: float) -> None:
    """Shoulders and head of a runner."""
    drawing.path(f"M{x} {y - 24}q10 0 10 24q0 24 -10 24q-10 0 -10 -24q0 -24 10 -24Z", INK, fill=PAPER)
    drawing.dot(x - 2, y, 9, INK)


def from_behind(drawing: Drawing) -> None:
    """Runner and camera with their heights."""
    floor = 760
    drawing.text(24, 512, "From behind the treadmill", weight=600)
    drawing.path(f"M60 {floor}H860", INK)
    drawing.box(130, floor - 20, 80, 20, fill="#F3F6F8", radius=3)
    drawing.text(112, floor - 4, "belt", size=13, color=SOFT, anchor="end")
    # A runner of 1.8 m on a deck of 0.2 m.
    deck = floor - 20
    drawing.dot(170, deck - 167, 12, INK)
    drawing.path(
        f"M170 {deck - 153}V{deck - 90}M170 {deck - 145}l-22 30l8 22M170 {deck - 145}l22 30l-8 22", width=5
    )
    drawing.path(f"M170 {deck - 90}l-11 44l3 46M170 {deck - 90}l11 44l-3 46", width=5)
    # The camera at hip height, 3 m away; its view is 41 degrees high.
    hips = deck - 90
    drawing.path(f"M470 {hips}L170 {hips - 112}M470 {hips}L170 {hips + 112}", LINE, 1.5, dash="6 6")
    drawing.path(f"M456 {hips}H186", LINE, 1.5, dash="2 6")
    drawing.box(462, hips - 14, 30, 28, fill=INK, color=INK, radius=4)
    drawing.dot(462, hips, 7, CUE)
    drawing.path(f"M477 {hips + 14}V{floor}M452 {floor}L477 {floor - 40}L502 {floor}", INK, 3)
    drawing.text(500, hips - 8, "level, lens at hip height", weight=600)
    drawing.measure(590, hips, 590, floor, "about 1.1 m above the floor")
    drawing.text(330, hips - 22, "41°", color=SOFT)
    drawing.measure(170, 534, 462, 534, "3 to 3.5 m")


PICTURES = {"wiring.svg": wiring, "camera.svg": placement}


def main() -> None:
    """Write every picture."""
    for name, draw in PICTURES.items():
        (HERE / name).write_text(draw(), "utf-8")


if __name__ == "__main__":
    main()

"""Whether the runner can be measured now, and if not, why: kept over the last seconds."""

from collections import deque
from collections.abc import Iterable
from statistics import median

from device.gait.calibration import calibrated
from device.gait.types import Notice, RunSetup

NOBODY = Notice(
    "nobody",
    "Nobody is seen on the treadmill. Check that the runner is inside the marked region and well lit.",
)
POOR_TRACKING = Notice(
    "poor_tracking",
    "The leg nearest the camera is often lost. Remove what hides it, add light, or ask for tighter clothing.",
)
TOO_SHORT = Notice(
    "too_short", "Not one whole stride could be measured. Record at least 5 seconds of steady running."
)
LEGS_UNCLEAR = Notice(
    "legs_unclear",
    "Cannot tell the legs apart. Set the camera square to the belt at hip height, or add light and contrast.",
)
TWO_PEOPLE = Notice(
    "two_people",
    "Somebody or something crosses the runner's legs in the picture. Ask people to keep clear, and draw the "
    "treadmill region closer round the runner.",
)
LEGS_EXCHANGED = Notice(
    "legs_exchanged",
    "Near and far leg had been taken for each other; this is put right, and what was measured before is left "
    "out. If it comes again, add light and contrast, or raise the camera to hip height.",
)
FACING_UNCLEAR = Notice(
    "frontal_view",
    "Cannot see which way the runner faces. Set the direction of running, or show the face from the side.",
)
FACING_CONFLICT = Notice(
    "facing_conflict",
    "The runner seems to face the other way than set. Check the direction of running in the settings.",
)


def tilted(tilt_deg: float) -> Notice:
    """Say by how much the picture seems to be tilted; positive when the belt climbs in it."""
    slope = "climbs" if tilt_deg > 0 else "falls"
    return Notice(
        "camera_tilted",
        f"The camera is tilted: the belt {slope} by about {abs(tilt_deg):.0f} deg in the picture. "
        "Level the camera, or set the treadmill's incline.",
    )


SPEED_ESTIMATED = Notice(
    "speed_estimated",
    "The belt speed is estimated from the feet. Enter the treadmill's speed for exact values.",
)
LOW_FRAME_RATE = Notice(
    "low_frame_rate",
    "Too few pictures per second to time the steps. Use at least 25 per second, better 60.",
)

FRAMES_DROPPED = Notice(
    "low_frame_rate",
    "Pictures are missing for more than a tenth of a second at a time, and steps with them. Close what else "
    "runs on the device, or use the faster model.",
)


def one_of_each(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Leave the first notice of each code."""
    first: dict[str, Notice] = {}
    for notice in notices:
        first.setdefault(notice.code, notice)
    return tuple(first.values())


def speed_tolerance(setup: RunSetup) -> float:
    """Share by which feet and operator may differ: 10 %, more when the picture's scale is only assumed."""
    return 0.10 if calibrated(setup) else 0.25


def speed_mismatch(said_mps: float, seen_mps: float) -> Notice:
    """Say that the belt seems to run at another speed than entered."""
    return Notice(
        "speed_mismatch",
        f"The feet move as on a belt at {seen_mps:.1f} m/s, but {said_mps:.1f} m/s is set. "
        "Check the speed and the runner's height.",
    )


class Trust:
    """Counts usable frames, label exchanges and the frame rate over `WINDOW_S`."""

    WINDOW_S = 10.0
    LEAST_VALID = 0.75
    ABSENT_S = 1.0
    GAPS = 11
    SLOWEST_S = 1 / 14
    SLOW_S = 1 / 24
    GAP_S = 0.12
    GAPS_SEEN_S = 2.0

    def __init__(self) -> None:
        self._frames: deque[tuple[float, bool, bool]] = deque()
        self._valid = self._swapped = 0
        self._gaps: list[float] = []
        self._swaps: deque[float] = deque()
        self._was_swapped = False
        self._t: float | None = None
        self.frame_s: float | None = None
        """Median time between frames lately, None before there are a few."""
        self.last_seen: float | None = None
        self._gap_ends: deque[float] = deque(maxlen=2)

    @property
    def valid_fraction(self) -> float:
        """Share of the last frames whose near-leg points could be used."""
        return self._valid / len(self._frames) if self._frames else 0.0

    @property
    def swaps(self) -> int:
        """Label exchanges that were repaired lately."""
        return len(self._swaps)

    def frame(self, t: float, present: bool) -> None:
        """Count one incoming frame."""
        if self._t is not None:
            self._gaps.append(t - self._t)
            if t - self._t > self.GAP_S:
                self._gap_ends.append(t)
            if len(self._gaps) == self.GAPS:
                self.frame_s = median(self._gaps)
                self._gaps.clear()
        self._t = t
        if present:
            self.last_seen = t
        else:
            self.settled(t, usable=False, swapped=False)

    def settled(self, t: float, *, usable: bool, swapped: bool) -> None:
        """Count one frame whose legs have been told apart, or could not be."""
        self._frames.append((t, usable, swapped))
        self._valid += usable
        if swapped and not self._was_swapped:
            self._swaps.append(t)
        self._was_swapped = swapped
        while t - self._frames[0][0] > self.WINDOW_S:
            self._valid -= self._frames.popleft()[1]
        while self._swaps and t - self._swaps[0] > self.WINDOW_S:
            self._swaps.popleft()

    def dropping(self, t: float) -> bool:
        """Tell whether pictures have been missing for long enough to lose a step, lately and repeatedly."""
        return len(self._gap_ends) == 2 and t - self._gap_ends[0] < self.GAPS_SEEN_S

    def absent(self, t: float) -> bool:
        """Tell whether nobody has been seen for a while."""
        return self.last_seen is None or t - self.last_seen > self.ABSENT_S

"""Which knee and ankle belong to which leg: a small-beam multi-hypothesis tracker.

A pose network exchanges left and right for a frame or for half a stride, and puts both labels on one leg when
they pass. Several explanations of the recent frames are followed side by side, each with its own constant
velocity Kalman filter for the two knees and ankles relative to mid-hip; the cheapest one is believed, a few
frames late, so that what follows can settle what was ambiguous.
"""

from collections import deque
from dataclasses import dataclass
from math import inf

from device.gait.crossing import Crossing, Joints
from device.gait.leg_beam import LegBeam, Reading
from device.gait.leg_costs import BOTH_ON_RIGHT, KEEP, SWAP
from device.gait.leg_memory import Likeness, StrideMemory
from device.gait.signals import BodyFrame, Point, distance


@dataclass(frozen=True, slots=True)
class LegFrame:
    """One instant with legs told apart: knee and ankle of the runner's left and right leg, pixels.

    None where a point is lost and the gap is too long to bridge. `hip` and `shoulder` are the middle of both
    sides without single-frame spikes. `seen`: knee and ankle of the left, of the right leg were really there,
    not bridged. `swapped`: the labels were exchanged.
    """

    body: BodyFrame
    hip: Point | None
    shoulder: Point | None
    knees: tuple[Point | None, Point | None]
    ankles: tuple[Point | None, Point | None]
    seen: tuple[bool, bool]
    swapped: bool


class LegTracker:
    """Tells the runner's left leg from the right one, frame by frame, `LAG_S` late.

    cm_per_px: scale of the picture; it may be changed slowly while frames come.
    """

    LAG_S = 0.05
    MAX_FILL_S = 0.10
    SPIKE_CM = 5.0
    MAX_STEP_S = 0.25
    CONTRADICTED = 0.15
    CONTRADICTED_SURELY = 0.5
    """How far the labels of late must contradict to be heeded: as a rule, where legs are confirmed."""
    DOUBTED_S = 0.3
    """So long after the runner's legs were lost nothing is remembered: it may be somebody else's."""

    def __init__(self, cm_per_px: float) -> None:
        self.cm_per_px = cm_per_px
        self._beam: LegBeam | None = None
        self._memory = StrideMemory()
        self._crossing = Crossing()
        self._waiting: deque[BodyFrame] = deque()
        self._t = -inf
        self._last: list[tuple[float, Point] | None] = [None] * 4
        self._middle: tuple[Point | None, Point | None] = (None, None)
        self.exchanges = 0
        """How often all that was said so far turned out to have left and right exchanged."""
        self._labels_reversed = False
        self._likeness = Likeness()
        self.lost_t = -inf
        """When the legs that were followed were last found not to be the runner's own."""
        self.confirmed = False
        """Whether something else than the labels says that the legs are told apart rightly."""

    @property
    def swapped(self) -> bool:
        """Tell whether the newest frame has its left and right legs exchanged."""
        if self._beam is None:
            return False
        return self._exchanged(self._beam.newest)

    def update(self, body: BodyFrame) -> list[LegFrame]:
        """Take one frame; give the frames (usually one) whose legs are now settled."""
        if body.hip is None:
            return []
        settled: list[LegFrame] = []
        step = body.t - self._t
        if self._beam is None or step > self.MAX_STEP_S:
            settled = self.finish()
            self._beam = LegBeam(self._relative(body, body.hip), self._memory.recall(body.t))
        else:
            self._beam.advance(self._relative(body, body.hip), step, self._memory.recall(body.t))
        self._t = body.t
        self._waiting.append(body)
        self._heed_labels(self._beam)
        while self._waiting and body.t - self._waiting[0].t >= self.LAG_S - 1e-3:
            settled.append(self._settle())
        if self._likeness.lost:
            # Continuity would keep to the wrong legs; the labels and the last strides find the right ones.
            self.lost_t = body.t
            settled += self.finish()
        return settled

    def finish(self) -> list[LegFrame]:
        """Settle every frame still waiting; the next frame starts anew."""
        settled = [self._settle() for _ in range(len(self._waiting))]
        self._beam = None
        self._likeness.clear()
        self._crossing.clear()
        self._last = [None] * 4
        self._middle = (None, None)
        return settled

    def _relative(self, body: BodyFrame, hip: Point) -> list[Point | None]:
        """Left knee, right knee, left ankle, right ankle in cm relative to mid-hip."""
        (hx, hy), scale = hip, self.cm_per_px
        return [
            None if p is None else ((p[0] - hx) * scale, (p[1] - hy) * scale)
            for p in (*self._labelled(body.knees), *self._labelled(body.ankles))
        ]

    def _labelled(self, pair: tuple[Point | None, Point | None]) -> tuple[Point | None, Point | None]:
        """One joint's points as labelled left and right, or the other way round where labels are wrong."""
        return (pair[1], pair[0]) if self._labels_reversed else pair

    def exchange(self) -> None:
        """Take left for right and right for left, from the oldest frame still waiting on.

        If the labels of late say the same they are believed again; else they are wrong all along, and are
        taken the other way round.
        """
        labels_say_so = self._beam is not None and self._beam.contradicted > 0
        self.exchanges += 1
        self._labels_reversed = not self._labels_reversed
        self._memory.mirror()
        self._crossing.exchange()
        last = self._last
        self._last = [last[1], last[0], last[3], last[2]]
        if self._beam is not None:
            self._beam.exchange(len(self._waiting))
        if labels_say_so:
            self._relabel()

    def _relabel(self) -> None:
        """Take the labels the other way round, and leave the legs as they are."""
        self._labels_reversed = not self._labels_reversed
        if self._beam is not None:
            self._beam.relabel(len(self._waiting))

    def _heed_labels(self, beam: LegBeam) -> None:
        """Give in to labels that keep contradicting; where the legs are confirmed, the labels are wrong."""
        if self.confirmed:
            if beam.contradicted > self.CONTRADICTED_SURELY:
                self._relabel()
        elif beam.contradicted > self.CONTRADICTED:
            self.exchange()

    def _settle(self) -> LegFrame:
        """Read the oldest waiting frame by the best hypothesis, bridging short gaps on both sides."""
        assert self._beam is not None
        readings = self._beam.readings(len(self._waiting))
        body = self._waiting[0]
        points: list[Point | None] = []
        seen = [True, True]
        for index, point in enumerate(self._steadied(readings)):
            if point is not None and not (readings[0].outliers >> index & 1 and self._lone(readings, index)):
                self._last[index] = (body.t, point)
                points.append(point)
            else:
                points.append(self._bridge(readings, index))
                seen[index % 2] = False
        self._waiting.popleft()
        self._remember(body, points)
        hip, shoulder = self._despiked(body)
        return LegFrame(
            body=body,
            hip=hip,
            shoulder=shoulder,
            knees=(points[0], points[1]),
            ankles=(points[2], points[3]),
            seen=(seen[0], seen[1]),
            swapped=self._exchanged(readings[0]),
        )

    def _exchanged(self, reading: Reading) -> bool:
        """Tell whether the network's own labels of the whole legs are exchanged."""
        return reading.knee == reading.ankle == (KEEP if self._labels_reversed else SWAP)

    def _assigned(self, body: BodyFrame, reading: Reading, index: int) -> Point | None:
        """The pixel point that a reading gives to one track (left knee, right knee, left, right ankle)."""
        return _assigned(self._labelled(body.knees if index < 2 else body.ankles), reading, index)

    def _steadied(self, readings: list[Reading]) -> Joints:
        """All four points of the oldest waiting frame, steadied where the legs pass each other."""
        frames = zip(self._waiting, readings, strict=False)
        body, now = next((body, self._joints(body, reading)) for body, reading in frames)
        after = ((later.t, self._joints(later, reading)) for later, reading in frames)
        return self._crossing.steady(body.t, now, after, self.cm_per_px)

    def _joints(self, body: BodyFrame, reading: Reading) -> Joints:
        """All four points of one frame as the reading assigns them."""
        a, b, c, d = (self._assigned(body, reading, index) for index in range(4))
        return a, b, c, d

    def _remember(self, body: BodyFrame, points: list[Point | None]) -> None:
        assert body.hip is not None
        (hx, hy), scale = body.hip, self.cm_per_px
        a, b, c, d = (None if p is None else ((p[0] - hx) * scale, (p[1] - hy) * scale) for p in points)
        legs = a, b, c, d
        alike = self._likeness.add(body.t, legs, self._memory.around(body.t))
        if alike and body.t > self.lost_t + self.DOUBTED_S:
            self._memory.add(body.t, legs)

    def _despiked(self, body: BodyFrame) -> tuple[Point | None, Point | None]:
        """Mid-hip and mid-shoulder, put between their neighbours where they jump off and back again."""
        limit = self.SPIKE_CM / self.cm_per_px
        after = self._waiting[0] if self._waiting else body
        middle = (
            _unspiked(self._middle[0], body.hip, after.hip, limit),
            _unspiked(self._middle[1], body.shoulder, after.shoulder, limit),
        )
        self._middle = middle
        return middle

    @staticmethod
    def _lone(readings: list[Reading], index: int) -> bool:
        """Tell whether the frame after is back in line: then this one was an outlier, not a quick move."""
        return len(readings) > 1 and not readings[1].outliers >> index & 1

    def _bridge(self, readings: list[Reading], index: int) -> Point | None:
        """Interpolate a lost point from its last and next sight, if these are close enough in time."""
        last = self._last[index]
        if last is None:
            return None
        t, (x, y) = last
        for body, reading in zip(self._waiting, readings, strict=False):
            if body.t - t > self.MAX_FILL_S + 1e-3:
                return None
            if body is self._waiting[0] or reading.outliers >> index & 1:
                continue
            following = self._assigned(body, reading, index)
            if following is not None:
                part = (self._waiting[0].t - t) / (body.t - t)
                return (x + (following[0] - x) * part, y + (following[1] - y) * part)
        return None


def _unspiked(before: Point | None, point: Point | None, after: Point | None, limit: float) -> Point | None:
    """The point, or the middle of its neighbours if these are close together and it is far from both."""
    if before is None or point is None or after is None:
        return point
    middle = ((before[0] + after[0]) / 2, (before[1] + after[1]) / 2)
    return middle if distance(point, middle) > limit > distance(before, after) else point


def _assigned(pair: tuple[Point | None, Point | None], reading: Reading, index: int) -> Point | None:
    a, b = pair
    code = reading.knee if index < 2 else reading.ankle
    right = index % 2 == 1
    if code in (KEEP, SWAP):
        return a if (code == KEEP) != right else b
    if (code == BOTH_ON_RIGHT) != right:
        return None
    return (a or b) if a is None or b is None else ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)

"""Which knee and ankle belong to which leg: a small-beam multi-hypothesis tracker.

A pose network exchanges left and right for a frame or for half a stride, and puts both labels on one leg when
they pass. Several explanations of the recent frames are followed side by side, each with its own constant
velocity Kalman filter for the two knees and ankles relative to mid-hip; the cheapest one is believed, a few
frames late, so that what follows can settle what was ambiguous.
"""

from collections import deque
from dataclasses import dataclass
from math import exp, hypot, inf

from device.gait.leg_costs import (
    BOTH_ON_LEFT,
    BOTH_ON_RIGHT,
    KEEP,
    LABEL_COST,
    MIRRORED,
    SWAP,
    Track,
    correct,
    joint_costs,
    limb_cost,
    predict,
    shank_costs,
)
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


class _Node:
    """The reading of one frame in one hypothesis, linked to the frame before."""

    __slots__ = ("ankle", "knee", "outliers", "parent")

    def __init__(self, knee: int, ankle: int, outliers: int, parent: "_Node | None") -> None:
        self.knee, self.ankle, self.outliers, self.parent = knee, ankle, outliers, parent


class _Hypothesis:
    """One explanation so far: its cost, its four tracks (left knee, right knee, left ankle, right ankle)."""

    __slots__ = ("cost", "node", "recent", "tracks")

    def __init__(self, cost: float, tracks: list[Track], node: _Node | None, recent: int) -> None:
        self.cost, self.tracks, self.node, self.recent = cost, tracks, node, recent


class LegTracker:
    """Tells the runner's left leg from the right one, frame by frame, `LAG_S` late.

    cm_per_px: scale of the picture; it may be changed slowly while frames come.
    """

    LAG_S = 0.05
    BEAM = 4
    PRUNE = 10.0
    MAX_FILL_S = 0.10
    SPIKE_CM = 5.0
    MAX_STEP_S = 0.25
    VOTE_S = 1.2
    VOTE_APART_CM = 12.0
    VOTE_LIMIT = 0.15

    def __init__(self, cm_per_px: float) -> None:
        self.cm_per_px = cm_per_px
        self._beam: list[_Hypothesis] = []
        self._waiting: deque[BodyFrame] = deque()
        self._t = -inf
        self._vote = 0.0
        self._vote_s = 0.0
        self._last: list[tuple[float, Point] | None] = [None] * 4
        self._middle: tuple[Point | None, Point | None] = (None, None)
        self.mirrored = 0
        """How often all that was said so far turned out to have left and right exchanged."""

    @property
    def swapped(self) -> bool:
        """Tell whether the newest frame has its left and right legs exchanged."""
        node = self._best().node if self._beam else None
        return node is not None and node.knee == SWAP and node.ankle == SWAP

    @property
    def agreement(self) -> float:
        """How well the labels agreed with the legs lately: 1 always, 0 half the time, -1 never."""
        return self._vote / self._vote_s if self._vote_s else 0.0

    def update(self, body: BodyFrame) -> list[LegFrame]:
        """Take one frame; give the frames (usually one) whose legs are now settled."""
        settled: list[LegFrame] = []
        if body.hip is None:
            return settled
        step = body.t - self._t
        if step > self.MAX_STEP_S:
            settled = self.finish()
            self._start(body)
        else:
            self._advance(body, step)
        self._t = body.t
        self._waiting.append(body)
        while self._waiting and body.t - self._waiting[0].t >= self.LAG_S - 1e-3:
            settled.append(self._settle())
        return settled

    def finish(self) -> list[LegFrame]:
        """Settle every frame still waiting; the next frame starts anew."""
        settled = [self._settle() for _ in range(len(self._waiting))]
        self._beam = []
        self._t = -inf
        self._last = [None] * 4
        self._middle = (None, None)
        return settled

    def _best(self) -> _Hypothesis:
        return min(self._beam, key=lambda h: h.cost)

    def _start(self, body: BodyFrame) -> None:
        """Begin with two hypotheses, labels right and labels exchanged."""
        points = self._relative(body)
        tracks: list[Track] = []
        for point in points:
            x, y = point or (0.0, 50.0)
            tracks.append((x, y, 0.0, 0.0, 9.0 if point else 900.0, 0.0, 160000.0))
        keep = _Hypothesis(0.0, tracks, _Node(KEEP, KEEP, 0, None), 0)
        swap = _Hypothesis(
            6 * LABEL_COST, [tracks[i] for i in (1, 0, 3, 2)], _Node(SWAP, SWAP, 0, None), 0x11
        )
        self._beam = [keep, swap]
        self._vote = self._vote_s = 0.0

    def _relative(self, body: BodyFrame) -> list[Point | None]:
        """Left knee, right knee, left ankle, right ankle in cm relative to mid-hip."""
        assert body.hip is not None
        hx, hy = body.hip
        scale = self.cm_per_px
        return [
            None if p is None else ((p[0] - hx) * scale, (p[1] - hy) * scale)
            for p in (*body.knees, *body.ankles)
        ]

    def _advance(self, body: BodyFrame, dt: float) -> None:
        points = self._relative(body)
        candidates: list[tuple[float, int, _Hypothesis, list[Track], int, int]] = []
        shanks = shank_costs(points)
        for hypothesis in self._beam:
            tracks = predict(hypothesis.tracks, dt)
            knee = joint_costs(tracks[0], tracks[1], points[0], points[1])
            ankle = joint_costs(tracks[2], tracks[3], points[2], points[3])
            for k, knee_cost in knee:
                for a, ankle_cost in ankle:
                    if shanks is not None and k < BOTH_ON_LEFT and a < BOTH_ON_LEFT:
                        limb = shanks[k == a]
                    else:
                        limb = limb_cost(tracks, points, k, a)
                    cost = hypothesis.cost + knee_cost + ankle_cost + limb
                    recent = ((hypothesis.recent << 4) | (k << 2) | a) & 0xFFFFFF
                    candidates.append((cost, recent, hypothesis, tracks, k, a))
        candidates.sort(key=_cost_of)
        cheapest = candidates[0][0]
        seen: set[int] = set()
        beam: list[_Hypothesis] = []
        for cost, recent, parent, tracks, k, a in candidates:
            if cost > cheapest + self.PRUNE:
                break
            if recent in seen:
                continue
            seen.add(recent)
            updated, outliers = correct(tracks, points, k, a)
            beam.append(_Hypothesis(cost - cheapest, updated, _Node(k, a, outliers, parent.node), recent))
            if len(beam) == self.BEAM:
                break
        self._beam = beam
        self._count_vote(points, dt)

    def _count_vote(self, points: list[Point | None], dt: float) -> None:
        """Labels are right most of the time while the ankles are apart: mirror everything if they say so."""
        left, right = points[2], points[3]
        if (
            left is None
            or right is None
            or hypot(left[0] - right[0], left[1] - right[1]) < self.VOTE_APART_CM
        ):
            return
        node = self._beam[0].node
        assert node is not None
        fade = exp(-dt / self.VOTE_S)
        said = (_VOTE[node.knee] + _VOTE[node.ankle]) / 2
        self._vote = self._vote * fade + said * dt
        self._vote_s = self._vote_s * fade + dt
        if self._vote_s > self.VOTE_S / 2 and self._vote < -self.VOTE_LIMIT * self._vote_s:
            self._mirror()
            self._vote = -self._vote

    def _mirror(self) -> None:
        """Exchange left and right in every hypothesis, for the frames still waiting too."""
        self.mirrored += 1
        for hypothesis in self._beam:
            hypothesis.tracks = [hypothesis.tracks[i] for i in (1, 0, 3, 2)]
            node, nodes = hypothesis.node, []
            for _ in range(len(self._waiting) + 1):
                if node is None:
                    break
                nodes.append(node)
                node = node.parent
            for old in reversed(nodes):
                outliers = ((old.outliers & 0b0101) << 1) | ((old.outliers & 0b1010) >> 1)
                node = _Node(MIRRORED[old.knee], MIRRORED[old.ankle], outliers, node)
            hypothesis.node = node
        last = self._last
        self._last = [last[1], last[0], last[3], last[2]]

    def _settle(self) -> LegFrame:
        """Read the oldest waiting frame by the best hypothesis, bridging short gaps on both sides."""
        nodes: list[_Node] = []
        node = self._best().node
        for _ in range(len(self._waiting)):
            assert node is not None
            nodes.append(node)
            node = node.parent
        nodes.reverse()
        # The rest of the past can never be asked for again.
        nodes[0].parent = None
        body = self._waiting[0]
        points: list[Point | None] = []
        seen = [True, True]
        for index in range(4):
            point = _assigned(body, nodes[0], index)
            if point is not None and not (nodes[0].outliers >> index & 1 and self._lone(nodes, index)):
                self._last[index] = (body.t, point)
            else:
                point = self._bridge(nodes, index)
                seen[index % 2] = False
            points.append(point)
        swapped = nodes[0].knee == SWAP and nodes[0].ankle == SWAP
        self._waiting.popleft()
        hip, shoulder = self._despiked(body)
        return LegFrame(
            body, hip, shoulder, (points[0], points[1]), (points[2], points[3]), (seen[0], seen[1]), swapped
        )

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
    def _lone(nodes: list[_Node], index: int) -> bool:
        """Tell whether the frame after is back in line: then this one was an outlier, not a quick move."""
        return len(nodes) > 1 and not nodes[1].outliers >> index & 1

    def _bridge(self, nodes: list[_Node], index: int) -> Point | None:
        """Interpolate a lost point from its last and next sight, if these are close enough in time."""
        last = self._last[index]
        if last is None:
            return None
        t, (x, y) = last
        for body, node in zip(self._waiting, nodes, strict=False):
            if body.t - t > self.MAX_FILL_S + 1e-3:
                return None
            if body is self._waiting[0] or node.outliers >> index & 1:
                continue
            following = _assigned(body, node, index)
            if following is not None:
                part = (self._waiting[0].t - t) / (body.t - t)
                return (x + (following[0] - x) * part, y + (following[1] - y) * part)
        return None


_VOTE = (1.0, -1.0, 0.0, 0.0)


def _cost_of(candidate: tuple[float, int, _Hypothesis, list[Track], int, int]) -> float:
    return candidate[0]


def _unspiked(before: Point | None, point: Point | None, after: Point | None, limit: float) -> Point | None:
    """The point, or the middle of its neighbours if these are close together and it is far from both."""
    if before is None or point is None or after is None:
        return point
    middle = ((before[0] + after[0]) / 2, (before[1] + after[1]) / 2)
    return middle if distance(point, middle) > limit > distance(before, after) else point


def _assigned(body: BodyFrame, node: _Node, index: int) -> Point | None:
    """The pixel point that a reading gives to one track (left knee, right knee, left ankle, right ankle)."""
    a, b = body.knees if index < 2 else body.ankles
    code = node.knee if index < 2 else node.ankle
    right = index % 2 == 1
    if code in (KEEP, SWAP):
        return a if (code == KEEP) != right else b
    if (code == BOTH_ON_RIGHT) != right:
        return None
    return (a or b) if a is None or b is None else ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)

"""A few explanations of which knee and ankle is whose, followed side by side; the cheapest is believed."""

from math import exp, hypot, inf
from operator import attrgetter, itemgetter

from device.gait.leg_costs import (
    BOTH_ON_LEFT,
    BOTH_ON_RIGHT,
    KEEP,
    LABEL_COST,
    SWAP,
    Track,
    correct,
    crosswise,
    first_track,
    joint_costs,
    limb_cost,
    only_whole,
    predict,
    recall_costs,
    shank_costs,
    unrest,
)
from device.gait.leg_memory import Legs
from device.gait.signals import Point

_VOTE = (1.0, -1.0, 0.0, 0.0)
_OTHER_LEG = (1, 0, 3, 2)
_EXCHANGED = (KEEP, SWAP, BOTH_ON_RIGHT, BOTH_ON_LEFT)
_RELABELLED = (SWAP, KEEP, BOTH_ON_LEFT, BOTH_ON_RIGHT)
_SAME_BITS = tuple(range(16))
_OTHER_BITS = tuple((bits & 0b0101) << 1 | (bits & 0b1010) >> 1 for bits in _SAME_BITS)


class Reading:
    """How one hypothesis reads one frame, linked to the one before; `outliers`: a bit per far-off track."""

    __slots__ = ("ankle", "knee", "outliers", "parent")

    def __init__(self, knee: int, ankle: int, outliers: int, parent: "Reading | None") -> None:
        self.knee, self.ankle, self.outliers, self.parent = knee, ankle, outliers, parent


class _Hypothesis:
    """One explanation so far: its cost, its four tracks (left knee, right knee, left ankle, right ankle)."""

    __slots__ = ("cost", "reading", "recent", "tracks")

    def __init__(self, cost: float, tracks: list[Track], reading: Reading, recent: int) -> None:
        self.cost, self.tracks, self.reading, self.recent = cost, tracks, reading, recent


class LegBeam:
    """Keeps the `BEAM` cheapest explanations; points are left knee, right knee, left and right ankle in cm.

    Three suffice at 60 frames a second, the fourth helps at 30; more gain nothing.
    """

    BEAM = 4
    PRUNE = 10.0
    VOTE_S = 1.2
    VOTE_APART_CM = 12.0
    MIXED_S = 0.04
    """So long a knee is left with the other leg's ankle against their lengths: at 60 frames a second shorter
    than a frame waits to be told; at 30 one has been told by then."""

    def __init__(self, points: list[Point | None], recalled: Legs | None = None) -> None:
        tracks = [first_track(point) for point in points]
        knees, ankles = recall_costs(points, recalled)
        keep = _Hypothesis(knees[KEEP] + ankles[KEEP], tracks, Reading(KEEP, KEEP, 0, None), 0)
        swap = _Hypothesis(
            6 * LABEL_COST + knees[SWAP] + ankles[SWAP],
            [tracks[i] for i in _OTHER_LEG],
            Reading(SWAP, SWAP, 0, None),
            0x11,
        )
        self._beam = sorted((keep, swap), key=attrgetter("cost"))
        self._vote = 0.0
        self._vote_s = 0.0
        self._mixed_s = 0.0

    @property
    def contradicted(self) -> float:
        """How far most labels of late, while the ankles were apart, contradict: -1 never, 1 always."""
        return -self._vote / self._vote_s if self._vote_s > self.VOTE_S / 2 else -1.0

    @property
    def newest(self) -> Reading:
        """The newest frame as the cheapest explanation reads it."""
        # The beam is kept in order of cost.
        return self._beam[0].reading

    def readings(self, count: int) -> list[Reading]:
        """The last `count` frames as the cheapest explanation reads them; forgets what is older."""
        found = [self.newest]
        while len(found) < count:
            before = found[-1].parent
            assert before is not None
            found.append(before)
        found[-1].parent = None
        found.reverse()
        return found

    def advance(self, points: list[Point | None], dt: float, recalled: Legs | None = None) -> None:
        """Take the next frame; `recalled` is where the legs were one stride ago, if that is known."""
        candidates: list[tuple[float, int, _Hypothesis, list[Track], int, int]] = []
        shanks, added, limit = shank_costs(points), unrest(dt), inf
        knee_recall, ankle_recall = recall_costs(points, recalled)
        for hypothesis in self._beam:
            tracks = predict(hypothesis.tracks, dt, added)
            cost_before, recent_before = hypothesis.cost, (hypothesis.recent << 4) & 0xFFFFFF
            ankle = joint_costs(tracks[2], tracks[3], points[2], points[3], ankle_recall)
            for k, knee_cost in joint_costs(tracks[0], tracks[1], points[0], points[1], knee_recall):
                for a, ankle_cost in ankle:
                    cost = cost_before + knee_cost + ankle_cost
                    # Limbs only add to it, and what is so much dearer than another is dropped below.
                    if cost > limit:
                        continue
                    if shanks is not None and k < BOTH_ON_LEFT and a < BOTH_ON_LEFT:
                        cost += shanks[k == a]
                    else:
                        cost += limb_cost(tracks, points, k, a)
                    limit = min(limit, cost + self.PRUNE)
                    candidates.append((cost, recent_before | k << 2 | a, hypothesis, tracks, k, a))
        candidates.sort(key=_cost_of)
        cheapest = candidates[0][0]
        seen: set[int] = set()
        beam: list[_Hypothesis] = []
        for cost, recent, parent, tracks, k, a in candidates:
            if cost > limit:
                break
            if recent in seen:
                continue
            seen.add(recent)
            updated, outliers = correct(tracks, points, k, a)
            beam.append(
                _Hypothesis(cost - cheapest, updated, Reading(k, a, outliers, parent.reading), recent)
            )
            if len(beam) == self.BEAM:
                break
        self._beam = beam
        self._join_legs(points, dt)
        self._count_vote(points, dt)

    def _join_legs(self, points: list[Point | None], dt: float) -> None:
        """Give each knee back to its ankle where they have been told apart against the lengths of the shanks.

        The way back costs more than the beam keeps, as both knees would have to jump; the ankles, which move
        further, are believed.
        """
        best = self._beam[0]
        reading: Reading | None = best.reading
        mixed = crosswise(best.reading.knee, best.reading.ankle) and only_whole(points)
        self._mixed_s = self._mixed_s + dt if mixed else 0.0
        if self._mixed_s < self.MIXED_S:
            return
        self._mixed_s = 0.0
        knees = points[:2] if best.reading.ankle == KEEP else points[1::-1]
        best.tracks[:2] = [first_track(point) for point in knees]
        while reading is not None and crosswise(reading.knee, reading.ankle):
            reading.knee = reading.ankle
            reading = reading.parent
        self._beam = [best]

    def _count_vote(self, points: list[Point | None], dt: float) -> None:
        """Labels are right most of the time while the ankles are apart: see whether most contradict."""
        left, right = points[2], points[3]
        if (
            left is None
            or right is None
            or hypot(left[0] - right[0], left[1] - right[1]) < self.VOTE_APART_CM
        ):
            return
        newest = self.newest
        fade = exp(-dt / self.VOTE_S)
        said = (_VOTE[newest.knee] + _VOTE[newest.ankle]) / 2
        self._vote = self._vote * fade + said * dt
        self._vote_s = self._vote_s * fade + dt

    def exchange(self, count: int) -> None:
        """Take left for right and right for left in the last `count` frames and from now on.

        The labels are then taken the other way round too: the caller gives the points of the right leg first.
        """
        for hypothesis in self._beam:
            hypothesis.tracks = [hypothesis.tracks[i] for i in _OTHER_LEG]
        self._rewrite(count, _EXCHANGED, _OTHER_BITS)

    def relabel(self, count: int) -> None:
        """Go on with the labels the other way round, and the legs as they are."""
        self._vote = -self._vote
        self._rewrite(count, _RELABELLED, _SAME_BITS)

    def _rewrite(self, count: int, codes: tuple[int, ...], bits: tuple[int, ...]) -> None:
        """Replace the codes and the outliers of the last `count` readings, in every explanation."""
        for hypothesis in self._beam:
            old: list[Reading] = []
            reading: Reading | None = hypothesis.reading
            while reading is not None and len(old) < max(count, 1):
                old.append(reading)
                reading = reading.parent
            new: Reading | None = None
            for reading in reversed(old):
                new = Reading(codes[reading.knee], codes[reading.ankle], bits[reading.outliers], new)
            assert new is not None
            hypothesis.reading = new


_cost_of = itemgetter(0)

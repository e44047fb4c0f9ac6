"""What it costs to explain a frame's knees and ankles by four tracked points, and how these follow.

Units are cm at a leg of 86 cm (a runner of 175 cm), relative to mid-hip. Costs are negative log likelihoods;
their constants were found on rendered and filmed runners, and none but the limb lengths matters much.
"""

from math import hypot, log

from device.gait.leg_memory import Legs
from device.gait.signals import Point

KEEP, SWAP, BOTH_ON_LEFT, BOTH_ON_RIGHT = range(4)
"""How one joint's labels are read: as given, exchanged, or both points on one leg and the other lost."""

Track = tuple[float, float, float, float, float, float, float]
"""Position and velocity (x, y, vx, vy) and their covariance (p00, p01, p11), the same for both axes."""

ACCELERATION = 4000.0
"""White acceleration of the tracked points, cm/s2."""
NOISE_VARIANCE = 1.5**2
FAR_OFF = 10.0
"""Cap of the cost of one point: an outlier costs no more."""
LABEL_COST = 0.3
LOST_COST = 2.5
TOGETHER_CM = 9.0
"""Closer than this, both labels may be on one leg."""
THIGH_CM, SHANK_CM = 42.9, 43.0
LIMB_VARIANCE = 3.5**2
LIMB_CAP = 4.0
ALIKE, UNLIKE = 0.12, 0.25
"""Two shanks of one runner differ by less than the first share of their sum, shanks of mixed legs by more
than the second."""
RECALL_VARIANCE = 4.0**2
RECALL_CAP = 3.0
"""How closely strides repeat, and what one point unlike the last stride costs at most."""


def unrest(dt: float) -> tuple[float, float, float]:
    """What dt seconds of white acceleration add to a track's covariance."""
    variance = ACCELERATION**2
    return variance * dt**4 / 4, variance * dt**3 / 2, variance * dt**2


def first_track(point: Point | None) -> Track:
    """A track that begins at this point at an unknown speed; at an unknown place without one."""
    x, y = point or (0.0, 50.0)
    return x, y, 0.0, 0.0, 9.0 if point else 900.0, 0.0, 160000.0


def predict(tracks: list[Track], dt: float, added: tuple[float, float, float]) -> list[Track]:
    """Move every track on by dt at constant velocity; `added` is the `unrest` of that time."""
    q00, q01, q11 = added
    return [
        (
            x + vx * dt,
            y + vy * dt,
            vx,
            vy,
            p00 + dt * (2 * p01 + dt * p11) + q00,
            p01 + dt * p11 + q01,
            p11 + q11,
        )
        for x, y, vx, vy, p00, p01, p11 in tracks
    ]


def _fit(track: Track, point: Point, cap: float = FAR_OFF) -> float:
    """Cost of explaining `point` by `track`: half its squared distance in SDs, capped."""
    dx, dy = point[0] - track[0], point[1] - track[1]
    cost = (dx * dx + dy * dy) / (2 * (track[4] + NOISE_VARIANCE))
    return cost if cost < cap else cap


Costs = tuple[float, float, float, float]
"""One cost for each way to read a joint's labels."""

_NO_COSTS = (0.0, 0.0, 0.0, 0.0)


def recall_costs(points: list[Point | None], recalled: Legs | None) -> tuple[Costs, Costs]:
    """What one stride ago speaks against each reading of the knees' and of the ankles' labels."""
    if recalled is None:
        return _NO_COSTS, _NO_COSTS
    return (
        _recall(points[0], points[1], recalled[0], recalled[1]),
        _recall(points[2], points[3], recalled[2], recalled[3]),
    )


def _recall(a: Point | None, b: Point | None, left: Point | None, right: Point | None) -> Costs:
    if left is None or right is None or (a is None and b is None):
        return _NO_COSTS
    if a is None or b is None:
        point = a or b
        assert point is not None
        return 0.0, 0.0, _unlike(point, left), _unlike(point, right)
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    return (
        _unlike(a, left) + _unlike(b, right),
        _unlike(b, left) + _unlike(a, right),
        _unlike(middle, left),
        _unlike(middle, right),
    )


def _unlike(point: Point, recalled: Point) -> float:
    dx, dy = point[0] - recalled[0], point[1] - recalled[1]
    cost = (dx * dx + dy * dy) / (2 * RECALL_VARIANCE)
    return cost if cost < RECALL_CAP else RECALL_CAP


def joint_costs(
    left: Track, right: Track, a: Point | None, b: Point | None, recall: Costs
) -> list[tuple[int, float]]:
    """Cost of each way to read one joint's two labelled points `a` (left) and `b` (right)."""
    rarity_left, rarity_right = (
        0.5 * log((left[4] + NOISE_VARIANCE) / NOISE_VARIANCE),
        0.5 * log((right[4] + NOISE_VARIANCE) / NOISE_VARIANCE),
    )
    label = LABEL_COST
    if a is None or b is None:
        point = a or b
        if point is None:
            return [(KEEP, 0.0)]
        wrong_left, wrong_right = (0.0, label) if b is None else (label, 0.0)
        return [
            (BOTH_ON_LEFT, _fit(left, point) + rarity_left + wrong_left + recall[BOTH_ON_LEFT]),
            (BOTH_ON_RIGHT, _fit(right, point) + rarity_right + wrong_right + recall[BOTH_ON_RIGHT]),
        ]
    rarity = rarity_left + rarity_right
    costs = [
        (KEEP, _fit(left, a) + _fit(right, b) + rarity + recall[KEEP]),
        (SWAP, _fit(left, b) + _fit(right, a) + rarity + label + recall[SWAP]),
    ]
    if abs(a[0] - b[0]) < TOGETHER_CM and hypot(a[0] - b[0], a[1] - b[1]) < TOGETHER_CM:
        middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        lost = LOST_COST
        costs.append((BOTH_ON_LEFT, _fit(left, middle) + rarity_left + lost + recall[BOTH_ON_LEFT]))
        costs.append((BOTH_ON_RIGHT, _fit(right, middle) + rarity_right + lost + recall[BOTH_ON_RIGHT]))
    return costs


def _used(points: list[Point | None], joint: int, code: int) -> tuple[Point | None, Point | None]:
    """The points that a reading gives to the left and to the right leg (joint 0 knees, 2 ankles)."""
    a, b = points[joint], points[joint + 1]
    if code == KEEP:
        return a, b
    if code == SWAP:
        return b, a
    middle = (a or b) if a is None or b is None else ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    return (middle, None) if code == BOTH_ON_LEFT else (None, middle)


def _length_cost(x: float, y: float, expected: float) -> float:
    """Cost of a limb from the origin to (x, y) against its expected length, capped."""
    off = hypot(x, y) - expected
    cost = off * off / (2 * LIMB_VARIANCE)
    return cost if cost < LIMB_CAP else LIMB_CAP


def shank_costs(points: list[Point | None]) -> tuple[float, float] | None:
    """Limb costs (legs mixed, legs whole) when all four points are there; they suit every hypothesis."""
    ka, kb, aa, ab = points
    if ka is None or kb is None or aa is None or ab is None:
        return None
    shank = SHANK_CM
    thighs = (_length_cost(ka[0], ka[1], THIGH_CM) + _length_cost(kb[0], kb[1], THIGH_CM)) / 2
    mixed = _length_cost(ab[0] - ka[0], ab[1] - ka[1], shank) + _length_cost(
        aa[0] - kb[0], aa[1] - kb[1], shank
    )
    whole = _length_cost(aa[0] - ka[0], aa[1] - ka[1], shank) + _length_cost(
        ab[0] - kb[0], ab[1] - kb[1], shank
    )
    return mixed + thighs, whole + thighs


def crosswise(knee: int, ankle: int) -> bool:
    """Tell whether a reading exchanges the labels of the knees, or of the ankles, but not both."""
    return knee != ankle and knee < BOTH_ON_LEFT and ankle < BOTH_ON_LEFT


def only_whole(points: list[Point | None]) -> bool:
    """Tell whether the two shanks are alike with labels as given, and crosswise quite unlike.

    It needs no scale: a runner who comes nearer has long shanks, but two of them.
    """
    ka, kb, aa, ab = points
    if ka is None or kb is None or aa is None or ab is None:
        return False
    return _unlikeness(ka, aa, kb, ab) < ALIKE and _unlikeness(ka, ab, kb, aa) > UNLIKE


def _unlikeness(knee: Point, ankle: Point, other_knee: Point, other_ankle: Point) -> float:
    """Difference of two shanks over their sum, 0 to 1."""
    one = hypot(knee[0] - ankle[0], knee[1] - ankle[1])
    other = hypot(other_knee[0] - other_ankle[0], other_knee[1] - other_ankle[1])
    return abs(one - other) / (one + other) if one + other else 1.0


def limb_cost(tracks: list[Track], points: list[Point | None], knee: int, ankle: int) -> float:
    """Limb costs of one reading; a lost point is taken where it was predicted."""
    left_knee, right_knee = _used(points, 0, knee)
    left_ankle, right_ankle = _used(points, 2, ankle)
    return _leg_cost(left_knee or tracks[0], left_ankle or tracks[2]) + _leg_cost(
        right_knee or tracks[1], right_ankle or tracks[3]
    )


def _leg_cost(knee: Point | Track, ankle: Point | Track) -> float:
    """Cost of one leg's thigh and shank; only x and y of a track are looked at."""
    x, y = knee[0], knee[1]
    return _length_cost(ankle[0] - x, ankle[1] - y, SHANK_CM) + _length_cost(x, y, THIGH_CM) / 2


def correct(
    tracks: list[Track], points: list[Point | None], knee: int, ankle: int
) -> tuple[list[Track], int]:
    """Kalman update with the points a reading gives; also a bit per track whose point was far off."""
    outliers = 0
    corrected: list[Track] = []
    for index, (track, point) in enumerate(
        zip(tracks, (*_used(points, 0, knee), *_used(points, 2, ankle)), strict=True)
    ):
        if point is None:
            corrected.append(track)
            continue
        x, y, vx, vy, p00, p01, p11 = track
        dx, dy = point[0] - x, point[1] - y
        s = p00 + NOISE_VARIANCE
        g0, g1 = p00 / s, p01 / s
        cost = (dx * dx + dy * dy) / (2 * s)
        if cost > FAR_OFF:
            outliers |= 1 << index
            soften = FAR_OFF / cost
            g0, g1 = g0 * soften, g1 * soften
        corrected.append(
            (
                x + g0 * dx,
                y + g0 * dy,
                vx + g1 * dx,
                vy + g1 * dy,
                p00 - g0 * p00,
                p01 - g0 * p01,
                p11 - g1 * p01,
            )
        )
    return corrected, outliers

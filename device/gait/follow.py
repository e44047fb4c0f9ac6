"""Follows one runner once direction and scale are known: legs told apart, smoothed, steps found."""

from collections import deque
from math import atan2, degrees, hypot, inf

import numpy as np
from numpy.typing import NDArray

from device.gait.cadence import HipRhythm
from device.gait.calibration import estimate_belt_speed
from device.gait.deck import Deck
from device.gait.events import LegSample
from device.gait.history import Axes, History
from device.gait.legs import LegFrame, LegTracker
from device.gait.limbs import odd_leg
from device.gait.signals import BodyFrame
from device.gait.smoothing import POINTS, WIDTH, Smoother
from device.gait.steps import Found, Steps
from device.gait.trust import Trust
from device.gait.types import Side

_HIP = 2 * POINTS["hip"]
_LEGS = tuple((side, 2 * POINTS[f"{side}_knee"], 2 * POINTS[f"{side}_ankle"]) for side in Side)
_CORE_END = 2 * POINTS["right_ankle"] + 2


class Follower:
    """Turns body points into confirmed events and strides; keeps the joint paths for measuring.

    Until the belt speed has been estimated from the first `FIRST_S` the smoothed paths wait in the history.
    """

    FIRST_S = 1.5
    AGAIN_S = 1.0
    SPEED_WINDOW_S = 4.0
    LEAST_SPEED_MPS = 0.4
    LEAST_RUN_MPS, SLOW_S = 0.8, 3.0
    CONFIRMED_CM, EXCHANGED_CM = 1.5, 2.5
    """So much lower or higher than the far foot the near one stands if it is, or is not, the near one."""
    EXCHANGE_AGAIN_S = 10.0
    JUDGE_S = 0.25
    COUNTED_S = 6.0
    LEAST_BOUNCES = 8
    ODD, ODD_S = 2, 1.0

    def __init__(self, near: Side, axes: Axes, trust: Trust) -> None:
        self.near = near
        self.history = History()
        self.steps = Steps(near)
        self.rhythm = HipRhythm()
        self.deck = Deck(self.near)
        self.belt_mps: float | None = None
        """Belt speed seen in the feet, on the scale of the picture."""
        self.legs_unclear = False
        """Whether the last steps speak against the legs having been told apart."""
        self.legs_judged = False
        """Whether both feet have stood often enough to be compared, and leave no doubt."""
        self._newest = -inf
        self.begun = inf
        """Time of the first instant followed."""
        self.exchanged_t = -inf
        """When near and far were last found to have been exchanged by the height of the feet."""
        self._odd = deque[float](maxlen=self.ODD)
        self._odd_t = -inf
        self._axes = axes
        self._trust = trust
        self._tracker = LegTracker(axes.cm_per_px)
        self._smoother = Smoother()
        self.exchanges = 0
        """How often left and right were exchanged in all that is kept."""
        self._next = 0
        self._speed_due: float | None = None
        self._speed_from = self._judged = -1.0e9

    @property
    def swapped(self) -> bool:
        """Tell whether the newest frame has its left and right legs exchanged."""
        return self._tracker.swapped

    @property
    def legs_lost_t(self) -> float:
        """When the legs that were followed were last found not to be the runner's own."""
        return self._tracker.lost_t

    @property
    def odd_legs_t(self) -> float:
        """When knees and ankles were last seen, and not once only, where no one runner can have both."""
        return self._odd_t

    @property
    def hip_cadence_spm(self) -> float | None:
        """Steps a minute by the bounce of mid-hip alone, which needs no legs."""
        return self.rhythm.cadence_spm

    @property
    def axes(self) -> Axes:
        """Scale and directions in use."""
        return self._axes

    @property
    def too_slow(self) -> bool:
        """Whether after some seconds the feet are still not carried back as on a belt at running speed."""
        slow = self.belt_mps is None or self.belt_mps < self.LEAST_RUN_MPS
        return slow and self._newest - self.begun > self.SLOW_S

    def _judge_legs(self, t: float) -> None:
        """See whether the last steps speak against the legs having been told apart.

        One leg landed again and again without the other, or far too soon or late after it; the hips bounced
        more often than feet landed; or the foot taken for the near one stands clearly higher in the picture
        than the other, and does so again soon after the legs had been exchanged for it.
        Steps that fell into a gap between pictures are held against nobody.
        """
        above = self.steps.near_above_far_cm()
        self._tracker.confirmed = above is not None and above < -self.CONFIRMED_CM
        if above is not None and above > self.EXCHANGED_CM and t > self.exchanged_t + self.EXCHANGE_AGAIN_S:
            self.exchanged_t = t
            self._tracker.exchange()
            self._mirror()
            above = -above
        self.legs_judged = self.legs_judged or (above is not None and above < self.CONFIRMED_CM)
        begin, end = max(t - self.COUNTED_S, self.steps.broken), t - 0.2
        bounces = self.rhythm.count(begin, end)
        self.legs_unclear = (
            self.steps.out_of_turn(t)
            or self.steps.out_of_rhythm(t)
            or (above is not None and above > self.EXCHANGED_CM)
            or (bounces >= self.LEAST_BOUNCES and self.steps.count(begin, end) < 0.85 * bounces - 1)
        )

    def rescale(self, axes: Axes) -> None:
        """Go on with a newer scale or slope."""
        self._axes = axes
        self._tracker.cm_per_px = axes.cm_per_px

    def forget_speed(self, t: float) -> None:
        """Judge the belt speed by what comes after `t` alone."""
        self._speed_from, self._speed_due = t, t + self.FIRST_S
        self.deck = Deck(self.near)

    def update(self, body: BodyFrame) -> list[Found]:
        """Take one frame; give what it confirms."""
        self.begun, self._newest = min(self.begun, body.t), body.t
        legs = self._tracker.update(body)
        if self._tracker.exchanges != self.exchanges:
            # What was passed on before is the old way round, `legs` already the new one.
            self._mirror()
        self._smooth(legs)
        if self._tracker.lost_t == body.t:
            self.steps.forget_contacts(body.t)
        return self._advance()

    def _mirror(self) -> None:
        """Exchange the legs in all that the tracker has let go of."""
        self.exchanges = self._tracker.exchanges
        self._smoother.mirror()
        self.history.mirror()
        self.steps.mirror()
        self.deck.mirror()

    def finish(self) -> list[Found]:
        """Give what the last frames confirm without waiting for more."""
        self._smooth(self._tracker.finish())
        for t, smoothed in self._smoother.finish():
            self.history.append(t, smoothed)
        if self.belt_mps is None:
            self._estimate_speed()
        return self._advance()

    def _smooth(self, legs: list[LegFrame]) -> None:
        near = 0 if self.near is Side.LEFT else 1
        for frame in legs:
            self._trust.settled(frame.body.t, usable=frame.seen[near], swapped=frame.swapped)
            for t, smoothed in self._smoother.update(frame):
                self.history.append(t, smoothed)

    def _advance(self) -> list[Found]:
        """Go through the smoothed instants that have not been looked at, once the belt speed is known."""
        rows = self.history.rows
        if rows.end == 0:
            return []
        newest = rows.time(rows.end - 1)
        if self._speed_due is None:
            self._speed_due = rows.time(rows.start) + self.FIRST_S
        if newest >= self._speed_due:
            self._speed_due = newest + self.AGAIN_S
            self._estimate_speed()
        if self.belt_mps is None:
            return []
        found: list[Found] = []
        self._next = max(self._next, rows.start)
        for index in range(self._next, rows.end):
            found += self._look(rows.time(index), rows.values(index, index + 1)[0])
        self._next = rows.end
        if newest >= self._judged + self.JUDGE_S:
            self._judged = newest
            self._judge_legs(newest)
        return found

    def _look(self, t: float, row: NDArray[np.float64]) -> list[Found]:
        assert self.belt_mps is not None
        axes = self._axes
        values: list[float] = row[:_CORE_END].tolist()
        rates: list[float] = row[WIDTH : WIDTH + _CORE_END].tolist()
        hip_x, hip_y, hip_vx, hip_vy = values[_HIP], values[_HIP + 1], rates[_HIP], rates[_HIP + 1]
        self.rhythm.update(t, axes.above(hip_vx, hip_vy))
        found = []
        for side, knee, ankle in _LEGS:
            x, y = values[ankle] - hip_x, values[ankle + 1] - hip_y
            knee_x, knee_y = values[knee] - hip_x, values[knee + 1] - hip_y
            scale = axes.cm_per_px
            if odd_leg(scale * hypot(knee_x, knee_y), scale * hypot(x - knee_x, y - knee_y), axes.leg_cm):
                self._note_odd(t)
            sample = LegSample(
                t=t,
                ahead_cm=axes.along(x, y),
                reach_cm=scale * hypot(x, y),
                swing_cmps=axes.along(rates[ankle] - rates[knee], rates[ankle + 1] - rates[knee + 1]),
                height_cm=axes.above(values[ankle], values[ankle + 1]),
                ahead_cmps=axes.along(rates[ankle] - hip_vx, rates[ankle + 1] - hip_vy),
                knee_deg=_bend(axes, x, y, knee_x, knee_y),
            )
            step = self.steps.update(side, sample, self.belt_mps * 100, axes.leg_cm)
            if step is not None:
                found.append(step)
                if step.stance_s is not None:
                    self._level(side, *step.stance_s)
        return found

    def _note_odd(self, t: float) -> None:
        self._odd.append(t)
        if len(self._odd) == self.ODD and t - self._odd[0] < self.ODD_S:
            self._odd_t = t

    def _level(self, side: Side, contact_s: float, toe_off_s: float) -> None:
        """See along which line the foot was carried while it was flat."""
        rows, lasted = self.history.rows, toe_off_s - contact_s
        first = rows.index_at(contact_s + Deck.BEGIN * lasted)
        end = rows.index_at(contact_s + Deck.END * lasted)
        values, column = rows.values(first, end), 2 * POINTS[f"{side}_ankle"]
        x, y = values[:, column], values[:, column + 1]
        axes = self._axes
        ahead, height = axes.along_x * x + axes.along_y * y, axes.above_x * x + axes.above_y * y
        self.deck.add(side, rows.times(first, end), ahead, height)

    def _estimate_speed(self) -> None:
        rows = self.history.rows
        if rows.end == 0:
            return
        newest = rows.time(rows.end - 1)
        first = rows.index_at(max(newest - self.SPEED_WINDOW_S, self._speed_from))
        speed = estimate_belt_speed(
            self.history.leg_motion(side, first, rows.end, self._axes) for side in Side
        )
        if speed is not None and speed > self.LEAST_SPEED_MPS:
            self.belt_mps = speed


def _bend(axes: Axes, x: float, y: float, knee_x: float, knee_y: float) -> float:
    """Bend of the knee in degrees, 0 straight; ankle (x, y) and knee in pixels from mid-hip."""
    shank_x, shank_y = x - knee_x, y - knee_y
    cross = knee_y * shank_x - knee_x * shank_y
    bend = atan2(cross, knee_x * shank_x + knee_y * shank_y)
    return degrees(-bend if axes.forward > 0 else bend)

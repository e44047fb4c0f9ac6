"""When each foot is down, and where pelvis, legs and feet are: a cyclic plan of single steps.

Each step has its own form. A foot rides the belt from contact to toe-off (heel, flat, ball, toe tip), the
pelvis follows the spring-mass model of running, and the leg between them is solved by two-link inverse
kinematics; the swing is a spline from one solved toe-off to the next solved contact. So ground contact
stays exact while form changes. World axes: x to the runner's left, y up from the belt, z forward; m, s.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq, root_scalar

from .motion import GRAVITY, pendulum_height, spring_mass_height, turn_x, turn_y, turn_z
from .schedule import Schedule
from .spec import FloatArray

SOLE_M = 0.026
"""Below the bare foot of the body mesh."""
SLAP_END = 0.20
HEEL_OFF = 0.42
"""Shares of stance at which the foot is flat and at which the heel leaves the belt."""
STEADY_RISE = 0.57
"""Share of the heel's rise from which it turns at a steady rate."""
ROLL_START = 0.80
"""Share of stance at which the toes begin to roll over their tip.

Heel and toes then rise as on force-plate treadmill runs at 3 m/s (Hamner and Delp 2013).
"""
LANDING_SHARE, LANDING_DROP_MPS = 0.0, -0.45
"""Just before contact: the ankle's backward speed against the hip over belt speed; its vertical speed."""
LANDING_LEAD_S, LANDING_TURN = 0.045, 0.6
"""The ankle's last approach, and how much its backward share of belt speed grows meanwhile.

All four follow force-plate treadmill runs at 3 m/s (Hamner and Delp 2013, J Biomech 46:780, one runner).
"""
KNEE_PEAK, THIGH_PEAK = 0.42, 0.70
"""Shares of swing at which knee and thigh are most flexed."""
KNEE_LATER = 0.74
"""Of its peak, the knee's bend at the thigh's; like the peak's time from the force-plate runs."""


@dataclass(frozen=True, slots=True)
class LegGeometry:
    """Rest positions of one leg's joint centres (runner standing, m)."""

    hip: FloatArray
    knee: FloatArray
    ankle: FloatArray
    toe: FloatArray
    tip: FloatArray
    """The foremost point of the sole, which leaves the belt last."""

    @property
    def thigh_m(self) -> float:
        """Hip to knee."""
        return float(np.linalg.norm(self.knee - self.hip))

    @property
    def shank_m(self) -> float:
        """Knee to ankle."""
        return float(np.linalg.norm(self.ankle - self.knee))


@dataclass(frozen=True, slots=True)
class LegState:
    """One leg's angles, deg: thigh and knee in the leg's plane, the plane's tilt, foot pitch (toes up +)."""

    thigh: float
    knee: float
    plane: float
    foot: float
    toe: float
    contact: bool


class Gait:
    """The motion of pelvis and legs over one whole loop of `schedule.duration_s`.

    Raises ValueError when a form asks for a leg longer than the body has, naming the step.
    """

    def __init__(self, schedule: Schedule, left: LegGeometry, right: LegGeometry, speed_mps: float) -> None:
        self.schedule = schedule
        self.speed_mps = speed_mps
        self._legs = {"left": left, "right": right}
        self._middle = (left.hip + right.hip) / 2
        sole = -(left.ankle[1] + SOLE_M)
        self._heel = np.array([-0.075, sole])
        self._toe = np.array([left.toe[2] - left.ankle[2], left.toe[1] - left.ankle[1]])
        self._tip = np.array([left.tip[2] - left.ankle[2], sole])
        n = len(schedule.steps)
        self._toe_off_deg = np.full(n, -40.0)
        self._roll_off_deg = np.full(n, -15.0)
        self._contact_hip = np.zeros(n)
        self._height = self._cyclic(self._contact_hip)
        for k in range(n):
            self._contact_hip[k] = self._solve_contact(k)
        self._height = self._cyclic(self._contact_hip)
        for k in range(n):
            self._solve_toe_off(k)
        self._swings = [self._swing(k) for k in range(n)]

    @property
    def leg_m(self) -> float:
        """Thigh plus shank."""
        leg = self._legs["right"]
        return leg.thigh_m + leg.shank_m

    def pelvis(self, t: float) -> tuple[FloatArray, FloatArray]:
        """Mid-hip position and pelvis rotation at `t`."""
        position, rotation, _ = self.pelvis_parts(t)
        return position, rotation

    def pelvis_parts(self, t: float) -> tuple[FloatArray, FloatArray, tuple[float, float, float]]:
        """Mid-hip position, pelvis rotation, and its turn, drop and tilt in rad."""
        form = self.schedule.form(t)
        stride = self.schedule.stride_phase(t)
        psi = (2 * stride) % 1.0
        middle = form.duty / 2
        w = 2 * np.pi
        scale = form.bounce_gain * GRAVITY * (120 / form.cadence_spm) ** 2
        rise = spring_mass_height if form.duty < 0.5 else pendulum_height
        y = self._height(t % self.schedule.duration_s) + scale * rise(psi, form.duty)
        z = 0.008 * np.sin(2 * w * (stride - middle)) + self.schedule.drift(t)
        x = -0.012 * np.cos(w * (stride - middle))
        tilt = np.radians(form.tilt_deg + form.tilt_swing_deg * np.cos(2 * w * (stride - form.duty)))
        turn = np.radians(form.pelvis_turn_deg) * np.cos(w * stride)
        drop = np.radians(form.pelvis_drop_deg) * np.cos(w * (stride - middle))
        rotation = turn_y(turn) @ turn_z(-drop) @ turn_x(tilt)
        return np.array([x, y, z]), rotation, (float(turn), float(drop), float(tilt))

    def leg(self, side: str, t: float) -> LegState:
        """The leg's angles at `t`."""
        k, since = self.schedule.last_step(side, t)
        step = self.schedule.steps[k]
        if since <= step.contact_s:
            return self._stance(k, since, t)
        swing_s = self.schedule.stride_s(k) - step.contact_s
        p = (since - step.contact_s) / swing_s
        thigh, knee, plane, ankle = (float(curve(p)) for curve in self._swings[k])
        toe = (self._roll_off_deg[k] - self._toe_off_deg[k]) * max(0.0, 1 - p / 0.22) ** 2
        return LegState(thigh, knee, plane, ankle + thigh - knee, toe, contact=False)

    def ankle_at_stance(self, k: int, since_s: float) -> FloatArray:
        """Ankle (y, z) while step `k` stands, `since_s` after its contact: the shoe rides the belt."""
        form = self.schedule.steps[k].form
        start = np.radians(form.foot_contact_deg)
        t0 = self.schedule.steps[k].t
        heel_z = self.pelvis(t0)[0][2] + form.contact_ahead_m + _turn(self._heel, start)[0]
        heel_z -= self.speed_mps * since_s
        pitch = np.radians(self._foot_deg(k, since_s))
        if pitch >= 0:
            z, y = np.array([heel_z, 0.0]) - _turn(self._heel, pitch)
        else:
            roll = np.radians(self._roll_deg(k, since_s))
            tip = np.array([heel_z, 0.0]) + self._tip - self._heel
            z, y = tip - _turn(self._tip - self._toe, roll) - _turn(self._toe, pitch)
        return np.array([y, z])

    def _foot_deg(self, k: int, since_s: float) -> float:
        """Foot pitch in stance: slap, flat, heel rise about the toe joint."""
        step = self.schedule.steps[k]
        u = since_s / step.contact_s
        if u < SLAP_END:
            return step.form.foot_contact_deg * (1 - max(u, 0.0) / SLAP_END) ** 2
        rise = max(0.0, (u - HEEL_OFF) / (1 - HEEL_OFF))
        share = rise**2 if rise < STEADY_RISE else STEADY_RISE * (2 * rise - STEADY_RISE)
        return float(self._toe_off_deg[k]) * share / (STEADY_RISE * (2 - STEADY_RISE))

    def _roll_deg(self, k: int, since_s: float) -> float:
        """Pitch of the toes in stance: flat, then rolling over their tip."""
        u = since_s / self.schedule.steps[k].contact_s
        return float(self._roll_off_deg[k]) * max(0.0, (u - ROLL_START) / (1 - ROLL_START)) ** 2

    def _stance(self, k: int, since_s: float, t: float) -> LegState:
        side = self.schedule.steps[k].side
        leg = self._legs[side]
        position, rotation = self.pelvis(t)
        hip = position + rotation @ (leg.hip - self._middle)
        y, z = self.ankle_at_stance(k, since_s)
        outward = 1.0 if side == "left" else -1.0
        x = outward * (self.schedule.steps[k].form.step_width_m / 2 + 0.02)
        thigh, knee, plane = self.two_link(leg, np.array([x, y, z]) - hip)
        foot = self._foot_deg(k, since_s)
        toe = self._roll_deg(k, since_s) - min(0.0, foot)
        return LegState(thigh, knee, plane, foot, toe, contact=True)

    @staticmethod
    def two_link(leg: LegGeometry, reach: FloatArray) -> tuple[float, float, float]:
        """Thigh, knee and plane angle (deg) that put the ankle at `reach` from the hip, knee in front.

        A leg that is too short gives a negative knee angle, so that a root finder sees the sign.
        """
        plane = np.arctan2(reach[0], -reach[1])
        down = np.hypot(reach[0], reach[1])
        length = np.hypot(down, reach[2])
        a, b = leg.thigh_m, leg.shank_m
        cosine = (length**2 - a**2 - b**2) / (2 * a * b)
        if cosine > 1:
            return float(np.degrees(np.arctan2(reach[2], down))), -300.0 * float(cosine - 1), 0.0
        knee = np.arccos(cosine)
        thigh = np.arctan2(reach[2], down) + np.arctan2(b * np.sin(knee), a + b * np.cos(knee))
        return float(np.degrees(thigh)), float(np.degrees(knee)), float(np.degrees(plane))

    def _solve_contact(self, k: int) -> float:
        """Mid-hip height at contact that gives the form's knee angle there."""
        step = self.schedule.steps[k]

        def miss(height: float) -> float:
            self._height = lambda _t: height
            return self._stance(k, 0.0, step.t).knee - step.form.knee_contact_deg

        top = self.leg_m + 0.15
        return self._root(miss, 0.75 * top, top, k, "knee_contact_deg")

    def _solve_toe_off(self, k: int) -> None:
        """Pitch of foot and toes at toe-off that give the form's knee angle and its rate there."""
        step = self.schedule.steps[k]

        def knee_miss(pitch: float) -> float:
            self._toe_off_deg[k] = pitch
            return self._stance(k, step.contact_s, step.t + step.contact_s).knee - step.form.knee_toe_off_deg

        def rate_miss(roll: float) -> float:
            self._roll_off_deg[k] = roll
            self._toe_off_deg[k] = self._root(knee_miss, -85.0, -5.0, k, "knee_toe_off_deg")
            return float(self._edge(k, step.contact_s, -1e-4)[1][1]) - step.form.knee_toe_off_dps

        found = root_scalar(rate_miss, x0=-15.0, x1=-18.0, method="secant", xtol=1e-9)
        if not found.converged:
            raise _unreachable(k, "knee_toe_off_dps")

    @staticmethod
    def _root(miss: Callable[[float], float], low: float, high: float, k: int, name: str) -> float:
        if miss(low) * miss(high) > 0:
            raise _unreachable(k, name)
        return float(brentq(miss, low, high, xtol=1e-10))

    def _cyclic(self, per_step: FloatArray) -> Callable[[float], float]:
        """A smooth closed curve through one value per step."""
        times = np.append(self.schedule.times, self.schedule.duration_s + self.schedule.times[0])
        curve = CubicSpline(times, np.append(per_step, per_step[0]), bc_type="periodic")
        return lambda t: float(curve(t))

    def _swing(self, k: int) -> list[CubicSpline]:
        """Thigh, knee, plane and ankle angle against the share of swing after step `k`."""
        step = self.schedule.steps[k]
        swing_s = self.schedule.stride_s(k) - step.contact_s
        start, start_rate = self._edge(k, step.contact_s, -1e-4)
        end, end_rate, approach = self._landing((k + 2) % len(self.schedule.steps))
        self._check_reach(k)
        form = step.form
        late = 1 - LANDING_LEAD_S / swing_s
        knots: tuple[tuple[tuple[float, float], ...], ...] = (
            ((THIGH_PEAK, form.thigh_swing_deg), (late, approach[0])),
            (
                (KNEE_PEAK, form.knee_swing_deg),
                (THIGH_PEAK, KNEE_LATER * form.knee_swing_deg),
                (late, approach[1]),
            ),
            (),
            ((0.12, start[3] - 2), (0.45, 4.0), (0.80, 5.0)),
        )
        ease = (1.0, 1.0, 1.0, 0.3)
        curves = []
        for i, inner in enumerate(knots):
            x = [0.0, *(at for at, _ in inner), 1.0]
            y = [start[i], *(value for _, value in inner), end[i]]
            rates = ((1, start_rate[i] * swing_s * ease[i]), (1, end_rate[i] * swing_s * ease[i]))
            curves.append(CubicSpline(x, y, bc_type=rates))
        return curves

    def _edge(self, k: int, since_s: float, delta_s: float) -> tuple[FloatArray, FloatArray]:
        """Angles (thigh, knee, plane, ankle) and their rates at one end of stance, from inside it."""
        t0 = self.schedule.steps[k].t

        def angles(since: float) -> FloatArray:
            s = self._stance(k, since, t0 + since)
            return np.array([s.thigh, s.knee, s.plane, s.foot - (s.thigh - s.knee)])

        here, near, far = (angles(since_s + i * delta_s) for i in range(3))
        return here, (-3 * here + 4 * near - far) / (2 * delta_s)

    def _landing(self, k: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Angles at contact, their rates just before it, and the angles `LANDING_LEAD_S` earlier."""
        step = self.schedule.steps[k]
        leg, outward = self._legs[step.side], 1.0 if step.side == "left" else -1.0
        y, z = self.ankle_at_stance(k, 0.0)
        contact = np.array([outward * (step.form.step_width_m / 2 + 0.02), y, z])
        velocity = np.array([0.0, LANDING_DROP_MPS, -LANDING_SHARE * self.speed_mps])
        braking = np.array([0.0, 0.0, -LANDING_TURN * self.speed_mps / LANDING_LEAD_S])

        def angles(before_s: float) -> FloatArray:
            position, rotation = self.pelvis(step.t - before_s)
            hip = position + rotation @ (leg.hip - self._middle)
            ankle = contact - velocity * before_s + braking * before_s**2 / 2
            thigh, knee, plane = self.two_link(leg, ankle - hip)
            return np.array([thigh, knee, plane, step.form.foot_contact_deg - (thigh - knee)])

        here = angles(0.0)
        return here, (here - angles(1e-4)) / 1e-4, angles(LANDING_LEAD_S)

    def _check_reach(self, k: int) -> None:
        step = self.schedule.steps[k]
        for since in np.linspace(0.0, step.contact_s, 25):
            if self._stance(k, float(since), step.t + float(since)).knee < 1.0:
                message = f"Step {k}: the leg is too short {since:.3f} s after contact; lower duty or speed."
                raise ValueError(message)


def _unreachable(k: int, name: str) -> ValueError:
    return ValueError(f"Step {k} cannot reach its {name}: change contact_ahead_m, duty or the cadence.")


def _turn(point: FloatArray, pitch: float) -> FloatArray:
    """A (z, y) offset turned toes-up by `pitch` rad."""
    c, s = np.cos(pitch), np.sin(pitch)
    return np.array([point[0] * c - point[1] * s, point[0] * s + point[1] * c])

"""When each foot is down, and where pelvis, legs and feet are: a cyclic plan of single steps.

Each step has its own form. A foot rides the belt from contact to toe-off (heel, flat, ball, toe tip), the
pelvis follows the spring-mass model of running, and the leg between them is solved by two-link inverse
kinematics; the swing is a spline from one solved toe-off to the next solved contact. So ground contact
stays exact while form changes. World axes: x to the runner's left, y up from the belt, z forward; m, s.
"""

from collections.abc import Callable

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq, root_scalar

from .foot import StanceFoot, StanceTurn
from .leg import LegGeometry, LegState, two_link
from .motion import GRAVITY, pendulum_height, spring_mass_height, turn_x, turn_y, turn_z
from .schedule import Schedule
from .spec import FloatArray

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


class Gait:
    """The motion of pelvis and legs over one whole loop of `schedule.duration_s`.

    Raises ValueError when a form asks for a leg longer than the body has, naming the step.
    """

    def __init__(self, schedule: Schedule, left: LegGeometry, right: LegGeometry, speed_mps: float) -> None:
        self.schedule = schedule
        self.speed_mps = speed_mps
        self._legs = {"left": left, "right": right}
        self._middle = (left.hip + right.hip) / 2
        self._foot = StanceFoot(left)
        n = len(schedule.steps)
        self._turns = [StanceTurn(step.form.foot_contact_deg) for step in schedule.steps]
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
        turn = self._turns[k]
        toe = (turn.roll_off_deg - turn.toe_off_deg) * max(0.0, 1 - p / 0.22) ** 2
        return LegState(thigh, knee, plane, ankle + thigh - knee, toe, contact=False)

    def ankle_at_stance(self, k: int, since_s: float) -> FloatArray:
        """Ankle (y, z) while step `k` stands, `since_s` after its contact: the shoe rides the belt."""
        step, turn = self.schedule.steps[k], self._turns[k]
        ahead = step.form.contact_ahead_m
        heel_z = self.pelvis(step.t)[0][2] + ahead + self._foot.heel_ahead_m(turn.contact_deg)
        heel_z -= self.speed_mps * since_s
        share = since_s / step.contact_s
        return self._foot.ankle(heel_z, turn.foot_deg(share), turn.roll_deg(share))

    def _stance(self, k: int, since_s: float, t: float) -> LegState:
        step, turn = self.schedule.steps[k], self._turns[k]
        side, share = step.side, since_s / step.contact_s
        leg = self._legs[side]
        position, rotation = self.pelvis(t)
        hip = position + rotation @ (leg.hip - self._middle)
        y, z = self.ankle_at_stance(k, since_s)
        outward = 1.0 if side == "left" else -1.0
        x = outward * (step.form.step_width_m / 2 + 0.02)
        thigh, knee, plane = two_link(leg, np.array([x, y, z]) - hip)
        foot = turn.foot_deg(share)
        toe = turn.roll_deg(share) - min(0.0, foot)
        return LegState(thigh, knee, plane, foot, toe, contact=True)

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
        step, turn = self.schedule.steps[k], self._turns[k]

        def knee_miss(pitch: float) -> float:
            turn.toe_off_deg = pitch
            return self._stance(k, step.contact_s, step.t + step.contact_s).knee - step.form.knee_toe_off_deg

        def rate_miss(roll: float) -> float:
            turn.roll_off_deg = roll
            turn.toe_off_deg = self._root(knee_miss, -85.0, -5.0, k, "knee_toe_off_deg")
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
            thigh, knee, plane = two_link(leg, ankle - hip)
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

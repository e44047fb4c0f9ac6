"""A synthetic runner in closed form: all 17 keypoints, every event and metric known exactly.

Hips on Morin's sine-force spring (J Appl Biomech 2005, 21:167), the forefoot rides the belt in stance, cubic
pieces where the foot comes down and where it leaves, splines in swing, two-link inverse kinematics for the
knee (in front). Metres, x forward, y up. The right leg lands at t = 0, the left one half a stride later. Not
a model of how people are seen by a network: heel-strike transients, clothes and the network's own errors are
absent.

How the foot meets the belt and leaves it follows runs on force plates (Hamner and Delp 2013,
doi:10.1016/j.jbiomech.2012.11.024, one runner), read at the plates' own events by differences over 20 ms:

                                               2     3     4     5 m/s    presets here
    contact: ankle against hip, of belt speed  -0.36 -0.14 -0.17 -0.18    -0.16
             ankle falls, m/s                  0.46  0.49  0.78  0.79     0.47 to 0.65
             knee bends, deg/s                 133   11    5     -19      29 to 138 (overstrider 285)
             ankle furthest ahead, ms earlier  21    8     11    11       8 to 10
    toe-off: ankle has risen, % of leg         11.7  13.5  15.4  15.9     12
             ankle against hip, of belt speed  -0.46 -0.45 -0.50 -0.47    -0.48
             ankle rises, m/s                  0.68  1.11  1.66  2.27     1.2 to 1.8
             knee bends, deg/s                 191   104   -10   138      65 to 93
             knee straightest, ms              -30   -9    +1    -5       -8 to -5

A rigid foot pinned at the ball, the simpler model that is often drawn, cannot leave so: it rises at 0.7 to
0.9 m/s with a knee that is still straightening by 270 to 520 deg/s and is straightest 21 to 35 ms after
toe-off; and with a contact speed of 0.3 of the belt's and a slap that ends in a jerk its ankle is furthest
ahead 28 ms before contact. Events placed right on these plates are 20 ms early and 25 ms late on such feet.
People differ, too: of three others on treadmills (Fukuchi et al. 2017, PeerJ 5:e3298, and Rivadulla et al.
2021, PLoS ONE 16:e0248608) ankles were furthest ahead 27 to 41 ms before contact and knees straightest 0 to
37 ms after toe-off. `Foot` makes both kinds. Against published tables of the rigid foot, knee and thigh at
toe-off and their peaks differ; contact, flight, bounce, force and stiffness are the same. Compared with the
plates in `test_oracle_foot`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from device.gait.types import EventKind, Side
from device.pose.types import Keypoint

Array = NDArray[np.float64]
G = 9.81
ANKLE_M = 0.07
"""Height of the ankle over a flat foot."""
FLAT, HEEL_OFF = 0.22, 0.45
"""Shares of stance at which the foot is flat and at which the heel leaves the belt."""
LANDING_S = 0.045
"""The ankle's last approach."""
MAX_REACH = 0.9995


@dataclass(frozen=True)
class Foot:
    """How a foot meets the belt and leaves it; shares are of belt speed or, for heights, of the leg.

    meets, falls: speed of the ankle at contact, backward against the hip and down. turns_per_s, slows_per_s:
    how fast the two grow before it. high: ankle over its flat height at contact. rises: the same at toe-off.
    leaves: backward speed against the hip there. bends_dps: rate of the knee there. rolls_m: how far the
    ankle has come forward over the forefoot by then.
    """

    meets: float = 0.17
    falls: float = 0.20
    turns_per_s: float = 17.5
    slows_per_s: float = 4.2
    high: float = 0.035
    rises: float = 0.12
    leaves: float = 0.47
    bends_dps: float = 90.0
    rolls_m: float = 0.06


@dataclass(frozen=True)
class Runner:
    """What can be chosen about the run; SI units, degrees, steps a minute.

    ahead_m: ankle ahead of the hip at contact (None: from the speed). lift: how far the ankle goes on back
    after toe-off and how high it is lifted, shares of the leg. drift_m: slow wandering on the belt.
    """

    speed_mps: float = 2.8
    cadence_spm: float = 165.0
    contact_s: float = 0.27
    knee_contact_deg: float = 18.0
    lean_deg: float = 6.0
    lean_swing_deg: float = 2.0
    ahead_m: float | None = None
    lift: tuple[float, float] = (0.065, 0.30)
    height_m: float = 1.75
    hip_gain: float = 1.10
    drift_m: float = 0.03
    arm_swing_deg: float = 28.0
    elbow_deg: float = 95.0
    foot: Foot = Foot()

    @property
    def stride_s(self) -> float:
        return 120 / self.cadence_spm

    @property
    def flight_s(self) -> float:
        return self.stride_s / 2 - self.contact_s

    @property
    def thigh_m(self) -> float:
        return 0.245 * self.height_m

    @property
    def shank_m(self) -> float:
        return 0.246 * self.height_m

    @property
    def leg_m(self) -> float:
        return self.thigh_m + self.shank_m

    @property
    def trunk_m(self) -> float:
        return 0.288 * self.height_m

    @property
    def peak_force_bw(self) -> float:
        return np.pi / 2 * (self.flight_s / self.contact_s + 1)

    def events(self, begin_s: float, end_s: float) -> list[tuple[EventKind, Side, float]]:
        """Every contact and toe-off of both legs between two times."""
        found = []
        for side, offset in ((Side.RIGHT, 0.0), (Side.LEFT, self.stride_s / 2)):
            for k in range(int(begin_s / self.stride_s) - 2, int(end_s / self.stride_s) + 2):
                contact = offset + k * self.stride_s
                found.append((EventKind.INITIAL_CONTACT, side, contact))
                found.append((EventKind.TOE_OFF, side, contact + self.contact_s))
        return sorted((e for e in found if begin_s <= e[2] <= end_s), key=lambda e: e[2])

    def hip_xy(self, t: Array) -> Array:
        """Middle of the hips."""
        tau = np.mod(t, self.stride_s / 2)
        tc, tf = self.contact_s, self.flight_s
        push = self.peak_force_bw * G * tc / np.pi
        ground = -G * tf / 2 * tau - G * tau**2 / 2 + push * (tau - tc / np.pi * np.sin(np.pi * tau / tc))
        air = G * tf / 2 * (tau - tc) - G * (tau - tc) ** 2 / 2
        y = self._hip_contact_m() + self.hip_gain * np.where(tau < tc, ground, air)
        return np.stack([self.drift_m * np.sin(2 * np.pi * t / 7.3), y], axis=-1)

    def leg_xy(self, t: Array, offset_s: float) -> tuple[Array, Array]:
        """Knee and ankle of the leg that lands at `offset_s`."""
        hip = self.hip_xy(t)
        ankle = self._ankle(np.mod(t - offset_s, self.stride_s))
        ankle[:, 0] += hip[:, 0]
        reach = ankle - hip
        far = np.hypot(reach[:, 0], reach[:, 1])
        unit = reach / far[:, None]
        near = np.minimum(far, self.leg_m * MAX_REACH)
        along = (self.thigh_m**2 - self.shank_m**2 + near**2) / (2 * near)
        aside = np.sqrt(np.maximum(self.thigh_m**2 - along**2, 0))
        knee = hip + along[:, None] * unit + aside[:, None] * np.stack([-unit[:, 1], unit[:, 0]], axis=-1)
        return knee, ankle

    def keypoints(self, t: Array) -> Array:
        """All keypoints, n x 17 x 2; both sides of the trunk and head coincide."""
        t = np.asarray(t, float)
        k = np.zeros((len(t), len(Keypoint), 2))
        hip = self.hip_xy(t)
        lean = np.radians(self.lean_deg + self.lean_swing_deg * np.sin(4 * np.pi * t / self.stride_s))
        shoulder = hip + self.trunk_m * np.stack([np.sin(lean), np.cos(lean)], axis=-1)
        head = shoulder + np.stack(
            [
                0.017 * self.height_m + 0.126 * self.height_m * np.sin(lean),
                np.full(len(t), 0.135 * self.height_m),
            ],
            axis=-1,
        )
        for side, offset in ((0, self.stride_s / 2), (1, 0.0)):
            k[:, Keypoint.LEFT_HIP + side] = hip
            k[:, Keypoint.LEFT_SHOULDER + side] = shoulder
            k[:, Keypoint.LEFT_KNEE + side], k[:, Keypoint.LEFT_ANKLE + side] = self.leg_xy(t, offset)
            swing = self.arm_swing_deg * np.cos(2 * np.pi * (t - offset) / self.stride_s)
            upper = np.radians(-swing - 15.0)
            fore = upper + np.radians(180 - self.elbow_deg)
            elbow = shoulder + 0.186 * self.height_m * np.stack([np.sin(upper), -np.cos(upper)], axis=-1)
            k[:, Keypoint.LEFT_ELBOW + side] = elbow
            k[:, Keypoint.LEFT_WRIST + side] = elbow + 0.146 * self.height_m * np.stack(
                [np.sin(fore), -np.cos(fore)], axis=-1
            )
            k[:, Keypoint.LEFT_EAR + side] = head
            k[:, Keypoint.LEFT_EYE + side] = head + self.height_m * np.array([0.055, 0.012])
        k[:, Keypoint.NOSE] = k[:, Keypoint.LEFT_EYE] + self.height_m * np.array([0.012, -0.012])
        return k

    def _hip_contact_m(self) -> float:
        """Hip height at contact that gives the wanted knee angle there."""
        bend = 2 * self.thigh_m * self.shank_m * np.cos(np.radians(self.knee_contact_deg))
        reach = np.sqrt(self.thigh_m**2 + self.shank_m**2 + bend)
        return float(ANKLE_M + self.foot.high * self.leg_m + np.sqrt(reach**2 - self._ahead_m() ** 2))

    def _ahead_m(self) -> float:
        return self.leg_m * (0.0575 + 0.077 * self.speed_mps) if self.ahead_m is None else self.ahead_m

    def _slap_m(self) -> float:
        """How much less than the belt the ankle moves until the foot is flat: it slows evenly down to it."""
        return (1 - self.foot.meets) * self.speed_mps * FLAT * self.contact_s / 2

    def _leaving(self) -> tuple[Array, Array]:
        """Place (x ahead of the hip) and velocity of the ankle at toe-off.

        It rises as fast as makes the knee bend at the wanted rate.
        """
        foot = self.foot
        ahead = self._ahead_m() + self._slap_m() + foot.rolls_m - self.speed_mps * self.contact_s
        place = np.array([ahead, ANKLE_M + foot.rises * self.leg_m])
        reach = place - [0.0, self._hip_contact_m()]
        far = float(np.hypot(*reach))
        sides = self.thigh_m * self.shank_m
        bend = np.arccos((far**2 - self.thigh_m**2 - self.shank_m**2) / (2 * sides))
        shortens = sides * np.sin(bend) / far * np.radians(foot.bends_dps)
        back = foot.leaves * self.speed_mps
        rise = self.hip_gain * G * self.flight_s / 2 + (back * reach[0] - shortens * far) / reach[1]
        return place, np.array([-back, rise])

    def _stance(self, tau: Array) -> Array:
        """Ankle in stance, x ahead of the hip."""
        foot, belt = self.foot, self.speed_mps
        flat_s, push_s = FLAT * self.contact_s, (1 - HEEL_OFF) * self.contact_s
        down = np.clip(tau / flat_s, 0, 1)
        push = np.clip(1 - (self.contact_s - tau) / push_s, 0, 1)
        velocity = self._leaving()[1]
        slap = self._slap_m() * (1 - (1 - down) ** 2)
        roll = _cubic(push, 0, foot.rolls_m, 0, (velocity[0] + belt) * push_s)
        landing = _cubic(down, foot.high * self.leg_m, 0, -foot.falls * belt * flat_s, 0)
        heel = _cubic(push, 0, foot.rises * self.leg_m, 0, velocity[1] * push_s)
        return np.stack([self._ahead_m() - belt * tau + slap + roll, ANKLE_M + landing + heel], axis=-1)

    def _ankle(self, tau: Array) -> Array:
        leave, leaving = self._leaving()
        foot, belt, swing_s = self.foot, self.speed_mps, self.stride_s - self.contact_s
        back = leave[0] - self.lift[0] * self.leg_m
        ahead, lift = self._ahead_m(), self.lift[1] * self.leg_m
        contact_y = ANKLE_M + foot.high * self.leg_m
        late = [
            ahead + belt * (foot.meets * LANDING_S - foot.turns_per_s * LANDING_S**2 / 2),
            contact_y + belt * (foot.falls * LANDING_S - foot.slows_per_s * LANDING_S**2 / 2),
        ]
        knots = self.contact_s + np.array([0, 0.15, 0.40, 0.60, 1 - LANDING_S / swing_s, 1.0]) * swing_s
        path = [
            leave,
            [back, ANKLE_M + 0.72 * lift],
            [0.80 * back, ANKLE_M + lift],
            [0.36 * back, ANKLE_M + 0.72 * lift],
            late,
            [ahead, contact_y],
        ]
        meeting = -belt * np.array([foot.meets, foot.falls])
        swing = CubicSpline(knots, np.array(path), bc_type=((1, leaving), (1, meeting)))
        stance = (tau < self.contact_s)[:, None]
        return np.where(
            stance, self._stance(np.minimum(tau, self.contact_s)), swing(np.maximum(tau, self.contact_s))
        )


def _cubic(share: Array, start: float, end: float, start_slope: float, end_slope: float) -> Array:
    """The cubic with these values and slopes (per unit of share) at shares 0 and 1 (Hermite)."""
    q, q2, q3 = share, share**2, share**3
    ease = 3 * q2 - 2 * q3
    curve = start * (1 - ease) + end * ease + start_slope * (q3 - 2 * q2 + q) + end_slope * (q3 - q2)
    return np.asarray(curve)


EASY = Runner(2.5, 158, 0.295, knee_contact_deg=19, lift=(0.06, 0.29))
MODERATE = Runner(3.0, 165, 0.260, lift=(0.08, 0.35))
STEADY = Runner(3.5, 170, 0.235, lift=(0.095, 0.41))
OVERSTRIDER = Runner(2.8, 152, 0.275, 13, lean_deg=-1, ahead_m=0.28, lift=(0.07, 0.33))
COMPACT = Runner(2.8, 176, 0.255, lean_deg=9, ahead_m=0.20, lift=(0.07, 0.33))
PRESETS = {
    "easy": EASY,
    "moderate": MODERATE,
    "steady": STEADY,
    "overstrider": OVERSTRIDER,
    "compact": COMPACT,
}

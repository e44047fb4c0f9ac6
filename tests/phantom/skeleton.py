"""The whole skeleton at one instant: pelvis and legs from the gait, spine, head and arms on top."""

from dataclasses import dataclass

import numpy as np

from .body import BONES, Body
from .gait import Gait
from .leg import LegState
from .motion import turn_x, turn_y, turn_z
from .schedule import Schedule
from .spec import FloatArray, Form, PhantomSpec
from .standing import Stance, StillSchedule

SPINE = (("spine05", 0.2), ("spine04", 0.45), ("spine03", 0.7), ("spine02", 0.9), ("spine01", 1.0))
"""Spine bones, lowest first, with the share of the way from pelvis to thorax orientation."""
RIGHTWARDS = np.array([-1.0, 0.0, 0.0])
FINGER_DEG = (45, 65, 45)
THUMB_DEG = (10, 25, 20)


@dataclass(frozen=True, slots=True)
class Posed:
    """World transforms of all bones: rotations (n, 3, 3) and joint positions (n, 3), m."""

    rotations: FloatArray
    positions: FloatArray
    rest: FloatArray
    legs: dict[str, LegState]

    def joint(self, name: str) -> FloatArray:
        """World position of a bone's proximal joint."""
        at: FloatArray = self.positions[BONES[name]]
        return at

    def carry(self, name: str, rest_point: FloatArray) -> FloatArray:
        """World position of a rest-pose point fixed to a bone."""
        i = BONES[name]
        at: FloatArray = self.positions[i] + self.rotations[i] @ (rest_point - self.rest[i])
        return at

    def matrices(self) -> FloatArray:
        """(n, 3, 4) skinning matrices from rest to world."""
        offset = self.positions - np.einsum("nij,nj->ni", self.rotations, self.rest)
        return np.concatenate([self.rotations, offset[:, :, None]], axis=2)


class Skeleton:
    """A specification's runner as a function of time."""

    def __init__(self, spec: PhantomSpec, body: Body) -> None:
        self.spec = spec
        self.body = body
        legs = body.leg("left"), body.leg("right")
        self.schedule: Schedule | StillSchedule
        self.gait: Gait | Stance
        if spec.phases:
            self.schedule = Schedule(spec)
            self.gait = Gait(self.schedule, *legs, spec.speed_mps)
        else:
            self.schedule = StillSchedule(spec)
            self.gait = Stance(self.schedule, *legs)

    @property
    def belt_mps(self) -> float:
        """Belt speed: 0 under somebody who stands."""
        return self.spec.speed_mps if self.spec.phases else 0.0

    def pose(self, t: float) -> Posed:
        """All bones at `t` s (any t: the motion repeats with the loop)."""
        form = self.schedule.form(t)
        legs = {side: self.gait.leg(side, t) for side in ("left", "right")}
        n = len(BONES)
        posed = Posed(np.zeros((n, 3, 3)), np.zeros((n, 3)), self.body.heads, legs)
        position, rotation, (turn, drop, tilt) = self.gait.pelvis_parts(t)
        middle = (self.body.head("upperleg01.L") + self.body.head("upperleg01.R")) / 2
        self._put(posed, "root", rotation, position + rotation @ (self.body.head("root") - middle))
        stride = self.schedule.stride_phase(t)
        lean = np.radians(
            form.lean_deg + form.lean_swing_deg * np.cos(4 * np.pi * (stride - 0.6 * form.duty))
        )
        thorax = -np.radians(form.thorax_turn_deg) * np.cos(2 * np.pi * stride)
        top = self._spine(posed, lean, (turn, drop, tilt), thorax)
        self._attach(posed, "neck01", turn_y(0.5 * thorax) @ turn_x(0.8 * top + np.radians(2.4)), "spine01")
        self._attach(posed, "head", turn_x(np.radians(form.head_deg)), "neck01")
        for side in ("left", "right"):
            self._leg(posed, side)
            self._arm(posed, side, form, top, stride)
        return posed

    def _put(self, posed: Posed, name: str, rotation: FloatArray, position: FloatArray) -> None:
        posed.rotations[BONES[name]] = rotation
        posed.positions[BONES[name]] = position

    def _attach(self, posed: Posed, name: str, rotation: FloatArray, parent: str) -> None:
        self._put(posed, name, rotation, posed.carry(parent, self.body.head(name)))

    def _spine(self, posed: Posed, lean: float, pelvis: tuple[float, float, float], thorax: float) -> float:
        """Bends the spine until mid-hip to mid-shoulder leans by `lean` rad; returns the thorax pitch."""
        turn, drop, tilt = pelvis

        def miss(top: float) -> float:
            parent = "root"
            for name, share in SPINE:
                rotation = (
                    turn_y(turn * (1 - share) + thorax * share)
                    @ turn_z(drop * (1.3 * share - 1))
                    @ turn_x(tilt * (1 - share) + top * share)
                )
                self._attach(posed, name, rotation, parent)
                parent = name
            for tag in "LR":
                self._attach(posed, f"clavicle.{tag}", posed.rotations[BONES["spine01"]], "spine01")
            x = posed_trunk(posed, self.body)
            return float(np.arctan2(x[2], x[1]) - lean)

        low, high = 0.0, 0.2
        miss_low, miss_high = miss(low), miss(high)
        for _ in range(12):
            if abs(miss_high) < 1e-10:
                return high
            low, high = high, high - miss_high * (high - low) / (miss_high - miss_low)
            miss_low, miss_high = miss_high, miss(high)
        raise ArithmeticError(f"The spine did not reach a lean of {np.degrees(lean):.1f} deg.")

    def _leg(self, posed: Posed, side: str) -> None:
        tag = side[0].upper()
        state, rest = posed.legs[side], self.body.leg(side)
        thigh, shank = np.radians(state.thigh), np.radians(state.thigh - state.knee)
        plane = np.radians(state.plane)
        up = np.array([-np.sin(plane), np.cos(plane), 0.0])
        hinge = np.array([np.cos(plane), np.sin(plane), 0.0])
        forward = np.array([0.0, 0.0, 1.0])
        along_thigh = -np.cos(thigh) * up + np.sin(thigh) * forward
        along_shank = -np.cos(shank) * up + np.sin(shank) * forward
        hip = posed.carry("root", rest.hip)
        knee = hip + along_thigh * rest.thigh_m
        ankle = knee + along_shank * rest.shank_m
        foot = turn_y((1 if tag == "L" else -1) * np.radians(4)) @ turn_x(-np.radians(state.foot))
        self._put(posed, f"upperleg01.{tag}", _aligned(along_thigh, hinge, rest.knee - rest.hip), hip)
        self._put(posed, f"lowerleg01.{tag}", _aligned(along_shank, hinge, rest.ankle - rest.knee), knee)
        self._put(posed, f"foot.{tag}", foot, ankle)
        self._attach(posed, f"toe1-1.{tag}", foot @ turn_x(-np.radians(state.toe)), f"foot.{tag}")

    def _arm(self, posed: Posed, side: str, form: Form, top: float, stride: float) -> None:
        """Swings with the opposite leg; the elbow closes as the arm comes forward."""
        tag, outward = side[0].upper(), 1.0 if side == "left" else -1.0
        shoulder, elbow, wrist = (self.body.head(f"{b}.{tag}") for b in ("upperarm01", "lowerarm01", "wrist"))
        opposite = stride if side == "left" else stride - 0.5
        swing = np.cos(2 * np.pi * (opposite - 0.93))
        lift = np.radians(form.arm_mean_deg + form.arm_swing_deg * swing)
        upper = (
            turn_x(0.5 * top - lift) @ turn_z(outward * np.radians(form.arm_out_deg)) @ np.array([0, -1.0, 0])
        )
        hinge = RIGHTWARDS - (RIGHTWARDS @ upper) * upper
        hinge = _about(upper, -outward * np.radians(22 + 10 * swing)) @ (hinge / np.linalg.norm(hinge))
        fore = _about(hinge, np.radians(form.elbow_deg + 16 * swing)) @ upper
        rest_hinge = np.cross(elbow - shoulder, wrist - elbow)
        upper_turn = _frame(upper, hinge) @ _frame(elbow - shoulder, rest_hinge).T
        fore_turn = _frame(fore, hinge) @ _frame(wrist - elbow, rest_hinge).T
        self._attach(posed, f"upperarm01.{tag}", upper_turn, f"clavicle.{tag}")
        self._attach(posed, f"lowerarm01.{tag}", fore_turn, f"upperarm01.{tag}")
        self._attach(posed, f"wrist.{tag}", fore_turn, f"lowerarm01.{tag}")
        curl = (self.body.head(f"finger2-1.{tag}") - self.body.head(f"finger5-1.{tag}")) * outward
        for finger in range(1, 6):
            bend = 0.0
            parent = f"wrist.{tag}"
            for joint, deg in enumerate(FINGER_DEG if finger > 1 else THUMB_DEG, start=1):
                bend += np.radians(deg)
                name = f"finger{finger}-{joint}.{tag}"
                self._attach(posed, name, fore_turn @ _about(curl, bend), parent)
                parent = name


def posed_trunk(posed: Posed, body: Body) -> FloatArray:
    """The vector from mid-hip to mid-shoulder joint centres, world, m."""
    shoulders = [posed.carry(f"clavicle.{tag}", body.head(f"upperarm01.{tag}")) for tag in "LR"]
    hips = [posed.carry("root", body.head(f"upperleg01.{tag}")) for tag in "LR"]
    vector: FloatArray = (shoulders[0] + shoulders[1] - hips[0] - hips[1]) / 2
    return vector


def _frame(along: FloatArray, hinge: FloatArray) -> FloatArray:
    y = along / np.linalg.norm(along)
    x = hinge - (hinge @ y) * y
    x = x / np.linalg.norm(x)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def _aligned(along: FloatArray, hinge: FloatArray, rest_along: FloatArray) -> FloatArray:
    """The rotation that takes a rest segment (hinge to the left) to its posed direction."""
    return _frame(along, hinge) @ _frame(rest_along, np.array([1.0, 0.0, 0.0])).T


def _about(axis: FloatArray, angle: float) -> FloatArray:
    a = axis / np.linalg.norm(axis)
    k = np.array([[0, -a[2], a[1]], [a[2], 0, -a[0]], [-a[1], a[0], 0]])
    turned: FloatArray = np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k
    return turned

"""Everybody in the picture: the runner at the origin, others placed in the room; skin and clothes of each."""

import numpy as np

from .body import load_body
from .clothes import dress
from .motion import turn_y
from .scene import DECK_M
from .skeleton import Skeleton
from .skin import Skin
from .spec import FloatArray, Form, Person, PhantomSpec, Phase

WALK = Form(
    cadence_spm=112.0,
    duty=0.60,
    contact_ahead_m=0.30,
    knee_contact_deg=9.0,
    knee_toe_off_deg=36.0,
    knee_toe_off_dps=0.0,
    lean_deg=2.0,
    lean_swing_deg=0.5,
    pelvis_turn_deg=4.0,
    thorax_turn_deg=4.0,
    pelvis_drop_deg=2.0,
    step_width_m=0.09,
    knee_swing_deg=62.0,
    thigh_swing_deg=28.0,
    foot_contact_deg=16.0,
    arm_mean_deg=-2.0,
    arm_swing_deg=18.0,
    elbow_deg=30.0,
    arm_out_deg=13.0,
)
"""Walking at about 1.3 m/s."""


class Actor:
    """One person whose surface is known at any time, world, m. `side` is +1 with the camera on the left."""

    def __init__(self, skeleton: Skeleton, side: int, person: Person | None = None) -> None:
        self.skeleton = skeleton
        self.skin = Skin(dress(skeleton.body, skeleton.spec.clothes))
        self._person = person
        self._side = side
        self._last: tuple[float, FloatArray] | None = None

    def surface(self, t: float) -> FloatArray:
        """(n, 6): positions and unit normals at `t`."""
        if self._last is None or self._last[0] != t:
            self._last = t, self._surface(t)
        return self._last[1]

    def _surface(self, t: float) -> FloatArray:
        rows = self.skin.posed(self.skeleton.pose(t))
        person = self._person
        if person is None:
            return rows
        turn = turn_y(np.radians(person.heading_deg) * self._side)
        walked = turn @ np.array([0.0, 0.0, person.walks_mps * t])
        place = walked + np.array([self._side * person.aside_m, -DECK_M, person.ahead_m])
        points, normals = rows[:, :3] @ turn.T + place, rows[:, 3:] @ turn.T
        placed: FloatArray = np.concatenate([points, normals], axis=1)
        return placed


def actors(skeleton: Skeleton, side: int) -> list[Actor]:
    """The runner first, then everybody else of the scene, on the floor."""
    people = enumerate(skeleton.spec.scene.people)
    return [Actor(skeleton, side), *(_other(person, seed, side) for seed, person in people)]


def _other(person: Person, seed: int, side: int) -> Actor:
    spec = PhantomSpec(
        name="other",
        phases=(Phase("walking", 6, WALK),) if person.walks_mps else (),
        still_s=20.0,
        body=person.body,
        clothes=person.clothes,
        speed_mps=person.walks_mps,
        seed=seed,
    )
    return Actor(Skeleton(spec, load_body(person.body)), side, person)

"""What a phantom clip shows: body, clothes, camera, and how the runner moves."""

from dataclasses import astuple, dataclass, fields
from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Colour = tuple[float, float, float]

GENERATOR_VERSION = 2


@dataclass(frozen=True, slots=True)
class Form:
    """One way of running at a given belt speed. Lengths in m, angles in deg, signs of the gait package.

    Contact and toe-off posture are inputs (they are solved for exactly); stance flexion, bounce and
    thigh extension follow from them, from the belt speed and from the spring-mass flight.
    """

    cadence_spm: float = 170.0
    duty: float = 0.38
    contact_ahead_m: float = 0.215
    """Ankle ahead of mid-hip at contact."""
    knee_contact_deg: float = 17.0
    knee_toe_off_deg: float = 15.0
    knee_toe_off_dps: float = 50.0
    """Rate of its bending then: straightest just before, as in people."""
    bounce_gain: float = 1.05
    """Pelvis travel over that of the spring-mass centre of mass."""
    lean_deg: float = 8.0
    lean_swing_deg: float = 1.5
    tilt_deg: float = 6.0
    """Anterior pelvic tilt; no keypoint shows it."""
    tilt_swing_deg: float = 3.0
    pelvis_turn_deg: float = 6.0
    thorax_turn_deg: float = 9.0
    pelvis_drop_deg: float = 4.0
    step_width_m: float = 0.05
    knee_swing_deg: float = 90.0
    thigh_swing_deg: float = 38.0
    foot_contact_deg: float = 9.0
    """Toes up at contact: a heel-to-midfoot landing."""
    arm_mean_deg: float = -16.0
    arm_swing_deg: float = 30.0
    elbow_deg: float = 90.0
    arm_out_deg: float = 17.0
    head_deg: float = 3.0

    def values(self) -> FloatArray:
        """All fields as one vector, in order."""
        return np.array(astuple(self), dtype=np.float64)

    @classmethod
    def from_values(cls, values: FloatArray) -> "Form":
        """The inverse of `values`."""
        return cls(**{field.name: float(v) for field, v in zip(fields(cls), values, strict=True)})


@dataclass(frozen=True, slots=True)
class Phase:
    """`strides` strides of one form; `name` is None while one form passes into the next."""

    name: str | None
    strides: int
    form: Form | None = None
    left: Form | None = None
    """Of steps on the left foot, when the sides differ."""


@dataclass(frozen=True, slots=True)
class Clothes:
    """sRGB colours (0 to 1) of the runner."""

    skin: Colour = (0.80, 0.57, 0.45)
    shirt: Colour = (0.10, 0.34, 0.60)
    shorts: Colour = (0.075, 0.08, 0.10)
    shoe: Colour = (0.86, 0.27, 0.09)
    sole: Colour = (0.93, 0.93, 0.90)
    hair: Colour = (0.13, 0.085, 0.055)
    sock: Colour = (0.92, 0.92, 0.92)
    bun: bool = False
    """Long hair tied up."""
    legs: Literal["shorts", "loose", "tights"] = "shorts"
    """What covers the legs, in the colour `shorts`: to above the knee, wide, or close down to the ankle."""


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """A camera on the side that faces it: level and square to the belt unless turned.

    Pitch and yaw carry it round the runner at the same distance, so that it goes on looking at him.
    """

    width: int = 960
    height: int = 720
    distance_m: float = 3.1
    """From the lens to the runner's mid plane."""
    height_m: float = 0.90
    """Of the lens above the belt."""
    vertical_view_deg: float = 39.0
    ahead_m: float = 0.0
    """Of the lens along the belt, in the running direction."""
    pitch_deg: float = 0.0
    """Up and looking down."""
    yaw_deg: float = 0.0
    """Ahead and looking back; 90 = from the front, -90 = from behind."""
    roll_deg: float = 0.0
    """The camera turned clockwise about its axis, so that the picture turns anticlockwise."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody else in the room, standing or walking; placed at time 0 by distances in m."""

    ahead_m: float
    """Of the runner's mean place, in the running direction."""
    aside_m: float
    """From the belt's middle towards the camera; negative is beyond the treadmill."""
    heading_deg: float = 0.0
    """0 = as the runner, 90 = towards the camera."""
    walks_mps: float = 0.0
    body: str = "man"
    clothes: Clothes = Clothes()


@dataclass(frozen=True, slots=True)
class Scene:
    """What surrounds the runner."""

    rail: bool = False
    """A handrail along the near side at hip height, held up by two posts."""
    console: bool = False
    """A console on an arm, in front of the runner's chest as the camera sees him."""
    dark: bool = False
    """Dark walls and a dark floor."""
    brightness: float = 1.0
    """Of the light, 1 = the usual room."""
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class PhantomSpec:
    """Everything a clip depends on; the same specification gives the same truth, byte for byte."""

    name: str
    phases: tuple[Phase, ...] = ()
    still_s: float = 0.0
    """Without phases: standing quietly for so long."""
    body: str = "man"
    clothes: Clothes = Clothes()
    scene: Scene = Scene()
    facing: Literal["left", "right"] = "right"
    camera: CameraSpec = CameraSpec()
    speed_mps: float = 2.9
    fps: int = 60
    shutter_s: float = 1 / 240
    sub_frames: int = 4
    readout_s: float = 0.0
    """Rolling shutter: from the first row to the last; the middle row is taken at the frame's time."""
    noise_levels: float = 0.0
    """Sensor noise, SD in 8-bit levels."""
    variability: float = 1.0
    """Stride-to-stride variation, 1 = about that of an experienced runner, 0 = none."""
    seed: int = 1

    @property
    def strides(self) -> int:
        """Whole strides in the clip."""
        return sum(phase.strides for phase in self.phases)

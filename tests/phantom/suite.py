"""The suite: every clip the device is measured on, in order of value, and the conditions made from them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .actor import WALK
from .looks import LOOKS, STRIDES, Look
from .spec import CameraSpec, Clothes, Form, Person, PhantomSpec, Phase, Scene

CAMERA = CameraSpec(width=400, height=480)


@dataclass(frozen=True, slots=True)
class SuiteClip:
    """One clip: what it holds, and whether it is kept apart from everything that is tuned.

    group: base, deviation, camera, obstacle, people, shutter, standing or refusal.
    condition: the named deviation or disturbance; "usual" without one.
    """

    spec: PhantomSpec
    look: str
    group: str
    condition: str
    holds: str
    test: bool


DEVIATIONS: dict[str, tuple[str, dict[str, float]]] = {
    "over_upright": ("trunk upright", {"lean_deg": 0.5, "tilt_deg": 9.0}),
    "overstride": (
        "foot far ahead, heel first",
        {"contact_ahead_m": 0.065, "knee_contact_deg": 9.0, "foot_contact_deg": 17.0, "duty": 0.02},
    ),
    "reduced_extension": (
        "thigh not far back",
        {"contact_ahead_m": 0.03, "knee_toe_off_deg": 24.0, "duty": 0.012},
    ),
    "stiff_knee": ("little give in stance", {"bounce_gain": 0.62, "knee_contact_deg": 15.0}),
    "forward_lean": ("trunk far forward", {"lean_deg": 17.0}),
    "bounding": ("much up and down", {"bounce_gain": 1.25, "duty": -0.03, "cadence_spm": -8.0}),
    "asymmetry": ("left steps shorter and stiffer than right", {}),
    "low_cadence": ("slow cadence", {"cadence_spm": -18.0, "contact_ahead_m": 0.03, "knee_swing_deg": 9.0}),
    "high_cadence": ("quick cadence", {"cadence_spm": 20.0, "contact_ahead_m": -0.03}),
    "arched_back": ("pelvis tilted 12 deg more, same trunk line: must read as usual", {"tilt_deg": 18.0}),
    "sway": ("hips forward, shoulders back", {"lean_deg": -3.0, "contact_ahead_m": -0.03, "tilt_deg": 1.0}),
    "backward_lean": ("trunk behind the vertical", {"lean_deg": -5.0}),
}
ADDED = ("contact_ahead_m", "cadence_spm", "duty", "knee_swing_deg")
"""Changes that add to the look's own habit; the others replace it."""


def deviant(look: Look, name: str) -> tuple[Form, Form | None]:
    """A look's form with a named deviation: of right steps, and of left steps when they differ."""
    form = look.form
    if name == "asymmetry":
        right = replace(form, cadence_spm=form.cadence_spm - 4.5)
        left = replace(form, cadence_spm=form.cadence_spm + 4.5, knee_contact_deg=form.knee_contact_deg - 4)
        return right, left
    changes = {
        key: (getattr(form, key) if key in ADDED else 0.0) + value
        for key, value in DEVIATIONS[name][1].items()
    }
    return replace(form, **changes), None


SHORT = 5
"""Strides of a clip that shows a deviation, or on another runner what one of the usual length shows."""


def _clip(
    look: str,
    name: str,
    group: str,
    condition: str,
    holds: str,
    form: str | None = None,
    strides: int = STRIDES,
    **changes: Any,
) -> SuiteClip:
    who = LOOKS[look]
    right, left = deviant(who, form) if form else (None, None)
    spec = who.spec(name, right, left)
    phases = tuple(replace(phase, strides=strides) for phase in spec.phases)
    spec = replace(replace(spec, phases=phases, camera=CAMERA, facing="right"), **changes)
    return SuiteClip(spec, look, group, condition, holds, who.test)


def _base() -> Iterator[SuiteClip]:
    for look, facing in (
        ("man", "right"), ("woman", "left"), ("slim_man", "left"), ("heavy_man", "right"),
        ("heavy_woman", "right"), ("slim_woman", "left"), ("strong_man", "left"), ("man", "left"),
    ):  # fmt: skip
        yield _clip(look, f"{look}_{facing}", "base", "usual", f"{look}, usual form", facing=facing)


def _more_base() -> Iterator[SuiteClip]:
    for look, facing in (("woman", "right"), ("heavy_woman", "left"), ("slim_man", "right")):
        yield _clip(look, f"{look}_{facing}", "base", "usual", f"{look}, usual form", facing=facing)


def _standing() -> Iterator[SuiteClip]:
    for look in LOOKS:
        facing = "left" if look in {"woman", "slim_man", "slim_woman", "strong_man"} else "right"
        yield _clip(
            look, f"{look}_standing", "standing", "standing", "quiet standing, 4 s",
            phases=(), still_s=4.0, fps=30, sub_frames=1, facing=facing,
        )  # fmt: skip


def _deviations(look: str, facing: str, names: tuple[str, ...]) -> Iterator[SuiteClip]:
    for name in names:
        holds = DEVIATIONS[name][0]
        yield _clip(look, f"{look}_{name}", "deviation", name, holds, name, SHORT, facing=facing)


def _cameras(look: str, facing: str, names: tuple[str, ...], strides: int = STRIDES) -> Iterator[SuiteClip]:
    turns: dict[str, tuple[dict[str, Any], str]] = {
        "yaw_5": ({"yaw_deg": 5.0}, "camera 5 deg ahead of square"),
        "yaw_back_10": ({"yaw_deg": -10.0}, "camera 10 deg behind square"),
        "roll_4": ({"roll_deg": 4.0}, "camera rolled 4 deg"),
        "roll_back_8": ({"roll_deg": -8.0}, "camera rolled 8 deg the other way"),
        "pitch_6": ({"pitch_deg": 6.0}, "camera raised, 6 deg down"),
        "pitch_10": ({"pitch_deg": 10.0}, "camera raised, 10 deg down"),
    }
    for name in names:
        turn, holds = turns[name]
        camera = replace(CAMERA, **turn)
        yield _clip(
            look, f"{look}_{name}", "camera", name, holds, None, strides, camera=camera, facing=facing
        )


_PASSER = Clothes(shirt=(0.70, 0.70, 0.72), shorts=(0.18, 0.20, 0.28), legs="tights", shoe=(0.2, 0.2, 0.2))
_BESIDE = Person(ahead_m=0.45, aside_m=-0.75, heading_deg=150.0, body="woman", clothes=_PASSER)
_BEHIND = Person(ahead_m=-2.9, aside_m=-0.95, walks_mps=1.15, body="slim_man", clothes=_PASSER)
_BEFORE = Person(
    ahead_m=3.1, aside_m=1.0, heading_deg=180.0, walks_mps=1.15, body="heavy_woman", clothes=_PASSER
)


def _obstacles(look: str, facing: str) -> Iterator[SuiteClip]:
    dark = LOOKS[look].scene
    for name, holds, scene in (
        ("rail", "handrail and console before the trunk", replace(dark, rail=True, console=True)),
        ("bystander", "somebody stands beyond the treadmill", replace(dark, people=(_BESIDE,))),
        ("passer", "somebody walks past beyond the treadmill", replace(dark, people=(_BEHIND,))),
        ("passer_near", "somebody walks past before the treadmill", replace(dark, people=(_BEFORE,))),
    ):
        group = "obstacle" if name == "rail" else "people"
        yield _clip(look, f"{look}_{name}", group, name, holds, scene=scene, facing=facing)


def _shutters(look: str, facing: str) -> Iterator[SuiteClip]:
    shutters: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("blur_60", "exposed 1/60 s", {"shutter_s": 1 / 60, "sub_frames": 8}),
        ("rolling", "rolling shutter, 24 ms from top to bottom", {"readout_s": 0.024, "sub_frames": 1}),
        ("blur_120", "exposed 1/120 s", {"shutter_s": 1 / 120, "sub_frames": 4}),
        ("blur_500", "exposed 1/500 s", {"shutter_s": 1 / 500, "sub_frames": 1}),
    )
    for name, holds, changes in shutters:
        yield _clip(look, f"{look}_{name}", "shutter", name, holds, None, SHORT, facing=facing, **changes)


def _refusals() -> Iterator[SuiteClip]:
    walking = (Phase("walking", 5, WALK),)
    slow: dict[str, Any] = {"fps": 30, "sub_frames": 1}
    cases: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("man", "walking", "walking at 1.3 m/s", {"phases": walking, "speed_mps": 1.3}),
        ("slim_man", "rear", "from behind", {"camera": replace(CAMERA, yaw_deg=-90.0)}),
        ("woman", "frontal", "from 70 deg ahead", {"camera": replace(CAMERA, yaw_deg=70.0)}),
        ("heavy_woman", "walking", "walking at 1.3 m/s", {"phases": walking, "speed_mps": 1.3}),
        ("heavy_man", "oblique", "from 35 deg ahead", {"camera": replace(CAMERA, yaw_deg=35.0)}),
        ("man", "cut_off", "feet below the picture", {"camera": replace(CAMERA, height_m=1.62)}),
        ("woman", "far", "a runner 120 px high", {"camera": replace(CAMERA, vertical_view_deg=95.0)}),
        ("slim_man", "too_dark", "almost no light", {"scene": Scene(dark=True, brightness=0.006)}),
    )  # fmt: skip
    for look, name, holds, changes in cases:
        yield _clip(look, f"{look}_{name}", "refusal", name, holds, **{**slow, **changes})


def _build() -> tuple[SuiteClip, ...]:
    first = tuple(DEVIATIONS)
    return (
        *_base(),
        *_standing(),
        *_deviations("man", "right", first[:4]),
        *_deviations("slim_man", "left", ("overstride", "over_upright")),
        *_more_base(),
        *_cameras("woman", "left", ("yaw_5", "roll_4", "pitch_6")),
        *_obstacles("man", "right"),
        *_refusals(),
        *_deviations("woman", "left", ("arched_back", "asymmetry", "bounding")),
        *_deviations("heavy_woman", "right", ("stiff_knee", "reduced_extension")),
        *_obstacles("strong_man", "left"),
        *_shutters("heavy_man", "right"),
        *_cameras("slim_man", "left", ("yaw_back_10", "roll_back_8", "pitch_10"), SHORT),
        *_deviations("heavy_woman", "right", ("forward_lean", "arched_back")),
        *_deviations("woman", "left", ("forward_lean", "low_cadence", "high_cadence")),
        *_deviations("man", "right", first[10:]),
        *_deviations("slim_man", "left", ("bounding", "asymmetry")),
        *_shutters("heavy_woman", "right"),
    )


SUITE = {clip.spec.name: clip for clip in _build()}
"""Clips by name, the most valuable first."""

"""Who runs in the suite: bodies, clothes, speeds and habits, some of them kept apart for testing."""

from dataclasses import dataclass, replace

from .spec import Clothes, Form, PhantomSpec, Phase, Scene

BODY_STATURE_M = {
    "man": 1.76,
    "woman": 1.67,
    "heavy_man": 1.81,
    "slim_woman": 1.60,
    "slim_man": 1.86,
    "heavy_woman": 1.70,
    "strong_man": 1.71,
}


_LIGHT = Scene()


@dataclass(frozen=True, slots=True)
class Look:
    """One runner of the suite; `test` says that nothing may be tuned on clips that show him."""

    name: str
    body: str
    clothes: Clothes
    speed_mps: float
    form: Form
    test: bool
    scene: Scene

    def spec(self, name: str, form: Form | None = None, left: Form | None = None) -> PhantomSpec:
        """This runner, seen from the right, with another form when one is given."""
        return PhantomSpec(
            name=name,
            phases=(Phase("steady", STRIDES, form or self.form, left),),
            body=self.body,
            clothes=self.clothes,
            scene=self.scene,
            speed_mps=self.speed_mps,
            sub_frames=2,
            noise_levels=2.0,
            seed=100 + len(name),
        )


STRIDES = 8
"""Of a suite clip: about 5.6 s, which loop."""


def usual(body: str, speed_mps: float, cadence_spm: float, **changes: float) -> Form:
    """An easy form at a speed: the foot lands further ahead when fast, and with longer legs.

    Duty factor: mean of three runners at 2 to 4 m/s (Fukuchi et al. 2017, PeerJ 5:e3298, two; Hamner and
    Delp 2013, J Biomech 46:780, one).
    """
    size = BODY_STATURE_M[body] / 1.76
    ahead = 0.215 * size * (0.4 + 0.6 * speed_mps / 2.9)
    form = Form(
        cadence_spm=cadence_spm,
        duty=0.392 - 0.04 * (speed_mps - 2.5),
        contact_ahead_m=ahead,
        thigh_swing_deg=20.0 + 6.2 * speed_mps,
        knee_swing_deg=60.0 + 10.3 * speed_mps,
    )
    return replace(form, **changes)


_DARK = (0.055, 0.06, 0.075)

LOOKS = {
    look.name: look
    for look in (
        Look("man", "man", Clothes(), 2.9, usual("man", 2.9, 170.0), False, _LIGHT),
        Look(
            "woman",
            "woman",
            Clothes(
                skin=(0.44, 0.29, 0.21),
                shirt=(0.75, 0.72, 0.70),
                shorts=(0.06, 0.065, 0.09),
                shoe=(0.20, 0.55, 0.50),
                hair=(0.05, 0.04, 0.035),
                bun=True,
                legs="tights",
            ),
            2.5,
            usual("woman", 2.5, 172.0, lean_deg=5.5, step_width_m=0.04),
            test=False,
            scene=_LIGHT,
        ),
        Look(
            "heavy_man",
            "heavy_man",
            Clothes(
                skin=(0.70, 0.50, 0.37),
                shirt=(0.62, 0.63, 0.60),
                shorts=(0.16, 0.22, 0.34),
                shoe=(0.13, 0.14, 0.16),
                hair=(0.06, 0.055, 0.05),
                legs="loose",
            ),
            2.7,
            usual("heavy_man", 2.7, 165.0, lean_deg=10.0, foot_contact_deg=13.0, knee_contact_deg=15.0),
            test=False,
            scene=_LIGHT,
        ),
        Look(
            "slim_woman",
            "slim_woman",
            Clothes(
                skin=(0.82, 0.62, 0.50),
                shirt=(0.09, 0.09, 0.11),
                shorts=_DARK,
                shoe=(0.10, 0.10, 0.12),
                sole=(0.25, 0.25, 0.26),
                hair=(0.06, 0.05, 0.045),
                sock=(0.12, 0.12, 0.13),
                bun=True,
                legs="tights",
            ),
            2.6,
            usual("slim_woman", 2.6, 178.0, lean_deg=7.0, knee_contact_deg=19.0),
            test=False,
            scene=Scene(dark=True, brightness=0.8),
        ),
        Look(
            "slim_man",
            "slim_man",
            Clothes(
                skin=(0.30, 0.20, 0.15),
                shirt=(0.78, 0.70, 0.16),
                shorts=(0.10, 0.16, 0.12),
                shoe=(0.82, 0.80, 0.78),
                hair=(0.04, 0.035, 0.03),
            ),
            3.3,
            usual("slim_man", 3.3, 168.0, lean_deg=9.0, knee_contact_deg=16.0, arm_swing_deg=34.0),
            test=True,
            scene=_LIGHT,
        ),
        Look(
            "heavy_woman",
            "heavy_woman",
            Clothes(
                skin=(0.86, 0.66, 0.56),
                shirt=(0.40, 0.15, 0.38),
                shorts=(0.07, 0.07, 0.08),
                shoe=(0.78, 0.30, 0.42),
                hair=(0.45, 0.30, 0.16),
                bun=True,
                legs="tights",
            ),
            2.4,
            usual(
                "heavy_woman", 2.4, 168.0, lean_deg=4.0, duty=0.40, arm_swing_deg=24.0, knee_swing_deg=88.0
            ),
            test=True,
            scene=_LIGHT,
        ),
        Look(
            "strong_man",
            "strong_man",
            Clothes(
                skin=(0.52, 0.35, 0.26),
                shirt=(0.10, 0.10, 0.12),
                shorts=(0.07, 0.075, 0.085),
                shoe=(0.12, 0.13, 0.15),
                sole=(0.30, 0.30, 0.31),
                hair=(0.04, 0.035, 0.03),
                sock=(0.10, 0.10, 0.11),
                legs="loose",
            ),
            3.0,
            usual("strong_man", 3.0, 174.0, lean_deg=7.5, knee_contact_deg=18.0, duty=0.365),
            test=True,
            scene=Scene(dark=True, brightness=0.8),
        ),
    )
}

"""The clips that are built: the demo, and others to validate on."""

from .spec import CameraSpec, Clothes, Form, PhantomSpec, Phase

EASY = Form()
"""Easy form at 2.9 m/s: short step, slight lean, soft knee."""

CLINICAL = Form(
    cadence_spm=157.0,
    duty=0.37,
    contact_ahead_m=0.28,
    knee_contact_deg=10.0,
    knee_toe_off_deg=24.0,
    bounce_gain=1.05,
    lean_deg=0.5,
    lean_swing_deg=2.0,
    tilt_deg=14.0,
    pelvis_turn_deg=8.0,
    thorax_turn_deg=8.0,
    knee_swing_deg=88.0,
    thigh_swing_deg=41.0,
    foot_contact_deg=15.0,
    arm_mean_deg=-13.0,
    elbow_deg=95.0,
    head_deg=-1.0,
)
"""The picture clinicians describe: upright, arched, overstriding, straight-kneed, bouncing."""

SMALL = CameraSpec(width=640, height=480)

DEMO = PhantomSpec(
    name="runner",
    phases=(Phase("easy", 12, EASY), Phase(None, 3), Phase("clinical", 12, CLINICAL), Phase(None, 3)),
    camera=SMALL,
    seed=7,
)

WOMAN_LEFT = PhantomSpec(
    name="woman_left",
    phases=(
        Phase(
            "slow",
            11,
            Form(
                cadence_spm=166.3,
                duty=0.39,
                contact_ahead_m=0.185,
                knee_contact_deg=15.0,
                knee_swing_deg=84.0,
                thigh_swing_deg=34.0,
                lean_deg=5.0,
                step_width_m=0.04,
                arm_swing_deg=26.0,
            ),
        ),
    ),
    body="woman",
    clothes=Clothes(
        skin=(0.44, 0.29, 0.21),
        shirt=(0.55, 0.16, 0.30),
        shorts=(0.13, 0.14, 0.20),
        shoe=(0.20, 0.55, 0.50),
        hair=(0.05, 0.04, 0.035),
        bun=True,
    ),
    facing="left",
    camera=SMALL,
    speed_mps=2.45,
    seed=11,
)

HEAVY_RIGHT = PhantomSpec(
    name="heavy_right",
    phases=(
        Phase(
            "brisk",
            11,
            Form(
                cadence_spm=171.7,
                duty=0.365,
                contact_ahead_m=0.255,
                knee_contact_deg=15.0,
                knee_swing_deg=94.0,
                thigh_swing_deg=40.0,
                lean_deg=11.0,
                foot_contact_deg=13.0,
            ),
        ),
    ),
    body="heavy_man",
    clothes=Clothes(
        skin=(0.70, 0.50, 0.37),
        shirt=(0.62, 0.63, 0.60),
        shorts=(0.16, 0.22, 0.34),
        shoe=(0.13, 0.14, 0.16),
        hair=(0.06, 0.055, 0.05),
    ),
    camera=SMALL,
    speed_mps=3.3,
    seed=12,
)

SPECS = {spec.name: spec for spec in (DEMO, WOMAN_LEFT, HEAVY_RIGHT)}

"""The clips that are built: the demo, and others to validate on."""

from .spec import Form, PhantomSpec, Phase

EASY = Form()
"""Easy form at 2.9 m/s: short step, slight lean, soft knee."""

CLINICAL = Form(
    cadence_spm=157.0,
    duty=0.31,
    contact_ahead_m=0.28,
    knee_contact_deg=10.0,
    knee_toe_off_deg=24.0,
    bounce_gain=0.95,
    lean_deg=0.5,
    lean_swing_deg=2.0,
    tilt_deg=14.0,
    pelvis_turn_deg=8.0,
    thorax_turn_deg=8.0,
    knee_swing_deg=88.0,
    thigh_swing_deg=41.0,
    foot_contact_deg=15.0,
    arm_mean_deg=-10.0,
    elbow_deg=97.0,
    head_deg=-1.0,
)
"""The picture clinicians describe: upright, arched, overstriding, straight-kneed, bouncing."""

DEMO = PhantomSpec(
    name="runner",
    phases=(Phase("easy", 12, EASY), Phase(None, 3), Phase("clinical", 12, CLINICAL), Phase(None, 3)),
    seed=7,
)

SPECS = {spec.name: spec for spec in (DEMO,)}

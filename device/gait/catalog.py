"""What each metric means, in one table: label, unit, how far to trust it, words for its direction, evidence.

Grades of trust: A, the value itself may be used; B, its change in the same runner and set-up; C, exploratory.
What cannot be measured from these keypoints (loading rate, foot strike, curve of the spine) is not here.
`noise` is the per-value SD to expect from 1 cm of keypoint noise at 60 fps; it serves until today's is known.
"""

from dataclasses import dataclass
from enum import StrEnum

from device.gait.types import RunSetup


class Trust(StrEnum):
    """How far a metric may be believed from one camera beside the belt."""

    A = "A"
    B = "B"
    C = "C"


class Per(StrEnum):
    """How often a metric arrives: each step of either leg, or each stride of the near leg."""

    STEP = "step"
    STRIDE = "stride"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One row of the catalogue.

    low, high: words for a smaller and a larger value. noise: expected SD of one value, in `unit`.
    evidence: what is known, in one sentence. reads: known bias of the reading, "" when none is.
    """

    name: str
    label: str
    unit: str
    decimals: int
    trust: Trust
    per: Per
    low: str
    high: str
    noise: float
    evidence: str
    reads: str = ""


_COLUMNS = ("name", "label", "unit", "decimals", "trust", "per", "low", "high", "noise", "evidence", "reads")
_A, _B, _C = Trust.A, Trust.B, Trust.C
_STEP, _STRIDE = Per.STEP, Per.STRIDE
_NO_EVIDENCE = "No published running values for comparison; use this runner's own."

_ROWS: tuple[tuple[str, str, str, int, Trust, Per, str, str, float, str, str], ...] = (
    # Timing
    (
        "cadence_spm", "Cadence", "1/min", 0, _A, _STEP, "slower steps", "quicker steps", 2.5,
        "Runners with low back pain took fewer steps, 166 against 171 a minute (Drozda 2024).", "",
    ),
    (
        "step_time_s", "Step time", "s", 3, _B, _STEP, "shorter steps", "longer steps", 0.011,
        "Half a stride: contact of one foot to contact of the other.", "",
    ),
    (
        "stride_time_s", "Stride time", "s", 3, _A, _STRIDE, "shorter strides", "longer strides", 0.011,
        "Contact to next contact of the same foot; 120 divided by it is cadence.", "",
    ),
    (
        "step_time_asymmetry_pct", "Side difference in step time", "%", 1, _B, _STEP,
        "right steps longer", "left steps longer", 0.8,
        "Asymmetry did not predict injury in over 800 runners (Malisoux 2024).", "",
    ),
    (
        "contact_time_s", "Ground contact time", "s", 3, _B, _STRIDE,
        "shorter contact", "longer contact", 0.012,
        "Rises a little with fatigue.",
        "Within 0.01 s of force plates (one runner), 0.04 s long on rendered runners: use change.",
    ),
    (
        "flight_time_s", "Flight time", "s", 3, _B, _STRIDE, "shorter flight", "longer flight", 0.010,
        "Half a stride less contact time.", "Follows contact time: use change.",
    ),
    (
        "duty_factor", "Share of stride on the ground", "", 2, _B, _STRIDE,
        "less time on the ground", "more time on the ground", 0.012,
        "A low share goes with higher forces (Patoz 2022).", "Follows contact time: use change.",
    ),
    # Vertical motion and load
    (
        "hip_bounce_cm", "Hip bounce", "cm", 1, _B, _STRIDE, "flatter", "more bounce", 0.35,
        "Less bounce or quicker steps lower peak force and loading rate (Adams 2018).",
        "May read 1 cm off, depending on the body: use change.",
    ),
    (
        "vertical_ratio_pct", "Bounce per step length", "%", 1, _B, _STRIDE, "flatter", "more bounce", 0.35,
        "Hip bounce divided by step length.", "Follows hip bounce: use change.",
    ),
    (
        "landing_speed_mps", "Landing speed", "m/s", 2, _B, _STRIDE, "softer landing", "faster landing", 0.09,
        "Fastest downward speed of the hips just after contact.", "Follows hip bounce: use change.",
    ),
    (
        "peak_force_bw", "Peak force (estimate)", "body weights", 2, _B, _STRIDE, "lower", "higher", 0.07,
        "From the share of stride on the ground, not measured (Morin 2005).", "Reads about 15 % low.",
    ),
    (
        "vertical_stiffness_npmkg", "Vertical stiffness (estimate)", "N/m/kg", 0, _B, _STRIDE,
        "more compliant", "stiffer", 11.0,
        "From contact and flight time on the level (Morin 2005); withheld on an incline.",
        "Reads about 6 % high.",
    ),
    (
        "leg_stiffness_npmkg", "Leg stiffness (estimate)", "N/m/kg", 0, _C, _STRIDE,
        "more compliant", "stiffer", 8.0,
        "No link to later injury in 49 runners.", "",
    ),
    # Posture
    (
        "trunk_lean_deg", "Trunk lean", "°", 1, _B, _STRIDE, "more upright", "further forward", 0.8,
        "Runners chose 7.3±3.6° at 3.4 m/s (Teng and Powers 2014); no group difference in low back pain.",
        "Known bias removed; without a standing calibration and a level camera it may still read 1.5° off.",
    ),
    (
        "trunk_lean_range_deg", "Trunk lean range in a step", "°", 1, _C, _STRIDE,
        "steadier", "more movement", 2.0,
        _NO_EVIDENCE, "",
    ),
    (
        "push_off_trunk_change_deg", "Trunk change at push-off", "°", 1, _C, _STRIDE,
        "trunk moves back at push-off", "trunk moves forward at push-off", 1.5,
        "The only hint of arching at push-off a side camera gives; a hypothesis.", "",
    ),
    (
        "shoulder_hip_ankle_deg", "Shoulder, hip and ankle line", "°", 0, _C, _STRIDE,
        "hips further back", "hips further forward", 2.0,
        "180 is a straight line at mid-stance, above it the hips are ahead; clinical picture.", "",
    ),
    (
        "pelvis_forward_pct", "Hips ahead of the stance foot", "% leg", 1, _C, _STRIDE,
        "hips further back", "hips further forward", 1.5, _NO_EVIDENCE, "",
    ),
    # Near leg
    (
        "knee_flexion_contact_deg", "Knee bend at contact", "°", 0, _B, _STRIDE,
        "straighter", "more bent", 2.9,
        "Chronic low back pain goes with a straighter knee at contact (Müller 2015).",
        "Known bias removed; may still read 3° off in one runner.",
    ),
    (
        "knee_flexion_stance_peak_deg", "Most knee bend in stance", "°", 0, _B, _STRIDE,
        "straighter", "more bent", 1.8,
        "Around 46±4.5° at the runner's own cadence (Heiderscheit 2011).",
        "Known bias removed; may still read 3° off in one runner, mostly high.",
    ),
    (
        "knee_excursion_deg", "Knee give after contact", "°", 0, _B, _STRIDE,
        "stiffer knee", "softer knee", 3.3,
        "Knees were stiffest in runners with low back pain (Hamill 2009).", "",
    ),
    (
        "knee_flexion_swing_peak_deg", "Most knee bend in swing", "°", 0, _B, _STRIDE,
        "lower heel", "higher heel", 1.3, "Rises with speed.",
        "Known bias removed; may still read 4° off in one runner.",
    ),
    (
        "thigh_extension_peak_deg", "Most thigh extension", "°", 0, _B, _STRIDE,
        "thigh less far back", "thigh further back", 0.9,
        "Less hip extension goes with other ways to lengthen the stride (Franz 2009, Souza 2016).",
        "Known bias removed; may still read 3° off in one runner.",
    ),
    (
        "thigh_extension_toe_off_deg", "Thigh extension at toe-off", "°", 0, _B, _STRIDE,
        "thigh less far back", "thigh further back", 1.4, "Rises with speed.",
        "Follows toe-off; reads 2 to 12° high on rendered runners: use change.",
    ),
    (
        "overstride_pct", "Foot ahead of the hips at contact", "% leg", 0, _B, _STRIDE,
        "foot closer under the hips", "foot further ahead", 1.6,
        "A foot further ahead goes with higher braking and knee load (Wille 2014).",
        "Known bias removed; may still read 2 % of the leg off in one runner.",
    ),
    (
        "shank_contact_deg", "Shin angle at contact", "°", 0, _B, _STRIDE,
        "shin more upright", "ankle further ahead of the knee", 2.2,
        "A shin near the vertical is advised (Lieberman 2015).",
        "Known bias removed; may still read 2° off in one runner.",
    ),
    (
        "ground_speed_matching", "Leg retraction before contact", "", 2, _C, _STRIDE,
        "foot meets the belt faster", "foot matches the belt", 0.1,
        "Share of belt speed the foot has reached; a weak hint of hamstring action.", "",
    ),
    # Head and arm
    (
        "head_forward_pct", "Head ahead of the shoulders", "% trunk", 0, _C, _STRIDE,
        "head further back", "head further forward", 3.0, _NO_EVIDENCE, "",
    ),
    (
        "elbow_deg", "Elbow angle", "°", 0, _C, _STRIDE, "more bent", "straighter", 3.0,
        "About 90° is coaching lore, not evidence.", "",
    ),
    # Smoothness and variability
    (
        "curve_regularity", "Regularity of the leg's movement", "", 3, _B, _STRIDE,
        "less regular", "more regular", 0.005,
        "Likeness of each stride to the strides before it, 1 is the same.", "",
    ),
    (
        "stride_time_cv_pct", "Stride time variation", "%", 1, _C, _STRIDE, "steadier", "more variable", 0.2,
        "About 1 % in runners; the camera adds as much, so only above 3 % says something.", "",
    ),
    (
        "sparc", "Smoothness of the hips (SPARC)", "", 2, _C, _STRIDE, "less smooth", "smoother", 0.05,
        "Spectral arc length of the vertical speed (Balasubramanian 2012), mean of 20 strides.", "",
    ),
)  # fmt: skip

METRICS: dict[str, Metric] = {
    row[0]: Metric(**dict(zip(_COLUMNS, row, strict=True)))  # type: ignore[arg-type]
    for row in _ROWS
}
"""Every metric by the name of its FormMetrics field, in the order of display."""


def trust_of(name: str, setup: RunSetup) -> Trust:
    """Grade a metric for this run: trunk lean is an A once a standing calibration is known."""
    if name == "trunk_lean_deg" and setup.lean_offset_deg is not None:
        return Trust.A
    return METRICS[name].trust


def format_value(name: str, value: float) -> str:
    """Write a value with the metric's own decimals and unit, as on the tablet."""
    metric = METRICS[name]
    text = f"{value:.{metric.decimals}f}"
    if metric.unit in {"", "1/min"}:
        return text
    return text + metric.unit if metric.unit == "°" else f"{text} {metric.unit}"

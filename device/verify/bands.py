"""What the self-test asks for: each value, the error it is known to have, and how far from that it may be.

Known errors are those of an intact device (`python -m tests.validation bands` prints the present ones); the
tolerance covers what runtimes and processors differ by, and is small against what a broken part does: legs
exchanged, a picture mirrored, a clock that runs fast or a wrong network move several values far out of it.
"""

from dataclasses import dataclass
from typing import Literal

Form = Literal["easy", "clinical"]
FORMS: tuple[Form, Form] = ("easy", "clinical")
"""The two ways of running of the demo clip."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One value of each form: its name in the gait catalogue and in the clip's truth.

    scale: from the catalogue's unit to `unit`; 0 asks for the error in percent of the truth.
    """

    metric: str
    truth: str
    label: str
    unit: str
    tolerance: float
    scale: float = 1.0


ASKED = (
    Asked("cadence_spm", "cadence_spm", "Cadence", "%", 0.6, 0.0),
    Asked("contact_time_s", "contact_time_s", "Ground contact time", "ms", 10.0, 1000.0),
    Asked("knee_flexion_contact_deg", "knee_contact_deg", "Knee at contact", "°", 1.5),
    Asked("knee_flexion_stance_peak_deg", "knee_stance_peak_deg", "Knee peak in stance", "°", 2.0),
    Asked("knee_flexion_swing_peak_deg", "knee_swing_peak_deg", "Knee peak in swing", "°", 1.5),
    Asked("thigh_extension_peak_deg", "thigh_extension_peak_deg", "Thigh furthest back", "°", 1.2),
    Asked("trunk_lean_deg", "trunk_lean_deg", "Trunk lean", "°", 0.8),
    Asked("overstride_pct", "overstride_pct", "Foot ahead at contact", "% leg", 1.0),
    Asked("hip_bounce_cm", "hip_bounce_cm", "Hip bounce", "cm", 0.6),
)

MISSED, EXTRA, CONTACT_MS, CONTACT_SD_MS = "missed", "extra", "contact_ms", "contact_sd_ms"
LEGS_PCT, UNSEEN_PCT = "legs_pct", "unseen_pct"
WHOLE: dict[str, tuple[str, str, float, float]] = {
    MISSED: ("Contacts missed", "", 0.0, 1.0),
    EXTRA: ("Contacts too many", "", 0.0, 1.0),
    CONTACT_MS: ("Contact, too late", "ms", -8.0, 8.0),
    CONTACT_SD_MS: ("Contact, scatter", "ms", 0.0, 12.0),
    LEGS_PCT: ("Near leg mistaken, frames", "%", 0.0, 2.0),
    UNSEEN_PCT: ("Runner not found, frames", "%", 0.0, 1.0),
}
"""Over the whole clip: label, unit, known value, tolerance."""

KNOWN: dict[str, dict[str, tuple[float, float]]] = {
    "lightning": {
        "contact_time_s": (18.0, 16.0),
        "knee_flexion_contact_deg": (1.6, 1.2),
        "knee_flexion_stance_peak_deg": (3.1, 1.9),
        "knee_flexion_swing_peak_deg": (0.6, -1.7),
        "thigh_extension_peak_deg": (0.3, -0.4),
        "trunk_lean_deg": (-2.0, -2.2),
        "overstride_pct": (-1.4, -1.8),
        "hip_bounce_cm": (0.0, 0.2),
    },
    "thunder": {
        "contact_time_s": (11.0, 11.0),
        "knee_flexion_contact_deg": (1.2, 1.6),
        "knee_flexion_stance_peak_deg": (0.6, 0.4),
        "knee_flexion_swing_peak_deg": (-1.0, -2.7),
        "thigh_extension_peak_deg": (2.3, 2.1),
        "trunk_lean_deg": (-2.2, -3.0),
        "overstride_pct": (-0.2, -0.9),
        "hip_bounce_cm": (-1.6, -1.4),
    },
}
"""By model: known error of each metric in easy and in clinical form, in the unit asked for."""

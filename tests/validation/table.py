"""One line per case, for whoever works on the device."""

import numpy as np

from .measure import Result

ANGLES = {
    "kneeIC": "knee_flexion_contact_deg",
    "kneeST": "knee_flexion_stance_peak_deg",
    "kneeSW": "knee_flexion_swing_peak_deg",
    "thighE": "thigh_extension_peak_deg",
}
OTHERS = {"lean": "trunk_lean_deg", "over%": "overstride_pct", "bounce": "hip_bounce_cm"}
HEAD = (
    f"{'case':31s} set  raw%  near%  far% miss% | kneeMAE stance thigh | "
    + "  ".join(f"{name:>9s}" for name in (*ANGLES, *OTHERS))
    + " | cad10%max  IC ms      TO ms    tc ms  miss+extra/n | lock% hid% meas% activity view said"
)


def bias_sd(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    """Mean and SD of measured minus true."""
    off = np.array([found - true for true, found in pairs])
    return (float(off.mean()), float(off.std())) if len(off) else (np.nan, np.nan)


def _spread(values: list[float]) -> str:
    return f"{np.mean(values):+4.0f}±{np.std(values):<3.0f}" if values else "    -   "


def line(r: Result) -> str:
    """The case in one line: bias±SD over strides, measured minus true."""
    e = r.errors
    said = ",".join(r.said) or "-"
    tail = f"{r.locked_pct:5.1f} {r.hidden_pct:4.1f} {r.measuring_pct:5.1f} {r.activity} {r.view} {said}"
    head = f"{r.case.name:31s} {'TEST' if r.case.clip.test else 'trn '}"
    if not e.contacts:
        return f"{head} {'refuse' if not r.measured else 'MEASURED'} | {tail}"
    cells = "  ".join(
        "{:+5.1f}±{:<3.1f}".format(*bias_sd(e.pairs.get(name, [])))
        for name in (*ANGLES.values(), *OTHERS.values())
    )
    cadence = max(map(abs, e.cadence_pct), default=np.nan)
    tc = [1000 * (found - true) for true, found in e.pairs.get("contact_time_s", [])]
    wrong = f" MISLABELLED {e.mislabelled_strides}" if e.mislabelled_strides else ""
    legs = f"{e.raw_wrong_pct:5.1f} {e.near_wrong_pct:5.2f} {e.far_wrong_pct:5.2f} {e.near_missing_pct:4.1f}"
    angles = f"{e.knee_mae:5.2f} {e.knee_stance_mae:6.2f} {e.thigh_mae:6.2f} "
    timing = f"{_spread(e.contact_ms)} {_spread(e.toe_off_ms)} {_spread(tc)}"
    steps = f"{e.missed}+{e.extra}/{e.contacts}"
    return f"{head} {legs} | {angles} | {cells} | {cadence:5.2f} {timing} {steps} | {tail}{wrong}"

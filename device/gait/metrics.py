"""The door to running form: from one step's contacts or one near-leg stride to numbers with units.

`measure_step` gives what `gait.catalog` lists per step, `measure_stride` what it lists per stride; no metric
comes from both. A metric is None when an event, a joint, the speed or the scale it needs is missing.
"""

from device.gait.correction import Correction
from device.gait.measures.leg import measure_leg
from device.gait.measures.load import measure_load
from device.gait.measures.posture import measure_posture
from device.gait.measures.timing import TimingHistory
from device.gait.measures.window import StrideWindow
from device.gait.standing import timed_by_events
from device.gait.types import FormMetrics, GaitEvent, Kinematics, RunSetup, Stride

TIMED = frozenset(
    {
        "contact_time_s",
        "flight_time_s",
        "duty_factor",
        "peak_force_bw",
        "vertical_stiffness_npmkg",
        "leg_stiffness_npmkg",
        "landing_speed_mps",
        "push_off_trunk_change_deg",
        "shoulder_hip_ankle_deg",
        "pelvis_forward_pct",
        "knee_flexion_contact_deg",
        "knee_excursion_deg",
        "thigh_extension_toe_off_deg",
        "overstride_pct",
        "shank_contact_deg",
        "ground_speed_matching",
    }
)
"""Metrics of one stride read at, or between, contact and toe-off."""

__all__ = ["TimingHistory", "measure_step", "measure_stride"]


def measure_stride(
    stride: Stride,
    kin: Kinematics,
    setup: RunSetup,
    speed_mps: float | None,
    history: TimingHistory,
    correction: Correction | None = None,
) -> FormMetrics:
    """Measure one near-leg stride and remember it in `history`.

    `kin` must reach from 20 ms before the stride to its end for every metric; holes longer than 75 ms leave
    out what needs them. `speed_mps` is the belt speed in use. Lengths and speeds need `kin.calibrated`.
    `correction` is the bias of the network that found the joints; None takes them for exact.
    What hangs on the instants of contact and toe-off is left out when the standing calibration refused them.
    """
    window = StrideWindow(stride, kin, setup, speed_mps, correction)
    values = history.add_stride(window)
    values |= measure_load(window) | measure_leg(window) | measure_posture(window)
    if not timed_by_events(setup.standing):
        values = {name: value for name, value in values.items() if name not in TIMED}
    return FormMetrics(t=stride.next_contact, side=stride.side, near=stride.near, **values)


def measure_step(contact: GaitEvent, previous: GaitEvent, history: TimingHistory) -> FormMetrics:
    """Measure the step from one initial contact to the next, of either leg, and remember it in `history`.

    Two contacts of the same leg in a row (one of the other leg was missed) give no metric.
    """
    values = {}
    if contact.side is not previous.side:
        values = history.add_step(previous.t, contact.t, previous.side)
    return FormMetrics(t=contact.t, side=previous.side, near=previous.near, **values)

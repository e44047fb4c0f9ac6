"""The door to running form: from one step's contacts or one near-leg stride to numbers with units.

`measure_step` gives what `gait.catalog` lists per step, `measure_stride` what it lists per stride; no metric
comes from both. A metric is None when an event, a joint, the speed or the scale it needs is missing.
"""

from device.gait.measures.leg import measure_leg
from device.gait.measures.load import measure_load
from device.gait.measures.posture import measure_posture
from device.gait.measures.timing import TimingHistory
from device.gait.measures.window import StrideWindow
from device.gait.types import FormMetrics, GaitEvent, Kinematics, RunSetup, Stride

__all__ = ["TimingHistory", "measure_step", "measure_stride"]


def measure_stride(
    stride: Stride, kin: Kinematics, setup: RunSetup, speed_mps: float | None, history: TimingHistory
) -> FormMetrics:
    """Measure one near-leg stride and remember it in `history`.

    `kin` must reach from 20 ms before the stride to its end for every metric; holes longer than 75 ms leave
    out what needs them. `speed_mps` is the belt speed in use. Lengths and speeds need `kin.calibrated`.
    """
    window = StrideWindow(stride, kin, setup, speed_mps)
    values = history.add_stride(window)
    values |= measure_load(window) | measure_leg(window) | measure_posture(window)
    return FormMetrics(t=stride.next_contact, side=stride.side, near=stride.near, **values)


def measure_step(contact: GaitEvent, previous: GaitEvent, history: TimingHistory) -> FormMetrics:
    """Measure the step from one initial contact to the next, of either leg, and remember it in `history`.

    Two contacts of the same leg in a row (one of the other leg was missed) give no metric.
    """
    values = {}
    if contact.side is not previous.side:
        values = history.add_step(previous.t, contact.t, previous.side)
    return FormMetrics(t=contact.t, side=previous.side, near=previous.near, **values)

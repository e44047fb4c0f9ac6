"""Updates as the analyzer gives them, one per step or stride, with values of the test's choosing."""

import numpy as np
from numpy.typing import NDArray

from device.gait.catalog import METRICS, Per
from device.gait.types import Activity, Facing, FormMetrics, GaitUpdate, Side, Tracking, View

STEP_S, STRIDE_S = 0.36, 0.72


def tracking(measuring: bool = True, valid: float = 0.98, speed: float | None = 3.0) -> Tracking:
    return Tracking(
        measuring=measuring,
        activity=Activity.RUNNING if measuring else Activity.NONE,
        view=View.RIGHT,
        facing=Facing.RIGHT,
        valid_fraction=valid,
        points=12,
        swaps=0,
        speed_mps=speed,
        speed_estimated=False,
    )


def form(t: float, **values: float) -> FormMetrics:
    per = {METRICS[name].per for name in values}
    if per == {Per.STRIDE}:
        values.setdefault("stride_time_s", STRIDE_S)
    return FormMetrics(t=t, side=Side.RIGHT, near=True, **values)


def update(t: float, *forms: FormMetrics, measuring: bool = True, **kw: float) -> GaitUpdate:
    return GaitUpdate(t=t, tracking=tracking(measuring, **kw), form=forms)


def period(metric: str) -> float:
    return STEP_S if METRICS[metric].per is Per.STEP else STRIDE_S


def updates(metric: str, values: NDArray[np.float64] | list[float], start: float = 0.0) -> list[GaitUpdate]:
    dt = period(metric)
    times = start + dt * np.arange(1, len(values) + 1)
    return [
        update(float(t), form(float(t), **{metric: float(v)})) for t, v in zip(times, values, strict=True)
    ]


def wander(n: int, seed: int, rho: float = 0.4) -> NDArray[np.float64]:
    """Steps of a real runner in units of their SD: half biological AR(1), half white."""
    rng = np.random.default_rng(seed)
    slow = np.zeros(n)
    kick = rng.normal(size=n)
    for i in range(1, n):
        slow[i] = rho * slow[i - 1] + np.sqrt(1 - rho**2) * kick[i]
    return np.sqrt(0.5) * (slow + rng.normal(size=n))

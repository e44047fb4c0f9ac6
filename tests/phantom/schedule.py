"""The plan of steps: when each foot lands, with which form, on a loop of whole strides and whole frames."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import CubicSpline

from .spec import FloatArray, Form, PhantomSpec, Phase

DRIFT_M = 0.012
"""Slow wander along the belt."""

# Stride-to-stride SD of an experienced runner: stride time about 0.7 % (biomechanics of treadmill
# running), angles well under a degree at contact.
SPREAD = {
    "cadence_spm": 0.9,
    "knee_contact_deg": 0.8,
    "contact_ahead_m": 0.004,
    "lean_deg": 0.45,
    "knee_swing_deg": 1.0,
    "thigh_swing_deg": 0.6,
    "bounce_gain": 0.02,
    "arm_swing_deg": 1.2,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One foot contact: `t` and `contact_s` in s, exact; `phase` indexes the specification's phases."""

    side: str
    t: float
    contact_s: float
    form: Form
    phase: int


class Schedule:
    """Steps of one loop; even steps are the right foot, step 0 lands at t = 0."""

    def __init__(self, spec: PhantomSpec) -> None:
        forms, phases = _forms(spec)
        durations = np.array([60 / form.cadence_spm for form in forms])
        self.frames = round(float(durations.sum()) * spec.fps)
        self.duration_s = self.frames / spec.fps
        # Whole frames in a loop: the rounding is spread over all steps (under 0.05 % of cadence).
        stretch = self.duration_s / durations.sum()
        durations *= stretch
        self.times: FloatArray = np.concatenate([[0.0], np.cumsum(durations)[:-1]])
        forms = [replace(form, cadence_spm=form.cadence_spm / stretch) for form in forms]
        self._strides = len(forms) // 2
        n = len(forms)
        self.steps = [
            Step(
                side="right" if k % 2 == 0 else "left",
                t=float(self.times[k]),
                contact_s=form.duty * float(durations[k] + durations[(k + 1) % n]),
                form=form,
                phase=phases[k],
            )
            for k, form in enumerate(forms)
        ]
        knots = np.append(self.times, self.duration_s)
        values = np.stack([form.values() for form in [*forms, forms[0]]])
        self._values = CubicSpline(knots, values, bc_type="periodic")
        lag = np.arange(n + 1) / 2 - knots * self._strides / self.duration_s
        self._lag = CubicSpline(knots, np.append(lag[:-1], lag[0]), bc_type="periodic")

    def form(self, t: float) -> Form:
        """The form at `t`, passing smoothly through each step's own."""
        return Form.from_values(np.asarray(self._values(t % self.duration_s)))

    def stride_phase(self, t: float) -> float:
        """Strides since right contact: 0 at right contact, 0.5 at left contact, below 1."""
        t %= self.duration_s
        return float((t * self._strides / self.duration_s + self._lag(t)) % 1.0)

    def stride_s(self, k: int) -> float:
        """Time from step `k` to the same foot's next contact."""
        n = len(self.steps)
        following = self.steps[(k + 2) % n].t + (self.duration_s if k + 2 >= n else 0.0)
        return following - self.steps[k].t

    def last_step(self, side: str, t: float) -> tuple[int, float]:
        """The foot's latest contact at `t`: its step and the time since."""
        t %= self.duration_s
        start = 0 if side == "right" else 1
        own = self.times[start::2]
        i = int(np.searchsorted(own, t + 1e-12, side="right")) - 1
        if i < 0:
            return len(self.steps) - 2 + start, t + self.duration_s - float(own[-1])
        return start + 2 * i, max(0.0, t - float(own[i]))

    def drift(self, t: float) -> float:
        """Slow wander of the runner along the belt, m; closes with the loop."""
        a = 2 * np.pi * t / self.duration_s
        return float(DRIFT_M * (np.sin(2 * a) + 0.6 * np.sin(5 * a + 1.0)))


def _forms(spec: PhantomSpec) -> tuple[list[Form], list[int]]:
    """One form and one phase index per step, transitions blended and natural variation added."""
    held = [phase.form for phase in spec.phases]
    values: list[FloatArray] = []
    indices: list[int] = []
    for i, phase in enumerate(spec.phases):
        count = 2 * phase.strides
        if phase.form is not None:
            values += [phase.form.values(), (phase.left or phase.form).values()] * phase.strides
        else:
            before, after = _neighbour(held, i, -1), _neighbour(held, i, 1)
            shares = np.arange(1, count + 1) / (count + 1)
            smooth = shares**2 * (3 - 2 * shares)
            values += [before.values() * (1 - s) + after.values() * s for s in smooth]
        indices += [i] * count
    noise = np.random.default_rng(spec.seed).normal(size=(len(values), len(SPREAD)))
    noise -= noise.mean(axis=0)
    forms = []
    for row, draw in zip(values, noise, strict=True):
        form = Form.from_values(row)
        varied = {
            name: getattr(form, name) + spec.variability * sd * float(z)
            for (name, sd), z in zip(SPREAD.items(), draw, strict=True)
        }
        forms.append(replace(form, **varied))
    return forms, indices


def _neighbour(held: list[Form | None], i: int, direction: int) -> Form:
    form = held[(i + direction) % len(held)]
    if form is None:
        raise ValueError("A transition needs a held form on each side: put a Phase with a form around it.")
    return form


__all__ = ["Phase", "Schedule", "Step"]

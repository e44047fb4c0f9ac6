"""Learns the network's usual bias through the stride: `python -m models.build.fit_correction FOLDER`.

FOLDER holds phantom clips with their truth (tests/phantom renders them). Bodies must differ in sex, build,
clothes and side, forms and speeds must be spread widely and independently, so that the mean of the errors is
the network's and not one gait's. Clips whose name begins with a word given by --test are kept out of the fit
and judged by it. Prints the numbers for `device/gait/correction.py`, and what the fit leaves, clip by clip.

The shipped numbers: 27 clips of ten bodies (five of each sex, 1.58 to 1.83 m, slim to heavy, four kinds of
leg wear), both sides, 2.2 to 3.3 m/s, cadence 150 to 186, two forms a clip drawn at random: knee at contact 7
to 25 deg, foot 16 to 30 cm ahead, lean -3 to 16 deg, swing knee 74 to 112 deg, camera at 2.7 to 4.2 m.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from device.camera.video import VideoCamera
from device.demo.clip import DemoTruth, load_truth
from device.gait.analyzer import GaitAnalyzer
from device.gait.measures.window import StrideWindow
from device.gait.types import RunSetup, Stride
from device.pose.models import find
from device.pose.movenet import MoveNet
from device.pose.tracker import PoseTracker

Array = NDArray[np.float64]
HARMONICS = 4
"""More fit the renders no better and make the curve steep, so that it bends peaks that come at odd phases."""
PENALTY = 3e-3
LOOPS = 2
SETTLED_S = 1.5


@dataclass(frozen=True, slots=True)
class Errors:
    """Instants of one clip's near strides: phase of the stride, knee and thigh read less true, deg."""

    phase: Array
    knee: Array
    thigh: Array
    lean: float
    overstride: float


def terms(phase: Array) -> Array:
    """Columns of the Fourier series, in the order of `Correction.knee_deg`."""
    columns = [np.ones_like(phase)]
    for harmonic in range(1, HARMONICS + 1):
        angle = 2 * np.pi * harmonic * phase
        columns += [np.cos(angle), np.sin(angle)]
    return np.stack(columns, axis=1)


def errors_of(clip: Path, net: MoveNet) -> Errors:
    """Run one clip, looped, through tracker and analyzer without a correction."""
    truth = load_truth(clip)
    setup = RunSetup(speed_mps=truth.belt_speed_mps, height_cm=truth.stature_cm)
    analyzer = GaitAnalyzer((truth.width, truth.height), setup, correction=None)
    tracker = PoseTracker(net)
    frames = LOOPS * len(truth.frames.t_s)
    phases, knees, thighs, leans, oversteps = [], [], [], [], []
    camera = VideoCamera(clip, paced=False, loop=True)
    for _, frame in zip(range(frames), camera.frames(), strict=False):
        update = analyzer.update(tracker.estimate(frame))
        for stride in update.strides:
            if not stride.near or stride.initial_contact < SETTLED_S:
                continue
            window = window_of(analyzer, stride, setup)
            t = window.kin.t
            inside = (t >= window.start) & (t <= window.end)
            at = t[inside]
            knee, thigh = window.knee.sample(at), window.thigh.sample(at)
            lean, reach = window.lean.mean(window.start, window.end), window.reach.at(window.start)
            if knee is None or thigh is None or lean is None or reach is None or window.leg_cm is None:
                continue
            phases.append((at - window.start) / (window.end - window.start))
            knees.append(knee - looped(truth, truth.frames.knee_deg[truth.facing], at))
            thighs.append(thigh - looped(truth, truth.frames.thigh_deg[truth.facing], at))
            leans.append(lean - float(looped(truth, truth.frames.trunk_lean_deg, at).mean()))
            oversteps.append(100 * (reach / window.leg_cm - true_reach(truth, window.start)))
    camera.close()
    return Errors(
        np.concatenate(phases),
        np.concatenate(knees),
        np.concatenate(thighs),
        float(np.mean(leans)),
        float(np.mean(oversteps)),
    )


def window_of(analyzer: GaitAnalyzer, stride: Stride, setup: RunSetup) -> StrideWindow:
    """The stride as the metrics see it."""
    kinematics = analyzer.kinematics(stride.initial_contact - 0.1, stride.next_contact + 0.1)
    assert kinematics is not None
    return StrideWindow(stride, kinematics, setup, setup.speed_mps)


def looped(truth: DemoTruth, values: Array, t: Array) -> Array:
    """True values at times that go on from loop to loop."""
    period = np.append(truth.frames.t_s, truth.duration_s)
    return np.interp(t % truth.duration_s, period, np.append(values, values[0]))


def true_reach(truth: DemoTruth, contact_s: float) -> float:
    """Ankle ahead of mid-hip as a share of the leg, at the true contact nearest to the one found."""
    contacts = [e.t for e in truth.events if e.kind == "initial_contact" and e.side == truth.facing]
    around = [(contact_s - t + truth.duration_s / 2) % truth.duration_s for t in contacts]
    nearest = contacts[int(np.argmin(np.abs(np.array(around) - truth.duration_s / 2)))]
    ahead = truth.frames.ankle_ahead_cm[truth.facing] - truth.frames.mid_hip_ahead_cm
    return float(looped(truth, ahead, np.array([nearest]))[0] / truth.leg_cm)


def fit(phase: Array, error: Array) -> Array:
    """Coefficients of the mean error over the stride, all harmonics drawn slightly to nothing."""
    x = terms(phase)
    penalty = np.eye(x.shape[1]) * PENALTY
    penalty[0, 0] = 0.0
    return np.asarray(np.linalg.solve(x.T @ x / len(x) + penalty, x.T @ error / len(x)))


def main() -> None:
    """Fit on all clips but the test ones, judge all, print the numbers."""
    parser = argparse.ArgumentParser(prog="python -m models.build.fit_correction", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--test", nargs="*", default=[], help="first words of the clips to be kept out")
    arguments = parser.parse_args()
    net = MoveNet(find("lightning"), 1)
    found = {path.stem: errors_of(path, net) for path in sorted(arguments.folder.glob("*.mp4"))}
    train = [e for name, e in found.items() if not name.startswith(tuple(arguments.test) or ("\0",))]
    phase = np.concatenate([e.phase for e in train])
    knee = fit(phase, np.concatenate([e.knee for e in train]))
    thigh = fit(phase, np.concatenate([e.thigh for e in train]))
    print(f"knee_deg={tuple(np.round(knee, 2).tolist())},\nthigh_deg={tuple(np.round(thigh, 2).tolist())},")
    print(f"lean_deg={np.mean([e.lean for e in train]):.2f},")
    print(f"overstride_pct={np.mean([e.overstride for e in train]):.2f},")
    for name, e in found.items():
        left = [
            np.abs(e.knee - terms(e.phase) @ knee).mean(),
            np.abs(e.thigh - terms(e.phase) @ thigh).mean(),
        ]
        print(f"{name}: knee {left[0]:.2f}, thigh {left[1]:.2f} deg left; lean {e.lean:+.2f}")


if __name__ == "__main__":
    main()

"""From keypoints to the light: a runner who comes upright by four degrees at 60 s, seen at 60 fps."""

from dataclasses import replace

import numpy as np
import pytest
from oracle.runner import MODERATE
from oracle.view import SIZE, Spoil, View, times

from device.feedback.bands import own_band
from device.feedback.baseline import BaselineCapture
from device.feedback.cue import CueController
from device.feedback.monitor import DeviationMonitor
from device.feedback.types import CueSetting, LightState
from device.gait.analyzer import GaitAnalyzer
from device.gait.types import RunSetup

STEP_T = 60.0


def poses(before: float, after: float, noise_m: float):
    t = times(72.0, 60, 0.05)
    upright = t >= STEP_T
    old, new = replace(MODERATE, lean_deg=before), replace(MODERATE, lean_deg=after)
    k = np.where(upright[:, None, None], new.keypoints(t), old.keypoints(t))
    return Spoil(noise_m=noise_m).poses(t, View().pixels(k))[0]


@pytest.mark.parametrize("noise_m", [0.0, 0.01])
def test_upright_step_is_cued_and_named_within_six_seconds(noise_m):
    setup = RunSetup(speed_mps=MODERATE.speed_mps, height_cm=175.0)
    analyzer, cues, monitor = GaitAnalyzer(SIZE, setup), CueController(), DeviationMonitor()
    capture = BaselineCapture(40.0)
    cued: list[float] = []
    named: list[float] = []
    for pose in poses(6.0, 2.0, noise_m):
        gait = analyzer.update(pose)
        capture.update(gait)
        state = cues.update(gait)
        found = {d.code for d in monitor.update(gait, setup)}
        if capture.baseline is not None and monitor.baseline is None:
            monitor.baseline = capture.baseline
            band = own_band(capture.baseline, "trunk_lean_deg", noise=cues.noise("trunk_lean_deg"))
            cues.set(CueSetting("trunk_lean_deg", band))
        if state.light is LightState.CUE:
            cued.append(pose.t)
        if "over_upright_trunk" in found:
            named.append(pose.t)
    assert monitor.baseline is not None
    assert STEP_T < cued[0] <= STEP_T + 6.0
    assert STEP_T < named[0] <= STEP_T + 6.0

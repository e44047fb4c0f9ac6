"""`treadlight verify`: run the self-test, show it, keep it."""

import json
import platform
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np

from device import __version__
from device.camera.frame import Camera
from device.camera.video import VideoCamera
from device.config import ModelConfig, load_config
from device.demo.clip import DemoTruth, demo_clip, load_truth
from device.gait.types import FormMetrics
from device.parts import open_network
from device.pose.tracker import Network
from device.storage.disk import result_file
from device.verify import bands
from device.verify.bands import ASKED, FORMS, KNOWN, WHOLE, Asked
from device.verify.replay import Progress, Seen, contacts, replay
from device.verify.report import Check, SelfTestReport, keep, table

LIMITS = (
    "A phantom proves geometry, timing and arithmetic, not accuracy on people: "
    "real clothing, light and bodies are harder."
)
PASSED, FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class Ask:
    """What the command line asked for."""

    config: Path | None = None
    json_file: Path | None = None
    progress: bool = False
    """Say the share done on standard output, one JSON line at a time, and the report as the last line."""
    kept: bool = True


def verify(ask: Ask) -> int:
    """Run the self-test as the configured device would; gives 0 when it passed, 1 when not.

    Raises TreadlightError (a leaf) when a part is missing or the result cannot be written.
    """
    config = load_config(ask.config)
    with result_file(ask.json_file) as write:
        report = run_self_test(config.model, _say_progress if ask.progress else _draw_progress)
        text = json.dumps(report.to_json())
        write(text + "\n")
    if ask.kept and config.storage.folder.is_dir():
        keep(report, config.storage.folder)
    print(text if ask.progress else table(report))
    return PASSED if report.passed else FAILED


def run_self_test(
    model: ModelConfig,
    progress: Progress = lambda _share: None,
    *,
    camera: Camera | None = None,
    network: Network | None = None,
) -> SelfTestReport:
    """Measure the demo clip with the configured model and hold every value against the truth.

    progress: told the share done. camera, network: others in place of the demo clip and the model.
    Takes about as long as the clip lasts on a Raspberry Pi, and a network's memory: run it in a process of
    its own, as `SelfTestProcess` does. Raises TreadlightError (a leaf) when model or clip cannot be had.
    """
    cv2.setNumThreads(1)
    truth, net = load_truth(), open_network(model)
    begun = time.monotonic()
    seen = replay(camera or VideoCamera(demo_clip(), paced=False), network or net, truth, progress)
    return SelfTestReport(
        checks=(*_of_forms(seen, truth, model.name), *_of_whole(seen, truth)),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        version=__version__,
        model=net.model.name,
        model_sha256=net.model.sha256,
        runtime=f"{net.runtime.name} {net.runtime.version}",
        machine=platform.machine(),
        frames=seen.frames,
        frames_per_s=round(seen.frames / (time.monotonic() - begun), 1),
        limits=LIMITS,
    )


def _of_forms(seen: Seen, truth: DemoTruth, model: str) -> list[Check]:
    return [_of_form(asked, form, i, seen, truth, model) for asked in ASKED for i, form in enumerate(FORMS)]


def _of_form(asked: Asked, form: str, i: int, seen: Seen, truth: DemoTruth, model: str) -> Check:
    phase = truth.phase(form)
    true = phase.values[truth.facing][asked.truth].mean
    found = [
        value
        for stride in seen.strides
        if phase.start_s < stride.t - (stride.stride_time_s or 0.0) and stride.t < phase.end_s
        for value in [_value(asked, stride)]
        if value is not None
    ]
    measured = float(np.mean(found)) if found else None
    error = None
    if measured is not None:
        error = asked.scale * (measured - true) if asked.scale else 100 * (measured / true - 1)
    known = KNOWN[model].get(asked.metric, (0.0, 0.0))[i]
    low, high = known - asked.tolerance, known + asked.tolerance
    shown = asked.scale or 1.0
    return Check(
        asked.metric,
        asked.label,
        form,
        asked.unit,
        shown * true,
        None if measured is None else shown * measured,
        error,
        low,
        high,
    )


def _value(asked: Asked, stride: FormMetrics) -> float | None:
    if asked.metric == "cadence_spm":
        return 120 / stride.stride_time_s if stride.stride_time_s else None
    value: float | None = getattr(stride, asked.metric)
    return value


def _of_whole(seen: Seen, truth: DemoTruth) -> list[Check]:
    found = contacts(seen, truth)
    timed = len(found.errors_ms) > 0
    errors = {
        bands.MISSED: float(found.missed),
        bands.EXTRA: float(found.extra),
        bands.CONTACT_MS: float(found.errors_ms.mean()) if timed else None,
        bands.CONTACT_SD_MS: float(found.errors_ms.std()) if timed else None,
        bands.LEGS_PCT: 100 * seen.mistaken / seen.compared if seen.compared else None,
        bands.UNSEEN_PCT: 100 * seen.unseen / seen.frames if seen.frames else None,
    }
    return [
        Check(name, label, "", unit, None, None, errors[name], known - tolerance, known + tolerance)
        for name, (label, unit, known, tolerance) in WHOLE.items()
    ]


def _say_progress(share: float) -> None:
    print(json.dumps({"progress": round(share, 3)}), flush=True)


def _draw_progress(share: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{100 * share:3.0f} %", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)

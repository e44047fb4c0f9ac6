"""The runtime is chosen by running the model, not by importing something."""

import numpy as np
import pytest

from device.camera.frame import Frame
from device.demo.clip import demo_clip, load_truth
from device.errors import ModelError
from device.pose.models import find
from device.pose.movenet import MoveNet
from device.pose.runtime import RUNTIME_NAMES, Runtime, installed_runtimes, start_interpreter
from device.pose.tracker import PoseTracker
from models.build.footage import frames


def test_first_installed_runtime_is_used_and_named_with_its_version():
    installed = installed_runtimes()
    _, used = start_interpreter(find("lightning").path)
    assert used == installed[0]
    assert used.version[0].isdigit()
    assert sorted(installed, key=lambda runtime: RUNTIME_NAMES.index(runtime.name)) == list(installed)


def test_unknown_runtime_is_refused_with_the_known_names():
    with pytest.raises(ModelError, match="ai-edge-litert or tflite-runtime"):
        start_interpreter(find("lightning").path, runtime="onnxruntime")


@pytest.mark.parametrize("content", [b"", b"not a model" * 1000])
def test_file_that_is_no_model_is_refused(tmp_path, content):
    path = tmp_path / "broken.tflite"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"can run broken\.tflite .*Run \./setup\.sh again"):
        start_interpreter(path)


def test_truncated_model_is_refused_not_crashed(tmp_path):
    # tflite-runtime crashes here; only the hash check of `find` protects it.
    if "ai-edge-litert" not in {runtime.name for runtime in installed_runtimes()}:
        pytest.skip("LiteRT is not installed here")
    path = tmp_path / "cut.tflite"
    path.write_bytes(find("lightning").path.read_bytes()[:500_000])
    with pytest.raises(ModelError, match=r"can run cut\.tflite"):
        start_interpreter(path, runtime="ai-edge-litert")


@pytest.mark.parametrize("name", RUNTIME_NAMES)
def test_forced_runtime_runs_the_model_or_says_why_not(name):
    model = find("lightning")
    runtimes = {runtime.name: runtime for runtime in installed_runtimes()}
    if name not in runtimes:
        with pytest.raises(ModelError, match=f"{name} is not installed"):
            start_interpreter(model.path, runtime=name)
        pytest.skip(f"{name} is not installed here: only its refusal was tested")
    interpreter, used = start_interpreter(model.path, runtime=name)
    assert used == Runtime(name, runtimes[name].version)
    interpreter.invoke()


@pytest.mark.parametrize("name", RUNTIME_NAMES)
def test_every_installed_runtime_reads_the_phantom_alike(name):
    if name not in {runtime.name for runtime in installed_runtimes()}:
        pytest.skip(f"{name} is not installed here")
    tracker = PoseTracker(MoveNet(find("lightning"), runtime=name))
    truth = load_truth().frames.landmarks_px
    errors = []
    for i, picture in zip(range(60), frames(demo_clip()), strict=False):
        pose = tracker.estimate(Frame(i / 60, picture))
        errors.append(np.linalg.norm(pose.xy - truth[i], axis=1))
    assert np.nanmedian(errors) < 8


def test_two_threads_give_the_same_answer_as_one():
    picture = next(frames(demo_clip()))
    results = []
    for threads in (1, 2):
        tracker = PoseTracker(MoveNet(find("lightning"), threads=threads))
        results.append(tracker.estimate(Frame(0, picture)).xy)
    assert np.array_equal(*results)

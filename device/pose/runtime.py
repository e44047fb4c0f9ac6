"""The one place that chooses what runs the network.

LiteRT (`ai-edge-litert`) is the first choice; `tflite-runtime`, its predecessor with the same interface,
stands in where LiteRT has no wheel. Importing proves little: tflite-runtime imports under numpy 2 and then
fails to build an interpreter. So a runtime counts only once it has run the model.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from device.errors import ModelError

# Distribution name -> module that holds Interpreter, in order of preference.
_MODULES = {
    "ai-edge-litert": "ai_edge_litert.interpreter",
    "tflite-runtime": "tflite_runtime.interpreter",
}
RUNTIME_NAMES = tuple(_MODULES)


class Interpreter(Protocol):
    """The part of the TFLite interpreter that both runtimes share and treadlight uses."""

    def allocate_tensors(self) -> None:
        """Reserve memory; needed once before the rest."""

    def get_input_details(self) -> list[dict[str, Any]]:
        """Describe the input tensors: `index`, `shape`, `dtype`."""

    def get_output_details(self) -> list[dict[str, Any]]:
        """Describe the output tensors likewise."""

    def tensor(self, tensor_index: int) -> Callable[[], NDArray[Any]]:
        """Give a function that gives a view of the tensor; drop the view before `invoke`."""

    def invoke(self) -> None:
        """Run the network once."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What runs the network: the distribution's name and its version."""

    name: str
    version: str


def installed_runtimes() -> tuple[Runtime, ...]:
    """List the runtimes that are installed, preferred one first; they may still fail to run."""
    found = []
    for name in RUNTIME_NAMES:
        try:
            found.append(Runtime(name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return tuple(found)


def start_interpreter(
    model_path: Path, threads: int = 1, runtime: str | None = None
) -> tuple[Interpreter, Runtime]:
    """Load a model in the first runtime that really runs it, or in the named one only.

    The interpreter comes back allocated and warm: it has run once. Check the file's hash before:
    tflite-runtime trusts it blindly and crashes on a truncated one.
    Raises ModelError when no runtime is installed, the name is unknown, or none runs the model.
    """
    if runtime is not None and runtime not in RUNTIME_NAMES:
        raise ModelError(f"There is no model runtime named {runtime!r}. Use {' or '.join(RUNTIME_NAMES)}.")
    candidates = [r for r in installed_runtimes() if runtime in (None, r.name)]
    if not candidates:
        raise ModelError(
            f"The model runtime {runtime or 'LiteRT'} is not installed. "
            f"Run ./setup.sh again, or: pip install {runtime or RUNTIME_NAMES[0]}"
        )
    failures = []
    for candidate in candidates:
        try:
            return _run_once(candidate, model_path, threads), candidate
        # A runtime whose native part does not fit this machine fails with any of these.
        except (ImportError, AttributeError, SystemError, RuntimeError, ValueError, OSError) as error:
            reason = str(error).strip().splitlines() or [type(error).__name__]
            failures.append(f"{candidate.name} {candidate.version}: {reason[0]}")
    raise ModelError(
        f"No installed runtime can run {model_path.name} ({'; '.join(failures)}). "
        "Run ./setup.sh again to repair the runtime and the model."
    )


def _run_once(runtime: Runtime, model_path: Path, threads: int) -> Interpreter:
    module = importlib.import_module(_MODULES[runtime.name])
    interpreter: Interpreter = module.Interpreter(model_path=str(model_path), num_threads=threads)
    interpreter.allocate_tensors()
    interpreter.tensor(interpreter.get_input_details()[0]["index"])()[...] = 0
    interpreter.invoke()
    return interpreter

"""Where the build keeps its downloads and the models that are compared with but not shipped."""

from pathlib import Path

DEFAULT_CACHE = Path(__file__).resolve().parents[2] / ".cache" / "models"


def float32_path(cache: Path, name: str) -> Path:
    """Say where the unquantized network lies once it is built."""
    return cache / f"movenet_{name}_float32.tflite"


def plain_int8_path(cache: Path, name: str) -> Path:
    """Say where the network lies that is int8 wherever it can be, built to compare speed and quality."""
    return cache / f"movenet_{name}_plain_int8.tflite"

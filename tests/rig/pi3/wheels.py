"""Unpack the pinned arm64 wheels that the emulated Raspberry Pi needs: wheels.py LOCK FOLDER."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

WANTED = (
    "numpy",
    "opencv-python-headless",
    "ai-edge-litert",
    "gpiozero",
    "colorzero",
    "backports-strenum",
    "flatbuffers",
)
LGPIO = "lgpio==0.2.2.0"
"""Raspberry Pi OS brings it as python3-lgpio; its wheel for Python 3.11 is the same code."""
PLATFORMS = (
    "manylinux2014",
    "manylinux_2_17",
    "manylinux_2_26",
    "manylinux_2_27",
    "manylinux_2_28",
    "manylinux_2_34",
)


def main(lock: Path, folder: Path) -> None:
    """Fetch the wheels and check them against the lock's hashes."""
    entries = lock.read_text("utf-8").replace("\\\n", " ").splitlines()
    pinned = [line for line in entries if re.split("==", line)[0] in WANTED]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "--no-deps"]
    command += ["--only-binary=:all:", "--python-version=3.11", "--implementation=cp"]
    command += [f"--platform={name}_aarch64" for name in PLATFORMS]
    command += ["--abi=cp311", "--abi=abi3", "--abi=none"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirements:
        requirements.write("\n".join(pinned))
        requirements.flush()
        subprocess.run([*command, "--require-hashes", "-r", requirements.name], check=True)
    subprocess.run([*command, LGPIO], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

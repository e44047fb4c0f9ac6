"""What takes a session's keypoints through the analyzer again, in a process of its own.

The live process thereby stays small and its frames are not delayed: `offline` starts this module as a program
at low priority and gives what it printed.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from device.errors import StoreError, TreadlightError
from device.pose.log import read_pose_log
from device.sessions.motion import MAX_CURVES, StrideCurve, replay_motion, stride_curves
from device.sessions.opensim import to_mot, to_trc
from device.sessions.store import SessionStore
from device.sessions.types import SessionRecord

TIMEOUT_S = 300.0
KINDS = ("trc", "mot", "curves")
FAILED = 3


def offline(folder: Path, session_id: int, kind: str) -> str:
    """Give the session's `.trc`, `.mot` or curves (JSON) as text.

    Raises StoreError: unknown kind, no such session, its keypoints were not kept, or it took too long.
    """
    command = [sys.executable, "-m", "device.sessions.offline", str(folder), str(session_id), kind]
    code = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=TIMEOUT_S, text=True, cwd=code, check=False,
            stdin=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise StoreError("The movement took too long to work out. Try a shorter recording.") from None
    if done.returncode == FAILED:
        raise StoreError(done.stderr.strip())
    if done.returncode:
        raise StoreError(
            "The movement could not be worked out. The device's log says why."
        ) from RuntimeError(done.stderr)
    return done.stdout


def make(folder: Path, session_id: int, kind: str) -> str:
    """Work out one of `KINDS` here and now; errors as those of `offline`."""
    if kind not in KINDS:
        raise StoreError(f"The export {kind!r} is not known. Ask for trc, mot or curves.")
    store = SessionStore(folder)
    record = store.load_session(session_id)
    path = store.pose_log(session_id)
    if not path.is_file():
        raise StoreError(
            "The joint positions of this recording were not kept, so its movement cannot be exported."
        )
    log = read_pose_log(path)
    if kind == "curves":
        return json.dumps(curves_document(record, stride_curves(record, log)))
    motion = replay_motion(record, log)
    if kind == "trc":
        return to_trc(motion, f"treadlight-{session_id}.trc", record.meta.started_t)
    return to_mot(motion, record.meta.started_t)


def curves_document(record: SessionRecord, curves: list[StrideCurve]) -> dict[str, object]:
    """Give mean and SD at each percent of the stride, by stretch of the session and by angle.

    Stretches: baseline and each kind of block that was run. Angles: knee, thigh, trunk, in degrees.
    """
    spans: dict[str, list[tuple[float, float]]] = {}
    for baseline in record.baselines[-1:]:
        spans["baseline"] = [(baseline.t - baseline.duration_s, baseline.t)]
    for block in record.blocks:
        spans.setdefault(str(block.kind), []).append((block.start_t, block.end_t))
    if not spans:
        spans["whole"] = [(record.meta.started_t, record.ended_t)]
    return {name: _averaged(_within(curves, parts)) for name, parts in spans.items()}


def _within(curves: list[StrideCurve], parts: list[tuple[float, float]]) -> list[StrideCurve]:
    found = [c for c in curves if any(start <= c.t <= end for start, end in parts)]
    return found[-MAX_CURVES:]


def _averaged(curves: list[StrideCurve]) -> dict[str, object]:
    document: dict[str, object] = {"n": len(curves)}
    for name in ("knee", "thigh", "trunk"):
        if len(curves) < 2:
            continue
        stack = np.stack([getattr(curve, name) for curve in curves])
        document[name] = {
            "mean": np.round(stack.mean(axis=0), 2).tolist(),
            "sd": np.round(stack.std(axis=0, ddof=1), 2).tolist(),
        }
    return document


def main(arguments: list[str]) -> int:
    """Print what was asked for; `FAILED` with the reason on standard error when it cannot be had."""
    os.nice(15)
    folder, session_id, kind = arguments
    try:
        sys.stdout.write(make(Path(folder), int(session_id), kind))
    except TreadlightError as error:
        sys.stderr.write(str(error))
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The pictures that the virtual camera plays: some strides of the rendered demo runner, over and over."""

import json
from pathlib import Path

import cv2

DEMO = Path(__file__).resolve().parents[3] / "device" / "demo"
FPS = 30
STRIDES = 5
"""So many of the demo's first form last whole pictures, but for 2 ms: else each round has a jump."""
BEGINS_S = 2.0
SIZE = (1280, 720)


def write_pictures(folder: Path) -> float:
    """Write the numbered pictures; gives the cadence they show at FPS pictures a second, in steps a minute.

    Whole strides follow each other without a jump: their length is rounded to whole pictures, by 2 ms.
    """
    truth = json.loads((DEMO / "runner_truth.json").read_text("utf-8"))
    form = truth["phases"][0]
    stride_s = 120 / float(form["cadence_spm"])
    assert BEGINS_S + STRIDES * stride_s < form["end_s"]
    count = round(STRIDES * stride_s * FPS)
    every = truth["fps"] // FPS
    clip = cv2.VideoCapture(str(DEMO / truth["video"]))
    clip.set(cv2.CAP_PROP_POS_FRAMES, round(BEGINS_S * truth["fps"]))
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count * every):
        shown, picture = clip.read()
        assert shown
        if number % every == 0:
            # The camera's picture is wider than the clip: grey bars on both sides keep the runner's shape.
            scaled = cv2.resize(picture, (SIZE[1] * 4 // 3, SIZE[1]), interpolation=cv2.INTER_LINEAR)
            bar = (SIZE[0] - scaled.shape[1]) // 2
            wide = cv2.copyMakeBorder(scaled, 0, 0, bar, bar, cv2.BORDER_CONSTANT, value=(90, 90, 90))
            cv2.imwrite(str(folder / f"{number // every}.jpg"), wide, [cv2.IMWRITE_JPEG_QUALITY, 92])
    clip.release()
    return 60 * 2 * STRIDES * FPS / count

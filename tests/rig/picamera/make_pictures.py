"""Write the numbered pictures that the virtual camera plays, over and over."""

import sys
from pathlib import Path

import cv2

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "camera"))

from clip_files import LEVELS, picture


def main(folder: Path) -> None:
    """Write one picture for each grey level, in the camera's largest size."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(LEVELS):
        bgr = cv2.cvtColor(picture(number, (1280, 720)), cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(folder / f"{number}.jpg"), bgr, [cv2.IMWRITE_JPEG_QUALITY, 95])


if __name__ == "__main__":
    main(Path(sys.argv[1]))

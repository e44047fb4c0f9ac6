"""What this computer's processor makes of one picture, for the emulated one to compare: expected.py FILE."""

import sys
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from device.pose.crop_box import Crop
from device.pose.models import find
from device.pose.movenet import MoveNet


def main(file: Path) -> None:
    """Take a frame of the demo clip and keep it with its keypoints."""
    clip = cv2.VideoCapture(str(ROOT / "device" / "demo" / "runner.mp4"))
    clip.set(cv2.CAP_PROP_POS_FRAMES, 150)
    shown, picture = clip.read()
    assert shown
    image = np.ascontiguousarray(picture[:, :, ::-1])
    net = MoveNet(find("lightning"))
    keypoints = net.detect(image, Crop(image.shape[1] / 2, image.shape[0] / 2, image.shape[0]))
    np.savez_compressed(file, image=image, keypoints=keypoints)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""What the measured device and those who measure it agree on."""

from device.pose.region import Region

FPS = 30.0
CODE = "bench-access-code"
NAME, PIN = "Bench", "620417"
"""Who watches the measured device."""


def whole_runner(width: int, height: int) -> Region:
    """Give the middle of the picture: the region a therapist would draw."""
    share = min(1.0, 0.95 * height / width)
    return Region((1.0 - share) / 2, 0.0, share, 1.0)

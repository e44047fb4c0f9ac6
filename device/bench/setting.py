"""What the measured device and those who measure it agree on."""

FPS = 30.0
CODE = "bench-access-code"
NAME, PIN = "Bench", "620417"
"""Who watches the measured device."""

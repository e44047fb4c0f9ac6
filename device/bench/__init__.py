"""`treadlight bench`: how fast and how large the device is on this machine."""

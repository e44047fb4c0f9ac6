"""Where frames come from: the Raspberry Pi camera or a video file."""

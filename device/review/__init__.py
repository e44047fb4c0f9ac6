"""Looking again: the last seconds in memory, key frames, drawings, the camera check and comparisons."""

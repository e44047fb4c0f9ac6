"""From a frame to the runner's 17 keypoints."""

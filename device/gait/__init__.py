"""From keypoints over time to events, strides and running form. Reads no clock."""

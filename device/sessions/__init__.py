"""What is kept: sessions, strides, cues, marks and the pose log."""

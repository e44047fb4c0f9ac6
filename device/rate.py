"""Frames per second and delay, over the last two seconds."""

from collections import deque

WINDOW_S = 2.0


class Rate:
    """A short memory of frame times and delays; read often, worked out twice a second."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, float]] = deque()
        self._due = float("-inf")
        self.fps: float | None = None
        """Frames per second over the window, None before there are two frames."""
        self.latency_s: float | None = None
        """Median delay over the window, seconds."""
        self.latency_p95_s: float | None = None
        """95 of 100 delays over the window were shorter, seconds."""

    def add(self, t: float, delay_s: float) -> None:
        """Take one frame's time and the delay from that time to its light decision, both in seconds."""
        frames = self._frames
        frames.append((t, delay_s))
        if t < self._due:
            return
        self._due = t + 0.5
        while frames[0][0] < t - WINDOW_S:
            frames.popleft()
        if len(frames) > 1:
            self.fps = (len(frames) - 1) / (t - frames[0][0])
        delays = sorted(delay for _, delay in frames)
        self.latency_s = delays[len(delays) // 2]
        self.latency_p95_s = delays[int(0.95 * (len(delays) - 1))]

"""The last minute of each number and the story of the session, for a viewer who has just arrived."""

from collections import deque
from typing import Any

from device.live import LiveState
from device.web.wire import phase

WINDOW_S = 60.0
MAX_SPANS = 400


class Trends:
    """Keeps what changed, not every frame; used by one thread only."""

    def __init__(self) -> None:
        self._values: dict[str, deque[tuple[float, float | None]]] = {}
        self._light: deque[tuple[float, str]] = deque()
        self._phases: deque[tuple[float, str]] = deque(maxlen=MAX_SPANS)
        self._session: int | None = None
        self._seen: tuple[int, bool] | None = None

    def add(self, state: LiveState) -> None:
        """Note what is new in `state`; a clock that ran backwards starts afresh."""
        t = state.frame.t
        if self._light and t < self._light[-1][0]:
            self._forget()
        if not self._light or self._light[-1][1] != state.cue.light:
            self._light.append((t, state.cue.light))
        while len(self._light) > 1 and self._light[1][0] < t - WINDOW_S:
            self._light.popleft()
        if state.session.id != self._session:
            self._session = state.session.id
            self._phases.clear()
        now = phase(state)
        if not self._phases or self._phases[-1][1] != now:
            self._phases.append((t, now))
        seen = (state.steps, state.tracking.measuring)
        if seen != self._seen:
            self._seen = seen
            self._add_values(state)

    def _forget(self) -> None:
        self._values.clear()
        self._light.clear()
        self._phases.clear()
        self._session = self._seen = None

    def _add_values(self, state: LiveState) -> None:
        t = state.frame.t
        measuring = state.tracking.measuring
        for tile in state.tiles:
            values = self._values.setdefault(tile.name, deque())
            values.append((t, tile.stat.mean if tile.stat and measuring else None))
            while values[0][0] < t - WINDOW_S:
                values.popleft()

    def header(self) -> dict[str, Any]:
        """Give the `history` message for a viewer who has just arrived."""
        return {
            "kind": "history",
            "session": self._session,
            "values": {name: list(points) for name, points in self._values.items()},
            "light": list(self._light),
            "phases": list(self._phases),
        }

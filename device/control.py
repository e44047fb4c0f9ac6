"""What the dashboard may ask of the device; each call is carried out between two frames."""

from typing import Protocol

from device.feedback.light_test import LightSeen
from device.feedback.training import RunPlan
from device.feedback.types import Band
from device.gait.types import RunSetup
from device.live import LiveState, Newest
from device.pose.region import Region


class DeviceControl(Protocol):
    """The device as the dashboard sees it.

    Methods are safe from any thread, return once the frame loop has done it (or raise TreadlightError with
    a message for the therapist), and never wait longer than 2 s.
    """

    @property
    def live(self) -> Newest[LiveState]:
        """The newest frame with everything known about it."""

    @property
    def setup(self) -> RunSetup:
        """Speed, grade, height and direction in use."""

    @property
    def region(self) -> Region | None:
        """Where the treadmill is in the picture, in fractions of it; None until the operator has said."""

    def start_session(self, label: str, note: str = "") -> int:
        """Begin recording for `label` (initials or a code); gives the session's id."""

    def stop_session(self) -> None:
        """End the recording; harmless when none runs."""

    def set_cue(self, metric: str, band: Band) -> None:
        """Let the light follow one metric and its band; refused when the band is narrower than the noise."""

    def noises(self) -> dict[str, float]:
        """Give the SD of one value of each metric today; half of a cue's band is at least as wide."""

    def show_cue(self, shown: bool) -> None:
        """Give or withhold the cue (the light still blinks alive)."""

    def clear_cue(self) -> None:
        """Follow no metric."""

    def start_run(self, plan: RunPlan) -> None:
        """Begin a feedback run: its blocks say when the cue may be seen. Needs a cue."""

    def pause_run(self, paused: bool) -> None:
        """Stop the feedback run or go on with it; a paused run gives no cue."""

    def skip_block(self) -> None:
        """End the present block of the run now."""

    def end_run(self) -> None:
        """End the feedback run; harmless when there is none."""

    def capture_baseline(self, duration_s: float = 60.0) -> None:
        """Begin to capture this runner's own values over `duration_s` of valid running."""

    def capture_standing(self, duration_s: float = 10.0, neutral_deg: float = 0.0) -> None:
        """Begin the standing calibration: the runner stands tall and still, side to the camera.

        neutral_deg: trunk lean the runner is assumed to have meanwhile. Progress, result or refusal come in
        `LiveState.session`; the result is applied to all metrics from then on. Raises ConfigError for less
        than 3 s.
        """

    def forget_standing(self) -> None:
        """Measure without a standing calibration, as for another runner; harmless without one."""

    def test_light(self) -> None:
        """Blink a code for ten seconds and look for it in the camera's picture; refused in a session."""

    @property
    def light_test(self) -> tuple[float | None, LightSeen | None]:
        """Share done of the test of the light that runs, None without; and what the last one found."""

    def mark(self, label: str) -> None:
        """Set a named mark at the newest frame's time."""

    def set_run(self, setup: RunSetup) -> None:
        """Change speed, grade, height or direction; blanks the cue for 10 s."""

    def set_region(self, region: Region | None) -> None:
        """Say where the treadmill is in the picture."""

"""What belongs to the runner before the device: recording, own baseline, marks, running means."""

from dataclasses import asdict, dataclass, replace

from device import __version__
from device.errors import TreadlightError
from device.feedback.baseline import BaselineCapture
from device.feedback.monitor import DeviationMonitor
from device.feedback.schedule import RunProgress
from device.feedback.training import RunPlan, Training
from device.feedback.types import CueState, Deviation
from device.gait.catalog import METRICS
from device.gait.standing import StandingCapture
from device.gait.summary import FormWindow
from device.gait.types import GaitUpdate, Notice, RunSetup, Standing
from device.live import SessionState, Tile
from device.pose.region import Region
from device.pose.types import Pose
from device.sessions.recorder import Recorder
from device.sessions.types import SessionMeta

NOTICES_EVERY_S = 0.25
"""How often the recorder is asked how it fares."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What finds the joints, for each session's provenance; in words, and the model file's hash."""

    model: str
    model_sha256: str
    runtime: str
    camera: str


class CurrentRunner:
    """Keeps the runner's recent form, own baseline and marks, and hands everything to the recorder.

    Belongs to the pose thread; `update` never waits for the disk.
    """

    def __init__(self, recorder: Recorder, origin: Origin) -> None:
        self._recorder = recorder
        self._origin = origin
        self._window = FormWindow()
        self._monitor = DeviationMonitor()
        self._capture: BaselineCapture | None = None
        self._training: Training | None = None
        self._last: dict[str, float] = {}
        self._shown = False
        self._refused: tuple[Notice, ...] = ()
        self._stood: tuple[Notice, ...] = ()
        self._asked_t = float("-inf")
        self.tiles: tuple[Tile, ...] = ()
        """One tile for each metric, renewed with every step."""
        self.steps = 0
        """Steps measured so far."""
        self.deviations: tuple[Deviation, ...] = ()
        """Named patterns that have lasted."""
        self.state = SessionState()
        """The recording in progress, as the tablet shows it."""

    def update(self, pose: Pose, gait: GaitUpdate, cue: CueState, setup: RunSetup) -> None:
        """Take what one frame taught; tiles are renewed only when a step was measured or trust was lost."""
        self._recorder.pose(pose)
        self._recorder.update(gait, cue)
        self._monitor.target = cue.setting
        self.deviations = self._monitor.update(gait, setup)
        self._follow_baseline(gait)
        self._log_run(gait.t, cue)
        # Time may start anew with another clip.
        if not 0.0 <= gait.t - self._asked_t < NOTICES_EVERY_S:
            self._asked_t = gait.t
            self._notify()
        if gait.form:
            for form in gait.form:
                self._window.add(form)
            self.steps += sum(form.stride_time_s is None for form in gait.form)
            self._renew()
        elif not gait.tracking.measuring and self._shown:
            self._window.clear()
            self._renew()

    def start(
        self, label: str, note: str, t: float, size: tuple[int, int], setup: RunSetup, region: Region | None
    ) -> int:
        """Begin recording at frame time `t`; gives the session's id.

        Raises StoreError when one runs already.
        """
        meta = SessionMeta(
            label=label,
            note=note,
            started_t=t,
            size=size,
            setup=setup,
            region=region,
            software=__version__,
            **asdict(self._origin),
        )
        session_id = self._recorder.start(meta)
        self.state = replace(self.state, id=session_id, started_t=t, label=label, marks=())
        if self.state.baseline is not None:
            self._recorder.baseline(self.state.baseline)
        return session_id

    def stop(self) -> None:
        """End the recording; the runner's baseline goes with it, whether or not anything was recorded."""
        self.end_run()
        if self.state.id is not None:
            self._recorder.stop()
        self._capture = None
        self._refused = ()
        self._monitor.baseline = None
        self.state = SessionState(standing=self.state.standing)
        self._renew()

    def mark(self, t: float, label: str) -> None:
        """Set a named mark. Raises TreadlightError when nothing is being recorded."""
        if self.state.id is None:
            raise TreadlightError("Nothing is being recorded. Start a recording, then set the mark.")
        self._recorder.mark(t, label)
        self.state = replace(self.state, marks=(*self.state.marks, (t, label)))

    def set_run(self, t: float, setup: RunSetup) -> None:
        """Note that speed, slope or direction changed; running means start anew."""
        self._recorder.run(t, setup)
        self._monitor.clear()
        self._window.clear()
        self._renew()

    def start_run(self, plan: RunPlan, t: float) -> None:
        """Begin a feedback run at frame time `t` (s), in place of one that may be in progress.

        Its dose is kept when a session is being recorded. Raises ConfigError for a plan without blocks.
        """
        training = Training(plan, t)
        self.end_run()
        self._training = training
        self.state = replace(self.state, plan=plan, run=training.progress)

    def advance(self, t: float) -> RunProgress | None:
        """Bring the run to the time of the next frame; None when there is none."""
        if self._training is None:
            return None
        progress = self._training.advance(t)
        if progress is not self.state.run:
            self.state = replace(self.state, run=progress)
        return progress

    def pause_run(self, paused: bool) -> None:
        """Stop the run or go on with it. Raises TreadlightError when there is none."""
        self._running.pause(paused)
        self.state = replace(self.state, run=self._running.progress)

    def skip_block(self) -> None:
        """End the present block now. Raises TreadlightError when there is no run."""
        self._running.skip()
        self.state = replace(self.state, run=self._running.progress)

    def end_run(self) -> None:
        """End the feedback run; harmless when there is none."""
        if self._training is None:
            return
        dose = self._training.end()
        if dose is not None:
            self._recorder.block(dose)
        self._training = None
        self.state = replace(self.state, plan=None, run=None)

    @property
    def _running(self) -> Training:
        if self._training is None:
            raise TreadlightError("No feedback run is in progress. Choose a cue and start one.")
        return self._training

    def _log_run(self, t: float, cue: CueState) -> None:
        if self._training is None:
            return
        dose = self._training.log(t, cue)
        if dose is not None:
            self._recorder.block(dose)

    def stands(self, capture: StandingCapture) -> None:
        """Tell the tablet how far the standing calibration is, or how it ended."""
        self._stood = () if capture.refusal is None else (capture.refusal,)
        progress = None if capture.done else round(capture.progress, 2)
        if capture.done or progress != self.state.standing_progress:
            self.state = replace(self.state, standing_progress=progress)
            self._notify()

    def stood(self, standing: Standing | None) -> None:
        """Show which standing calibration is in use."""
        self.state = replace(self.state, standing=standing, standing_progress=None)

    def capture_baseline(self, duration_s: float) -> None:
        """Begin to gather this runner's own values over so many seconds of valid running.

        Raises ConfigError when that is too short to say anything.
        """
        self._capture = BaselineCapture(duration_s)
        self._refused = ()
        self.state = replace(self.state, baseline_progress=0.0)

    def _follow_baseline(self, gait: GaitUpdate) -> None:
        capture = self._capture
        if capture is None:
            return
        capture.update(gait)
        if not capture.done:
            if gait.form:
                self.state = replace(self.state, baseline_progress=capture.progress)
            return
        self._capture = None
        self.state = replace(self.state, baseline_progress=None)
        if capture.refusal is not None:
            self._refused = (capture.refusal,)
            self._notify()
        elif capture.baseline is not None:
            self._recorder.baseline(capture.baseline)
            self._monitor.baseline = capture.baseline
            self.state = replace(self.state, baseline=capture.baseline)
            self._renew()

    def _notify(self) -> None:
        notices = self._recorder.notices + self._refused + self._stood
        if notices != self.state.notices:
            self.state = replace(self.state, notices=notices)

    def _renew(self) -> None:
        stats = self._window.stats()
        self._shown = bool(stats)
        self._last.update((name, stat.mean) for name, stat in stats.items())
        own = self.state.baseline.metrics if self.state.baseline else {}
        self.tiles = tuple(
            Tile(name, stats.get(name), self._last.get(name), own.get(name)) for name in METRICS
        )

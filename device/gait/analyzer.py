"""From poses to events, strides and running form: one analyzer, live and offline.

The way of one pose: `Intake` takes its points, `Calibration` learns direction and scale, `Follower` tells the
legs apart, smooths and finds steps, `metrics` measures them, and `Tracking` says whether to believe it. What
arrives before direction, scale and speed are known is kept and gone through once they are: its events are
announced late, with their true times. The result depends on the poses alone; no clock is read.
"""

from collections import deque

from device.gait import metrics, trust
from device.gait.calibration import Calibration, calibrated, near_side
from device.gait.correction import MOVENET, Correction
from device.gait.follow import Follower
from device.gait.gait_check import ViewCheck
from device.gait.history import Axes
from device.gait.limbs import keeps_limbs
from device.gait.refusals import Reasons
from device.gait.signals import MIN_SCORE, BodyFrame, Intake
from device.gait.steps import Found
from device.gait.trust import Trust
from device.gait.types import (
    Activity,
    EventKind,
    Facing,
    GaitUpdate,
    Kinematics,
    Notice,
    RunSetup,
    Side,
    Stride,
    Tracking,
    View,
)
from device.gait.untold import Untold
from device.pose.types import Keypoint, Pose

AROUND_S = 0.1
"""Joint paths handed to the metrics reach this far beyond the stride on both sides."""

JUDGE_LEGS_S = 3.5
"""So long the first numbers wait at most for both feet to have stood often enough to be compared."""

RECENT_S = 2.0
"""A plausible running stride this recent counts as running while the check is undecided."""

_BODY = slice(int(Keypoint.LEFT_SHOULDER), int(Keypoint.RIGHT_ANKLE) + 1)


class GaitAnalyzer:
    """Takes poses in order of time and says what they teach.

    size: width and height of the picture in pixels. setup: what the operator told. correction: bias of the
    network that found the joints; None for joints that are known exactly.
    """

    UNDECIDED_S = 6.0
    FORGET_S = 2.0

    def __init__(
        self, size: tuple[int, int], setup: RunSetup, correction: Correction | None = MOVENET
    ) -> None:
        self.correction = correction
        self._size = size
        self._setup = setup
        self._ended = False
        self._begin()

    def _begin(self) -> None:
        """Know nothing about the runner."""
        self._t: float | None = None
        self._points = 0
        self._facing = Facing.UNCLEAR
        self._near: Side | None = None
        self._intake = Intake(self._setup.standing)
        self._check = ViewCheck(self._size)
        self._calibration = Calibration()
        self._trust = Trust()
        self._reasons = Reasons(self._check, self._trust, self._calibration)
        self._timing = metrics.TimingHistory()
        self._early: deque[BodyFrame] = deque()
        self._follower: Follower | None = None
        self._measured = False
        self._exchanges = 0
        self._last_stride = -1.0e9
        self._untold = Untold()

    @property
    def near(self) -> Side | None:
        """The leg facing the camera, None while undecided."""
        return self._near

    @property
    def setup(self) -> RunSetup:
        """What the operator told last."""
        return self._setup

    def kinematics(self, begin_s: float, end_s: float) -> Kinematics | None:
        """Joint paths between two times of the last 12 s, for review; None before anything is followed."""
        if self._follower is None:
            return None
        follower = self._follower
        return follower.history.kinematics(
            begin_s, end_s, follower.near, follower.axes, calibrated(self._setup)
        )

    def set_setup(self, setup: RunSetup) -> None:
        """Go on with another speed, grade, height or direction; what was averaged starts anew."""
        turned = setup.facing is not self._setup.facing
        self._setup = setup
        self._reasons.renew()
        self._timing.clear()
        if turned:
            self._begin()
        elif self._follower is not None:
            self._follower.rescale(self._axes())
            if self._t is not None:
                self._follower.forget_speed(self._t)

    def update(self, pose: Pose) -> GaitUpdate:
        """Take one more pose, present or missing; its time must not lie before the last one's."""
        if self._trust.last_seen is not None and pose.t - self._trust.last_seen > self.FORGET_S:
            self._begin()
        self._t = pose.t
        self._points = sum([score >= MIN_SCORE for score in pose.score[_BODY].tolist()])
        self._check.update(pose)
        if pose.crowded:
            self._reasons.somebody_hides_runner(pose.t)
        body = self._intake.update(pose)
        if body is not None:
            self._trust.frame(body.t, body.hip is not None)
            self._calibration.update(body)
            self._take(body)
        return self._report(pose.t)

    def finish(self) -> GaitUpdate:
        """Say what is still to be said at the end of a clip; no pose may follow."""
        self._calibration.refresh()
        if self._follower is None:
            self._follow_early()
        if self._follower is not None:
            self._measure(self._follower.finish())
        self._ended = True
        self._reasons.renew()
        return self._report(self._t if self._t is not None else 0.0)

    def _take(self, body: BodyFrame) -> None:
        follower = self._follower
        if follower is None:
            self._early.append(body)
            while body.t - self._early[0].t > self.UNDECIDED_S:
                self._early.popleft()
            if self._calibration.ready:
                self._follow_early()
            return
        if self._calibration.refreshed == body.t:
            follower.rescale(self._axes())
        self._measure(follower.update(body))
        if follower.exchanges != self._exchanges:
            self._forget_exchanged(follower)

    def _forget_exchanged(self, follower: Follower) -> None:
        """Leave out what was measured on legs that turned out to be exchanged and has not been told yet."""
        self._exchanges = follower.exchanges
        self._reasons.renew()
        self._untold.clear()
        self._timing.clear()

    def _follow_early(self) -> None:
        """Begin to follow the runner from the first frame kept, if the direction is known by now."""
        self._facing = self._setup.facing or self._calibration.seen_facing
        near = self._near = near_side(self._facing)
        if near is None or not self._calibration.ready:
            return
        self._follower = Follower(near, self._axes(), self._trust)
        for body in self._early:
            self._take(body)
        self._early.clear()

    def _axes(self) -> Axes:
        scale, leg = self._calibration.scale(self._setup)
        return Axes(scale, leg, self._facing, self._setup.grade_pct)

    def _measure(self, found: list[Found]) -> None:
        """Turn confirmed events into strides and form."""
        for step in found:
            event = step.event
            self._untold.events.append(event)
            if event.kind is EventKind.TOE_OFF:
                continue
            if step.previous is not None and step.steady:
                self._timing.hip_cadence_spm = self._follower.hip_cadence_spm if self._follower else None
                self._untold.form.append(metrics.measure_step(event, step.previous, self._timing))
            if step.stride is not None:
                self._untold.strides.append(step.stride)
                self._last_stride = event.t
                if step.stride.near:
                    self._measure_stride(step.stride)

    def _measure_stride(self, stride: Stride) -> None:
        kinematics = self.kinematics(stride.initial_contact - AROUND_S, stride.next_contact + AROUND_S)
        assert kinematics is not None
        odd = not keeps_limbs(kinematics)
        self._reasons.odd_stride(odd)
        if odd:
            return
        self._untold.form.append(
            metrics.measure_stride(
                stride, kinematics, self._setup, self._speed(), self._timing, self.correction
            )
        )

    def _speed(self) -> float | None:
        """Belt speed for the metrics: the operator's, else the one seen in the feet."""
        if self._setup.speed_mps is not None:
            return self._setup.speed_mps
        return self._follower.belt_mps if self._follower else None

    def _report(self, t: float) -> GaitUpdate:
        refusals, follower = self._reasons.against(t, self._setup, self._follower), self._follower
        running = self._check.activity is Activity.RUNNING or t - self._last_stride < RECENT_S
        measuring = not refusals and follower is not None and running and self._legs_judged(follower, t)
        events, strides, form = self._untold.tell() if measuring else ((), (), ())
        if refusals:
            self._untold.clear()
        self._measured = self._measured or bool(strides)
        if self._ended and not self._measured and not refusals:
            refusals = [trust.TOO_SHORT]
        return GaitUpdate(
            t=t,
            tracking=self._tracking(t, measuring, refusals),
            events=events,
            strides=strides,
            form=form,
            swapped=follower is not None and follower.swapped,
        )

    def _legs_judged(self, follower: Follower, t: float) -> bool:
        """Tell whether near and far have been compared, or there was time enough for it."""
        return follower.legs_judged or self._ended or t - follower.begun > JUDGE_LEGS_S

    def _tracking(self, t: float, measuring: bool, refusals: list[Notice]) -> Tracking:
        near, view = self._near, self._check.view
        if near is not None and (view.sideways or view is View.UNCLEAR):
            view = View.LEFT if near is Side.LEFT else View.RIGHT
        return Tracking(
            measuring=measuring,
            activity=Activity.RUNNING if measuring else self._check.activity,
            view=view,
            facing=self._facing,
            valid_fraction=self._trust.valid_fraction,
            points=self._points,
            swaps=self._trust.swaps,
            speed_mps=self._speed(),
            speed_estimated=self._setup.speed_mps is None,
            notices=self._reasons.notices(refusals),
        )

"""Can this be measured at all: who is in the picture, seen from which side, running or not.

Uses no network scores beyond "is there a point": medians over the last 2 s of the body's own proportions.
"""

from collections import deque

import numpy as np

from device.gait.body_window import MIN_PRESENT, Array, BodyWindow
from device.gait.types import Activity, Facing, Notice, View
from device.pose.types import Pose

WINDOW_S = 2.0
FIRST_S = 1.0
EVERY_S = 0.25

MAX_LEAN_DEG = 35.0
MAX_TRAVEL = 2.5
"""How far the hips may move across the picture in `WINDOW_S`, in trunk lengths; camera pans follow them."""

MIN_FPS = 10
MIN_BODY_PX = 120.0

NOBODY = Notice("nobody", "Nobody is in the treadmill region. Step on the belt, or move the region.")
TOO_FEW = Notice(
    "low_frame_rate", "Fewer than 10 pictures a second arrive. Use a camera or clip of 25 or more."
)
TOO_DARK = Notice(
    "too_dark", "There is too little light to see the runner. Add light, or open the lens or the exposure."
)
CUT_OFF = Notice(
    "cut_off", "The head or feet leave the picture. Move the camera back or turn it until both are inside."
)
TOO_SMALL = Notice("too_small", "The runner is too small to measure. Move the camera closer or zoom in.")
FRONTAL = Notice(
    "frontal_view",
    "The camera looks at the runner from the front. Put it beside the treadmill, square to the belt.",
)
REAR = Notice(
    "rear_view",
    "The camera looks at the runner from behind. Put it beside the treadmill, square to the belt.",
)
OBLIQUE = Notice(
    "oblique_view",
    "The camera looks at the runner at an angle. Move it until it looks square across the belt.",
)
NO_FACE = Notice(
    "frontal_view", "The runner is not seen from the side. Turn the camera square to the treadmill belt."
)
NOT_STEADY = Notice(
    "not_steady",
    "This is no steady run on the belt but a start, a drill or a walk through the picture. Numbers come with "
    "even steps on the belt.",
)
STANDING = Notice("standing", "The runner stands still. Numbers come once the run has begun.")
WALKING = Notice("walking", "This looks like walking. Numbers come once the runner runs.")
UNCLEAR = Notice(
    "poor_tracking",
    "The movement is not clearly running. Check that legs and hips can be seen for a few seconds.",
)


class ViewCheck:
    """Watches raw poses and says, four times a second, what the camera sees.

    `size` is the picture's width and height in pixels. Before 1 s of poses everything is unclear.
    Limits are medians over real and rendered clips: side views have hip width 0.03 to 0.14, shoulder width
    0.06 to 0.24 and nose 0.26 to 0.35 trunks ahead; at 20 deg off square they are 0.22, 0.32 and 0.32, at
    35 deg 0.30, 0.50 and 0.27, from front or rear 0.40, 0.6 to 0.87 and 0.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._poses: deque[tuple[float, Array]] = deque()
        self._dark = False
        self._next = -np.inf
        self.view = View.UNCLEAR
        """The runner's side that faces the camera."""
        self.facing = Facing.UNCLEAR
        """The direction of running in the picture."""
        self.activity = Activity.UNCLEAR
        """What the person does."""
        self.notices: tuple[Notice, ...] = ()
        """Why this cannot be measured, most basic reason first; empty when it can."""

    def update(self, pose: Pose) -> None:
        """Take one more pose, present or missing, in order of time."""
        poses = self._poses
        poses.append((pose.t, pose.xy))
        while poses[0][0] < pose.t - WINDOW_S:
            poses.popleft()
        if pose.t - poses[0][0] < FIRST_S or pose.t < self._next:
            return
        self._next = pose.t + EVERY_S
        self._dark = pose.dark
        # Joined and folded, for stacking so many small arrays takes five times as long.
        self._look(np.concatenate([xy for _, xy in poses]).reshape(-1, *pose.xy.shape))

    def _look(self, xy: Array) -> None:
        was = self.activity
        self.view, self.facing, self.activity, self.notices = (
            View.UNCLEAR,
            Facing.UNCLEAR,
            Activity.UNCLEAR,
            (),
        )
        if len(xy) < MIN_FPS * FIRST_S:
            self.notices = (TOO_FEW,)
            return
        if self._dark:
            self.notices = (TOO_DARK,)
            return
        body = BodyWindow(xy)
        if body.present < MIN_PRESENT:
            self.activity, self.notices = Activity.NONE, (NOBODY,)
            return
        notices = []
        if body.height_px < MIN_BODY_PX:
            notices.append(TOO_SMALL)
        if body.cut_off(self._size):
            notices.append(CUT_OFF)
        self.view, self.facing = body.view()
        self.activity = body.activity(self.view, was)
        if not self.view.sideways:
            notices.append(_NOT_SIDEWAYS[self.view])
        elif self.activity in _NOT_RUNNING:
            notices.append(_NOT_RUNNING[self.activity])
        elif body.lean_deg > MAX_LEAN_DEG or body.travel() > MAX_TRAVEL:
            notices.append(NOT_STEADY)
        self.notices = tuple(notices)


_NOT_SIDEWAYS = {
    View.FRONTAL: FRONTAL,
    View.REAR: REAR,
    View.OBLIQUE: OBLIQUE,
    View.UNCLEAR: NO_FACE,
}
_NOT_RUNNING = {Activity.STANDING: STANDING, Activity.WALKING: WALKING, Activity.UNCLEAR: UNCLEAR}

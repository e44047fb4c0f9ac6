"""Why nothing may be measured now, and what the therapist should know although it is measured."""

from math import inf

from device.gait import gait_check, trust
from device.gait.calibration import Calibration
from device.gait.follow import Follower
from device.gait.gait_check import ViewCheck
from device.gait.trust import Trust
from device.gait.types import Activity, Facing, Notice, RunSetup, View

EVERY_S = 0.25
EXCHANGE_TOLD_S = 6.0
SEVERAL_ODD = 3
"""So many odd strides on end, and the legs are not seen as they are, whatever the reason."""
CROSSED_S = 2.0
"""So long nothing is measured after the runner's legs were mixed with somebody else's, or lost."""
ODD_LEGS_S = 6.0
"""Legs that cannot be told apart so soon after some no runner has were seen: somebody else is why."""
SPEED_REFUSED = 2.0
"""So many times the tolerance off, and it is another runner, height, speed or time scale."""
TILT_REFUSED_DEG, TILT_WARNED_DEG = 8.0, 6.0
"""Refused from the first on, until it is below the second."""

REFUSING = frozenset(
    {
        *("nobody", "too_dark", "too_small", "cut_off", "two_people"),
        *("frontal_view", "rear_view", "oblique_view", "camera_tilted"),
        *("standing", "walking", "not_steady", "speed_mismatch"),
        *("legs_unclear", "poor_tracking", "low_frame_rate", "too_short"),
    }
)
"""Codes that can stop the numbers; some of them are given as warnings too, while numbers go on."""

_NOT_REFUSING = (gait_check.UNCLEAR,)


class Reasons:
    """Gathers what view, tracking and steps have to say; it decides nothing else and keeps no measurements.

    What needs the last steps, and the warnings, are renewed four times a second.
    """

    def __init__(self, check: ViewCheck, seen: Trust, calibration: Calibration) -> None:
        self._check, self._trust, self._calibration = check, seen, calibration
        self._due = -inf
        self._of_steps: list[Notice] = []
        self._warnings: tuple[Notice, ...] = ()
        self._tilted = False
        self._hidden_t = -inf
        self._odd = 0

    def odd_stride(self, odd: bool) -> None:
        """Take note of whether a stride's limbs changed their lengths."""
        self._odd = self._odd + 1 if odd else 0

    def somebody_hides_runner(self, t: float) -> None:
        """Take note that somebody else is seen where the runner was."""
        self._hidden_t = t

    def renew(self) -> None:
        """Look anew at the next question."""
        self._due = -inf

    def against(self, t: float, setup: RunSetup, follower: Follower | None) -> list[Notice]:
        """Why nothing may be measured now, most basic first; empty when nothing stands against it."""
        if t >= self._due:
            self._due = t + EVERY_S
            self._warnings = trust.one_of_each(self._find_warnings(t, setup, follower))
            self._of_steps = [] if follower is None else self._find_in_steps(t, setup, follower)
        found = self._in_view(follower)
        if self._trust.absent(t):
            found.append(trust.NOBODY)
        frame_s = self._trust.frame_s
        if frame_s is not None and frame_s > Trust.SLOWEST_S:
            found.append(trust.LOW_FRAME_RATE)
        if follower is None:
            return [*found, trust.FACING_UNCLEAR] if self._calibration.ready and not found else found
        if self._trust.valid_fraction < Trust.LEAST_VALID:
            found.append(trust.POOR_TRACKING)
        # What another body's steps say of camera, speed and gait is no reason.
        if self._mixed(t, follower):
            return [*found, trust.TWO_PEOPLE]
        found += self._of_steps
        if follower.legs_unclear or _lost(t, follower):
            found.append(trust.LEGS_UNCLEAR)
        return found

    def _mixed(self, t: float, follower: Follower) -> bool:
        """Tell whether another body's legs are taken for the runner's, in a view that is otherwise right."""
        if t - self._hidden_t < CROSSED_S:
            return True
        # Runners alone never lose their own legs; a view from elsewhere than the side may.
        if self._check.notices:
            return False
        return _lost(t, follower) or (follower.legs_unclear and t - follower.odd_legs_t < ODD_LEGS_S)

    def notices(self, refusals: list[Notice]) -> tuple[Notice, ...]:
        """Refusals first, then the warnings as they were at the last look; one of each code."""
        return trust.one_of_each((*refusals, *self._warnings)) if refusals else self._warnings

    def _in_view(self, follower: Follower | None) -> list[Notice]:
        """What the view check has against measuring; a hidden face is nothing once the side is known."""
        notices = self._check.notices
        if not notices:
            return []
        if self._check.view is View.UNCLEAR and follower is not None:
            return [n for n in notices if n not in (*_NOT_REFUSING, gait_check.NO_FACE)]
        return [n for n in notices if n not in _NOT_REFUSING]

    def _find_in_steps(self, t: float, setup: RunSetup, follower: Follower) -> list[Notice]:
        found: list[Notice] = []
        # Somebody's legs beside the runner's can make stances long; the hips of a runner bounce all the same.
        if self._check.activity is not Activity.RUNNING and follower.steps.without_flight(t):
            found.append(gait_check.WALKING)
        elif follower.steps.uneven(t) or follower.too_slow:
            found.append(gait_check.NOT_STEADY)
        tilt = follower.deck.tilt_deg or 0.0
        self._tilted = abs(tilt) > (TILT_WARNED_DEG if self._tilted else TILT_REFUSED_DEG)
        if self._tilted:
            found.append(trust.tilted(tilt))
        found += _wrong_speed(setup, follower, SPEED_REFUSED)
        if self._odd >= SEVERAL_ODD:
            found.append(trust.LEGS_UNCLEAR)
        return found

    def _find_warnings(self, t: float, setup: RunSetup, follower: Follower | None) -> list[Notice]:
        found = [notice for notice in self._check.notices if notice in _NOT_REFUSING]
        seen, frame_s = self._calibration.seen_facing, self._trust.frame_s
        if setup.facing and seen is not Facing.UNCLEAR and seen is not setup.facing:
            found.append(trust.FACING_CONFLICT)
        if frame_s is not None and Trust.SLOW_S < frame_s <= Trust.SLOWEST_S:
            found.append(trust.LOW_FRAME_RATE)
        elif self._trust.dropping(t):
            found.append(trust.FRAMES_DROPPED)
        if follower is None:
            return found
        tilt = follower.deck.tilt_deg
        if tilt is not None and abs(tilt) > TILT_WARNED_DEG:
            found.append(trust.tilted(tilt))
        if t - follower.exchanged_t < EXCHANGE_TOLD_S:
            found.append(trust.LEGS_EXCHANGED)
        if setup.speed_mps is None:
            found.append(trust.SPEED_ESTIMATED)
        return [*found, *_wrong_speed(setup, follower, 1.0)]


def _lost(t: float, follower: Follower) -> bool:
    return t - follower.legs_lost_t < CROSSED_S


def _wrong_speed(setup: RunSetup, follower: Follower, tolerances: float) -> list[Notice]:
    """Say that the belt runs at another speed than set, if it is off by more than so many tolerances."""
    said, belt = setup.speed_mps, follower.deck.belt_mps
    if said is None or belt is None:
        return []
    off = abs(belt / said - 1)
    return [trust.speed_mismatch(said, belt)] if off > tolerances * trust.speed_tolerance(setup) else []

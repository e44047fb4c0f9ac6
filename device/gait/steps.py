"""Both legs' events in order, and the strides they bound."""

from collections import deque
from dataclasses import dataclass
from math import inf
from statistics import fmean, median
from typing import TypeVar

from device.gait.events import ContactDetector, LegSample
from device.gait.types import EventKind, GaitEvent, Side, Stride

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """A confirmed event; for a contact, the contact before it (either leg) and the stride it completes.

    stance_s: for a toe-off, when the foot met and left the belt. steady: for a contact, whether both it and
    the one before came in the rhythm of the strides.
    """

    event: GaitEvent
    previous: GaitEvent | None = None
    stride: Stride | None = None
    stance_s: tuple[float, float] | None = None
    steady: bool = True


class Steps:
    """Joins the two legs' detectors: events as they are confirmed, strides checked for plausibility."""

    STRIDE_S = (0.45, 1.2)
    CONTACT_S = (0.10, 0.45)
    DUTY = (0.15, 0.50)
    UNUSUAL = 0.15
    RECENT = 10
    KEPT = 40
    STANCES, LEAST_STANCES = 4, 3
    OUT_OF_TURN = 3
    OUT_OF_TURN_S = 6.0
    ODD_SHARE = 0.2
    """A step this much longer or shorter than half a stride is no runner's, however uneven the legs."""
    ODD, ODD_S = 4, 3.0
    UNEVEN, UNEVEN_S = 6, 6.0
    UNEVEN_SHARE = 0.12
    """Mean deviation of stride times from their median, as a share: 0.01 to 0.03 in a steady run."""

    def __init__(self, near: Side) -> None:
        self._near = near
        moves = deque[float](maxlen=ContactDetector.STEPS)
        self._detectors = {side: ContactDetector(moves) for side in Side}
        self._contact: dict[Side, float] = {}
        self._toe_off: dict[Side, float] = {}
        self._durations: deque[float] = deque(maxlen=self.RECENT)
        self._lately: deque[tuple[float, float, float | None]] = deque(maxlen=self.UNEVEN)
        self._stances: dict[Side, deque[tuple[float, float]]] = {s: deque(maxlen=self.STANCES) for s in Side}
        self.last_contact: GaitEvent | None = None
        self._contacts: deque[float] = deque(maxlen=self.KEPT)
        self._repeats: deque[float] = deque(maxlen=self.OUT_OF_TURN)
        self._odd: deque[float] = deque(maxlen=self.ODD)
        self._t = -inf
        self.broken = -inf
        """When the last gap that could hide a contact ended."""

    def update(self, side: Side, sample: LegSample, belt_cmps: float, leg_cm: float) -> Found | None:
        """Take one leg's sample; give the event it confirms."""
        if sample.t - self._t > ContactDetector.MAX_GAP_S:
            self._break(sample.t)
        self._t = sample.t
        found = self._detectors[side].update(sample, belt_cmps, leg_cm)
        if found is None:
            return None
        event = GaitEvent(found[0], side, found[1], side is self._near)
        if event.kind is EventKind.TOE_OFF:
            self._toe_off[side] = event.t
            self._stances[side].append((event.t, self._detectors[side].lowest_cm))
            begun = self._contact.get(side)
            return Found(event, stance_s=None if begun is None else (begun, event.t))
        previous, self.last_contact = self.last_contact, event
        if previous is not None and previous.side is side and event.t - previous.t < self.STRIDE_S[1]:
            self._repeats.append(event.t)
        steady = self._keeps_rhythm(event, previous)
        stride = self._stride(event)
        self._contact[side] = event.t
        self._contacts.append(event.t)
        return Found(event, previous, stride, steady=steady)

    def _break(self, t: float) -> None:
        """Judge the legs by what comes after `t` alone: contacts were hidden, labels may have changed."""
        self.broken = t
        self._repeats.clear()
        self._odd.clear()
        self._lately.clear()
        for stances in self._stances.values():
            stances.clear()

    def forget_contacts(self, t: float) -> None:
        """Begin strides anew after `t`: the last contacts need not have been the runner's."""
        odd = list(self._odd)
        self._break(t)
        self._odd.extend(odd)
        self.last_contact = None
        self._contact.clear()
        self._toe_off.clear()

    def mirror(self) -> None:
        """Take up what is known of each leg as the other's: they had been exchanged."""
        self._detectors = _exchanged(self._detectors)
        self._contact = _exchanged(self._contact)
        self._toe_off = _exchanged(self._toe_off)
        self._stances = _exchanged(self._stances)
        self._repeats.clear()

    def out_of_turn(self, t: float) -> bool:
        """Tell whether one leg keeps landing twice without the other between."""
        return len(self._repeats) == self.OUT_OF_TURN and t - self._repeats[0] < self.OUT_OF_TURN_S

    def out_of_rhythm(self, t: float) -> bool:
        """Tell whether steps keep coming far too soon and too late: some contacts are not the runner's."""
        return len(self._odd) == self.ODD and t - self._odd[0] < self.ODD_S

    def _keeps_rhythm(self, event: GaitEvent, previous: GaitEvent | None) -> bool:
        """See whether a step lasted half a stride or so, and began with a contact to be trusted."""
        if previous is None or previous.t < self.broken or not self._durations:
            return True
        usual = median(self._durations) / 2
        doubted = bool(self._odd) and self._odd[-1] == previous.t
        if previous.side is event.side or abs(event.t - previous.t - usual) > self.ODD_SHARE * usual:
            self._odd.append(event.t)
            return False
        return not doubted

    def uneven(self, t: float) -> bool:
        """Tell whether the last strides differ in time as those of a start or a drill do."""
        times = [duration for at, duration, _ in self._lately if t - at < self.UNEVEN_S]
        if len(times) < self.UNEVEN:
            return False
        usual = median(times)
        return fmean(abs(x - usual) for x in times) > self.UNEVEN_SHARE * usual

    def without_flight(self, t: float) -> bool:
        """Tell whether the near foot was down for more than half of the last strides: that is walking."""
        duties = [duty for at, _, duty in self._lately if duty is not None and t - at < self.UNEVEN_S]
        return len(duties) >= self.UNEVEN // 2 and median(duties) > self.DUTY[1]

    def count(self, begin_s: float, end_s: float) -> int:
        """How many contacts of both legs fell between two times."""
        return sum(begin_s < contact <= end_s for contact in self._contacts)

    def near_above_far_cm(self) -> float | None:
        """How much higher in the picture the near foot stands than the far one; None before three stances.

        From a camera at hip height, 3 to 5 m away, the near foot stands 2 to 5 cm lower, seen through a long
        lens as low as the far one; strikes that differ by side shift that by up to 2 cm. It needs no labels,
        so it can tell that near and far were exchanged.
        """
        near, far = ([height for _, height in self._stances[s]] for s in (self._near, self._near.other))
        if min(len(near), len(far)) < self.LEAST_STANCES:
            return None
        return median(near) - median(far)

    def _stride(self, event: GaitEvent) -> Stride | None:
        """The stride this contact completes, if it could be one of a run."""
        begun = self._contact.get(event.side)
        if begun is None:
            return None
        duration = event.t - begun
        if not self.STRIDE_S[0] < duration < self.STRIDE_S[1]:
            return None
        self._durations.append(duration)
        toe_off = self._toe_off.get(event.side)
        contact = toe_off - begun if toe_off is not None and toe_off > begun else None
        # A bystander's legs beside the far one make its stance long.
        duty = contact / duration if contact is not None and event.near else None
        self._lately.append((event.t, duration, duty))
        if abs(duration - median(self._durations)) > self.UNUSUAL * duration:
            return None
        if contact is None:
            return Stride(event.side, event.near, begun, None, event.t)
        if not (
            self.CONTACT_S[0] < contact < self.CONTACT_S[1]
            and self.DUTY[0] < contact / duration < self.DUTY[1]
        ):
            return None
        return Stride(event.side, event.near, begun, toe_off, event.t)


def _exchanged(by_side: dict[Side, T]) -> dict[Side, T]:
    return {side.other: value for side, value in by_side.items()}

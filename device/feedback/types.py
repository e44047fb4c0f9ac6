"""One cue, its band, and what the light says."""

from dataclasses import dataclass
from enum import StrEnum

from device.gait.types import Stat


class LightState(StrEnum):
    """The four things the light can say; dark never means good."""

    ALIVE = "alive"
    CUE = "cue"
    NOT_MEASURING = "not_measuring"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Band:
    """The wanted range of one metric, in its own unit; None leaves that side open."""

    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class CueSetting:
    """The one metric the light follows, its band, and whether the light may show it now."""

    metric: str
    band: Band
    shown: bool = True


@dataclass(frozen=True, slots=True)
class CueState:
    """Where the cued metric stands.

    value: mean of the last 10 steps (near-leg metrics: last 6 strides), None when not measured.
    sd, n: its spread over those steps. outside: below, above or None (inside or unknown).
    light: what was sent to the light. in_band_fraction: share of measured steps inside the band so far.
    due: the form is to be cued, whether or not the light may show it.
    """

    setting: CueSetting | None
    value: float | None
    sd: float | None
    n: int
    outside: str | None
    light: LightState
    in_band_fraction: float | None
    due: bool = False


@dataclass(frozen=True, slots=True)
class Baseline:
    """This runner's own form at a fixed speed: mean, between-window spread and count by metric name."""

    t: float
    duration_s: float
    speed_mps: float | None
    metrics: dict[str, Stat]


@dataclass(frozen=True, slots=True)
class Deviation:
    """A named pattern seen in the form; never a diagnosis or a risk.

    group: posture, leg or landing. mode: absolute, individual or target (whose rule fired).
    new: not there at baseline (None without one). evidence: how strongly it is linked to low back pain.
    """

    code: str
    name: str
    group: str
    mode: str
    new: bool | None
    detail: str
    evidence: str

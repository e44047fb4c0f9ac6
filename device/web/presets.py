"""Bands to start a cue from, worked out of this runner's own baseline."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from device.feedback.bands import CADENCE_RISES_PCT, LEAN_RISE_DEG, cadence_band, lean_band, own_band
from device.feedback.types import Band, Baseline
from device.gait.catalog import METRICS
from device.live import Tile
from device.web.measures import CUES


@dataclass(frozen=True, slots=True)
class Preset:
    """A band of one metric, in its unit, rounded outwards to what the tablet shows.

    kind: own, percent or lean; rise: how far above the runner's own, in % or degrees, 0 for the own range.
    """

    kind: str
    rise: float
    low: float
    high: float


def presets(baseline: Baseline | None, tiles: Iterable[Tile]) -> dict[str, list[Preset]]:
    """Give the bands for each metric a cue may follow, usual start first; nothing without a baseline.

    tiles: what is measured now; its spread is the least half width of the own range.
    """
    if baseline is None:
        return {}
    spread = {tile.name: tile.stat.sd or 0.0 for tile in tiles if tile.stat is not None}
    return {name: list(_of(baseline, name, spread)) for name in CUES if name in baseline.metrics}


def _of(baseline: Baseline, name: str, spread: dict[str, float]) -> Iterator[Preset]:
    if name == "trunk_lean_deg":
        yield _preset("lean", LEAN_RISE_DEG, name, lean_band(baseline))
    if name == "cadence_spm":
        for rise in CADENCE_RISES_PCT:
            yield _preset("percent", rise, name, cadence_band(baseline, rise))
    yield _preset("own", 0.0, name, own_band(baseline, name, noise=spread.get(name, 0.0)))


def _preset(kind: str, rise: float, name: str, band: Band) -> Preset:
    scale = 10.0 ** METRICS[name].decimals
    low, high = band.low or 0.0, band.high or 0.0
    return Preset(kind, rise, math.floor(low * scale + 1e-6) / scale, math.ceil(high * scale - 1e-6) / scale)

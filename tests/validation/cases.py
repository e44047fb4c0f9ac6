"""What is measured: each clip of the suite as it is, and some of them with frames left out."""

from dataclasses import dataclass

import numpy as np
from phantom.suite import SUITE, SuiteClip

LOOPS = 2
"""A clip is played this many times, as one run: it loops without a seam."""
VARIED = ("man_right", "woman_left", "slim_man_left", "heavy_woman_right", "slim_woman_left")
"""Clips that are also measured with frames left out."""
LOST_SHARE, BURST_EVERY_S, BURST_S = 0.10, 2.0, (0.05, 0.12)
"""Dropped frames: single ones at random, and a hole every few seconds."""


@dataclass(frozen=True, slots=True)
class Case:
    """One clip under one way of taking frames: `frames` is "all", "half" (30 fps of 60) or "dropped"."""

    clip: SuiteClip
    frames: str = "all"

    @property
    def name(self) -> str:
        """Of the clip, with what was done to its frames."""
        return self.clip.spec.name + {"all": "", "half": "@30", "dropped": "@dropped"}[self.frames]

    @property
    def condition(self) -> str:
        """The clip's, or what was done to the frames of a usual one."""
        return {"all": self.clip.condition, "half": "fps_30", "dropped": "dropped"}[self.frames]

    def keeps(self, count: int, fps: float) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Which of `count` frames the device gets."""
        kept = np.ones(count, bool)
        if self.frames == "half":
            kept[1::2] = False
        elif self.frames == "dropped":
            rng = np.random.default_rng(5)
            kept &= rng.random(count) >= LOST_SHARE
            for begin in np.arange(1.0, count / fps, BURST_EVERY_S) + rng.uniform(0, 0.5):
                hole = rng.uniform(*BURST_S)
                kept[round(begin * fps) : round((begin + hole) * fps)] = False
        return kept


def all_cases() -> list[Case]:
    """Every case, the suite's own clips first."""
    varied = [SUITE[name] for name in VARIED]
    return [Case(clip) for clip in SUITE.values()] + [
        Case(clip, frames) for frames in ("half", "dropped") for clip in varied
    ]


def find_case(name: str) -> Case:
    """The case of that name. Raises KeyError when there is none."""
    return {case.name: case for case in all_cases()}[name]

"""The tick list: seen, not seen, or not to be said; and what is new."""

from device.feedback.deviations import PATTERNS
from device.feedback.types import Baseline
from device.gait.types import RunSetup, Stat
from device.review.patterns import GROUPS, Line, Sight, tick_list

SETUP = RunSetup(speed_mps=2.8, height_cm=176)
UPRIGHT = {"trunk_lean_deg": Stat(-2.0, 0.5, 60), "cadence_spm": Stat(168.0, 2.0, 120)}
BASELINE = Baseline(0.0, 60.0, 2.8, {"trunk_lean_deg": Stat(6.0, 0.8, 60), "cadence_spm": Stat(168, 2, 120)})


def by_code(lines: tuple[Line, ...]) -> dict[str, Line]:
    return {line.code: line for line in lines}


def test_every_pattern_has_its_line_in_three_groups() -> None:
    lines = tick_list(UPRIGHT, SETUP, 2.8, baseline=None)
    assert {line.code for line in lines} == {pattern.code for pattern in PATTERNS}
    assert [line.group for line in lines] == sorted((line.group for line in lines), key=GROUPS.index)
    assert all(line.evidence for line in lines)


def test_seen_not_seen_and_cannot_say() -> None:
    lines = by_code(tick_list(UPRIGHT, SETUP, 2.8, baseline=None))
    assert lines["over_upright_trunk"].sight is Sight.SEEN
    assert lines["low_cadence"].sight is Sight.NOT_SEEN
    assert lines["low_cadence"].detail == "Cadence 168"
    assert lines["bounding"].sight is Sight.CANNOT_SAY
    assert lines["push_off_arching"].sight is Sight.CANNOT_SAY
    assert lines["over_upright_trunk"].new is None


def test_new_is_against_the_baseline() -> None:
    lines = by_code(tick_list(UPRIGHT, SETUP, 2.8, baseline=BASELINE))
    assert lines["over_upright_trunk"].new is True
    assert lines["low_cadence"].new is None


def test_signs_are_written_as_signs() -> None:
    lines = by_code(tick_list(UPRIGHT, SETUP, 2.8, baseline=None))
    assert "\u22122.0°" in lines["over_upright_trunk"].detail
    level = {"step_time_asymmetry_pct": Stat(-0.02, 0.5, 60)}
    assert by_code(tick_list(level, SETUP, 2.8, baseline=None))["side_difference"].detail.endswith(" 0.0 %")

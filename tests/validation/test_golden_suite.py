"""The fast subset of the suite gives the accepted errors against its truth.

A change that moves a number shows in review: accept it with `--update-golden`, write VALIDATION.md anew, and
say so in the changelog under "Metrics changed".
"""

import pytest
from validation.golden import NAMES, Numbers, Tolerance, judged, numbers, read_numbers, write_numbers

ALLOWED = Tolerance()


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest) -> dict[str, Numbers]:
    measured = {name: numbers(judged(name)) for name in NAMES}
    if request.config.getoption("--update-golden"):
        write_numbers(measured)
    return measured


@pytest.mark.parametrize("name", NAMES)
def test_the_kept_poses_measure_as_accepted(found: dict[str, Numbers], name: str) -> None:
    accepted, now = read_numbers()[name], found[name]
    assert accepted.keys() == now.keys()
    for group, value in accepted.items():
        if not isinstance(value, dict):
            assert now[group] == value, group
            continue
        moved = {
            key: (was, now[group].get(key))
            for key, was in value.items()
            if key not in now[group] or abs(now[group][key] - was) > getattr(ALLOWED, group)
        }
        assert not moved, f"{group}: (accepted, now)"


def test_what_must_be_refused_gives_no_numbers(found: dict[str, Numbers]) -> None:
    for name in ("man_walking", "slim_man_rear"):
        assert found[name]["measured"] is False, found[name]

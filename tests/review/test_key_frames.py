"""The six key frames against what is known of the demo runner."""

from dataclasses import replace

import pytest
from demo_states import filled

from device.demo.clip import DemoTruth
from device.gait.types import Stat
from device.live import LiveState
from device.review.geometry import ahead_px
from device.review.keyframes import NO_STRIDE, key_frames
from device.review.types import Frozen, Instant, KeyFrames, Leg

FRAME_S = 1 / 60


def events_of(truth: DemoTruth, kind: str, side: str) -> list[float]:
    return [event.t for event in truth.events if (event.kind, event.side) == (kind, side)]


def test_all_six_instants_are_where_they_truly_are(truth: DemoTruth, drawn: KeyFrames) -> None:
    near = truth.facing
    far = "left" if near == "right" else "right"
    assert len(drawn.frames) == 6
    for leg, side in ((Leg.NEAR, near), (Leg.FAR, far)):
        for instant, kind in ((Instant.CONTACT, "initial_contact"), (Instant.TOE_OFF, "toe_off")):
            frame = drawn.at(leg, instant)
            assert frame is not None
            assert min(abs(frame.t - t) for t in events_of(truth, kind, side)) < 2 * FRAME_S
    order = [frame.t for frame in drawn.frames]
    assert order == sorted(order)


def test_at_midstance_the_hips_are_over_the_ankle(drawn: KeyFrames) -> None:
    for leg in Leg:
        frame = drawn.at(leg, Instant.MIDSTANCE)
        assert frame is not None
        ahead = ahead_px(frame.points, drawn.facing, leg)
        assert ahead is not None
        assert abs(ahead) < 0.05 * (drawn.box[3] - drawn.box[1])


def test_values_are_the_stride_s_own_metrics(frozen: Frozen, drawn: KeyFrames) -> None:
    contact = drawn.at(Leg.NEAR, Instant.CONTACT)
    toe_off = drawn.at(Leg.NEAR, Instant.TOE_OFF)
    assert contact is not None and toe_off is not None
    end = drawn.track[0][0] + drawn.stride_s
    form = min((f for f in frozen.form if f.stride_time_s), key=lambda f: abs(f.t - end))
    assert contact.values["knee_deg"] == pytest.approx(form.knee_flexion_contact_deg, abs=0.01)
    assert contact.values["reach_pct"] == pytest.approx(form.overstride_pct, abs=0.01)
    assert toe_off.values["thigh_deg"] == pytest.approx(form.thigh_extension_toe_off_deg, abs=0.01)


def test_the_lean_of_the_instants_surrounds_the_stride_s_mean(frozen: Frozen, drawn: KeyFrames) -> None:
    leans = [frame.values["lean_deg"] for frame in drawn.frames]
    form = next(f for f in frozen.form if f.trunk_lean_deg is not None)
    assert form.trunk_lean_deg is not None
    assert min(leans) - 1 < form.trunk_lean_deg < max(leans) + 1


def test_the_hidden_leg_has_no_angle(drawn: KeyFrames) -> None:
    for instant in Instant:
        frame = drawn.at(Leg.FAR, instant)
        assert frame is not None
        assert set(frame.values) == {"lean_deg"}


def test_what_was_not_measured_is_withheld(frozen: Frozen) -> None:
    blind = replace(
        frozen,
        form=tuple(replace(f, knee_flexion_contact_deg=None, trunk_lean_deg=None) for f in frozen.form),
    )
    contact = key_frames(blind, "review").at(Leg.NEAR, Instant.CONTACT)
    assert contact is not None
    assert set(contact.values) == {"reach_pct"}


def test_a_stride_without_form_has_lines_but_no_values(frozen: Frozen) -> None:
    found = key_frames(replace(frozen, form=()), "review")
    assert found.frames
    assert all(frame.values == {} for frame in found.frames)


def test_frames_nobody_measured_are_not_shown(states: list[LiveState]) -> None:
    lost = [replace(s, tracking=replace(s.tracking, measuring=False)) for s in states]
    found = key_frames(filled(lost, pictures=False).freeze(), "review")
    assert found.frames == ()


@pytest.mark.parametrize("seconds", [0.0, 1.0])
def test_without_a_whole_stride_it_says_so(states: list[LiveState], seconds: float) -> None:
    found = key_frames(filled(states, pictures=False, until_s=seconds).freeze(), "review")
    assert found.refusal == NO_STRIDE
    assert found.frames == ()


def test_the_stride_nearest_the_baseline_is_taken(frozen: Frozen) -> None:
    begun = next(shot.t for shot in frozen.shots if shot.measuring)
    forms = [f for f in frozen.form if f.stride_time_s and f.knee_flexion_contact_deg and f.t > begun + 1.0]
    wanted = max(forms, key=lambda f: f.knee_flexion_contact_deg or 0.0)
    usual = {
        name: Stat(getattr(wanted, name), None, 60)
        for name in ("knee_flexion_contact_deg", "overstride_pct", "thigh_extension_peak_deg")
    }
    contact = key_frames(frozen, "baseline", usual=usual).at(Leg.NEAR, Instant.CONTACT)
    assert contact is not None
    assert contact.values["knee_deg"] == pytest.approx(wanted.knee_flexion_contact_deg, abs=0.5)


def test_pictures_come_along_only_when_they_were_kept(pictured: KeyFrames, drawn: KeyFrames) -> None:
    assert pictured.pictured
    assert not drawn.pictured
    assert all(frame.picture for frame in pictured.frames)

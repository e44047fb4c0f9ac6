"""The page's own modules by themselves, in the browser that runs them."""

import base64
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tablet import Tablet

from device.web.wire import message

pytestmark = [pytest.mark.browser]

CUT = """
const [text, cuts, done] = arguments;
import('/static/js/stream.js').then(({ Framing }) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const framing = new Framing(), found = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    for (const { header, body } of framing.push(bytes.slice(from, to))) found.push([header, [...body]]);
    from = to;
  }
  done(found);
});
"""
OUT_OF_STEP = """
const done = arguments[0];
import('/static/js/stream.js').then(({ Framing }) => {
  try { new Framing().push(new Uint8Array([255, 255, 255, 255, 0])); done(null); }
  catch (error) { done(error.message); }
});
"""
CLICKS = """
const [spm, looks, done] = arguments;
import('/static/js/metronome.js').then(({ Metronome }) => {
  const metronome = new Metronome(), clicks = [];
  metronome.context = { currentTime: 0, resume() {}, suspend() {} };
  metronome.click = (at) => clicks.push([metronome.context.currentTime, at]);
  metronome.start(spm);
  for (const t of looks) { metronome.context.currentTime = t; metronome.plan(); }
  metronome.stop();
  done(clicks);
});
"""
HOURS_OF_STEPS = """
const done = arguments[0];
import('/static/js/history.js').then(({ History }) => {
  const history = new History();
  const tile = (name, t) => ({ name, stat: { mean: Math.sin(t), sd: 1, n: 10 }, last: 0, own: null });
  for (let i = 0; i < 3 * 3600 * 10; i += 1) {
    const t = i / 10;
    history.add({
      t, steps: i, session: { id: 1 }, tracking: { measuring: i % 7 > 0 }, phase: i % 9 ? 'cue' : 'gap',
      cue: { light: i % 11 ? 'alive' : 'cue' }, tiles: [tile('trunk_lean_deg', t), tile('cadence_spm', t)],
    });
  }
  done([history.phases.length, history.light.length, ...[...history.values.values()].map((v) => v.length)]);
});
"""
SENT: list[tuple[dict[str, Any], bytes]] = [
    ({"kind": "beat", "server_t": 1.5}, b""),
    ({"kind": "state", "label": "Läuferin – 4°"}, bytes(range(256)) * 3),
    ({"kind": "state", "seq": 2}, b"\x00\x00\x00\x00"),
]
WIRE = b"".join(message(header, body) for header, body in SENT)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, len(WIRE)), max_size=12).map(sorted))
def test_messages_survive_however_the_network_cuts_them(screen: Tablet, cuts: list[int]) -> None:
    found = screen.driver.execute_async_script(CUT, base64.b64encode(WIRE).decode(), cuts)
    assert [(header, bytes(body)) for header, body in found] == SENT


def test_a_stream_out_of_step_is_given_up(screen: Tablet) -> None:
    assert screen.driver.execute_async_script(OUT_OF_STEP) == "stream out of step"


@pytest.mark.parametrize("spm", [150, 171.5, 200])
def test_clicks_are_even_however_late_the_page_looks(screen: Tablet, spm: float) -> None:
    looks = [round(0.04 * n + 0.03 * (n % 3), 3) for n in range(1, 200)]
    clicks: Any = screen.driver.execute_async_script(CLICKS, spm, looks)
    times = [at for _, at in clicks]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert all(gap == pytest.approx(60 / spm, abs=1e-9) for gap in gaps)
    assert all(at > now for now, at in clicks)
    assert times[-1] + 60 / spm > looks[-1]


def test_after_sleep_missed_clicks_are_not_made_up_for(screen: Tablet) -> None:
    clicks: Any = screen.driver.execute_async_script(CLICKS, 180, [0.05, 0.1, 60.0, 60.04])
    assert [at for now, at in clicks if now >= 60] == [pytest.approx(60.05)]


def test_three_hours_of_steps_keep_no_more_than_a_minute(screen: Tablet) -> None:
    kept = screen.driver.execute_async_script(HOURS_OF_STEPS)
    assert max(kept) <= 1000

// Tracking quality, and the fix card that takes the tiles' place while nothing is measured.
import { byId, drawSvg, fill, make, setText, words } from "./bootstrap.js";
import * as shapes from "./shapes.js";

function grade(tracking) {
  if (tracking.activity === "none") return ["none", 0];
  const bars = tracking.measuring ? Math.max(1, Math.ceil(tracking.valid_fraction * 5 - 0.25)) : Math.min(2, Math.ceil(tracking.valid_fraction * 5));
  return [bars >= 4 ? "good" : bars === 3 ? "fair" : "poor", bars];
}

export function showTracking(state, fresh) {
  const { tracking } = state;
  const [word, bars] = fresh ? grade(tracking) : ["none", 0];
  const ink = bars >= 3 ? "var(--tx)" : "var(--eq)";
  const bar = (i) => `<rect x="${9 * i}" y="${14 - 3.4 * i}" width="6" height="${4 + 3.4 * i}" rx="1.5" fill="${i < bars ? ink : "var(--line)"}"/>`;
  drawSvg(byId("bars"), [0, 1, 2, 3, 4].map(bar).join(""));
  setText(byId("tracking-word"), fresh ? words.tracking[word] : words.light.unknown);
  setText(byId("tracking-text"), fresh ? fill(tracking.swaps === 1 ? words.tracking.text_one : words.tracking.text, { points: tracking.points, swaps: tracking.swaps }) : "");
}

/** Show the first reason why nothing is measured; gives whether the card is up. */
export function showFix(state) {
  const refused = !state.tracking.measuring;
  const waiting = refused && !state.tracking.notices.length && !state.error;
  const asking = !byId("pain-check").hidden;
  byId("fixes").hidden = !refused || waiting || asking;
  byId("tiles").hidden = asking || (refused && !waiting);
  if (!refused || waiting) return;
  const notice = state.error ?? state.tracking.notices[0]?.message ?? words.fix.fallback;
  // after the device has stopped, the last checks say nothing any more
  const rows = state.error ? [] : checks(state);
  const key = JSON.stringify([notice, rows]);
  const box = byId("fixes");
  if (box.dataset.shown === key) return;
  box.dataset.shown = key;
  const end = notice.indexOf(". ");
  const [cause, fix] = end < 0 ? [notice.replace(/\.$/, ""), ""] : [notice.slice(0, end), notice.slice(end + 2)];
  const card = make("div", { class: "fixb" }, make("div", {}, make("div", { class: "t" }, cause), make("div", {}, fix)));
  card.insertAdjacentHTML("afterbegin", shapes.warning);
  box.replaceChildren(card, ...rows.map(row));
}

function checks({ tracking, run }) {
  const ok = (good) => (good ? "ok" : "bad");
  const speed = tracking.speed_mps;
  const speedText = speed === null ? words.fix.speed_unknown : fill(tracking.speed_estimated ? words.fix.speed_estimated : words.fix.speed, { speed: (3.6 * speed).toFixed(1) });
  return [
    [ok(tracking.points >= 10), words.fix.check_points, fill(words.fix.points, { points: tracking.points })],
    [ok(["left", "right"].includes(tracking.view)), words.fix.check_view, words.fix[tracking.view] ?? tracking.view],
    [ok(tracking.activity === "running"), words.fix.check_activity, words.fix[tracking.activity] ?? tracking.activity],
    [ok(tracking.valid_fraction >= 0.6), words.fix.check_frames, fill(words.fix.percent, { percent: Math.round(100 * tracking.valid_fraction) })],
    [ok(speed !== null || run.speed_mps !== null), words.fix.check_speed, speedText],
  ].sort((a, b) => (a[0] === "bad" ? 0 : 1) - (b[0] === "bad" ? 0 : 1)).slice(0, 3);
}

function row([kind, name, value]) {
  const line = make("div", { class: `chk ${kind}` }, make("span", {}, name), make("span", { class: "xs nw" }, value));
  line.insertAdjacentHTML("afterbegin", kind === "ok" ? shapes.tick : shapes.doubt);
  return line;
}

// The runner's screen: the number inside the band, the runner's own words outside it, neither when the cue is off.
import { byId, drawSvg, fill, make, measureOf, setText, words } from "./bootstrap.js";
import { clock, digits } from "./format.js";
import { bandText } from "./gauge.js";
import { LENS } from "./lens.js";
import { Stream } from "./stream.js";

const text = words.runner;
const main = byId("main");
let state = null;

const stream = new Stream({ view: "", path: () => "/runner/stream", clock: false, onMessage: receive, onHealth: health });

function receive(header) {
  state = header;
  show();
}

function health({ state: kind }) {
  if (kind === "live" || kind === "waiting") return;
  state = null;
  say("lost", text.lost, text.lost_text);
  light("unknown");
  bare();
}

function show() {
  light(state.light);
  setText(byId("what"), heading());
  setText(byId("left"), state.left_s === null ? "" : fill(text.left, { time: clock(Math.ceil(state.left_s)) }));
  const [kind, ...said] = scene();
  say(kind, ...said);
  byId("number").hidden = kind !== "number";
  const gauged = kind === "number" || kind === "cue";
  byId("gauge").toggleAttribute("hidden", !gauged);
  if (kind === "number") number();
  if (gauged) gauge();
}

/** What the one thing on the screen is: its kind, the large words, the small ones. */
function scene() {
  const { block } = state;
  if (state.finished) return ["calm", text.finished, text.finished_text];
  if (state.paused) return ["calm", text.paused, text.paused_text];
  if (!state.measuring) return ["calm", text.not_measuring, text.not_measuring_text];
  if (block === null) return ["calm", text.idle, text.idle_text];
  if (block === "recall") return ["calm", state.words || text.recall_none, text.recall_text];
  if (block === "withheld" || block === "retention") {
    const later = state.next === "cue" || state.next === "on_error";
    return ["calm", text.by_feel, later ? text.by_feel_text : text.by_feel_last];
  }
  if (state.light === "cue") return ["cue", state.words || instruction(), ""];
  if (state.value === null) return ["calm", text.waiting, text.waiting_text];
  if (block === "on_error") return ["calm", text.inside, ""];
  return ["number", state.outside ? "" : text.in_band, ""];
}

/** Without words of the runner's own the direction back is said. */
function instruction() {
  const { low, high } = measureOf(state.metric);
  return fill(text.go, { direction: state.outside === "above" ? low : high });
}

function heading() {
  const { block } = state;
  if (block === "withheld") return text.cue_off;
  if (block === "retention") return text.retention;
  if (block === "recall") return text.recall;
  return state.metric ? measureOf(state.metric).label : "";
}

function say(kind, large, small) {
  main.dataset.state = kind;
  const box = byId("words");
  box.classList.toggle("long", large.length > 22 && large.length <= 40);
  box.classList.toggle("longer", large.length > 40);
  box.hidden = !large;
  setText(box, large);
  setText(byId("text"), small);
}

function bare() {
  for (const id of ["what", "left"]) setText(byId(id), "");
  byId("number").hidden = true;
  byId("gauge").toggleAttribute("hidden", true);
}

function light(name) {
  const box = byId("light");
  if (box.dataset.state === name) return;
  box.dataset.state = name;
  box.setAttribute("aria-label", `${text.light}: ${words.light[name] ?? ""}`);
  box.innerHTML = `<svg viewBox="0 0 48 48" aria-hidden="true">${LENS[name] ?? LENS.unknown}</svg>`;
}

function number() {
  const { unit, decimals } = measureOf(state.metric);
  // a runner reads one figure, not tenths, where the band allows it
  const coarse = decimals > 0 && (state.high ?? Infinity) - (state.low ?? -Infinity) >= 2;
  const shown = coarse ? Math.round(state.value).toString().replace("-", "\u2212") : digits(state.metric, state.value);
  const key = `${shown}${unit}`;
  const box = byId("number");
  if (box.dataset.shown === key) return;
  box.dataset.shown = key;
  box.replaceChildren(shown, unit === "°" ? make("small", {}, "°") : make("small", { class: "unit" }, unit));
}

/** The band in the middle third; the marker stays on the axis however far the runner is. */
function gauge() {
  const { low, high, value, outside } = state;
  const [from, to] = [low ?? high - 2, high ?? low + 2];
  const x = (v) => Math.min(1010, Math.max(80, 545 + ((v - (from + to) / 2) / (to - from)) * 309));
  const left = low === null ? 30 : 390.5;
  const right = high === null ? 1060 : 699.5;
  const { low: lower, high: higher } = measureOf(state.metric);
  const label = (at, anchor, words_) => `<text x="${at}" y="160" font-size="32" text-anchor="${anchor}" fill="var(--tx2)">${words_}</text>`;
  const marker =
    value === null
      ? ""
      : outside
        ? `<path d="M${x(value).toFixed(1)} 26l48 48-48 48-48-48z" fill="var(--tx)"/>`
        : `<circle cx="${x(value).toFixed(1)}" cy="74" r="36" fill="var(--tx)"/>`;
  drawSvg(
    byId("gauge"),
    `<path d="M30 74H1060" stroke="var(--edge)" stroke-width="5" stroke-linecap="round"/>
     <rect x="${left}" y="22" width="${right - left}" height="104" rx="30" fill="var(--s2)"/>
     <rect x="${left}" y="22" width="${right - left}" height="104" rx="30" fill="var(--band)" stroke="var(--band-edge)" stroke-width="6"/>
     ${marker}${label(30, "start", lower)}${label(1060, "end", higher)}`,
  );
  byId("gauge").setAttribute("aria-label", fill(text.gauge, { label: measureOf(state.metric).label, band: bandText(state) }));
}

byId("full").addEventListener("click", () => document.documentElement.requestFullscreen?.().catch(() => {}));
addEventListener("pointerdown", () => navigator.wakeLock?.request("screen").catch(() => {}), { once: true });
stream.start();

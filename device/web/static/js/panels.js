// Start a session, choose the cue and its band, tell the device about this run.
import { fill, make, measureOf, measures, words } from "./bootstrap.js";
import { ask } from "./api.js";
import { openDrawer, problemLine, stepper, submit } from "./drawer.js";
import { digits, withUnit } from "./format.js";

const KMH = 3.6;

export function openStart() {
  const line = problemLine();
  const field = make("input", { class: "field", id: "start-label", maxlength: "40", autocomplete: "off", spellcheck: "false", required: true });
  const form = make(
    "form",
    { class: "form", onsubmit: (event) => {
      event.preventDefault();
      submit(line, () => ask("/api/session/start", { label: field.value.trim() }));
    } },
    make("label", { for: "start-label" }, words.panel.start_field),
    field,
    make("p", { class: "sm" }, words.panel.start_hint),
    line,
    make("div", { class: "actions" }, make("button", { class: "btn pri" }, words.panel.start_button)),
  );
  openDrawer(words.panel.start_title, [form]);
  field.focus({ preventScroll: true });
}

const statOf = (state, name) => state.tiles.find((tile) => tile.name === name) ?? { stat: null, own: null };
const stepOf = (name) => ({ 0: 1, 1: 0.5, 2: 0.05, 3: 0.005 })[measureOf(name).decimals] ?? 1;

/** Bands to start from, each from this runner's own numbers. */
function presetsOf(state, name) {
  const { stat, own } = statOf(state, name);
  const noise = measureOf(name).noise;
  const list = [];
  const round = (middle, half, text) => list.push({ text, low: middle - half, high: middle + half });
  const from = own ?? stat;
  if (from && name === "trunk_lean_deg") round(from.mean + 3, 1.5, words.panel.preset_lean);
  if (from && name === "cadence_spm") {
    for (const percent of [5, 7.5, 10]) round(from.mean * (1 + percent / 100), Math.max(3, from.mean * 0.02), fill(words.panel.preset_percent, { percent }));
  }
  if (own?.sd != null) round(own.mean, Math.max(2 * own.sd, noise), words.panel.preset_own);
  else if (stat) round(stat.mean, Math.max(2 * (stat.sd ?? 0), 2 * noise), words.panel.preset_now);
  return list;
}

export function openCue(state) {
  const line = problemLine();
  let name = state.cue.metric ?? measures.cues[0];
  const side = make("div", { class: "cue-side" });
  let low = null;
  let high = null;
  const show = () => {
    const { decimals, unit, evidence, reads } = measureOf(name);
    const same = name === state.cue.metric;
    const presets = presetsOf(state, name);
    const first = same ? state.cue : (presets[0] ?? { low: null, high: null });
    const options = { unit, step: stepOf(name), decimals, empty: statOf(state, name).stat?.mean ?? 0 };
    low = stepper({ ...options, name: words.panel.low, value: first.low });
    high = stepper({ ...options, name: words.panel.high, value: first.high });
    const button = ({ text, low: from, high: to }) => make("button", { type: "button", class: "btn", onclick: () => { low.set(from); high.set(to); } }, text);
    const { stat } = statOf(state, name);
    const spread = stat?.sd == null ? "" : fill(words.panel.noise, { value: `±${digits(name, stat.sd)}` });
    side.replaceChildren(
      make("div", { class: "presets", role: "group", "aria-label": words.panel.presets }, ...presets.map(button)),
      low.box,
      high.box,
      make("p", { class: "sm" }, [spread && `${spread}.`, evidence, reads].filter(Boolean).join(" ")),
    );
  };
  const choice = (metric) => {
    const { stat, own } = statOf(state, metric);
    const now = own ? fill(words.panel.own, { value: withUnit(metric, own.mean) }) : stat ? fill(words.panel.now, { value: withUnit(metric, stat.mean) }) : words.panel.not_now;
    const input = make("input", { type: "radio", name: "metric", value: metric, checked: metric === name, onchange: () => { name = metric; show(); } });
    return make("label", { class: "choice" }, input, make("span", {}, measureOf(metric).label, make("span", { class: "xs below" }, now)));
  };
  const names = [...measures.cues, ...(measures.cues.includes(name) ? [] : [name])];
  const send = () => submit(line, () => ask("/api/cue", { metric: name, low: low.read(), high: high.read() }));
  show();
  const actions = [make("button", { type: "button", class: "btn pri", onclick: send }, words.panel.cue_button)];
  if (state.cue.metric) actions.push(make("button", { type: "button", class: "btn line", onclick: () => submit(line, () => ask("/api/cue/clear")) }, words.panel.cue_clear));
  side.after?.();
  const right = make("div", { class: "cue-right" }, side, line, make("div", { class: "actions" }, ...actions));
  const left = make("div", { class: "choices", role: "radiogroup", "aria-label": words.panel.measure }, ...names.map(choice));
  openDrawer(words.panel.cue_title, [make("div", { class: "cue-grid" }, left, right)], { kind: "tight" });
}

export function openRun(state, openRegion) {
  const line = problemLine();
  const { run } = state;
  const speed = stepper({ name: words.panel.speed, unit: words.panel.speed_unit, value: run.speed_mps === null ? null : KMH * run.speed_mps, step: 0.5, decimals: 1, low: 1, high: 28, empty: 8 });
  const grade = stepper({ name: words.panel.grade, unit: words.panel.grade_unit, value: run.grade_pct, step: 0.5, decimals: 1, low: -15, high: 40, empty: 0 });
  const height = stepper({ name: words.panel.height, unit: words.panel.height_unit, value: run.height_cm, step: 1, decimals: 0, low: 80, high: 250, empty: 175 });
  const facing = (value, text) =>
    make("label", {}, make("input", { type: "radio", name: "facing", value, checked: (run.facing ?? "") === value }), text);
  const choices = make("div", { class: "seg", role: "radiogroup", "aria-label": words.panel.facing }, facing("", words.panel.facing_auto), facing("left", words.panel.facing_left), facing("right", words.panel.facing_right));
  const send = () =>
    submit(line, () => {
      const kmh = speed.read();
      return ask("/api/run", {
        speed_mps: kmh === null ? null : kmh / KMH,
        grade_pct: grade.read() ?? 0,
        height_cm: height.read(),
        facing: choices.querySelector("input:checked").value,
      });
    });
  openDrawer(words.panel.run_title, [
    speed.box,
    grade.box,
    height.box,
    make("div", { class: "facing" }, make("span", { class: "name" }, words.panel.facing), choices),
    make("p", { class: "sm" }, words.panel.run_hint),
    line,
    make("div", { class: "actions" }, make("button", { type: "button", class: "btn pri", onclick: send }, words.panel.run_button), make("button", { type: "button", class: "btn line", onclick: openRegion }, words.panel.region_button)),
  ], { kind: "tight" });
}

// Start a session, choose the cue and its band, tell the device about this run.
import { fill, make, measureOf, measures, words } from "./bootstrap.js";
import { ask, read } from "./api.js";
import { openDrawer, problemLine, stepper, submit } from "./drawer.js";
import { digits, withUnit } from "./format.js";
import { drawGauge } from "./gauge.js";

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

/** Without a baseline the only start is where the runner is now. */
function startOf({ stat }, name) {
  if (!stat) return [];
  const half = Math.max(2 * (stat.sd ?? 0), 2 * measureOf(name).noise);
  return [{ kind: "now", low: stat.mean - half, high: stat.mean + half }];
}

const presetText = ({ kind, rise }) => fill(words.start[kind], { by: `${rise}` });

export function openCue(state, trusted) {
  const panel = new CuePanel(state, trusted);
  openDrawer(words.panel.cue_title, [panel.box], { kind: "tight", live: (now, live) => panel.renew(now, live) });
  panel.load();
}

/** Choose one measure and its band, and see on the gauge where the runner stands to it. */
class CuePanel {
  constructor(state, trusted) {
    Object.assign(this, { state, trusted, presets: {}, name: state.cue.metric ?? measures.cues[0], line: problemLine() });
    this.side = make("div", { class: "cue-side" });
    this.gauge = make("div", { class: "gauge preview" });
    const names = [...measures.cues, ...(measures.cues.includes(this.name) ? [] : [this.name])];
    const left = make("div", { class: "choices", role: "radiogroup", "aria-label": words.panel.measure }, ...names.map((name) => this.choice(name)));
    const actions = [make("button", { type: "button", class: "btn pri", onclick: () => this.send() }, words.panel.cue_button)];
    if (state.cue.metric) actions.push(make("button", { type: "button", class: "btn line", onclick: () => submit(this.line, () => ask("/api/cue/clear")) }, words.panel.cue_clear));
    const right = make("div", { class: "cue-right" }, this.side, make("div", { class: "actions" }, ...actions));
    this.box = make("div", { class: "cue-grid" }, left, right);
    this.show();
  }

  /** Bands from this runner's own baseline, worked out by the device. */
  async load() {
    if (this.state.session.baseline === null) return;
    try {
      this.presets = await read("/api/cue/presets");
      this.show();
    } catch (error) {
      this.line.say(error.message);
    }
  }

  choice(metric) {
    const { stat, own } = statOf(this.state, metric);
    const now = own ? fill(words.panel.own, { value: withUnit(metric, own.mean) }) : stat ? fill(words.panel.now, { value: withUnit(metric, stat.mean) }) : words.panel.not_now;
    const choose = () => {
      this.name = metric;
      this.line.say("");
      this.show();
    };
    const input = make("input", { type: "radio", name: "metric", value: metric, checked: metric === this.name, onchange: choose });
    return make("label", { class: "choice" }, input, make("span", {}, measureOf(metric).label, make("span", { class: "xs below" }, now)));
  }

  show() {
    const { name, state } = this;
    const { decimals, unit } = measureOf(name);
    const { stat } = statOf(state, name);
    const list = this.presets[name] ?? startOf(statOf(state, name), name);
    const first = name === state.cue.metric ? state.cue : (list[0] ?? { low: null, high: null });
    const options = { unit, step: stepOf(name), decimals, empty: stat?.mean ?? 0 };
    this.low = stepper({ ...options, name: words.panel.low, value: first.low });
    this.high = stepper({ ...options, name: words.panel.high, value: first.high });
    const use = ({ low, high }) => () => {
      this.low.set(low);
      this.high.set(high);
    };
    const button = (preset) => make("button", { type: "button", class: "btn", onclick: use(preset) }, presetText(preset));
    for (const { box } of [this.low, this.high]) {
      box.addEventListener("input", () => {
        this.line.say("");
        this.preview();
      });
    }
    const spread = stat?.sd == null ? "" : `${fill(words.panel.noise, { value: `±${digits(name, stat.sd)}` })}.`;
    const start = state.session.baseline === null ? words.panel.no_baseline : "";
    this.side.replaceChildren(
      make("div", { class: "presets", role: "group", "aria-label": words.panel.presets }, ...list.map(button)),
      this.gauge,
      this.low.box,
      this.high.box,
      this.line,
      make("p", { class: "sm caution" }, words.panel.caution),
      make("p", { class: "xs" }, [spread, start].filter(Boolean).join(" ")),
    );
    this.preview();
  }

  /** Draw the band that is being chosen, with where the runner is now. */
  preview() {
    let [low, high] = [null, null];
    try {
      [low, high] = [this.low.read(), this.high.read()];
    } catch {
      return; // half a number was typed; the last picture stays
    }
    const { stat, own } = statOf(this.state, this.name);
    const usable = (low !== null || high !== null) && (low === null || high === null || low < high);
    this.gauge.classList.toggle("none", !usable);
    if (!usable) return;
    const measured = this.trusted && this.state.tracking.measuring ? stat : null;
    const value = measured?.mean ?? null;
    const outside = value === null ? null : low !== null && value < low ? "below" : high !== null && value > high ? "above" : null;
    drawGauge(this.gauge, { metric: this.name, low, high, value, sd: measured?.sd ?? null, outside, light: "alive" }, own?.mean ?? null);
  }

  /** Show the newest numbers; what was typed stays. */
  renew(state, trusted) {
    Object.assign(this, { state, trusted });
    this.preview();
  }

  send() {
    return submit(this.line, () => ask("/api/cue", { metric: this.name, low: this.low.read(), high: this.high.read() }));
  }
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

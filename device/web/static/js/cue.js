// The Cue page: one measure, a target with a two-sided band, a schedule, the runner's own words.
import { ask, read } from "./api.js";
import { drawBandChoice } from "./band_choice.js";
import { byId, fill, make, measureOf, measures, setText, words } from "./bootstrap.js";
import { withUnit } from "./format.js";
import { Metronome } from "./metronome.js";
import { PainCheck } from "./pain.js";
import { Schedule } from "./schedule.js";
import { stepper } from "./stepper.js";

const text = words.cue;
const metronome = new Metronome();

class CuePage {
  constructor(given, plan) {
    Object.assign(this, { given, plan, inSd: false });
    this.schedule = new Schedule(plan?.schedule ?? given.schedule, plan?.visit_no ?? 1);
    // what is ticked today comes before the usual first measure
    const ticked = measures.cues.find((name) => plan?.ticked?.[name]);
    this.metric = plan?.metric ?? given.cue?.metric ?? ticked ?? measures.cues[0];
    byId("words").value = plan?.words ?? given.cue?.words ?? "";
    this.listMeasures();
    byId("start").addEventListener("click", () => this.start());
    byId("widen").addEventListener("click", () => this.widen());
    byId("sound").addEventListener("click", () => this.sound());
    this.choose(this.metric, plan?.metric ? plan : given.cue);
  }

  /** Where the runner's own form lies: baseline first, else now. */
  get own() {
    return this.given.baseline?.[this.metric] ?? this.given.now[this.metric] ?? null;
  }

  get unit() {
    return this.inSd ? this.own.sd : 1;
  }

  /** The least half-width the device accepts, rounded up to what the page shows. */
  get least() {
    const scale = 10 ** measureOf(this.metric).decimals;
    return Math.ceil(this.given.noise[this.metric] * scale - 1e-6) / scale;
  }

  listMeasures() {
    const names = [...measures.cues, ...(measures.cues.includes(this.metric) ? [] : [this.metric])];
    const ticked = this.plan?.ticked ?? {};
    byId("measures").replaceChildren(
      ...names.map((name) => {
        const own = this.given.baseline?.[name];
        const now = this.given.now[name];
        const under = ticked[name]
          ? fill(text.ticked, { names: ticked[name].join(", ").toLowerCase() })
          : own
            ? fill(text.own, { value: withUnit(name, own.mean) })
            : now
              ? fill(text.now, { value: withUnit(name, now.mean) })
              : text.not_now;
        const input = make("input", { type: "radio", name: "metric", value: name, checked: name === this.metric, onchange: () => this.choose(name) });
        return make("label", { class: "choice" }, input, make("span", {}, make("b", {}, measureOf(name).label), make("span", { class: "xs" }, under)));
      }),
    );
  }

  /** Take a measure, with the band of `from` ({low, high} of the same measure) or its usual start. */
  choose(name, from = null) {
    this.metric = name;
    const usual = this.given.presets[name]?.[0];
    const band = from?.metric === name && from.low !== null && from.high !== null ? from : usual;
    const centre = this.own?.mean ?? 0;
    if (band) [this.target, this.half] = [(band.low + band.high) / 2, (band.high - band.low) / 2];
    else [this.target, this.half] = [this.own ? centre : null, 2 * this.least];
    this.inSd = false;
    metronome.stop();
    byId("metronome-run").checked = Boolean(this.plan?.metronome_spm);
    this.rebuild();
  }

  rebuild() {
    const { metric } = this;
    const { trust } = measureOf(metric);
    const caution = text.caution[metric] ?? text.caution.other;
    setText(byId("caution"), caution.text);
    setText(byId("evidence"), caution.evidence);
    byId("trust").replaceChildren(make("i", {}, trust), words.trust[trust]);
    const source = this.given.baseline?.[metric] ? "own" : this.own ? "now" : "hand";
    setText(byId("band-title"), text.band[source]);
    byId("band-note").hidden = source === "own";
    setText(byId("band-note"), source === "now" ? text.no_baseline : text.nothing);
    this.presetButtons();
    this.unitChoice();
    this.buildSteppers(source);
    this.ideas();
    this.show();
  }

  presetButtons() {
    const list = this.given.presets[this.metric] ?? [];
    const use = ({ low, high }) => () => {
      [this.target, this.half] = [(low + high) / 2, (high - low) / 2];
      this.buildSteppers();
      this.show();
    };
    byId("presets").replaceChildren(
      ...list.map((preset) => make("button", { type: "button", class: "btn", onclick: use(preset) }, fill(text.preset[preset.kind], { by: `${preset.rise}` }))),
    );
  }

  unitChoice() {
    const able = Boolean(this.own?.sd);
    const { unit } = measureOf(this.metric);
    byId("units").hidden = !able;
    const option = (inSd, label) =>
      make("label", {}, make("input", { type: "radio", name: "unit", checked: this.inSd === inSd, onchange: () => this.units(inSd) }), label);
    byId("units").replaceChildren(option(false, fill(text.in_unit, { unit: unit || text.steps })), option(true, text.in_sd));
  }

  units(inSd) {
    this.inSd = inSd;
    this.buildSteppers();
    this.show();
  }

  buildSteppers(source = this.given.baseline?.[this.metric] ? "own" : this.own ? "now" : "hand") {
    const { metric, unit: per } = this;
    const measure = measureOf(metric);
    const decimals = this.inSd ? 1 : Math.max(measure.decimals, measure.unit === "°" ? 1 : measure.decimals);
    const step = this.inSd ? 0.5 : ({ 0: 1, 1: 0.5, 2: 0.05, 3: 0.005 })[measure.decimals];
    const unit = this.inSd ? text.sd : measure.unit;
    const centre = this.own?.mean ?? 0;
    const name = source === "hand" ? text.target : source === "own" ? text.move : text.move_now;
    const moved = stepper({ name, unit, value: this.target === null ? null : (this.target - centre) / per, step, decimals, empty: 0 });
    const half = stepper({ name: text.half, unit, value: this.half / per, step, decimals, low: 0, empty: this.least / per });
    const note = (box, words_) => box.querySelector("label").append(make("span", { class: "xs" }, words_));
    note(moved.box, text.move_none);
    note(half.box, fill(text.half_hint, { value: withUnit(metric, this.least) }));
    this.moved = moved;
    this.halved = half;
    for (const { box } of [moved, half]) box.addEventListener("input", () => this.take());
    byId("steppers").replaceChildren(moved.box, half.box);
  }

  take() {
    try {
      const [move, half] = [this.moved.read(), this.halved.read()];
      this.target = move === null ? null : (this.own?.mean ?? 0) + move * this.unit;
      this.half = half === null ? null : half * this.unit;
    } catch {
      return; // half a number was typed
    }
    this.show();
  }

  get narrow() {
    return this.half !== null && this.half < this.given.noise[this.metric] * (1 - 1e-9);
  }

  show() {
    const { metric, target, half } = this;
    this.say("");
    drawBandChoice(byId("band"), { metric, target, half, own: this.own, isBaseline: Boolean(this.given.baseline?.[metric]) });
    byId("narrow").hidden = !this.narrow;
    if (this.narrow) {
      setText(byId("narrow-text"), fill(text.narrow_text, { half: withUnit(metric, half, 1), noise: withUnit(metric, this.given.noise[metric], 1), least: withUnit(metric, this.least) }));
      setText(byId("widen"), fill(text.use, { value: withUnit(metric, this.least) }));
    }
    this.showMetronome();
  }

  widen() {
    this.half = this.least;
    this.buildSteppers();
    this.show();
  }

  get spm() {
    return this.metric === "cadence_spm" && this.target !== null ? Math.round(this.target) : null;
  }

  showMetronome() {
    byId("metronome").hidden = this.spm === null;
    if (this.spm === null) return;
    setText(byId("metronome-text"), fill(text.metronome_text, { spm: this.spm }));
    if (metronome.on) metronome.start(this.spm);
    byId("sound").setAttribute("aria-pressed", metronome.on);
    setText(byId("sound"), metronome.on ? text.metronome_off : text.metronome_on);
  }

  sound() {
    if (metronome.on) metronome.stop();
    else metronome.start(this.spm);
    this.showMetronome();
  }

  /** Words this runner used before, else a few to start from; the runner's own are better. */
  ideas() {
    const before = (this.plan?.words_before ?? []).slice(0, 3);
    const list = before.length ? before : (text.starters[this.metric] ?? text.starters.other);
    const use = (idea) => () => {
      byId("words").value = idea;
    };
    const label = list.length ? [make("span", { class: "sm" }, before.length ? text.words_before : text.ideas)] : [];
    byId("ideas").replaceChildren(...label, ...list.map((idea) => make("button", { type: "button", class: "btn line", onclick: use(idea) }, idea)));
  }

  say(problem) {
    byId("problem").hidden = !problem;
    setText(byId("problem"), problem);
  }

  async start() {
    const button = byId("start");
    if (button.disabled) return;
    this.say("");
    if (this.target === null || this.half === null) {
      this.say(text.no_edge);
      return;
    }
    button.disabled = true;
    setText(button, text.starting);
    const spm = byId("metronome-run").checked ? this.spm : null;
    try {
      await ask("/api/run/start", {
        metric: this.metric,
        low: round(this.target - this.half),
        high: round(this.target + this.half),
        words: byId("words").value.trim(),
        metronome_spm: spm,
        ...this.schedule.setting,
        visit_no: this.schedule.visitNo,
      });
      location.assign(byId("page").dataset.live);
    } catch (error) {
      this.say(error.message);
      byId("problem").scrollIntoView({ block: "nearest" });
      button.disabled = false;
      setText(button, text.start);
    }
  }
}

/** Before the first run of a visit the runner is asked once. */
async function askPain() {
  const box = byId("pain-check");
  if (!box) return;
  const { visit } = await read("/api/pain");
  if (visit === null || visit.newest.before !== null) return;
  const check = new PainCheck(box, { moment: "before", done: () => undefined });
  check.open(visit, false);
}

const round = (value) => Math.round(value * 1e4) / 1e4;

async function begin() {
  try {
    const given = await read("/api/cue/options");
    new CuePage(given, given.plan ?? null);
    await askPain();
  } catch (error) {
    setText(byId("problem"), error.message);
    byId("problem").hidden = false;
  }
}

begin();

// The choice of a schedule, its lengths, and the blocks the device makes of them.
import { ask } from "./api.js";
import { drawBlocks } from "./blocks.js";
import { byId, fill, make, setText, words } from "./bootstrap.js";
import { clock } from "./format.js";
import { stepper } from "./stepper.js";

const text = words.cue;
const KINDS = ["blocks", "continuous", "faded", "on_error", "off"];
const ICONS = {
  blocks: [[0, 30], [48, 30]],
  continuous: [[0, 94]],
  faded: [[0, 38], [48, 22], [80, 6]],
  on_error: [[16, 6], [56, 6]],
  off: [],
};
const LENGTHS = { blocks: ["run_s", "on_s", "off_s"], continuous: ["run_s"], on_error: ["run_s"], off: ["run_s"], faded: [] };
const TYPED_MS = 350;
const AFTER = ["retention_s", "recall_s"];

export class Schedule {
  constructor(setting, visitNo) {
    this.setting = { ...setting };
    this.visitNo = visitNo;
    byId("schedules").replaceChildren(...KINDS.map((kind) => this.card(kind)));
    byId("lengths").addEventListener("toggle", () => this.lengths());
    new ResizeObserver(() => this.blocks && drawBlocks(byId("blocks"), this.blocks)).observe(byId("blocks"));
    this.preview();
  }

  card(kind) {
    const input = make("input", { type: "radio", name: "schedule", value: kind, checked: kind === this.setting.kind, onchange: () => this.choose(kind) });
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ viewBox: "0 0 96 12", preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(name, value);
    svg.innerHTML = `<path d="M0 6h96" stroke="var(--edge)" stroke-width="1"/>${ICONS[kind].map(([x, width]) => `<rect x="${x}" y="1" width="${width}" height="10" rx="2" fill="var(--cue)"/>`).join("")}`;
    return make("label", { class: "sched" }, input, make("span", {}, text.kinds[kind]), svg);
  }

  choose(kind) {
    this.setting.kind = kind;
    this.lengths();
    this.preview();
  }

  lengths() {
    if (!byId("lengths").open) return;
    const { kind } = this.setting;
    const boxes = [...LENGTHS[kind], ...AFTER].map((name) => this.length(name));
    if (kind === "faded") boxes.unshift(this.visit(), ...this.template());
    byId("length-steppers").replaceChildren(...boxes);
  }

  length(name) {
    const inMinutes = name === "run_s";
    const scale = inMinutes ? 60 : 1;
    const options = inMinutes ? { unit: text.minutes, step: 1, decimals: 1, low: 0.2 } : { unit: text.seconds, step: 15, decimals: 0, low: 0 };
    const made = stepper({ name: text[name], value: this.setting[name] / scale, empty: 1, ...options });
    made.box.addEventListener("input", () => this.take(made, (value) => (this.setting[name] = value * scale)));
    return made.box;
  }

  visit() {
    const made = stepper({ name: text.visit_no, unit: "", value: this.visitNo, step: 1, decimals: 0, low: 1, high: 99, empty: 1 });
    made.box.addEventListener("input", () => this.take(made, (value) => (this.visitNo = Math.max(1, Math.round(value)))));
    return made.box;
  }

  template() {
    return this.setting.template.flatMap((step, i) => {
      const visit = fill(text.template_visit, { n: i + 1 });
      const minutes = stepper({ name: `${visit}, ${text.template_minutes}`, unit: "", value: step[0] / 60, step: 1, decimals: 0, low: 1, high: 60, empty: 15 });
      const share = stepper({ name: `${visit}, ${text.template_share}`, unit: "", value: 100 * step[1], step: 5, decimals: 0, low: 0, high: 100, empty: 100 });
      minutes.box.addEventListener("input", () => this.take(minutes, (value) => (step[0] = 60 * value)));
      share.box.addEventListener("input", () => this.take(share, (value) => (step[1] = value / 100)));
      return [minutes.box, share.box];
    });
  }

  take(made, keep) {
    try {
      const value = made.read();
      if (value === null) return;
      keep(value);
    } catch {
      return; // half a number was typed
    }
    // while digits are typed there is nothing to ask for yet
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.preview(), TYPED_MS);
  }

  /** Let the device say which blocks this makes, or why it makes none. */
  async preview() {
    setText(byId("kind-text"), text.kind_text[this.setting.kind]);
    const asked = (this.asked = (this.asked ?? 0) + 1);
    try {
      const { blocks, share, total_s: total } = await ask("/api/run/plan", { ...this.setting, visit_no: this.visitNo });
      if (asked !== this.asked) return;
      this.blocks = blocks;
      drawBlocks(byId("blocks"), blocks);
      const values = { percent: Math.round(100 * share), total: clock(total), n: this.visitNo, all: this.setting.template.length };
      setText(byId("share"), fill(this.setting.kind === "faded" ? text.schedule_visit : text.schedule_share, values));
      byId("blocks").setAttribute("aria-label", blocks.map(([kind, length]) => `${text.block[kind]} ${clock(length)}`).join(", "));
    } catch (error) {
      if (asked === this.asked) setText(byId("share"), error.message);
    }
  }
}

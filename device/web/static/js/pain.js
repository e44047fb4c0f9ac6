// The pain check: 0 to 10 in one row of squares, the agreed rule beside it.
import { ask, read } from "./api.js";
import { byId, fill, make, setText, words } from "./bootstrap.js";
import { stepper } from "./stepper.js";

const text = words.pain;
const SQUARE = '<svg width="18" height="18" viewBox="0 0 24 24" aria-hidden="true"><rect x="3.5" y="3.5" width="17" height="17" rx="5" fill="currentColor"/></svg>';

/** What has been answered so far, in words. */
export const soFar = (visit) =>
  Object.entries(visit.newest)
    .filter(([, score]) => score !== null)
    .map(([moment, score]) => fill(text.so_far, { moment: text.names[moment].toLowerCase(), score }))
    .join(", ");

export class PainCheck {
  /** `path` takes the answer; `moment` null lets the device tell which it is; `done(visit or null, score)` at the end. */
  constructor(box, { path = "/api/pain", moment = null, done }) {
    Object.assign(this, { box, path, moment, done, score: null, visit: null });
  }

  async open(visit = null, focus = true) {
    this.visit = visit ?? (await read("/api/pain")).visit;
    this.score = null;
    this.build();
    this.box.hidden = false;
    if (focus) this.box.querySelector("h2").focus({ preventScroll: true });
  }

  build() {
    const asked = this.moment ? text.asked[this.moment] : text.now;
    const title = make("h2", { tabindex: "-1" }, asked);
    title.insertAdjacentHTML("afterbegin", SQUARE);
    const numbers = Array.from({ length: 11 }, (_, n) =>
      make("button", { type: "button", class: "btn", "aria-pressed": "false", "data-score": n, onclick: () => this.choose(n) }, `${n}`),
    );
    this.grid = make("div", { class: "pain-scale", role: "group", "aria-label": text.scale }, ...numbers, make("p", { class: "xs" }, text.none, make("br"), text.worst));
    this.line = make("p", { class: "sm grow" });
    this.save = make("button", { type: "button", class: "btn pri", disabled: true, onclick: () => this.keep() }, text.save);
    const skip = make("button", { type: "button", class: "btn line", onclick: () => this.close(null) }, text.skip);
    const head = make("div", { class: "row sp" }, title, make("span", { class: "sm" }, this.visit ? soFar(this.visit) : ""));
    this.box.replaceChildren(head, this.grid, make("div", { class: "row" }, this.line, skip, this.save));
    this.say();
  }

  choose(score) {
    this.score = score;
    for (const button of this.grid.querySelectorAll("button")) button.setAttribute("aria-pressed", button.dataset.score === `${score}`);
    this.save.disabled = false;
    setText(this.save, fill(text.save_score, { score }));
    this.say();
  }

  say(problem = "") {
    const rule = this.visit?.rule;
    if (problem || !rule) {
      setText(this.line, problem);
      return;
    }
    const before = this.visit.newest.before;
    let verdict = "";
    if (this.score !== null && this.moment === "morning") {
      const over = before !== null && this.score > before + rule.morning_rise;
      verdict = fill(over ? text.morning_over : text.morning_ok, { score: this.score, rise: rule.morning_rise });
    } else if (this.score !== null) verdict = fill(this.score >= rule.pause_at ? text.at : text.below, { score: this.score });
    this.line.replaceChildren(fill(text.rule, rule), " ", make("b", {}, verdict));
  }

  async keep() {
    this.save.disabled = true;
    try {
      const { visit } = await ask(this.path, { score: this.score, ...(this.moment ? { moment: this.moment } : {}) });
      this.close(visit);
    } catch (error) {
      this.save.disabled = false;
      this.say(error.message);
    }
  }

  close(visit) {
    this.box.hidden = true;
    this.done(visit, this.score);
  }
}

/** The rule as two steppers; `changed(visit)` once the device has taken it. */
export function painRule(box, visit, changed) {
  const pause = stepper({ name: text.pause_at, unit: "", value: visit.rule.pause_at, step: 1, decimals: 0, low: 1, high: 10, empty: 4 });
  const rise = stepper({ name: text.morning_rise, unit: "", value: visit.rule.morning_rise, step: 1, decimals: 0, low: 0, high: 10, empty: 1 });
  const line = make("p", { class: "problem", role: "alert", hidden: true });
  const send = async () => {
    try {
      const answer = await ask(`/api/visits/${visit.id}/pain/rule`, { pause_at: pause.read(), morning_rise: rise.read() });
      line.hidden = true;
      changed(answer.visit);
    } catch (error) {
      line.hidden = false;
      setText(line, error.message);
    }
  };
  box.replaceChildren(pause.box, rise.box, line, make("button", { type: "button", class: "btn", onclick: send }, text.use_rule));
}

/** Tie the live screen's button to the panel in the tiles' place. */
export function tiePain(say) {
  const button = byId("pain");
  const box = byId("pain-check");
  const show = (on) => {
    byId("tiles").hidden = on;
    box.hidden = !on;
    button.setAttribute("aria-expanded", on);
  };
  const check = new PainCheck(box, {
    done: (visit, score) => {
      show(false);
      button.focus({ preventScroll: true });
      if (visit) say(fill(text.saved, { score }));
    },
  });
  button.addEventListener("click", async () => {
    try {
      await check.open();
      show(true);
    } catch (error) {
      say(error.message, true);
    }
  });
}

// What the operator tells of this run: speed, incline, height in steps, and the shoe.
import { make, words } from "./bootstrap.js";
import { ask } from "./api.js";

const W = words.check;
const SETTLE_MS = 700;
const FIELDS = [
  { key: "speed_mps", name: W.speed, unit: W.speed_unit, step: 0.1, decimals: 1, start: 9, low: 0.4, high: 28, factor: 3.6 },
  { key: "grade_pct", name: W.grade, unit: W.grade_unit, step: 0.5, decimals: 1, start: 0, low: -15, high: 40, factor: 1 },
  { key: "height_cm", name: W.height, unit: W.height_unit, step: 1, decimals: 0, start: 175, low: 80, high: 250, factor: 1 },
];

/** Build the panel; `fill(run)` shows what is in use, `send()` hands over what was changed. */
export function runPanel(box) {
  const problem = make("p", { class: "problem", role: "alert", hidden: true });
  let run = {};
  let timer = null;
  let changed = false;
  const say = (text) => {
    problem.hidden = !text;
    problem.textContent = text;
  };
  const send = async () => {
    clearTimeout(timer);
    if (!changed) return;
    changed = false;
    const numbers = Object.fromEntries(fields.map(({ key, read }) => [key, read()]));
    await ask("/api/run", { ...numbers, facing: run.facing ?? "" });
    await ask("/api/check/shoe", { shoe: shoe.value.trim() });
    say("");
  };
  const touch = () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(() => send().catch((error) => say(error.message)), SETTLE_MS);
  };
  const fields = FIELDS.map((spec) => field(spec, touch));
  const shoe = make("input", { class: "field", id: "run-shoe", maxlength: 40, autocomplete: "off", placeholder: W.shoe_hint, oninput: touch });
  shoe.value = box.dataset.shoe || box.dataset.shoeBefore;
  if (!box.dataset.shoe && shoe.value) touch();
  const label = make("label", { for: "run-shoe" }, W.shoe);
  if (box.dataset.shoeBefore) label.append(make("span", {}, W.shoe_same));
  box.replaceChildren(...fields.map(({ node }) => node), make("div", { class: "mini shoe" }, label, shoe), problem);
  return {
    fill(now) {
      run = now;
      for (const { key, set } of fields) set(now[key]);
    },
    send,
  };
}

function field({ key, name, unit, step, decimals, start, low, high, factor }, touch) {
  const id = `run-${key}`;
  const input = make("input", { class: "field", id, inputmode: "decimal", autocomplete: "off", oninput: touch });
  const shown = () => {
    const text = input.value.trim().replace(",", ".").replace("\u2212", "-");
    if (text === "") return null;
    if (!/^[+-]?\d*\.?\d+$/.test(text)) throw new Error(`${name} ${W.not_number}`);
    return Number(text);
  };
  const write = (value) => {
    input.value = value === null ? "" : value.toFixed(decimals).replace("-", "\u2212");
  };
  const move = (by) => () => {
    let now = null;
    try {
      now = shown();
    } catch {
      now = null; // what was typed is no number; a step starts afresh
    }
    write(Math.min(high, Math.max(low, now === null ? start : now + by)));
    touch();
  };
  const button = (sign, by, word) => make("button", { type: "button", class: "btn", "aria-label": `${name}, ${word}`, onclick: move(by) }, sign);
  const node = make("div", { class: "mini" }, make("label", { for: id }, name, make("span", {}, unit)), button("\u2212", -step, W.less), input, button("+", step, W.more));
  return {
    key,
    node,
    read: () => {
      const value = shown();
      return value === null ? null : value / factor;
    },
    set: (value) => write(value === null || value === undefined ? null : value * factor),
  };
}

// A number with a button on either side, for fingers; it may also be typed.
import { make, words } from "./bootstrap.js";

/** A number with step buttons that may also be typed; `read()` gives a number, null when empty; throws on nonsense. */
export function stepper({ name, unit, value, step, decimals, low = -Infinity, high = Infinity, empty = null }) {
  const id = `step-${name.toLowerCase().replaceAll(/\W/g, "-")}`;
  const field = make("input", { class: "field", id, inputmode: "decimal", autocomplete: "off", value: value === null ? "" : value.toFixed(decimals) });
  const read = () => {
    const text = field.value.trim().replace(",", ".").replace("\u2212", "-");
    if (text === "") return null;
    if (!/^[+-]?\d*\.?\d+$/.test(text)) throw new Error(`${name}: ${words.panel.not_number}`);
    return Number(text);
  };
  const set = (number) => {
    field.value = number === null ? "" : number.toFixed(decimals);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const move = (by) => {
    let now = null;
    try {
      now = read();
    } catch {
      now = null; // what was typed is no number; a step starts afresh
    }
    set(Math.min(high, Math.max(low, (now ?? empty ?? 0) + (now === null ? 0 : by))));
  };
  const button = (sign, by, word) => make("button", { type: "button", class: "btn", "aria-label": `${name}, ${word}`, onclick: () => move(by) }, sign);
  const label = make("label", { for: id }, name, " ", make("span", { class: "unit" }, unit));
  const box = make("div", { class: "stepper" }, label, button("−", -step, words.panel.less), field, button("+", step, words.panel.more));
  return { box, read, set, field };
}

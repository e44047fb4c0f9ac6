// A mark with a word to it: quick choices, or what the therapist types.
import { make, words } from "./bootstrap.js";
import { ask } from "./api.js";
import { closeDrawer, openDrawer, problemLine, submit } from "./drawer.js";

const QUICK = ["pain", "tired", "shoe"];

/** Open the choices; `marked(label)` runs once the device has taken the mark. */
export function openMark(marked) {
  const line = problemLine();
  const field = make("input", { class: "field", id: "mark-label", maxlength: "60", autocomplete: "off" });
  const send = (label) =>
    submit(line, async () => {
      await ask("/api/mark", { label });
      marked(label);
    });
  const quick = (key) => make("button", { type: "button", class: `btn big ${key}`, onclick: () => send(words.mark[key]) }, words.mark[key]);
  const form = make(
    "form",
    { class: "other", onsubmit: (event) => {
      event.preventDefault();
      send(field.value.trim());
    } },
    make("label", { for: "mark-label" }, words.mark.other),
    field,
    make("button", { class: "btn pri" }, words.mark.button),
    make("button", { type: "button", class: "btn line", onclick: closeDrawer }, words.panel.cancel),
  );
  openDrawer(words.mark.title, [make("div", { class: "quick", role: "group", "aria-label": words.mark.title }, ...QUICK.map(quick)), form, line], { kind: "beside" });
}

// One panel at a time, in the picture's place: number, light and controls stay in sight.
import { byId, make, words } from "./bootstrap.js";

let opener = null;
let opened = 0;
let onClose = null;
let onStep = null;

export const isOpen = () => !byId("drawer").hidden;

/** Open a panel with a title and its parts; `closed` runs when it goes, `live(state, trusted)` when numbers change. */
export function openDrawer(title, parts, { kind = "", closed = null, live = null } = {}) {
  closeDrawer();
  opened += 1;
  opener = document.activeElement;
  onClose = closed;
  onStep = live;
  const box = byId("drawer");
  box.className = `drawer ${kind}`;
  const close = make("button", { type: "button", class: "btn line", id: "drawer-close", onclick: closeDrawer }, words.panel.close);
  box.replaceChildren(make("div", { class: "head" }, make("h2", { id: "drawer-title", tabindex: "-1" }, title), close), ...parts);
  box.setAttribute("role", "region");
  box.setAttribute("aria-labelledby", "drawer-title");
  box.hidden = false;
  byId("drawer-title").focus({ preventScroll: true });
  if (matchMedia("(max-width: 700px)").matches) box.scrollIntoView({ block: "nearest" });
}

export function closeDrawer() {
  const box = byId("drawer");
  if (box.hidden) return;
  box.hidden = true;
  box.replaceChildren();
  onClose?.();
  onClose = onStep = null;
  opener?.focus?.({ preventScroll: true });
}

/** Let the open panel show the newest numbers. */
export const refreshDrawer = (state, trusted) => onStep?.(state, trusted);

document.addEventListener("keydown", (event) => event.key === "Escape" && closeDrawer());

/** A place beside the control for what went wrong. */
export function problemLine() {
  const line = make("p", { class: "problem", role: "alert", hidden: true });
  line.say = (text) => {
    line.hidden = !text;
    line.textContent = text;
  };
  return line;
}

/** Run a request from a panel: the panel closes when it worked, else says why it did not. */
export async function submit(line, action) {
  line.say("");
  const mine = opened;
  try {
    await action();
    // another panel may have been opened while the device answered
    if (mine === opened) closeDrawer();
  } catch (error) {
    line.say(error.message);
  }
}

export { stepper } from "./stepper.js";

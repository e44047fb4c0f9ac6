// Where the treadmill is: two taps on the picture, or step buttons for each edge.
import { byId, make, words } from "./bootstrap.js";
import { ask } from "./api.js";
import { closeDrawer, openDrawer, problemLine, submit } from "./drawer.js";

const STEP = 0.01;
const SMALLEST = 0.05;
const START = { x: 0.15, y: 0.03, width: 0.7, height: 0.94 };

export function openRegion(stage, state) {
  const line = problemLine();
  const hint = make("p", { class: "sm", role: "status" }, words.panel.region_first);
  let region = state.region ?? START;
  let corner = null;
  const show = (text) => {
    stage.overlay = region;
    if (stage.shown) stage.draw();
    hint.textContent = text;
  };
  const tap = (event) => {
    const at = stage.fraction(event);
    if (!at) return;
    if (!corner) {
      corner = at;
      show(words.panel.region_second);
      return;
    }
    const [x, y] = [Math.min(corner.x, at.x), Math.min(corner.y, at.y)];
    const [width, height] = [Math.abs(corner.x - at.x), Math.abs(corner.y - at.y)];
    corner = null;
    if (width >= SMALLEST && height >= SMALLEST) region = { x, y, width, height };
    show(words.panel.region_adjust);
  };
  const move = (edge, by) => () => {
    const sides = { left: region.x, top: region.y, right: region.x + region.width, bottom: region.y + region.height };
    sides[edge] = Math.min(1, Math.max(0, sides[edge] + by));
    const next = { x: sides.left, y: sides.top, width: sides.right - sides.left, height: sides.bottom - sides.top };
    if (next.width >= SMALLEST && next.height >= SMALLEST) region = next;
    show(words.panel.region_adjust);
  };
  const edge = (name, text, [less, more]) =>
    make(
      "div",
      { class: "edge" },
      make("button", { type: "button", class: "btn", "aria-label": `${text} ${less}`, onclick: move(name, -STEP) }, less),
      make("span", {}, text),
      make("button", { type: "button", class: "btn", "aria-label": `${text} ${more}`, onclick: move(name, STEP) }, more),
    );
  const send = (body) => () => submit(line, () => ask("/api/region", body()));
  const parts = [
    hint,
    make("div", { class: "edges" }, edge("left", words.panel.left_edge, "←→"), edge("right", words.panel.right_edge, "←→"), edge("top", words.panel.top_edge, "↑↓"), edge("bottom", words.panel.bottom_edge, "↑↓")),
    line,
    make("div", { class: "actions" }, make("button", { type: "button", class: "btn pri", onclick: send(() => region) }, words.panel.region_save), make("button", { type: "button", class: "btn line", onclick: send(() => ({})) }, words.panel.region_clear), make("button", { type: "button", class: "btn line", onclick: closeDrawer }, words.panel.cancel)),
  ];
  const box = byId("stage");
  box.classList.add("tapping");
  byId("canvas").addEventListener("pointerdown", tap);
  openDrawer(words.panel.region_button, parts, {
    kind: "beside",
    closed: () => {
      byId("canvas").removeEventListener("pointerdown", tap);
      box.classList.remove("tapping");
      stage.overlay = null;
      if (stage.shown) stage.draw();
    },
  });
  show(words.panel.region_first);
}

// Two stretches side by side: key frames change together, strides play together from contact to contact.
import { byId, fill, setText, words } from "./bootstrap.js";
import { drawRunner } from "./figure.js";

const SLOW_MS = 3000;
const STEP = 0.04;

class Side {
  constructor(box) {
    this.canvas = box.querySelector("canvas");
    this.cards = [...box.querySelectorAll("[data-instant]")];
    this.none = box.querySelector(".none");
    const data = box.querySelector("script");
    this.track = data ? JSON.parse(data.textContent) : null;
  }

  showInstant(instant) {
    for (const card of this.cards) card.hidden = card.dataset.instant !== instant;
    if (this.none) this.none.hidden = this.cards.some((card) => !card.hidden);
    if (this.canvas) this.canvas.hidden = true;
  }

  /** Draw the stride's place, 0 to 1; between two frames points lie on the line from one to the next. */
  showPlace(place) {
    if (!this.track) return;
    for (const part of [...this.cards, this.none]) part.hidden = true;
    this.canvas.hidden = false;
    const { frames, box } = this.track;
    const next = Math.max(1, frames.findIndex(([at]) => at >= place));
    const [[t0, a], [t1, b]] = [frames[next - 1], frames[next] ?? frames.at(-1)];
    const share = t1 > t0 ? Math.min(1, Math.max(0, (place - t0) / (t1 - t0))) : 0;
    const points = Object.fromEntries(Object.entries(a).map(([name, [x, y]]) => [name, b[name] ? [x + share * (b[name][0] - x), y + share * (b[name][1] - y)] : [x, y]]));
    drawRunner(this.canvas, { points, box });
  }
}

const sides = [...document.querySelectorAll(".side")].map((box) => new Side(box));
let place = 0;
let playing = false;

function showPlace(to) {
  place = ((to % 1) + 1) % 1;
  for (const side of sides) side.showPlace(place);
  setText(byId("place"), fill(words.instants_note.toe_off, { pct: Math.round(100 * place) }));
  for (const input of document.querySelectorAll("input[name=instant]")) input.checked = false;
}

function stop() {
  playing = false;
  byId("place")?.removeAttribute("aria-live");
  byId("play")?.setAttribute("aria-pressed", "false");
  if (byId("play")) setText(byId("play-word"), words.compare.play);
}

function play() {
  playing = true;
  byId("place").setAttribute("aria-live", "off");
  byId("play").setAttribute("aria-pressed", "true");
  setText(byId("play-word"), words.compare.stop);
  const begun = performance.now() - SLOW_MS * place;
  const turn = () => {
    if (!playing) return;
    showPlace((performance.now() - begun) / SLOW_MS);
    requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
}

for (const input of document.querySelectorAll("input[name=instant]")) {
  input.addEventListener("change", () => {
    stop();
    for (const side of sides) side.showInstant(input.value);
    setText(byId("place"), words.compare.pictures);
  });
}
byId("play")?.addEventListener("click", () => (playing ? stop() : play()));
byId("back")?.addEventListener("click", () => (stop(), showPlace(place - STEP)));
byId("on")?.addEventListener("click", () => (stop(), showPlace(place + STEP)));
for (const input of document.querySelectorAll("input[name=as]")) {
  input.addEventListener("change", () => {
    byId("chart").hidden = input.value !== "chart";
    byId("table").hidden = input.value !== "table";
  });
}
// A tap shows the choice at once; keys pass over choices on the way, so there the button shows it.
for (const select of document.querySelectorAll("#choose select")) {
  let tapped = false;
  select.addEventListener("pointerdown", () => (tapped = true));
  select.addEventListener("keydown", () => (tapped = false));
  select.addEventListener("change", () => tapped && byId("choose").requestSubmit());
}

// Review: hold the last seconds still, look at key frames, step through them, tick what one agrees with.
import { byId, setText, words } from "./bootstrap.js";
import { ask, read } from "./api.js";
import { Player } from "./player.js";

const W = words.review;

function complain(error) {
  const line = byId("problem");
  line.hidden = false;
  setText(line, error.message);
}

const press = (id, action) =>
  byId(id)?.addEventListener("click", async () => {
    byId("problem").hidden = true;
    try {
      await action();
    } catch (error) {
      complain(error);
    }
  });

press("freeze", async () => {
  await ask("/api/review/freeze");
  location.reload();
});

press("keep", async () => {
  const { kept } = await ask("/api/review/keep");
  setText(byId("said"), kept ? W.kept : W.kept_memory);
  setText(byId("about"), kept ? W.kept : W.kept_memory);
  byId("keep").disabled = true;
});

for (const box of document.querySelectorAll("[data-code]")) {
  box.addEventListener("change", async () => {
    try {
      const { kept } = await ask("/api/review/tick", { code: box.dataset.code, ticked: box.checked });
      setText(byId("said"), kept ? words.patterns.ticked : words.patterns.not_kept);
    } catch (error) {
      box.checked = !box.checked;
      complain(error);
    }
  });
}

byId("evidence")?.addEventListener("click", () => {
  const all = byId("patterns").classList.toggle("all-evidence");
  byId("evidence").setAttribute("aria-pressed", all);
});

const chosen = (name) => document.querySelector(`input[name=${name}]:checked`)?.value;

function showView() {
  const view = chosen("view");
  const step = view === "step";
  byId("stage-panel").hidden = !step;
  byId("frames").hidden = step;
  for (const card of document.querySelectorAll(".kf")) card.hidden = card.dataset.leg !== view;
  byId("far-note").hidden = view !== "far";
  player?.draw();
}

function showAs() {
  const figure = chosen("as") === "figure";
  for (const part of document.querySelectorAll(".as-picture")) part.hidden = figure;
  for (const part of document.querySelectorAll(".as-figure")) part.hidden = !figure;
  if (player) player.pictured = !figure;
  player?.draw();
}

function stepThrough() {
  const step = document.querySelector("input[name=view][value=step]");
  if (step.checked) return;
  step.checked = true;
  showView();
}

let player = null;
if (byId("seek")) {
  for (const input of document.querySelectorAll("input[name=view]")) input.addEventListener("change", showView);
  for (const input of document.querySelectorAll("input[name=as]")) input.addEventListener("change", showAs);
  showView();
  read("/api/review/frozen")
    .then((data) => {
      player = new Player(data, stepThrough);
      showAs();
    })
    .catch(complain);
}

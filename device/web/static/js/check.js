// The camera check: live picture with the region, every line from the device, fixes first.
import { byId, drawSvg, fill, make, setText, words } from "./bootstrap.js";
import { ask, read } from "./api.js";
import { CheckStage } from "./check_stage.js";
import { runPanel } from "./check_run.js";
import * as shapes from "./shapes.js";
import { Stream } from "./stream.js";

const EVERY_MS = 700;
const STEP = 0.01;
const SMALLEST = 0.05;
const ICONS = {
  good: '<svg width="21" height="21" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9.5" fill="none" stroke="var(--edge)" stroke-width="1.5"/><path d="M7.5 12.4l3 3 6-6.6" fill="none" stroke="var(--tx)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>',
  wait: '<svg width="21" height="21" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9" fill="none" stroke="var(--tx3)" stroke-width="1.8" stroke-dasharray="3.4 3.4"/></svg>',
  unsure: '<svg width="21" height="21" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9.5" fill="none" stroke="var(--edge)" stroke-width="1.5"/><path d="M8 12h8" stroke="var(--tx2)" stroke-width="2" stroke-linecap="round"/></svg>',
};
const W = words.check;

const stage = new CheckStage(byId("canvas"));
const panel = runPanel(byId("run"));
let state = null;
let looked = null;

new Stream({
  view: "picture",
  onMessage: (header, body) => {
    if (header.kind !== "state") return;
    const first = state === null;
    state = header;
    stage.put(state, body);
    if (first) panel.fill(state.run);
    showStanding();
  },
  onHealth: ({ state: kind }) => kind === "out" && location.reload(),
}).start();

async function look() {
  try {
    looked = await read("/api/check");
    showChecks();
    showGuard();
    showStanding();
    showKeep();
  } catch (error) {
    setText(byId("keep-text"), error.message);
  }
  setTimeout(look, document.hidden ? 4 * EVERY_MS : EVERY_MS);
}

const percent = (share) => (100 * share).toFixed(0);
const degrees = (value) => (Math.abs(value) < 0.05 ? 0 : value).toFixed(1).replace("-", "\u2212");

function shownValue(name, value) {
  if (value === null) return "";
  if (["body", "distance", "brightness"].includes(name)) return percent(value);
  if (name === "level") return degrees(value);
  if (name === "shutter") return (1 / value).toFixed(0);
  return value.toFixed(0);
}

function valueText({ name, state: kind, value }) {
  const texts = words.check_values;
  if (kind === "wait") return words.check_waits[name] ?? words.check_waits.other;
  if (kind === "unsure") return words.check_unsure[name] ?? "";
  const view = words.views[looked.view];
  if (name === "side") return fill(value === null ? texts.side : texts.side_yaw, { view, value: Math.abs(value ?? 0).toFixed(0) });
  if (name === "distance" && looked.cm_per_px) return fill(texts.distance_cm, { value: percent(value), cm: looked.cm_per_px.toFixed(2) });
  return fill(texts[name], { value: shownValue(name, value) });
}

let told = null;
function showChecks() {
  const { checks, green, fixes, tilt_deg: tilt } = looked;
  stage.tilt = tilt;
  const key = JSON.stringify([checks, looked.cm_per_px?.toFixed(2), looked.view]);
  if (key === told) return;
  told = key;
  const bad = checks.filter(({ state: kind }) => kind === "fix");
  const cards = bad.map(fixCard);
  const fixed = cards.map((card) => card.textContent).join();
  if (byId("fixes").dataset.shown !== fixed) byId("fixes").replaceChildren(...cards);
  byId("fixes").dataset.shown = fixed;
  byId("checks").replaceChildren(...checks.filter(({ state: kind }) => kind !== "fix").map(line));
  const chip = byId("verdict");
  chip.className = fixes ? "chip eq" : "chip";
  const text = fixes ? fill(fixes === 1 ? W.one_fix : W.to_fix, { n: fixes }) : green ? W.ready : W.waiting;
  if (chip.textContent !== text) drawSvg(chip, `${fixes ? shapes.warning : green ? ICONS.good : ICONS.wait}<span>${text}</span>`);
}

function fixCard(check) {
  const cause = fill(words.causes[check.reason], { value: shownValue(check.name, check.value) });
  const card = make("div", { class: "fixb" }, make("div", {}, make("div", { class: "t" }, cause), make("div", {}, words.fixes[check.reason])));
  card.insertAdjacentHTML("afterbegin", shapes.warning);
  return card;
}

function line(check) {
  const row = make("li", { class: `chk ${check.state}` }, make("span", {}, words.checks[check.name]), make("span", { class: "sm" }, valueText(check)));
  row.insertAdjacentHTML("afterbegin", ICONS[check.state]);
  return row;
}

function showGuard() {
  const { guard } = looked;
  const box = byId("guard");
  box.hidden = !guard;
  if (!guard) return;
  const key = JSON.stringify(guard);
  if (box.dataset.shown === key) return;
  box.dataset.shown = key;
  const same = guard.differences.length === 0;
  box.classList.toggle("same", same);
  const head = make("h2", {}, fill(same ? W.guard_same : W.guard, guard));
  if (same) head.insertAdjacentHTML("afterbegin", ICONS.good);
  const items = guard.differences.map((difference) => {
    const item = make("li", {}, differsText(difference));
    item.insertAdjacentHTML("afterbegin", '<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><path d="M6 .6 11.4 6 6 11.4.6 6z" fill="var(--tx)"/></svg>');
    return item;
  });
  box.replaceChildren(head, ...(same ? [] : [make("ul", {}, ...items), make("p", { class: "xs" }, W.guard_more)]));
}

function differsText({ what, now, before }) {
  const one = (value) => {
    if (value === null || value === "") return W.not_known;
    if (what === "speed") return (3.6 * value).toFixed(1);
    if (what === "nearer" || what === "farther") return percent(value);
    if (what === "tilt") return degrees(value);
    if (what === "side") return words.views[value] ?? value;
    return typeof value === "number" ? String(Number(value.toFixed(1))) : value;
  };
  return fill(words.differs[what], { now: one(now), before: what === "side" ? one(before).toLowerCase() : one(before) });
}

function showStanding() {
  const progress = state?.session.standing_progress ?? null;
  const busy = progress !== null;
  const bar = byId("standing-bar");
  bar.hidden = !busy;
  bar.value = progress ?? 0;
  byId("stand").toggleAttribute("disabled", busy);
  const found = looked?.standing ?? null;
  setText(byId("stand"), found ? W.standing_again : W.standing);
  const refused = state?.session.notices.find(({ code }) => code.startsWith("standing_"));
  const lean = found && `${degrees(-found.lean_offset_deg)}°`;
  const parts = found ? [fill(W.standing_done, { lean, noise: found.noise_cm.toFixed(1) }), ...found.notices.map(({ message }) => message)] : [refused?.message ?? W.standing_none];
  setText(byId("standing-text"), busy ? `${fill(W.standing_now, { done: Math.round(10 * progress) })}. ${W.standing_why}` : parts.join(" "));
}

function showKeep() {
  const waits = looked.fixes > 0 || !looked.green;
  const button = byId("keep");
  button.classList.toggle("pri", !waits);
  button.classList.toggle("line", waits);
  setText(button, waits ? W.keep_anyway : W.keep);
  setText(byId("keep-text"), waits ? W.keep_wait : looked.visit ? W.keep_ready : W.keep_not);
}

byId("stand").addEventListener("click", async () => {
  try {
    await ask("/api/check/standing");
  } catch (error) {
    setText(byId("standing-text"), error.message);
  }
});

byId("keep").addEventListener("click", async () => {
  try {
    await panel.send();
    const { kept } = await ask("/api/check/keep");
    if (kept) setText(byId("keep-text"), W.kept);
    location.assign("/");
  } catch (error) {
    setText(byId("keep-text"), error.message);
  }
});

// region
let sending = null;
function setRegion(region) {
  stage.region = region;
  stage.draw();
  clearTimeout(sending);
  sending = setTimeout(async () => {
    try {
      await ask("/api/region", region);
      stage.region = null;
    } catch (error) {
      setText(byId("hint"), error.message);
    }
  }, 250);
}

let corner = null;
byId("canvas").addEventListener("pointerdown", (event) => {
  const at = stage.fraction(event);
  if (!at) return;
  if (!corner) {
    corner = at;
    stage.corner = at;
    setText(byId("hint"), W.region_second);
    return;
  }
  const [x, y] = [Math.min(corner.x, at.x), Math.min(corner.y, at.y)];
  const [width, height] = [Math.abs(corner.x - at.x), Math.abs(corner.y - at.y)];
  corner = stage.corner = null;
  setText(byId("hint"), W.region_hint);
  if (width >= SMALLEST && height >= SMALLEST) setRegion({ x, y, width, height });
});

const move = (by) => () => {
  const region = stage.region ?? state?.region ?? { x: 0, y: 0, width: 1, height: 1 };
  const sides = { left: region.x, top: region.y, right: region.x + region.width, bottom: region.y + region.height };
  const edge = document.querySelector("input[name=edge]:checked").value;
  sides[edge] = Math.min(1, Math.max(0, sides[edge] + by));
  const next = { x: sides.left, y: sides.top, width: sides.right - sides.left, height: sides.bottom - sides.top };
  if (next.width >= SMALLEST && next.height >= SMALLEST) setRegion(next);
};
byId("edge-back").addEventListener("click", move(-STEP));
byId("edge-on").addEventListener("click", move(STEP));
byId("find").addEventListener("click", async () => {
  try {
    setRegion(await read("/api/check/region"));
    setText(byId("hint"), W.found);
  } catch (error) {
    setText(byId("hint"), error.message);
  }
});

look();

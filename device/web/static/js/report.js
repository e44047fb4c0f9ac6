// The report's page: keeps what the therapist adds and shows the page anew.
import { ask, read } from "./api.js";
import { byId, fill, make, setText, words } from "./bootstrap.js";
import { PainCheck, painRule } from "./pain.js";
import { stepper } from "./stepper.js";

const { visit, goal } = byId("page").dataset;
let asked = null;
const text = words.report;
const SHAPES = {
  before: '<rect x="4" y="4" width="16" height="16" rx="4" fill="none" stroke="currentColor" stroke-width="2.6"/>',
  during: '<rect x="4" y="4" width="16" height="16" rx="4" fill="none" stroke="currentColor" stroke-width="2.6"/><rect x="9" y="9" width="6" height="6" fill="currentColor"/>',
  after: '<rect x="3" y="3" width="18" height="18" rx="4.5" fill="currentColor"/>',
  morning: '<rect x="4" y="4" width="16" height="16" rx="4" fill="none" stroke="currentColor" stroke-width="2.6"/><path d="M4 12h16v4a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4z" fill="currentColor"/>',
};

function notes() {
  const form = byId("notes");
  if (!form) return;
  const { runs, minutes, metronome } = byId("steppers").dataset;
  const number = (name, value, step, low, high, empty) => stepper({ name, unit: "", value: value === "" ? null : Number(value), step, decimals: 0, low, high, empty });
  const fields = {
    runs: number(text.runs_label, runs, 1, 0, 14, 3),
    minutes: number(text.minutes_label, minutes, 5, 0, 120, 15),
    metronome_spm: number(text.metronome_label, metronome, 1, 60, 260, 160),
  };
  byId("steppers").replaceChildren(...Object.values(fields).map(({ box }) => box));
  const keep = async () => {
    const data = new FormData(form);
    const typed = Object.fromEntries(["conclusion", "goal_answer", "note", "homework"].map((name) => [name, data.get(name) ?? ""]));
    const counted = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.read()]));
    await ask(`/api/visits/${visit}/report`, { ...typed, ...counted });
    refresh();
  };
  const save = async () => {
    clearTimeout(waiting);
    waiting = null;
    try {
      await keep();
      setText(byId("said"), text.saved);
    } catch (error) {
      setText(byId("said"), error.message);
    }
  };
  let waiting = null;
  form.addEventListener("input", () => {
    setText(byId("said"), "");
    clearTimeout(waiting);
    waiting = setTimeout(save, 900);
    showOpen();
  });
  // what was typed a moment ago belongs on the page that is taken away
  for (const link of [byId("pdf"), byId("html")]) {
    link.addEventListener("click", async (event) => {
      if (waiting === null) return;
      event.preventDefault();
      await save();
      link.click();
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
}

/** Say what a report usually has and this one has not yet. */
function showOpen() {
  const form = byId("notes");
  if (!form || !asked) return;
  const data = new FormData(form);
  const missing = { conclusion: !data.get("conclusion"), goal: goal !== undefined && !data.get("goal_answer").trim(), after: asked.newest.after === null };
  const points = Object.keys(missing).filter((name) => missing[name]).map((name) => text.open_points[name]);
  setText(byId("open"), points.length ? fill(text.open, { points: points.join(", ") }) : "");
}

const refresh = () => byId("preview").setAttribute("src", `/visits/${visit}/report.html`);

async function pains() {
  const { visit: known } = await read(`/api/visits/${visit}/pain`);
  showPains(known);
}

function showPains(known) {
  asked = known;
  showOpen();
  const box = byId("pain-check");
  const cells = Object.keys(SHAPES).map((moment) => {
    const score = known.newest[moment];
    const open = () => new PainCheck(box, { path: `/api/visits/${visit}/pain`, moment, done: (changed) => changed && (showPains(changed), refresh()) }).open(known);
    const cell = make("button", { type: "button", class: "pain-cell", "data-moment": moment, disabled: !byId("notes"), onclick: open }, make("b", {}, score === null ? "\u2013" : `${score}`), make("span", { class: "xs" }, words.pain.names[moment]));
    cell.insertAdjacentHTML("afterbegin", `<svg width="18" height="18" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[moment]}</svg>`);
    return cell;
  });
  byId("pain-row").replaceChildren(...cells);
  const rule = byId("rule-box");
  if (rule) painRule(rule, known, (changed) => (showPains(changed), refresh()));
}

notes();
pains().catch((error) => setText(byId("pain-row"), error.message));

// The live screen: one stream in, every part redrawn from the newest frame.
import { byId, fill, make, setText, words } from "./bootstrap.js";
import { ask } from "./api.js";
import { showFix, showTracking } from "./checks.js";
import { refreshDrawer } from "./drawer.js";
import { clock } from "./format.js";
import { History } from "./history.js";
import { forgetLight, showLight } from "./light.js";
import { openMark } from "./mark.js";
import { openMeasures } from "./measures.js";
import { bandText, Hero, Tiles } from "./numbers.js";
import { tiePain } from "./pain.js";
import { openCue, openRun, openStart } from "./panels.js";
import { openRegion } from "./region.js";
import { Presses } from "./press.js";
import { showRun, showRunControls, tieRun } from "./run.js";
import { showAge, showStopped, Stage } from "./stage.js";
import { Stream } from "./stream.js";
import { BASELINE_S, showTimeline } from "./timeline.js";

const history = new History();
const hero = new Hero();
const tiles = new Tiles();
const stage = new Stage((state) => bandText(state.cue));
let state = null;
let fresh = false;

const stream = new Stream({ view: "picture", onMessage: receive, onHealth: health });

function receive(header, body) {
  if (header.kind === "history") {
    history.load(header);
    return;
  }
  state = header;
  presses.framed();
  const stepped = history.add(state);
  const woke = !fresh;
  fresh = true;
  stage.put(state.error ? { ...state, pose: null } : state, body);
  showNumbers(stepped || woke);
}

/** Numbers change at most once a step; words and shapes that follow a state change with it. */
function showNumbers(stepped) {
  const ended = state.error !== null;
  const trusted = fresh && !ended;
  hero.show(state, history, trusted, stepped);
  if (stepped || !trusted) {
    tiles.show(state, history, trusted);
    refreshDrawer(state, trusted);
  }
  if (fresh) showLight(state, history);
  else forgetLight();
  showTracking(state, trusted);
  showFix(ended ? { ...state, tracking: { ...state.tracking, measuring: false } } : state);
  byId("withheld").hidden = !trusted || state.tracking.measuring || !state.pose;
  showControls();
  announce();
}

stage.onDrawn = (drawn) => {
  // from the camera's frame to the drawn picture, on the device's own clock
  const age = stream.age(drawn.t);
  behind.push(age);
  if (behind.length > 30) behind.shift();
};
const behind = [];
const typical = () => {
  const known = behind.filter((age) => age !== null).sort((a, b) => a - b);
  return known.length ? known[Math.floor(known.length / 2)] : null;
};

function health({ state: kind, age }) {
  const told = kind === "silent" && Boolean(state?.error);
  const live = kind === "live" || told;
  const waiting = kind === "waiting";
  const banner = byId("stale");
  banner.hidden = live || waiting;
  if (!banner.hidden) {
    const seconds = { age: Math.max(1, Math.round(age)) };
    const [what, fix] = { lost: ["link", "link_fix"], silent: ["silent", "silent_fix"], out: ["out", "out_fix"], full: ["full", ""] }[kind];
    setText(byId("stale-what"), fill(words.stale[what], seconds));
    setText(byId("stale-fix"), words.stale[fix] ?? "");
    byId("stale-login").hidden = kind !== "out";
  }
  // said once: the seconds in the banner count on
  if (banner.hidden) byId("alarm").textContent = "";
  else if (byId("alarm").dataset.kind !== kind) byId("alarm").textContent = byId("stale").textContent;
  byId("alarm").dataset.kind = banner.hidden ? "" : kind;
  if (!state) return;
  if (!live && fresh) {
    fresh = false;
    history.lose(state);
    stage.forget();
    showNumbers(true);
  }
  if (state.error && live) showStopped();
  else if (live || waiting) showAge(typical(), state.fps, null);
  else showAge(null, null, { state: kind === "silent" ? "silent" : "lost", age });
  if (live && !showRun(state)) showTimeline(state, history);
  showClock();
  sayNothing();
}

function showClock() {
  const { session } = state;
  const on = session.id !== null;
  setText(byId("clock"), on ? clock(session.elapsed_s) : "");
  const who = byId("who");
  // with an open visit the header names the patient already
  const named = document.querySelector("a.who") !== null;
  const text = on ? `${session.label} ${words.timeline.recording}` : "";
  if (who.dataset.shown === text) return;
  who.dataset.shown = text;
  who.replaceChildren(...(on ? [...(named ? [] : [make("b", {}, session.label)]), make("span", { class: "wide" }, ` ${words.timeline.recording.toLowerCase()}`)] : []));
}

function showControls() {
  const coming = presses.ahead(state);
  const on = coming.session.id !== null;
  byId("session").dataset.on = on;
  setText(byId("session-word"), on ? words.controls.stop : narrow.matches ? words.controls.start_short : words.controls.start);
  const { metric, shown } = coming.cue;
  byId("withhold").dataset.shown = shown;
  disable(byId("withhold"), !metric);
  const long = shown || !metric ? "withhold" : "give";
  setText(byId("withhold-word"), words.controls[long]);
  for (const id of ["mark", "mark-as"]) disable(byId(id), !on);
  disable(byId("baseline"), coming.session.baseline_progress !== null);
  showRunControls(coming.session.run);
}

const narrow = matchMedia("(max-width: 700px)");

function disable(button, off) {
  if (off) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

let said = null;
function announce() {
  const now = fresh ? `${words.light[state.light_fault ? "fault" : state.cue.light]}. ${byId("hero-chip").hidden ? "" : byId("hero-chip").textContent.replace(/[\d.,]+\s*\S*$/, "")}` : "";
  if (now === said) return;
  said = now;
  byId("announce").textContent = now;
}

let quietAt = 0;
let noticed = null;
const SAID_MS = 6000;

/** Say something about a button for a while; then what the recording has to say, or nothing in particular. */
function say(text, isProblem = false) {
  quietAt = performance.now() + SAID_MS;
  write(text, isProblem);
}

function sayNothing() {
  const notice = state.light_fault ?? state.session.notices[0]?.message;
  // what is newly wrong does not wait for an old answer to fade
  const news = notice && notice !== noticed;
  noticed = notice;
  if (!news && performance.now() < quietAt) return;
  write(notice ?? words.controls.idle, Boolean(notice));
}

function write(text, isProblem) {
  const line = byId("message");
  if (line.textContent === text) return;
  line.classList.toggle("problem-text", isProblem);
  line.toggleAttribute("data-idle", text === words.controls.idle);
  line.textContent = text;
}

const presses = new Presses({
  shown: () => state && showControls(),
  say: (text, isProblem) => say(text ?? words.controls.idle, isProblem),
});
const press = (id, action, coming) => presses.tie(id, async () => (state ? action() : null), () => (state ? coming?.() : null) ?? null);
const session = (change) => (now) => ({ ...now, session: { ...now.session, ...change } });

press("mark", async () => {
  if (state.session.id === null) throw new Error(words.controls.no_session);
  const at = clock(state.session.elapsed_s);
  await ask("/api/mark", { label: fill(words.controls.mark_name, { n: state.session.marks.length + 1 }) });
  return fill(words.controls.marked, { time: at });
});
press("mark-as", () => {
  if (state.session.id === null) throw new Error(words.controls.no_session);
  openMark((label) => say(fill(words.timeline.marked, { label, time: clock(state.session.elapsed_s ?? 0) })));
});
byId("more").addEventListener("click", () => showMore(byId("more").getAttribute("aria-expanded") !== "true"));
byId("controls").addEventListener("click", ({ target }) => target.closest(".second") && showMore(false));

/** On a phone the rarer controls lie behind one button. */
function showMore(on) {
  byId("more").setAttribute("aria-expanded", on);
  byId("controls").classList.toggle("all", on);
}
press("baseline", async () => {
  if (state.session.baseline_progress !== null) return words.controls.baseline_started;
  await ask("/api/baseline", { duration_s: BASELINE_S });
  return words.controls.baseline_started;
}, () => session({ baseline_progress: 0 }));
press("withhold", async () => {
  if (!state.cue.metric) throw new Error(words.controls.no_cue);
  await ask("/api/cue/shown", { shown: !state.cue.shown });
}, () => {
  const shown = !state.cue.shown;
  return state.cue.metric ? (now) => ({ ...now, cue: { ...now.cue, shown } }) : null;
});
press("session", async () => {
  if (state.session.id === null) return openStart();
  await ask("/api/session/stop");
  return words.controls.stopped;
}, () => (state.session.id === null ? null : session({ id: null, run: null })));
tieRun(press, () => state);
tiePain(say);
press("run", () => openRun(state, () => openRegion(stage, state)));
const trusts = () => fresh && state.error === null;
for (const button of document.querySelectorAll("[data-open=cue]")) button.addEventListener("click", () => state && openCue(state, trusts()));
byId("measures").addEventListener("click", () => state && openMeasures(state, trusts(), () => tiles.show(state, history, trusts())));
for (const button of document.querySelectorAll("[data-view]")) {
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("[data-view]")) other.setAttribute("aria-pressed", other === button);
    stream.show(button.dataset.view);
  });
}
narrow.addEventListener("change", () => state && showNumbers(true));
stream.start();

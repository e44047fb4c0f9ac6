// A feedback run in progress: its blocks, what is left, pause, next block, metronome.
import { ask } from "./api.js";
import { drawBlocks } from "./blocks.js";
import { byId, fill, setText, words } from "./bootstrap.js";
import { clock } from "./format.js";
import { Metronome } from "./metronome.js";

const metronome = new Metronome();
const DURING = ["metronome", "runner-screen", "skip", "pause"];
const OTHERWISE = ["baseline", "cue", "withhold", "run"];

/** Show which buttons a run has, and what they would do next. */
export function showRunControls(run) {
  for (const id of DURING) byId(id).hidden = run === null;
  for (const id of OTHERWISE) byId(id).hidden = run !== null && !run.finished;
  if (run === null) return metronome.stop();
  for (const id of ["skip", "pause"]) byId(id).hidden = run.finished;
  byId("metronome").hidden = run.metronome_spm === null || run.finished;
  showMetronome(run);
  byId("pause").dataset.paused = run.paused;
  setText(byId("pause-word"), run.paused ? words.run.resume : words.run.pause);
}

/** Show the run of the newest state; gives true when the run has taken the timeline's place. */
export function showRun(state) {
  const { run } = state.session;
  byId("timeline").toggleAttribute("hidden", run !== null);
  byId("run-blocks").toggleAttribute("hidden", run === null);
  if (run === null) return false;
  drawBlocks(byId("run-blocks"), run.blocks, run.finished ? { index: run.blocks.length, elapsed_s: 0 } : run);
  head(run);
  return true;
}

function head(run) {
  const kind = words.cue.block[run.blocks[run.index][0]];
  const named = { kind, n: run.index + 1, all: run.blocks.length };
  const title = run.finished ? words.run.finished : run.paused ? fill(words.run.paused, { kind: kind.toLowerCase() }) : fill(words.run.title, named);
  setText(byId("timeline-title"), title);
  setText(byId("timeline-text"), run.finished ? words.run.finished_text : fill(words.run.left, { time: clock(Math.ceil(run.left_s)) }));
}

function showMetronome(run) {
  if (metronome.on && (run.paused || run.finished || run.metronome_spm === null)) metronome.stop();
  byId("metronome").setAttribute("aria-pressed", metronome.on);
  const name = fill(words.run.metronome, { spm: run.metronome_spm ?? "" });
  setText(byId("metronome-word"), name);
  byId("metronome").setAttribute("aria-label", name);
}

/** Tie the buttons to the newest state. */
export function tieRun(press, stateNow) {
  const pausing = () => {
    const paused = !stateNow().session.run.paused;
    return (now) => (now.session.run ? { ...now, session: { ...now.session, run: { ...now.session.run, paused } } } : now);
  };
  press("pause", () => ask("/api/run/pause", { paused: !stateNow().session.run.paused }).then(() => undefined), pausing);
  press("skip", () => ask("/api/run/skip").then(() => undefined));
  press("metronome", () => {
    const { run } = stateNow().session;
    if (metronome.on) metronome.stop();
    else metronome.start(run.metronome_spm);
    showMetronome(run);
  });
}

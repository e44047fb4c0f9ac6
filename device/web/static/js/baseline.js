// The capture of a baseline: how far it is, why it was refused, and the page anew when it is there.
import { byId, fill, setText, words } from "./bootstrap.js";
import { ask } from "./api.js";
import { drawRunner } from "./figure.js";
import { jointsOf, trunkOf } from "./skeleton.js";
import { Stream } from "./stream.js";

const W = words.baseline;
const ALL_S = Number(byId("page").dataset.seconds);
const captured = Number(byId("page").dataset.captured || NaN);
let running = false;
let seen = null;
let box = null;

function complain(text) {
  const line = byId("problem");
  line.hidden = !text;
  setText(line, text ?? "");
}

/** The figure's place in the frame: follows the runner slowly, so that it does not swim. */
function frameFor(points) {
  const all = Object.values(points).filter(Boolean);
  if (all.length < 6) return box;
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
  const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
  const height = Math.max(...ys) - Math.min(...ys);
  const next = [middle - height, Math.min(...ys) - 0.14 * height, middle + height, Math.max(...ys) + 0.14 * height];
  box = box ? box.map((edge, i) => edge + 0.08 * (next[i] - edge)) : next;
  return box;
}

function pointsOf(state) {
  const at = jointsOf(state);
  const { hip, shoulder } = trunkOf(at);
  const xy = (point) => (point?.sure ? [point.x, point.y] : undefined);
  const points = { hip: xy(hip), shoulder: xy(shoulder) };
  for (const leg of ["near", "far"]) for (const joint of ["elbow", "wrist", "knee", "ankle"]) points[`${leg}_${joint}`] = xy(at(joint, leg === "near"));
  const ears = [3, 4].filter((i) => state.pose?.points[i] && state.pose.score[i] >= 0.2).map((i) => state.pose.points[i]);
  if (ears.length) points.head = [ears.reduce((sum, [x]) => sum + x, 0) / ears.length, ears.reduce((sum, [, y]) => sum + y, 0) / ears.length];
  return points;
}

function show(state) {
  const { session, tracking } = state;
  if (state.pose && !state.error) {
    const points = pointsOf(state);
    const place = frameFor(points);
    if (place) drawRunner(byId("canvas"), { points, box: place, measured: tracking.measuring });
  }
  const progress = session.baseline_progress;
  if (progress !== null) {
    running = true;
    byId("bar").value = progress;
    setText(byId("what"), W.running);
    setText(byId("seconds"), `${Math.floor(ALL_S * progress)} s`);
    const problem = tracking.notices[0]?.message;
    setText(byId("text"), tracking.measuring ? fill(W.of, { done: Math.floor(ALL_S * progress), all: ALL_S }) : `${W.not_measuring} ${problem ?? ""}`);
    byId("start").disabled = true;
    return;
  }
  const refused = session.notices.find(({ code }) => code.startsWith("baseline_"));
  if (running) {
    running = false;
    byId("start").disabled = false;
    if (session.baseline && !refused) setTimeout(() => location.reload(), 600);
    else {
      setText(byId("what"), W.refused);
      setText(byId("seconds"), "");
      byId("bar").value = 0;
    }
  } else if (Number.isNaN(captured) && session.baseline) location.reload();
  if (refused && refused.message !== seen) complain(refused.message);
  seen = refused?.message ?? null;
}

new Stream({
  view: "skeleton",
  onMessage: (header) => header.kind === "state" && show(header),
  onHealth: ({ state: kind }) => kind === "out" && location.reload(),
}).start();

byId("start").addEventListener("click", async () => {
  complain("");
  try {
    await ask("/api/baseline/start", { duration_s: Number(byId("page").dataset.seconds) });
  } catch (error) {
    complain(error.message);
  }
});

byId("go-on")?.addEventListener("click", async () => {
  try {
    await ask("/api/review/freeze");
    location.assign("/review");
  } catch (error) {
    complain(error.message);
  }
});

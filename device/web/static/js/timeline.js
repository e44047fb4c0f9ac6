// What happened in this session: baseline, cue on, cue withheld, gaps and marks, on a clock of minutes.
import { byId, drawSvg, fill, setText, words } from "./bootstrap.js";
import { clock } from "./format.js";

const SPANS_MIN = [5, 10, 25, 50, 100, 250];
const HEIGHT = 22;
const SHOWN = 2;
export const BASELINE_S = 60;

/** Draw the session's story; `history.phases` holds when each phase began. */
export function showTimeline(state, history) {
  const { session, t } = state;
  const on = session.id !== null;
  head(state, on);
  const svg = byId("timeline");
  const width = svg.clientWidth || 1100;
  const elapsed = session.elapsed_s ?? 0;
  const whole = 60 * (SPANS_MIN.find((minutes) => elapsed <= 0.96 * 60 * minutes) ?? Math.ceil(elapsed / 3000) * 50);
  const x = (seconds) => 1 + (Math.min(whole, Math.max(0, seconds)) / whole) * (width - 2);
  const parts = [`<rect x="1" y="4" width="${width - 2}" height="${HEIGHT}" rx="5" fill="none" stroke="var(--line)" stroke-width="1.6"/>`];
  parts.push(...ticks(whole, x));
  if (on) {
    const begun = t - elapsed;
    parts.push(...history.phases.map(([from, phase], i) => block(phase, x(from - begun), x((history.phases[i + 1]?.[0] ?? t) - begun))));
    parts.push(...session.marks.map(([at, label]) => flag(x(at - begun), label === words.mark.pain)));
    parts.push(`<path d="M${x(elapsed).toFixed(1)} 0v31" stroke="var(--tx)" stroke-width="3" stroke-linecap="round"/>`);
  }
  drawSvg(svg, parts.join(""));
}

function head(state, on) {
  const { session, deviations } = state;
  let [title, text] = [words.timeline.none, words.timeline.none_text];
  if (on) {
    const mark = session.marks.at(-1);
    title = session.baseline_progress === null ? words.timeline[state.phase] : words.timeline.baseline;
    text = mark ? fill(words.timeline.marked, { label: mark[1], time: clock(mark[0] - session.started_t) }) : "";
  }
  if (session.baseline_progress !== null) {
    title = words.timeline.baseline;
    text = fill(words.timeline.capturing, { done: Math.round(session.baseline_progress * BASELINE_S), all: BASELINE_S });
  }
  setText(byId("timeline-title"), title);
  setText(byId("timeline-text"), text);
  const all = deviations.map(({ name, new: fresh }) => (fresh ? fill(words.timeline.new, { name }) : name));
  const names = all.slice(0, SHOWN).join(", ") + (all.length > SHOWN ? ` +${all.length - SHOWN}` : "");
  setText(byId("timeline-seen"), names ? fill(words.timeline.seen, { names }) : "");
}

function ticks(whole, x) {
  const every = whole / 5;
  return [0, 1, 2, 3, 4, 5].map((i) => {
    const anchor = i === 0 ? "start" : i === 5 ? "end" : "middle";
    const unit = i === 5 ? ` ${words.timeline.unit}` : "";
    return `<text x="${x(i * every).toFixed(1)}" y="48" font-size="12.5" text-anchor="${anchor}" fill="var(--tx3)">${Math.round((i * every) / 60)}${unit}</text>`;
  });
}

function block(phase, from, to) {
  const width = Math.max(0, to - from - 0.8);
  if (width < 0.3) return "";
  const place = `x="${from.toFixed(1)}" y="4" width="${width.toFixed(1)}" height="${HEIGHT}" rx="${Math.min(5, width / 2).toFixed(1)}"`;
  if (phase === "cue") return `<rect ${place} fill="var(--cue)"/>`;
  if (phase === "baseline") return `<rect ${place} fill="url(#hatch)" stroke="var(--edge)" stroke-width="1.6"/>`;
  if (phase === "gap") return `<path d="M${from.toFixed(1)} 15h${width.toFixed(1)}" stroke="var(--edge)" stroke-width="2" stroke-dasharray="3 4"/>`;
  return `<rect ${place} fill="${phase === "free" ? "none" : "var(--s2)"}" stroke="var(--edge)" stroke-width="1.6"/>`;
}

/** A flag; pain is a square in rose. */
const flag = (x, pain) => {
  const at = x.toFixed(1);
  const shape = pain ? `M${at} -3h9v9h-9` : `M${at} -2h8l-2 3 2 3h-8`;
  const ink = pain ? "var(--pain)" : "var(--tx)";
  return `<path d="${shape}" fill="${ink}" stroke="var(--s1)" stroke-width=".8" paint-order="stroke"/><path d="M${at} 30V-2" stroke="${ink}" stroke-width="1.6"/>`;
};

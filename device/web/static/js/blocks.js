// A run's blocks as a strip: filled where the cue may be seen, hollow where not.
import { drawSvg, words } from "./bootstrap.js";
import { clock } from "./format.js";

export const lit = (kind) => kind === "cue" || kind === "on_error";

/** Where each block lies: [kind, from_s, to_s]. */
export function laid(blocks) {
  let at = 0;
  return blocks.map(([kind, length]) => {
    const from = at;
    at += length;
    return [kind, from, at];
  });
}

/** Draw the strip into `svg`; `at` is {index, elapsed_s} of a run in progress, or null. */
export function drawBlocks(svg, blocks, at = null) {
  const width = svg.clientWidth || 700;
  const total = blocks.reduce((sum, [, length]) => sum + length, 0);
  const gap = 4;
  const room = width - gap * (blocks.length - 1);
  const parts = [];
  let x = 0;
  blocks.forEach(([kind, length], i) => {
    const wide = (length / total) * room;
    const done = at === null ? 1 : i < at.index ? 1 : i > at.index ? 0 : Math.min(1, at.elapsed_s / length);
    parts.push(block(kind, x, wide, at === null ? 1 : done, at !== null && i > at.index));
    parts.push(label(kind, length, x, wide, at !== null && i === at.index));
    if (at !== null && i === at.index) parts.push(`<path d="M${(x + wide * done).toFixed(1)} 0v30" stroke="var(--tx)" stroke-width="3" stroke-linecap="round"/>`);
    x += wide + gap;
  });
  svg.toggleAttribute("data-named", parts.some((part) => part.startsWith("<text")));
  drawSvg(svg, parts.join(""));
}

function block(kind, x, wide, done, ahead) {
  const place = `y="4" height="22" rx="5"`;
  if (!lit(kind)) return `<rect x="${(x + 0.8).toFixed(1)}" width="${Math.max(1, wide - 1.6).toFixed(1)}" ${place} fill="${kind === "recall" ? "var(--s2)" : "none"}" stroke="var(--edge)" stroke-width="1.6"/>`;
  const faint = ahead || done < 1;
  const back = `<rect x="${(x + 0.8).toFixed(1)}" width="${Math.max(1, wide - 1.6).toFixed(1)}" ${place} fill="${faint ? "var(--cue-soft)" : "var(--cue)"}" stroke="var(--cue)" stroke-width="1.6"/>`;
  return faint && done > 0 ? `${back}<rect x="${x.toFixed(1)}" width="${(wide * done).toFixed(1)}" ${place} fill="var(--cue)"/>` : back;
}

function label(kind, length, x, wide, now) {
  if (wide < 46) return "";
  const name = words.cue.block[kind];
  const style = `y="44" font-size="12.5" fill="var(--${now ? "tx" : "tx3"})"${now ? ' font-weight="650"' : ""}`;
  const time = `<text x="${(x + wide - 2).toFixed(1)}" text-anchor="end" ${style}>${clock(length)}</text>`;
  return wide > 7 * name.length + 40 ? `<text x="${(x + 2).toFixed(1)}" ${style}>${name}</text>${time}` : time;
}

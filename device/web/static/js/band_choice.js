// The band being chosen: the runner's own form with its spread, the target band, and the move between them.
import { drawSvg, fill, measureOf, words } from "./bootstrap.js";
import { digits, withUnit } from "./format.js";

const STEPS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50];
const LEFT = 24;

/** `own` is {mean, sd} or null; `target` and `half` may be null while nothing is chosen. */
export function drawBandChoice(svg, { metric, target, half, own, isBaseline }) {
  const measure = measureOf(metric);
  const width = svg.clientWidth && svg.clientWidth < 480 ? 360 : 560;
  svg.setAttribute("viewBox", `0 0 ${width} 156`);
  const RIGHT = width - LEFT;
  const points = [own?.mean, target === null ? null : target - half, target === null ? null : target + half].filter((v) => Number.isFinite(v));
  if (!points.length) return drawSvg(svg, "");
  const [low, high] = [Math.min(...points), Math.max(...points)];
  const step = STEPS.find((size) => 8 * size >= (high - low) * 1.25) ?? 100;
  const from = Math.floor((low - 1.2 * step) / step) * step;
  const to = Math.ceil((high + 1.2 * step) / step) * step;
  const x = (value) => LEFT + ((value - from) / (to - from)) * (RIGHT - LEFT);
  const inside = (at, room) => Math.min(RIGHT - room, Math.max(LEFT + room, at));
  const label = (at, y, value, size, extra = "") => `<text x="${at.toFixed(1)}" y="${y}" font-size="${size}" text-anchor="middle" ${extra}>${value}</text>`;
  const parts = [`<path d="M${LEFT} 84H${RIGHT}" stroke="var(--edge)" stroke-width="1.5"/>`];
  const count = Math.round((to - from) / step);
  // labels keep clear of one another: on a narrow screen only every second tick has one
  const widest = 8 * Math.max(tick(metric, from, step).length, tick(metric, to, step).length) + 6;
  const every = Math.ceil((widest * count) / (RIGHT - LEFT));
  for (let i = 0; i <= count; i += 1) {
    const at = x(from + i * step);
    parts.push(`<path d="M${at.toFixed(1)} 84v6" stroke="var(--edge)"/>`);
    if (i % every === 0 && (!own || Math.abs(at - x(own.mean)) > 22)) parts.push(label(at, 106, tick(metric, from + i * step, step), 13, 'fill="var(--tx3)"'));
  }
  if (target !== null && half !== null) parts.push(...band(metric, { target, half, x, label, inside }));
  if (own) parts.push(...mine(metric, own, { x, label, inside, isBaseline }));
  if (own && target !== null) parts.push(...arrow(metric, own.mean, target, { x, label, inside }));
  svg.setAttribute("aria-label", target === null ? measure.label : `${measure.label}: ${fill(words.cue.target_mark, { target: withUnit(metric, target, 1), low: digits(metric, target - half, 1), high: digits(metric, target + half, 1) })}`);
  return drawSvg(svg, parts.join(""));
}

function tick(metric, value, step) {
  const { unit } = measureOf(metric);
  const decimals = step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0;
  const text = value.toFixed(decimals).replace("-", "\u2212");
  return unit === "°" ? `${text}°` : text;
}

function band(metric, { target, half, x, label, inside }) {
  const [a, b] = [x(target - half), x(target + half)];
  const text = fill(words.cue.target_mark, { target: withUnit(metric, target, fine(metric)), low: digits(metric, target - half, fine(metric)), high: digits(metric, target + half, fine(metric)) });
  return [
    `<rect x="${a.toFixed(1)}" y="30" width="${Math.max(2, b - a).toFixed(1)}" height="54" rx="9" fill="var(--band)" stroke="var(--band-edge)" stroke-width="2.5"/>`,
    `<path d="M${x(target).toFixed(1)} 36V78" stroke="var(--band-edge)" stroke-width="2" stroke-dasharray="3 5"/>`,
    label(inside((a + b) / 2, 90), 20, text, 15, 'fill="var(--tx)" font-weight="650"'),
  ];
}

/** One more place than the tablet shows where whole numbers are too coarse for an edge. */
const fine = (metric) => (measureOf(metric).decimals === 0 && measureOf(metric).unit === "°" ? 1 : 0);

function mine(metric, own, { x, label, inside, isBaseline }) {
  const at = x(own.mean);
  const whisker = own.sd ? `<path d="M${inside(x(own.mean - own.sd), 0).toFixed(1)} 84H${inside(x(own.mean + own.sd), 0).toFixed(1)}" stroke="var(--tx)" stroke-width="6" stroke-linecap="round"/>` : "";
  const name = fill(isBaseline ? words.cue.baseline_mark : words.cue.now_mark, { value: withUnit(metric, own.mean) });
  return [
    whisker,
    `<path d="M${at.toFixed(1)} 88l9 14h-18z" fill="var(--s1)" stroke="var(--base)" stroke-width="1.8" stroke-linejoin="round"/>`,
    label(inside(at, 50), 124, name, 13, 'fill="var(--tx2)"'),
  ];
}

function arrow(metric, from, to, { x, label, inside }) {
  const [a, b] = [x(from), x(to)];
  if (Math.abs(b - a) < 14) return [];
  const way = Math.sign(b - a);
  const { low, high } = measureOf(metric);
  const by = `${way > 0 ? "+" : "\u2212"}${withUnit(metric, Math.abs(to - from), fine(metric))}`;
  return [
    `<path d="M${a.toFixed(1)} 134H${b.toFixed(1)}m${-7 * way} -5l${7 * way} 5l${-7 * way} 5" fill="none" stroke="var(--tx2)" stroke-width="1.8"/>`,
    label(inside((a + b) / 2, 90), 154, fill(words.cue.higher, { by, word: way > 0 ? high : low }), 13.5, 'fill="var(--tx2)"'),
  ];
}

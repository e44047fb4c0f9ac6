// The one glyph of the product: an axis, a two-sided band, a marker with its spread, a baseline triangle.
import { drawSvg, fill, measureOf, words } from "./bootstrap.js";
import { digits, withUnit } from "./format.js";

const TICKS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 25, 50];

/** Choose a round axis of ten ticks that holds the band, the baseline and, once measured, the value. */
function axisOf(cue, baseline, noise) {
  const middle = cue.low !== null && cue.high !== null ? (cue.low + cue.high) / 2 : cue.low ?? cue.high;
  const reach = Math.max(
    cue.low !== null && cue.high !== null ? 1.5 * (cue.high - cue.low) : 4 * noise,
    baseline === null ? 0 : 1.15 * Math.abs(baseline - middle),
    2 * noise,
  );
  const step = TICKS.find((tick) => 5 * tick >= reach) ?? reach / 5;
  const from = Math.round(middle / step - 5) * step;
  return { from, to: from + 10 * step, step };
}

/** Say the band in words. */
export function bandText(cue) {
  const edge = (value) => digits(cue.metric, value);
  const unit = withUnit(cue.metric, 0).replace(/^0[.0]*/, "");
  const { no_upper: noUpper, no_lower: noLower, range } = words.sessions;
  const text = cue.high === null ? noUpper : cue.low === null ? noLower : range;
  const filled = fill(text, { low: edge(cue.low ?? 0), high: edge(cue.high ?? 0) });
  return `${filled}${unit}`;
}

/** Draw the gauge into `box`: cue as in the stream's header, baseline a number or null. */
export function drawGauge(box, cue, baseline) {
  const svg = box.firstElementChild ?? box.appendChild(newSvg());
  const narrow = box.clientWidth < 400;
  const width = narrow ? 330 : 484;
  svg.setAttribute("viewBox", `0 0 ${width} 86`);
  const measure = measureOf(cue.metric);
  const axis = axisOf(cue, baseline, measure.noise);
  const x = (value) => 10 + Math.min(1, Math.max(0, (value - axis.from) / (axis.to - axis.from))) * (width - 20);
  const text = (at, y, anchor, label, extra = "") =>
    `<text x="${at.toFixed(1)}" y="${y}" font-size="13" text-anchor="${anchor}" fill="var(--tx3)" ${extra}>${label}</text>`;
  const [left, right] = [cue.low === null ? 2 : x(cue.low), cue.high === null ? width - 2 : x(cue.high)];
  const parts = [
    text(10, 14, "start", `← ${measure.low}`),
    text(width - 10, 14, "end", `${measure.high} →`),
    `<path d="M10 36H${width - 10}" stroke="var(--edge)" stroke-width="1.5"/>`,
  ];
  for (let i = 0; i <= 10; i += 1) {
    const at = 10 + (i * (width - 20)) / 10;
    parts.push(`<path d="M${at.toFixed(1)} 31v10" stroke="var(--edge)" stroke-width="1.5"/>`);
  }
  parts.push(
    `<rect x="${left}" y="19" width="${right - left}" height="34" rx="8" fill="var(--s1)"/>`,
    `<rect x="${left}" y="19" width="${right - left}" height="34" rx="8" fill="var(--band)" stroke="var(--band-edge)" stroke-width="2"/>`,
  );
  const taken = [];
  const close = right - left < 48;
  for (const [edge, side] of [[cue.low, "end"], [cue.high, "start"]]) {
    if (edge === null) continue;
    const at = x(edge);
    taken.push(at);
    parts.push(text(at, 81, close ? side : "middle", withUnit(cue.metric, edge), 'font-weight="600" class="edge-label"'));
  }
  if (baseline !== null) parts.push(...baselineMark(x(baseline), taken, fill(words.hero.baseline, { value: digits(cue.metric, baseline) }), text));
  if (cue.value !== null) parts.push(marker(cue, x));
  drawSvg(svg, parts.join(""));
  svg.setAttribute("aria-label", fill(words.hero.gauge, { label: measure.label, value: cue.value === null ? "–" : withUnit(cue.metric, cue.value), band: bandText(cue) }));
}

const newSvg = () => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("role", "img");
  return svg;
};

function baselineMark(at, taken, label, text) {
  const half = 3.3 * label.length;
  const crossed = taken.filter((edge) => Math.abs(edge - at) < half + 24);
  const near = crossed.length ? Math.min(...crossed) : null;
  const place = near === null ? [at, "middle"] : at <= near ? [near - 26, "end"] : [Math.max(...crossed) + 26, "start"];
  return [
    `<path d="M${at} 46l8 12h-16z" fill="var(--s1)" stroke="var(--base)" stroke-width="1.6" stroke-linejoin="round"/>`,
    text(place[0], 81, place[1], label),
  ];
}

function marker(cue, x) {
  const at = x(cue.value);
  const outside = cue.outside !== null;
  const ink = outside && cue.light === "cue" ? "var(--cue)" : "var(--tx)";
  const whisker =
    cue.sd === null ? "" : `<path d="M${x(cue.value - cue.sd)} 36H${x(cue.value + cue.sd)}" stroke="${ink}" stroke-width="5" stroke-linecap="round"/>`;
  const shape = outside
    ? `<path d="M${at} 20.4l15.6 15.6l-15.6 15.6l-15.6 -15.6z" fill="${ink}" stroke="var(--s1)" stroke-width="2"/>`
    : `<circle cx="${at}" cy="36" r="12" fill="${ink}" stroke="var(--s1)" stroke-width="2"/>`;
  return whisker + shape;
}

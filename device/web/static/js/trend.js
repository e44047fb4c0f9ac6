// Sixty seconds of one number: band behind, gaps hatched, a dot at the newest value. Drawn by uPlot.
import { make, words } from "./bootstrap.js";

const WINDOW_S = 60;

async function load() {
  try {
    const { default: UPlot } = await import("../vendor/uPlot.esm.js");
    const href = new URL("../vendor/uPlot.min.css", import.meta.url).href;
    document.head.append(make("link", { rel: "stylesheet", href }));
    return UPlot;
  } catch {
    return null; // the page works without charts and says so in their place
  }
}
const ready = load();

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function hatch(pen, left, top, width, height) {
  if (width < 2) return;
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  pen.strokeStyle = colour("--edge");
  pen.lineWidth = 1.6 * devicePixelRatio;
  pen.beginPath();
  const step = 7 * devicePixelRatio;
  for (let x = left - height; x < left + width; x += step) {
    pen.moveTo(x, top + height);
    pen.lineTo(x + height, top);
  }
  pen.stroke();
  pen.restore();
}

function kept({ ctx: pen }, draw) {
  pen.save();
  draw();
  pen.restore();
}

export class Trend {
  /** `box` is filled with the chart; `light` true draws when the light was on beneath it. */
  constructor(box, light = false) {
    Object.assign(this, { box, light, times: [], values: [], band: null, spans: [], out: false, now: 0, minRange: 1 });
    ready.then((UPlot) => (UPlot ? this.build(UPlot) : this.apologise()));
    document.addEventListener("themechange", () => this.plot?.redraw(false));
  }

  apologise() {
    this.box.classList.add("no-chart");
    this.box.textContent = this.light ? words.charts.missing : "";
  }

  build(UPlot) {
    const size = () => ({ width: this.box.clientWidth || 92, height: this.box.clientHeight || 40 });
    this.plot = new UPlot(
      {
        ...size(),
        padding: [5, 7, this.light ? 12 : 5, 1],
        legend: { show: false },
        cursor: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: { x: { time: false, range: () => [this.now - WINDOW_S, this.now] }, y: { range: (_, low, high) => this.range(low, high) } },
        series: [{}, { stroke: () => colour(this.out ? "--cue" : "--tx"), width: 2, points: { show: false }, spanGaps: false }],
        // uPlot remembers the pen's state, so it must find it as it left it
        hooks: { drawClear: [(plot) => kept(plot, () => this.under(plot))], draw: [(plot) => kept(plot, () => this.over(plot))] },
      },
      [[], []],
      this.box,
    );
    new ResizeObserver(() => this.plot.setSize(size())).observe(this.box);
    this.draw();
  }

  range(low, high) {
    const edges = [low, high, this.band?.low, this.band?.high].filter((v) => Number.isFinite(v));
    if (!edges.length) return [0, 1];
    const [from, to] = [Math.min(...edges), Math.max(...edges)];
    const pad = Math.max(0.18 * (to - from), (this.minRange - (to - from)) / 2, 1e-6);
    return [from - pad, to + pad];
  }

  under({ ctx: pen, bbox, valToPos }) {
    if (!this.band) return;
    const { low, high } = this.band;
    const top = high === null ? bbox.top : valToPos(high, "y", true);
    const bottom = low === null ? bbox.top + bbox.height : valToPos(low, "y", true);
    const right = bbox.left + bbox.width + 7 * devicePixelRatio;
    pen.fillStyle = colour("--band");
    pen.fillRect(bbox.left, top, right - bbox.left, bottom - top);
    pen.strokeStyle = colour("--edge");
    pen.lineWidth = devicePixelRatio;
    pen.beginPath();
    for (const [edge, y] of [[high, top], [low, bottom]]) {
      if (edge === null) continue;
      pen.moveTo(bbox.left, y);
      pen.lineTo(right, y);
    }
    pen.stroke();
  }

  over({ ctx: pen, bbox, valToPos }) {
    const x = (t) => Math.max(bbox.left, Math.min(bbox.left + bbox.width, valToPos(t, "x", true)));
    for (const [from, to] of this.gaps()) hatch(pen, x(from), bbox.top, x(to) - x(from), bbox.height);
    if (this.light) {
      pen.fillStyle = colour("--cue");
      const y = bbox.top + bbox.height + 6 * devicePixelRatio;
      for (const [from, to] of this.spans) pen.fillRect(x(from), y, Math.max(0, x(to) - x(from)), 3.5 * devicePixelRatio);
    }
    const last = this.values.at(-1);
    if (last === null || last === undefined) return;
    pen.beginPath();
    pen.arc(valToPos(this.times.at(-1), "x", true), valToPos(last, "y", true), 4 * devicePixelRatio, 0, 7);
    pen.fillStyle = colour(this.out ? "--cue" : "--tx");
    pen.fill();
    pen.lineWidth = 1.5 * devicePixelRatio;
    pen.strokeStyle = colour("--s1");
    pen.stroke();
  }

  gaps() {
    const gaps = [];
    let since = null;
    this.values.forEach((value, i) => {
      if (value === null) since ??= this.times[i];
      else if (since !== null) {
        gaps.push([since, this.times[i]]);
        since = null;
      }
    });
    if (since !== null) gaps.push([since, this.now]);
    return gaps;
  }

  /** Show points [[t, value or null]...] up to now; `band` {low, high} or null; `spans` when the light was on. */
  set(points, now, { band = null, spans = [], out = false, minRange = 1 } = {}) {
    const from = points.findIndex(([t]) => t >= now - WINDOW_S);
    const seen = from < 0 ? [] : points.slice(Math.max(0, from - 1));
    this.times = seen.map(([t]) => t);
    this.values = seen.map(([, value]) => value);
    Object.assign(this, { now, band, spans, out, minRange });
    this.draw();
  }

  draw() {
    this.plot?.setData([this.times, this.values]);
  }
}

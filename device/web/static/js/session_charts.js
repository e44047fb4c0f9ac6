// One recording: a measure through the session with its blocks, and the stride's curves; each also as a table.
import { read } from "./api.js";
import { byId, fill, make, measureOf, setText, words } from "./bootstrap.js";
import { clock, digits, withUnit } from "./format.js";
import { axes, colour, kept, loadPlot, plotIn, table } from "./plot.js";

const text = words.graph;
const panel = byId("charts");
const session = panel.dataset.session;
const ready = loadPlot().catch(() => null);
const GAP_S = 12;
const named = (kind) => words.cue.block[kind] ?? text.baseline;
let clear = null;

async function showTrend(metric = "") {
  const trend = await read(`/api/sessions/${session}/trend${metric ? `?metric=${metric}` : ""}`);
  choices(trend);
  const UPlot = await ready;
  clear?.();
  clear = UPlot && trend.points.length ? drawTrend(UPlot, trend) : null;
  setText(byId("trend-empty"), UPlot ? (trend.points.length ? "" : text.none) : words.charts.missing);
  byId("trend").setAttribute("aria-label", fill(text.label, { label: measureOf(trend.metric).label }));
  byId("trend-table").replaceChildren(trendTable(trend));
}

function choices({ measured, metric }) {
  const select = byId("trend-metric");
  if (select.options.length) return;
  select.append(...measured.map((name) => make("option", { value: name, selected: name === metric }, measureOf(name).label)));
}

function drawTrend(UPlot, { metric, points, band, blocks, events, length_s: length }) {
  const [times, values] = [[], []];
  points.forEach(([t, value], i) => {
    if (i && t - points[i - 1][0] > GAP_S) {
      times.push(t - GAP_S / 2);
      values.push(null);
    }
    times.push(t);
    values.push(value);
  });
  const under = kept((plot, pen) => {
    const { left, top, width, height } = plot.bbox;
    const x = (t) => Math.min(left + width, Math.max(left, plot.valToPos(t, "x", true)));
    for (const { kind, from, to } of blocks) {
      const lit = kind === "cue" || kind === "on_error";
      pen.fillStyle = lit ? colour("--cue-soft") : colour("--s2");
      pen.fillRect(x(from), top, Math.max(1, x(to) - x(from)), height);
      pen.fillStyle = lit ? colour("--cue") : colour("--edge");
      pen.fillRect(x(from), top + height - 4 * devicePixelRatio, Math.max(1, x(to) - x(from) - 2), 4 * devicePixelRatio);
    }
    if (!band) return;
    const y = (value, otherwise) => (value === null ? otherwise : plot.valToPos(value, "y", true));
    const [upper, lower] = [y(band[1], top), y(band[0], top + height)];
    pen.fillStyle = colour("--band");
    pen.fillRect(left, upper, width, lower - upper);
    pen.strokeStyle = colour("--band-edge");
    pen.setLineDash([6, 5]);
    pen.lineWidth = devicePixelRatio;
    pen.strokeRect(left - 2, upper, width + 4, lower - upper);
  });
  const over = kept((plot, pen) => {
    const { top, height } = plot.bbox;
    for (const { t, pain } of events) {
      const x = plot.valToPos(t, "x", true);
      pen.strokeStyle = pen.fillStyle = colour(pain === null ? "--tx" : "--pain");
      pen.lineWidth = devicePixelRatio;
      pen.beginPath();
      pen.moveTo(x, top);
      pen.lineTo(x, top + height);
      pen.stroke();
      const size = 9 * devicePixelRatio;
      if (pain === null) pen.fillRect(x, top, size, size * 0.6);
      else pen.fillRect(x - size / 2, top, size, size);
    }
  });
  const edges = (band ?? []).filter((edge) => edge !== null);
  return plotIn(
    byId("trend"),
    UPlot,
    {
      scales: { x: { time: false, range: () => [0, length] }, y: { range: (_, low, high) => widened(Math.min(low, ...edges), Math.max(high, ...edges)) } },
      axes: axes((t) => clock(t), (value) => digits(metric, value), [1, 5, 10, 15, 30, 60, 120, 300, 600]),
      series: [{}, { stroke: () => colour("--tx"), width: 2, points: { show: false } }],
      hooks: { drawClear: [under], draw: [over] },
    },
    [times, values],
  );
}

const widened = (low, high) => {
  const pad = 0.1 * (high - low) || 1;
  return [low - pad, high + pad];
};

function trendTable({ metric, blocks, events }) {
  const percent = (share) => (share === null ? "" : `${Math.round(100 * share)} %`);
  const heads = [text.block, text.from, text.to, text.mean, text.sd, text.in_band, text.given, text.withheld];
  const rows = blocks.map((b) => [
    named(b.kind), clock(b.from), clock(b.to), b.mean === null ? text.none : withUnit(metric, b.mean), b.sd === null ? "" : `±${digits(metric, b.sd, 1)}`,
    percent(b.in_band), b.given === null ? "" : `${b.given}`, b.withheld === null ? "" : `${b.withheld}`,
  ]);
  const box = table(heads, rows);
  const told = events.map(({ t, label, pain }) => `${pain === null ? label : fill(text.pain, { score: pain })} ${clock(t)}`).join(", ");
  if (told) box.append(make("p", { class: "sm" }, `${text.events}: ${told}`));
  return box;
}

async function showCurves() {
  const button = byId("curves-button");
  button.disabled = true;
  setText(byId("curves-said"), text.working);
  try {
    const answer = await fetch(`/sessions/${session}/curves.json`);
    const curves = await answer.json();
    if (!answer.ok) throw new Error(curves.message ?? words.controls.failed);
    const UPlot = await ready;
    drawCurves(UPlot, curves);
    button.hidden = true;
    setText(byId("curves-said"), UPlot ? text.curves_note : words.charts.missing);
  } catch (error) {
    button.disabled = false;
    setText(byId("curves-said"), error.message);
  }
}

/** The baseline dashed, then at most one other stretch: with the cue, else the first there is. */
function drawCurves(UPlot, curves) {
  const others = ["cue", "on_error", "retention", "recall", "withheld", "whole"];
  const shown = ["baseline", others.find((kind) => curves[kind]?.knee)].filter((kind) => curves[kind]?.knee);
  const box = byId("curves");
  if (!shown.length) {
    box.replaceChildren(make("p", { class: "dim" }, text.few));
    return;
  }
  byId("curves-legend").replaceChildren(...shown.map((kind) => legend(kind, curves[kind].n)));
  for (const angle of ["knee", "thigh", "trunk"]) {
    const plot = make("div", { class: "plot", role: "img", "aria-label": fill(text.curve_label, { label: text[angle] }) });
    const details = make("details", {}, make("summary", {}, text.table), curveTable(curves, shown, angle));
    box.append(make("section", {}, make("h3", {}, `${text[angle]}, ${text.deg}`), plot, details));
    if (UPlot) drawCurve(UPlot, plot, shown.map((kind) => ({ kind, ...curves[kind][angle] })));
  }
}

function legend(kind, n) {
  const line = make("span", {}, fill(text.strides, { name: named(kind), n }));
  const dash = kind === "baseline" ? 'stroke-dasharray="6 4" stroke="var(--tx2)"' : 'stroke="var(--cue)"';
  line.insertAdjacentHTML("afterbegin", `<svg width="30" height="10" aria-hidden="true"><path d="M0 5h30" ${dash} stroke-width="3"/></svg>`);
  return line;
}

function drawCurve(UPlot, box, parts) {
  const percent = Array.from({ length: 101 }, (_, i) => i);
  const ink = (kind) => colour(kind === "baseline" ? "--tx2" : "--cue");
  const shade = kept((plot, pen) => {
    for (const { kind, mean, sd } of parts) {
      pen.globalAlpha = 0.18;
      pen.fillStyle = ink(kind);
      pen.beginPath();
      percent.forEach((p) => pen.lineTo(plot.valToPos(p, "x", true), plot.valToPos(mean[p] + sd[p], "y", true)));
      [...percent].reverse().forEach((p) => pen.lineTo(plot.valToPos(p, "x", true), plot.valToPos(mean[p] - sd[p], "y", true)));
      pen.fill();
    }
  });
  const reach = parts.flatMap(({ mean, sd }) => mean.flatMap((v, i) => [v - sd[i], v + sd[i]]));
  plotIn(
    box,
    UPlot,
    {
      scales: { x: { time: false, range: () => [0, 100] }, y: { range: () => widened(Math.min(...reach), Math.max(...reach)) } },
      axes: axes((p) => `${p}%`, (value) => `${Math.round(value)}°`.replace("-", "\u2212")),
      series: [{}, ...parts.map(({ kind }) => ({ stroke: () => ink(kind), width: 2.4, dash: kind === "baseline" ? [7, 5] : [], points: { show: false } }))],
      hooks: { drawClear: [shade] },
    },
    [percent, ...parts.map(({ mean }) => mean)],
  );
}

function curveTable(curves, shown, angle) {
  const rows = Array.from({ length: 11 }, (_, i) => [
    `${10 * i} %`,
    ...shown.map((kind) => `${curves[kind][angle].mean[10 * i].toFixed(1)}° ±${curves[kind][angle].sd[10 * i].toFixed(1)}`.replace("-", "\u2212")),
  ]);
  return table([text.at, ...shown.map(named)], rows);
}

byId("trend-metric").addEventListener("change", (event) => showTrend(event.target.value).catch(fail));
byId("curves-button").addEventListener("click", showCurves);
const fail = (error) => setText(byId("trend-empty"), error.message);
showTrend().catch(fail);

// uPlot for the charts of a recording: colours from the page, shapes beside colour.
import { make } from "./bootstrap.js";

export async function loadPlot() {
  const { default: UPlot } = await import("../vendor/uPlot.esm.js");
  const href = new URL("../vendor/uPlot.min.css", import.meta.url).href;
  document.head.append(make("link", { rel: "stylesheet", href }));
  return UPlot;
}

export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const axes = (x, y, steps = undefined) => {
  const look = { stroke: () => colour("--tx3"), grid: { stroke: () => colour("--line"), width: 1 }, ticks: { stroke: () => colour("--line") }, font: "12.5px system-ui" };
  return [
    { ...look, ...(steps && { incrs: steps }), values: (_, marks) => marks.map(x) },
    { ...look, size: 52, values: (_, marks) => marks.map(y) },
  ];
};

/** Draw a plot that follows its box and the page's colours; gives a way to take it away. */
export function plotIn(box, UPlot, options, data) {
  const size = () => ({ width: box.clientWidth || 600, height: box.clientHeight || 280 });
  const plot = new UPlot({ ...options, ...size(), legend: { show: false }, cursor: { show: false } }, data, box);
  const watch = new ResizeObserver(() => plot.setSize(size()));
  watch.observe(box);
  const repaint = () => plot.redraw(false);
  document.addEventListener("themechange", repaint);
  return () => {
    watch.disconnect();
    document.removeEventListener("themechange", repaint);
    plot.destroy();
  };
}

/** Let a drawing leave uPlot's pen as it was. */
export const kept = (draw) => (plot) => {
  plot.ctx.save();
  draw(plot, plot.ctx);
  plot.ctx.restore();
};

export function table(heads, rows) {
  const head = make("thead", {}, make("tr", {}, ...heads.map((name) => make("th", { scope: "col" }, name))));
  const body = make("tbody", {}, ...rows.map(([first, ...rest]) => make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((cell) => make("td", {}, cell)))));
  return make("div", { class: "chart-table" }, make("table", {}, head, body));
}

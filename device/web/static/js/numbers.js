// The one large number, and the tiles. They change at most once a step; what is not trusted is removed.
import { byId, fill, make, measureOf, measures, setText, words } from "./bootstrap.js";
import { digits, withUnit } from "./format.js";
import { bandText, drawGauge } from "./gauge.js";
import { pinned } from "./pins.js";
import * as shapes from "./shapes.js";
import { Trend } from "./trend.js";

const TILES = 4;
const narrow = matchMedia("(max-width: 700px)");

export class Hero {
  constructor() {
    this.trend = new Trend(byId("hero-trend"), true);
    this.lastValid = null;
    this.refusedSince = null;
  }

  /** `fresh` false means that nothing arrives: every value goes. */
  show(state, history, fresh, stepped) {
    const { cue } = state;
    // blue is the light: outside the band without the light is ink, with the diamond's shape
    const lit = fresh && cue.light === "cue";
    byId("hero").classList.toggle("out", lit);
    const chosen = cue.metric !== null;
    for (const id of ["hero-body", "gauge", "hero-chip", "hero-name", "hero-trust"]) byId(id).hidden = !chosen;
    byId("hero-empty").hidden = chosen;
    if (!chosen) return;
    const measuring = fresh && state.tracking.measuring;
    this.refusedSince = measuring ? null : (this.refusedSince ?? state.t);
    const value = measuring ? cue.value : null;
    if (value !== null) this.lastValid = { metric: cue.metric, value, t: state.t };
    this.head(state, value, measuring, fresh);
    this.number(state, value, fresh);
    const baseline = state.session.baseline?.[cue.metric]?.mean ?? null;
    drawGauge(byId("gauge"), { ...cue, value }, baseline);
    if (!stepped && measuring) return;
    const points = history.values.get(cue.metric) ?? [];
    this.trend.set(points, state.t, {
      band: { low: cue.low, high: cue.high },
      spans: history.spans("cue", state.t),
      out: lit,
      minRange: 4 * measureOf(cue.metric).noise,
    });
  }

  head(state, value, measuring, fresh) {
    const { cue } = state;
    const measure = measureOf(cue.metric);
    setText(byId("hero-name"), measure.label);
    trustMark(byId("hero-trust"), trustOf(state, cue.metric), words.trust[trustOf(state, cue.metric)]);
    const chip = byId("hero-chip");
    if (!fresh || !measuring) {
      const age = Math.max(0, Math.floor(state.t - this.refusedSince));
      shapes.setChip(chip, "eq", shapes.triangle, fresh ? fill(words.hero.refused, { age }) : words.hero.stale);
    } else if (value === null || cue.light === "not_measuring") shapes.setChip(chip, "", shapes.waiting, words.hero.waiting);
    else if (cue.outside) {
      const by = cue.outside === "below" ? cue.low - value : value - cue.high;
      const key = narrow.matches ? `${cue.outside}_short` : cue.outside;
      const text = fill(words.hero[key], { by: withUnit(cue.metric, Math.max(0, by)) });
      shapes.setChip(chip, cue.light === "cue" ? "cue" : "", shapes.diamond, text);
    } else if (!cue.shown) shapes.setChip(chip, "", shapes.ring, words.hero.withheld);
    else shapes.setChip(chip, "", shapes.circle, words.hero.inside);
    setText(byId("minute-left"), words.hero.minute);
    const share = byId("minute-right");
    if (!measuring) setText(share, words.hero.gap);
    else if (cue.in_band_fraction === null) setText(share, "");
    else {
      const percent = fill(words.hero.in_band, { percent: Math.round(100 * cue.in_band_fraction) });
      if (share.textContent !== `${percent} ${words.hero.in_band_word}`) share.replaceChildren(make("b", {}, percent), ` ${words.hero.in_band_word}`);
    }
  }

  number(state, value, fresh) {
    const { cue } = state;
    const box = byId("number");
    const note = byId("number-note");
    const { unit, per } = measureOf(cue.metric);
    const text = value === null ? "" : digits(cue.metric, value);
    const key = `${text}${unit}`;
    if (box.dataset.shown !== key) {
      box.dataset.shown = key;
      const size = sizeOf(text, unit);
      box.classList.toggle("long", size === "long");
      box.classList.toggle("longer", size === "longer");
      if (value === null) box.replaceChildren(make("span", { class: "dash" }), make("span", { class: "dash" }));
      else box.replaceChildren(text, make("span", { class: unit === "°" ? "deg" : "unit" }, unit));
    }
    if (value !== null) {
      const spread = cue.sd === null ? "" : `±${digits(cue.metric, cue.sd)}, `;
      setText(note, fill(words.hero[`${cue.n === 1 ? "one" : "mean"}_${per}`], { spread, n: cue.n }));
    } else if (this.lastValid?.metric === cue.metric) {
      const age = Math.max(0, Math.floor(state.t - this.lastValid.t));
      setText(note, fill(fresh ? words.hero.last : words.hero.last_known, { value: withUnit(cue.metric, this.lastValid.value), age }));
    } else {
      // this page has seen none, but the device remembers one
      const last = state.tiles.find(({ name }) => name === cue.metric)?.last ?? null;
      setText(note, last === null ? words.hero.never : fill(words.hero.last_known, { value: withUnit(cue.metric, last) }));
    }
  }
}

/** How wide the number is, in its own letter heights, decides its size: it never leaves its column. */
function sizeOf(text, unit) {
  const widths = { ".": 0.26, "\u2212": 0.52 };
  const number = [...text].reduce((sum, sign) => sum + (widths[sign] ?? 0.62), 0);
  const width = number + (unit === "°" ? 0.42 : 0.06 + 0.11 * unit.length);
  return width <= 1.95 ? "" : width <= 2.6 ? "long" : "longer";
}

/** Trunk lean is a value, not only a change, once a standing calibration is known. */
export const trustOf = (state, name) => (name === "trunk_lean_deg" && state.run.lean_offset_deg !== null ? "A" : measureOf(name).trust);

export function trustMark(box, letter, word) {
  if (box.dataset.shown === letter) return;
  box.dataset.shown = letter;
  box.replaceChildren(make("i", {}, letter), word);
}

class Tile {
  constructor(name) {
    this.name = name;
    this.title = make("h3", { class: "clip" });
    this.trust = make("span", { class: "tr" });
    this.value = make("span", { class: "v" });
    this.spread = make("span", { class: "pm" });
    this.foot = make("div", { class: "xs clip" });
    const chart = make("div", { class: "trend", role: "img", "aria-label": fill(words.tile.trend, { label: measureOf(name).label }) });
    this.box = make(
      "section",
      { class: measureOf(name).label.length > 18 ? "tile long" : "tile" },
      make("div", { class: "row sp" }, this.title, this.trust),
      make("div", { class: "row sp" }, make("div", { class: "nw" }, this.value, " ", this.spread), chart),
      this.foot,
    );
    setText(this.title, measureOf(name).label);
    this.trend = new Trend(chart);
  }

  show(tile, state, history, fresh) {
    const measure = measureOf(this.name);
    const letter = trustOf(state, this.name);
    trustMark(this.trust, letter, words.trust[`${letter}_short`] ?? words.trust[letter]);
    const live = fresh && state.tracking.measuring && tile.stat;
    const text = live ? digits(this.name, tile.stat.mean) : null;
    if (this.shown !== text) {
      this.shown = text;
      if (text === null) this.value.replaceChildren(make("span", { class: "dash" }));
      else this.value.replaceChildren(text, make("small", {}, measure.unit));
    }
    if (live) setText(this.spread, tile.stat.sd === null ? "" : `±${digits(this.name, tile.stat.sd)}`);
    else setText(this.spread, tile.last === null ? "" : fill(words.tile.last, { value: withUnit(this.name, tile.last) }));
    setText(this.foot, this.footText(tile, live));
    const own = tile.own?.sd != null ? { low: tile.own.mean - 2 * tile.own.sd, high: tile.own.mean + 2 * tile.own.sd } : null;
    this.trend.set(history.values.get(this.name) ?? [], state.t, { band: own, minRange: 4 * measure.noise });
  }

  footText(tile, live) {
    if (!live) return tile.last === null ? words.tile.waiting : words.tile.held;
    if (tile.own?.sd == null) return narrow.matches ? words.tile.no_own_short : words.tile.no_own;
    const edge = (k) => digits(this.name, tile.own.mean + k * tile.own.sd);
    return fill(words.tile.own, { low: edge(-2), high: edge(2) });
  }
}

export class Tiles {
  constructor() {
    this.box = byId("tiles");
    this.tiles = new Map();
  }

  show(state, history, fresh) {
    const given = new Map(state.tiles.map((tile) => [tile.name, tile]));
    const order = [...pinned(), ...measures.main, ...given.keys()].filter((name, i, all) => given.has(name) && name !== state.cue.metric && all.indexOf(name) === i);
    const chosen = order.slice(0, TILES);
    if (chosen.join() !== this.order) {
      this.order = chosen.join();
      for (const name of chosen) if (!this.tiles.has(name)) this.tiles.set(name, new Tile(name));
      this.box.replaceChildren(...chosen.map((name) => this.tiles.get(name).box));
    }
    for (const name of chosen) this.tiles.get(name).show(given.get(name), state, history, fresh);
  }
}

export { bandText };

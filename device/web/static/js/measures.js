// Every measure with what is known of it, and the named patterns; opens in the picture's place.
import { fill, make, measureOf, measures, setText, words } from "./bootstrap.js";
import { openDrawer } from "./drawer.js";
import { digits, withUnit } from "./format.js";
import { trustMark, trustOf } from "./numbers.js";
import { pinned, togglePin } from "./pins.js";

const PIN = '<svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true"><rect class="pin-frame" x="3" y="3" width="18" height="18" rx="4" fill="none" stroke="currentColor" stroke-width="2"/><path class="pin-on" d="M8 12.4l2.8 2.8 5.4-6" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>';
const PATTERN_GROUPS = ["posture", "leg", "landing"];

/** Open the list; `onPins` runs when the choice of tiles has changed. */
export function openMeasures(state, trusted, onPins) {
  const list = new MeasureList(onPins);
  const patterns = make("div", { class: "patterns" });
  const view = make("div", { class: "seg views", role: "radiogroup", "aria-label": words.measures.title });
  const choose = (value) => {
    list.box.hidden = value !== "all";
    patterns.hidden = value !== "patterns";
  };
  const tab = (value, text) => make("label", {}, make("input", { type: "radio", name: "view", value, checked: value === "all", onchange: () => choose(value) }), text);
  const count = make("span", {});
  const seen = tab("patterns", words.measures.patterns);
  seen.append(count);
  view.append(tab("all", words.measures.all), seen);
  let told = null;
  const show = (now, live) => {
    list.show(now, live);
    const key = JSON.stringify([live && now.tracking.measuring, now.deviations, now.session.baseline !== null]);
    if (key === told) return;
    told = key;
    setText(count, `\u00a0${now.deviations.length || ""}`);
    patterns.replaceChildren(...patternParts(now, live && now.tracking.measuring));
  };
  choose("all");
  show(state, trusted);
  openDrawer(words.measures.title, [view, list.box, patterns], { kind: "list", live: show });
}

class MeasureList {
  constructor(onPins) {
    this.rows = new Map();
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    const press = (name) => {
      const done = togglePin(name);
      this.problem.hidden = done;
      setText(this.problem, done ? "" : words.measures.full);
      this.showPins();
      if (done) onPins();
    };
    const group = (key) => {
      const names = measures.order.filter((name) => measureOf(name).group === key);
      const rows = names.map((name) => {
        const row = new Row(name, () => press(name));
        this.rows.set(name, row);
        return row.box;
      });
      return make("section", { class: "group" }, make("h3", {}, words.measures[key]), make("ul", {}, ...rows));
    };
    const hint = make("p", { class: "sm" }, words.measures.hint);
    this.box = make("div", { class: "measures" }, hint, this.problem, ...measures.groups.map(group));
    this.showPins();
  }

  showPins() {
    for (const [name, row] of this.rows) row.pin.setAttribute("aria-pressed", pinned().includes(name));
  }

  show(state, trusted) {
    const tiles = new Map(state.tiles.map((tile) => [tile.name, tile]));
    for (const [name, row] of this.rows) row.show(tiles.get(name), state, trusted && state.tracking.measuring);
  }
}

class Row {
  constructor(name, onPin) {
    this.name = name;
    const { label, low, high, evidence, reads } = measureOf(name);
    this.trust = make("span", { class: "tr" });
    this.value = make("b", {});
    this.spread = make("span", { class: "sm" });
    this.count = make("span", { class: "xs" });
    this.own = make("span", { class: "xs" });
    this.pin = make("button", { type: "button", class: "btn line pin", "aria-label": fill(words.measures.pin, { label }), onclick: onPin });
    this.pin.innerHTML = PIN;
    this.box = make(
      "li",
      { class: "measure", "data-metric": name },
      make("div", { class: "what" }, make("span", { class: "name" }, label), " ", this.trust),
      make("div", { class: "much nw" }, this.value, " ", this.spread),
      this.pin,
      make("div", { class: "more" }, make("span", { class: "xs" }, `← ${low} · ${high} →`), make("span", { class: "nums" }, this.count, this.own)),
      make("p", { class: "xs why" }, [evidence, reads].filter(Boolean).join(" ")),
    );
  }

  show(tile, state, measuring) {
    const { per } = measureOf(this.name);
    const letter = trustOf(state, this.name);
    trustMark(this.trust, letter, words.trust[letter]);
    const stat = measuring ? tile?.stat : null;
    setText(this.value, stat ? withUnit(this.name, stat.mean) : "–");
    setText(this.spread, stat?.sd == null ? "" : `±${digits(this.name, stat.sd)}`);
    setText(this.count, stat ? fill(words.measures[stat.n === 1 ? `one_${per}` : `n_${per}`], { n: stat.n }) : words.measures.none);
    const own = tile?.own;
    const edge = (k) => digits(this.name, own.mean + k * own.sd);
    setText(this.own, own?.sd == null ? words.tile.no_own_short : fill(words.tile.own, { low: edge(-2), high: edge(2) }));
  }
}

function patternParts(state, measuring) {
  if (!measuring) return [make("p", { class: "dim" }, words.measures.not_now)];
  const compared = state.session.baseline !== null;
  const hint = make("p", { class: "sm" }, compared ? words.measures.pattern_hint : words.measures.pattern_hint_alone);
  return [hint, ...PATTERN_GROUPS.map((group) => patternGroup(group, state.deviations.filter((seen) => seen.group === group)))];
}

function patternGroup(group, seen) {
  const head = make("div", { class: "row sp" }, make("h3", {}, words.measures[group]), make("span", { class: "xs" }, seen.length ? fill(words.measures.seen, { n: seen.length }) : words.measures.nothing));
  const item = ({ name, detail, evidence, new: fresh }) =>
    make(
      "li",
      { class: "pattern" },
      make("div", { class: "row sp" }, make("span", { class: "name" }, name), ...(fresh ? [make("span", { class: "fresh" }, words.measures.fresh)] : [])),
      make("p", { class: "sm" }, detail),
      make("p", { class: "xs" }, evidence),
    );
  return make("section", { class: "group" }, head, make("ul", {}, ...seen.map(item)));
}

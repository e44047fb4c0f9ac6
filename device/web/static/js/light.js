// The light as it was sent: word, lens and ten seconds of it, as on a nautical chart.
import { byId, drawSvg, fill, setText, words } from "./bootstrap.js";
import { LENS } from "./lens.js";

const STRIP_S = 10;
const BLINK_EVERY_S = 5;

/** Show the light's state; `history.light` holds when each state began. */
export function showLight(state, history) {
  const light = state.light_fault ? "fault" : state.cue.light;
  const panel = byId("light");
  panel.dataset.state = light;
  drawSvg(byId("lens"), LENS[light]);
  setText(byId("light-word"), words.light[light]);
  setText(byId("light-text"), textOf(state, history));
  byId("light-tag").hidden = light !== "cue";
  drawSvg(byId("strip"), light === "fault" ? "" : strip(history.light, state.t));
}

/** Nothing is known of the light while nothing arrives. */
export function forgetLight() {
  byId("light").dataset.state = "unknown";
  drawSvg(byId("lens"), LENS.unknown);
  setText(byId("light-word"), words.light.unknown);
  setText(byId("light-text"), words.light.unknown_text);
  byId("light-tag").hidden = true;
  drawSvg(byId("strip"), "");
}

function textOf(state, history) {
  const { cue } = state;
  if (state.light_fault) return words.light.fault_text;
  if (cue.light === "cue") return fill(words.light.cue_text, { age: Math.floor(state.t - (history.light.at(-1)?.[0] ?? state.t)) });
  if (cue.light === "alive") {
    if (!cue.metric) return words.light.alive_free;
    if (!cue.shown) return words.light.alive_withheld;
    return cue.outside ? words.light.alive_soon : words.light.alive_text;
  }
  if (cue.light === "not_measuring" && state.tracking.measuring) return words.light.collecting;
  return words.light[`${cue.light}_text`];
}

function strip(light, now) {
  const x = (t) => Math.max(0, ((t - now) / STRIP_S + 1) * 96);
  const block = (from, to, fillColour) => {
    const [a, b] = [x(from), x(Math.min(to, now))];
    return b > a ? `<rect x="${a.toFixed(1)}" y="1" width="${(b - a).toFixed(1)}" height="12" rx="2" fill="${fillColour}"/>` : "";
  };
  return light
    .map(([from, state], i) => {
      const to = light[i + 1]?.[0] ?? now;
      if (to < now - STRIP_S) return "";
      const rule = (dash) => `<path d="M${x(from).toFixed(1)} 7H${x(to).toFixed(1)}" stroke="var(--edge)" stroke-width="1.5" ${dash}/>`;
      if (state === "cue") return block(from, to, "var(--cue)");
      if (state === "off") return rule('stroke-dasharray="3 3"');
      const [every, length] = state === "alive" ? [BLINK_EVERY_S, 0.3] : [2, 1];
      let marks = rule("");
      const first = Math.max(0, Math.floor((now - STRIP_S - from) / every));
      for (let t = from + first * every; t < to; t += every) marks += block(t, Math.min(t + length, to), state === "alive" ? "var(--tx)" : "var(--tx2)");
      return marks;
    })
    .join("");
}

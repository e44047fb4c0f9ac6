// Steps through the frozen seconds: frame by frame, stride by stride, or at quarter speed.
import { byId, drawSvg, fill, setText, words } from "./bootstrap.js";
import { drawRunner, named } from "./figure.js";

const W = words.review;
const SLOW = 0.25;
const AHEAD = 12;

export class Player {
  /** data: the answer of /api/review/frozen. onStep: called when somebody moves. */
  constructor(data, onStep) {
    Object.assign(this, { data, onStep, pictured: true, playing: false, pictures: new Map() });
    this.times = data.frames.map(([t]) => t);
    this.length = this.times.at(-1) ?? 0;
    this.index = this.nearest(data.key[0]?.[2] ?? 0);
    this.canvas = byId("canvas");
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    new ResizeObserver(() => this.drawTrack()).observe(byId("track"));
    this.draw();
  }

  listen() {
    const seek = byId("seek");
    seek.max = Math.max(0, this.times.length - 1);
    seek.addEventListener("input", () => this.go(Number(seek.value)));
    const on = (id, action) => byId(id).addEventListener("click", action);
    on("frame-back", () => this.go(this.index - 1));
    on("frame-on", () => this.go(this.index + 1));
    on("stride-back", () => this.stride(-1));
    on("stride-on", () => this.stride(1));
    on("slow", () => (this.playing ? this.stop() : this.play()));
    for (const card of document.querySelectorAll(".kf")) {
      const key = this.data.key.find(([leg, instant]) => leg === card.dataset.leg && instant === card.dataset.instant);
      if (key) card.addEventListener("click", () => this.go(this.nearest(key[2])));
    }
  }

  nearest(t) {
    let best = 0;
    this.times.forEach((at, i) => {
      if (Math.abs(at - t) < Math.abs(this.times[best] - t)) best = i;
    });
    return best;
  }

  go(index) {
    this.stop();
    this.show(index);
    this.onStep();
  }

  show(index) {
    this.index = Math.min(this.times.length - 1, Math.max(0, index));
    this.draw();
  }

  /** Go to the near foot's next or last contact. */
  stride(by) {
    const now = this.times[this.index];
    const contacts = this.data.contacts.near.map(([contact]) => contact);
    const to = by > 0 ? contacts.find((t) => t > now + 0.05) : contacts.findLast((t) => t < now - 0.05);
    // The first frame that shows the foot on the belt.
    if (to !== undefined) this.go(this.times.findIndex((t) => t >= to));
  }

  play() {
    this.playing = true;
    this.onStep();
    this.button();
    if (this.index >= this.times.length - 1) this.index = 0;
    const begun = performance.now();
    const from = this.times[this.index];
    const turn = () => {
      if (!this.playing) return;
      const t = from + (SLOW * (performance.now() - begun)) / 1000;
      let next = this.index;
      while (next < this.times.length - 1 && this.times[next + 1] <= t) next += 1;
      if (next !== this.index) this.show(next);
      if (next >= this.times.length - 1) this.stop();
      else requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
  }

  stop() {
    if (!this.playing) return;
    this.playing = false;
    this.button();
  }

  button() {
    byId("slow").setAttribute("aria-pressed", this.playing);
    setText(byId("slow-word"), this.playing ? W.stop : W.slow);
  }

  /** The picture of a frame, or of one a moment before when this frame has none; null while it loads. */
  pictureAt(index) {
    for (let i = index; i >= 0 && this.times[index] - this.times[i] < 0.04; i -= 1) {
      const place = this.data.frames[i][2];
      if (!place) continue;
      const image = this.load(i);
      return image.complete && image.naturalWidth ? { image, place, exact: i === index } : null;
    }
    return null;
  }

  load(index) {
    if (!this.pictures.has(index)) {
      const image = new Image();
      image.addEventListener("load", () => Math.abs(index - this.index) < 3 && this.draw());
      image.src = `/api/review/frozen/${this.data.id}/${index}.jpg`;
      this.pictures.set(index, image);
    }
    return this.pictures.get(index);
  }

  draw() {
    const frame = this.data.frames[this.index];
    if (!frame) return;
    const [t, measured, , row] = frame;
    const found = this.pictured ? this.pictureAt(this.index) : null;
    if (this.pictured) for (let i = this.index; i < Math.min(this.index + AHEAD, this.times.length); i += 1) this.data.frames[i][2] && this.load(i);
    const shown = { points: named(this.data.points, row), box: this.data.box, measured };
    drawRunner(this.canvas, found ? { ...shown, picture: found.image, place: found.place } : shown);
    byId("seek").value = this.index;
    const text = this.phase(t, measured);
    byId("seek").setAttribute("aria-valuetext", `${t.toFixed(2)} s, ${text}`);
    setText(byId("phase"), text);
    setText(byId("place"), fill(W.quantity, { done: t.toFixed(2), all: this.length.toFixed(1) }));
    this.drawTrack();
  }

  /** Say where in the stride this instant lies. */
  phase(t, measured) {
    if (!measured) return W.not_measured;
    const place = (leg) => {
      const stances = this.data.contacts[leg];
      const i = stances.findLastIndex(([contact]) => contact <= t);
      if (i < 0) return null;
      const usual = stances.length > 1 ? (stances.at(-1)[0] - stances[0][0]) / (stances.length - 1) : null;
      const length = (stances[i + 1]?.[0] ?? stances[i][0] + (usual ?? 0.7)) - stances[i][0];
      const pct = Math.round((100 * (t - stances[i][0])) / length);
      return { down: stances[i][1] === null ? pct < 40 : t < stances[i][1], pct: Math.min(100, pct) };
    };
    const [near, far] = [place("near"), place("far")];
    if (near?.down) return fill(W.on_ground, { leg: words.legs.near, pct: near.pct });
    if (far?.down) return fill(W.on_ground, { leg: words.legs.far, pct: far.pct });
    return near ? fill(W.in_air, { pct: near.pct }) : W.before;
  }

  drawTrack() {
    const svg = byId("track");
    const width = svg.clientWidth || 700;
    svg.setAttribute("viewBox", `0 0 ${width} 46`);
    const x = (t) => ((t / (this.length || 1)) * width).toFixed(1);
    const stances = (leg, y, style) =>
      this.data.contacts[leg].map(([contact, off]) => `<rect x="${x(contact)}" y="${y}" width="${Math.max(2, x(off ?? Math.min(this.length, contact + 0.26)) - x(contact))}" height="13" rx="3" ${style}/>`);
    const now = x(this.times[this.index]);
    const key = this.data.key.filter(([leg]) => leg === "near").map(([, , t]) => `<path d="M${x(t)} 44l5 -7h-10z" fill="var(--tx2)"/>`);
    drawSvg(svg, [
      `<path d="M0 36.5H${width}" stroke="var(--line)"/>`,
      ...stances("near", 3, 'fill="var(--tx2)"'),
      ...stances("far", 19, 'fill="none" stroke="var(--edge)" stroke-width="1.5"'),
      ...key,
      `<path d="M${now} 0V46" stroke="var(--tx)" stroke-width="3"/><circle cx="${now}" cy="36.5" r="7" fill="var(--tx)" stroke="var(--s1)" stroke-width="2"/>`,
    ].join(""));
  }
}

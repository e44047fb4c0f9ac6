// The last minute and the story of the session, as the device told it.
const KEEP_S = 62;
/** Two hours of a runner who steps off every quarter of a minute. */
const MAX_PHASES = 1000;

export class History {
  constructor() {
    this.clear();
  }

  clear() {
    this.values = new Map();
    this.light = [];
    this.phases = [];
    this.session = null;
    this.seen = null;
  }

  /** Take the `history` message that begins each stream. */
  load(message) {
    this.values = new Map(Object.entries(message.values));
    this.light = message.light;
    this.phases = message.phases;
    this.session = message.session;
    this.seen = null;
  }

  /** Add one frame; gives true when numbers may have changed (at most once a step). */
  add(state) {
    const { t } = state;
    if (this.light.length && t < this.light.at(-1)[0]) this.clear();
    if (this.session !== state.session.id) {
      this.session = state.session.id;
      this.phases = [];
    }
    if (this.light.at(-1)?.[1] !== state.cue.light) this.light.push([t, state.cue.light]);
    while (this.light.length > 1 && this.light[1][0] < t - KEEP_S) this.light.shift();
    if (this.phases.at(-1)?.[1] !== state.phase) this.phases.push([t, state.phase]);
    if (this.phases.length > MAX_PHASES) this.phases.splice(0, this.phases.length - MAX_PHASES);
    const seen = `${state.steps} ${state.tracking.measuring}`;
    if (seen === this.seen) return false;
    this.seen = seen;
    for (const tile of state.tiles) {
      const points = this.values.get(tile.name) ?? [];
      this.values.set(tile.name, points);
      points.push([t, state.tracking.measuring && tile.stat ? tile.stat.mean : null]);
      while (points[0][0] < t - KEEP_S) points.shift();
    }
    return true;
  }

  /** Nothing arrives any more: every trend breaks off here. */
  lose(state) {
    for (const points of this.values.values()) if (points.at(-1)?.[1] !== null) points.push([state.t, null]);
    this.seen = null;
  }

  /** Spans [from, to] in which the light was in `state`, up to now. */
  spans(state, now) {
    return this.light.flatMap(([from, what], i) => (what === state ? [[from, this.light[i + 1]?.[0] ?? now]] : []));
  }
}

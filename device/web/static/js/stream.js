// One long response of length-prefixed messages (device/web/wire.py); comes back by itself after a loss.
const STALE_MS = 1500;
const FIRST_RETRY_MS = 300;
const LAST_RETRY_MS = 4000;
const CLOCK_EVERY_MS = 30000;
const MAX_MESSAGE = 8 * 1024 * 1024;

/** Cuts a byte stream into messages; keeps what is incomplete for the next piece. */
export class Framing {
  constructor() {
    this.pieces = [];
    this.size = 0;
  }

  push(piece) {
    this.pieces.push(piece);
    this.size += piece.length;
    const messages = [];
    for (let total = this.total(); total !== null && this.size >= 4 + total; total = this.total()) {
      messages.push(this.take(4 + total));
    }
    return messages;
  }

  total() {
    if (this.size < 4) return null;
    const head = this.pieces[0].length >= 4 ? this.pieces[0] : this.join();
    const total = new DataView(head.buffer, head.byteOffset).getUint32(0);
    if (total > MAX_MESSAGE) throw new Error("stream out of step");
    return total;
  }

  join() {
    if (this.pieces.length > 1) {
      const whole = new Uint8Array(this.size);
      let at = 0;
      for (const piece of this.pieces) {
        whole.set(piece, at);
        at += piece.length;
      }
      this.pieces = [whole];
    }
    return this.pieces[0];
  }

  take(length) {
    const whole = this.join();
    this.pieces = length < whole.length ? [whole.subarray(length)] : [];
    this.size = whole.length - length;
    const view = new DataView(whole.buffer, whole.byteOffset, length);
    const headEnd = 8 + view.getUint32(4);
    const header = JSON.parse(new TextDecoder().decode(whole.subarray(8, headEnd)));
    return { header, body: whole.subarray(headEnd, length) };
  }
}

/**
 * Keeps one stream open. Calls `onMessage(header, body)` for history and state, and
 * `onHealth({state, age})` with state live, silent (open, but no new frame), lost, out or full.
 */
export class Stream {
  /** `path` gives the address for a view; `clock` false leaves the device's clock unread. */
  constructor({ view, onMessage, onHealth, path = (name) => `/live/stream?view=${name}`, clock = true }) {
    Object.assign(this, { view, onMessage, onHealth, path, clock });
    this.heard = this.framed = performance.now();
    this.retry = FIRST_RETRY_MS;
    this.trouble = null;
    this.offset = null;
    this.started = false;
  }

  start() {
    this.run();
    setInterval(() => this.report(), 250);
    setInterval(() => this.readClock(), CLOCK_EVERY_MS);
    addEventListener("online", () => this.wake?.());
    document.addEventListener("visibilitychange", () => document.hidden || this.wake?.());
  }

  /** Change between picture and skeleton: the open response ends and a new one begins at once. */
  show(view) {
    if (view === this.view) return;
    this.view = view;
    this.retry = 0;
    this.abort?.abort();
  }

  /** How many seconds after `serverT` (device seconds) it is now; null while the clocks are not compared. */
  age(serverT) {
    return this.offset === null ? null : Math.max(0, performance.now() / 1000 + this.offset - serverT);
  }

  async readClock() {
    if (!this.clock) return;
    try {
      const asked = performance.now();
      const response = await fetch("/api/clock", { signal: AbortSignal.timeout(2000) });
      const { server_t: serverT } = await response.json();
      const answered = performance.now();
      // a slow answer is better than none: half of it is the most the clock can be off
      if (response.ok && (this.offset === null || answered - asked < 400)) this.offset = serverT - (asked + answered) / 2000;
    } catch {
      // the stream itself reports a lost connection
    }
  }

  async run() {
    for (;;) {
      this.abort = new AbortController();
      try {
        await this.read();
      } catch {
        // every way to lose a connection ends here and is tried again
      }
      await new Promise((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, this.retry);
      });
      this.retry = Math.min(LAST_RETRY_MS, Math.max(FIRST_RETRY_MS, this.retry * 1.7));
    }
  }

  async read() {
    const response = await fetch(this.path(this.view), { signal: this.abort.signal });
    this.trouble = response.status === 401 ? "out" : response.status === 503 ? "full" : null;
    if (!response.ok) return;
    this.readClock();
    const reader = response.body.getReader();
    const framing = new Framing();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.heard = performance.now();
      for (const message of framing.push(value)) this.deliver(message);
    }
  }

  deliver({ header, body }) {
    if (header.kind === "state") {
      this.framed = this.heard;
      this.retry = FIRST_RETRY_MS;
      this.started = true;
    }
    if (header.kind !== "beat") this.onMessage(header, body);
  }

  report() {
    const now = performance.now();
    const linkAge = now - this.heard;
    const frameAge = now - this.framed;
    let state = "live";
    if (this.trouble) state = this.trouble;
    else if (linkAge > STALE_MS) state = "lost";
    else if (frameAge > STALE_MS) state = this.started ? "silent" : "waiting";
    if (linkAge > 3 * STALE_MS && state === "lost") this.abort?.abort();
    this.onHealth({ state, age: (state === "lost" ? linkAge : frameAge) / 1000 });
  }
}

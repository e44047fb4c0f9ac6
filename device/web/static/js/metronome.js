// A metronome of short clicks from the browser itself; clicks are planned ahead, so that a busy page bends none.
const AHEAD_S = 0.15;
const LOOK_MS = 40;

export class Metronome {
  constructor() {
    this.context = null;
    this.timer = null;
    this.spm = 0;
    this.next = 0;
  }

  get on() {
    return this.timer !== null;
  }

  /** Sound `spm` clicks a minute, from a tap (browsers give no sound before one). */
  start(spm) {
    this.spm = spm;
    if (this.on) return;
    this.context ??= new AudioContext();
    this.context.resume();
    this.next = this.context.currentTime + 0.05;
    this.timer = setInterval(() => this.plan(), LOOK_MS);
    this.plan();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.context?.suspend();
  }

  plan() {
    const { currentTime } = this.context;
    // after a tablet slept the missed clicks are not made up for
    if (this.next < currentTime) this.next = currentTime + 0.05;
    while (this.next < currentTime + AHEAD_S) {
      this.click(this.next);
      this.next += 60 / this.spm;
    }
  }

  click(at) {
    const tone = new OscillatorNode(this.context, { frequency: 1250, type: "square" });
    const gain = new GainNode(this.context, { gain: 0 });
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(0.5, at + 0.002);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.045);
    tone.connect(gain).connect(this.context.destination);
    tone.start(at);
    tone.stop(at + 0.05);
    tone.onended = () => {
      tone.disconnect();
      gain.disconnect();
    };
  }
}

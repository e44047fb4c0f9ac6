// A pressed button answers at once: it shows what was asked for until the device's own frames show it too.
import { byId } from "./bootstrap.js";

const FRAMES = 2;

export class Presses {
  /** `shown()` draws the controls anew; `say(text, isProblem)` tells how it went. */
  constructor({ shown, say }) {
    Object.assign(this, { shown, say, hopes: new Map() });
  }

  /**
   * Tie a button. `action()` asks the device and may give words for the message line; `coming()` gives a function
   * that changes a state to what was asked for, or nothing when that cannot be known.
   */
  tie(id, action, coming = () => null) {
    const button = byId(id);
    button.addEventListener("click", async () => {
      if (button.classList.contains("asked")) return;
      const hope = { change: coming(), left: Infinity };
      if (hope.change) this.hopes.set(id, hope);
      button.classList.add("asked");
      this.shown();
      try {
        this.say((await action()) ?? null);
        // frames on their way were made before the device did it
        hope.left = FRAMES;
      } catch (error) {
        this.hopes.delete(id);
        this.say(error.message, true);
      }
      button.classList.remove("asked");
      this.shown();
    });
  }

  /** A new frame has come. */
  framed() {
    for (const [id, hope] of this.hopes) {
      hope.left -= 1;
      if (hope.left < 0) this.hopes.delete(id);
    }
  }

  /** Give the state as it will be when the device has done what it was asked for. */
  ahead(state) {
    return [...this.hopes.values()].reduce((now, { change }) => change(now), state);
  }
}

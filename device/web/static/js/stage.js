// The picture: each frame is drawn with the joints that were found on it, newest frame only.
import { byId, fill, setText, words } from "./bootstrap.js";
import { FrameView } from "./frame_view.js";
import { drawDoubt, drawFigure, drawLean } from "./skeleton.js";

export class Stage extends FrameView {
  /** `bandText(state)` gives the label of the cue's band. */
  constructor(bandText) {
    super(byId("canvas"));
    this.bandText = bandText;
    this.overlay = null;
  }

  /** Nothing arrives any more: the drawing goes, the picture stays dark. */
  forget() {
    if (!this.shown) return;
    this.shown.state = { ...this.shown.state, pose: null, tracking: { ...this.shown.state.tracking, measuring: false } };
    this.draw();
  }

  shade(state) {
    return state.tracking.measuring ? 0.18 : 0.55;
  }

  over(state, { picture, unit }) {
    const { pen } = this;
    this.region(this.overlay ?? state.region, unit, Boolean(this.overlay) || !picture);
    if (!state.pose) return;
    if (!state.tracking.measuring) {
      drawDoubt(pen, state, unit);
      return;
    }
    const lean = state.cue.metric === "trunk_lean_deg";
    const outside = lean && state.cue.light === "cue";
    drawFigure(pen, state, unit, outside);
    if (lean) drawLean(pen, state, unit, this.bandText(state), outside);
  }

  region(region, unit, clear) {
    if (!region || !clear) return;
    const { pen } = this;
    const { width, height } = this.place();
    pen.strokeStyle = this.overlay ? "#F2F6FA" : "rgba(242,246,250,.25)";
    pen.lineWidth = (this.overlay ? 4 : 2) * unit;
    pen.setLineDash(this.overlay ? [] : [8 * unit, 8 * unit]);
    pen.strokeRect(region.x * width, region.y * height, region.width * width, region.height * height);
    pen.setLineDash([]);
  }
}

const small = matchMedia("(max-width: 700px), (max-height: 500px)");

/** The device itself has stopped looking. */
export function showStopped() {
  byId("age").classList.add("old");
  setText(byId("age-text"), words.stage.stopped);
}

/** Say how old the shown frame is. */
export function showAge(behind, fps, old) {
  const tag = byId("age");
  tag.classList.toggle("old", Boolean(old));
  if (old) {
    const text = old.state === "lost" ? words.stage.stale_link : words.stage.stale_camera;
    setText(byId("age-text"), fill(text, { age: old.age.toFixed(0) }));
    return;
  }
  const text = fps === null || small.matches ? words.stage.live : words.stage.live_fps;
  setText(byId("age-text"), behind === null ? words.stage.waiting : fill(text, { age: behind.toFixed(2), fps: fps?.toFixed(0) }));
}

// The picture: each frame is drawn with the joints that were found on it, newest frame only.
import { byId, fill, setText, words } from "./bootstrap.js";
import { drawDoubt, drawFigure, drawLean } from "./skeleton.js";

export class Stage {
  /** `bandText(state)` gives the label of the cue's band. */
  constructor(bandText) {
    this.canvas = byId("canvas");
    this.pen = this.canvas.getContext("2d", { alpha: false });
    this.bandText = bandText;
    this.next = null;
    this.busy = false;
    this.shown = null;
    this.overlay = null;
    new ResizeObserver(() => this.fit()).observe(this.canvas);
  }

  fit() {
    const scale = Math.min(2, devicePixelRatio || 1);
    const { clientWidth, clientHeight } = this.canvas;
    this.canvas.width = Math.max(1, Math.round(clientWidth * scale));
    this.canvas.height = Math.max(1, Math.round(clientHeight * scale));
    if (this.shown) this.draw();
  }

  /** Take a frame; when drawing is behind, older frames are dropped. */
  async put(state, jpeg) {
    this.next = { state, jpeg };
    if (this.busy) return;
    this.busy = true;
    while (this.next) {
      const { state: newest, jpeg: bytes } = this.next;
      this.next = null;
      const picture = bytes.length ? await createImageBitmap(new Blob([bytes], { type: "image/jpeg" })).catch(() => null) : null;
      this.shown?.picture?.close();
      this.shown = { state: newest, picture };
      this.draw();
      this.onDrawn?.(newest);
      await new Promise(requestAnimationFrame);
    }
    this.busy = false;
  }

  /** Nothing arrives any more: the drawing goes, the picture stays dark. */
  forget() {
    if (!this.shown) return;
    this.shown.state = { ...this.shown.state, pose: null, tracking: { ...this.shown.state.tracking, measuring: false } };
    this.draw();
  }

  /** Where the picture lies in the canvas: scale and offset of frame pixels. */
  place() {
    const [width, height] = this.shown.state.size;
    const scale = Math.min(this.canvas.width / width, this.canvas.height / height);
    return { scale, left: (this.canvas.width - width * scale) / 2, top: (this.canvas.height - height * scale) / 2, width, height };
  }

  /** Turn a tap into fractions of the picture. */
  fraction(event) {
    if (!this.shown) return null;
    const box = this.canvas.getBoundingClientRect();
    const { scale, left, top, width, height } = this.place();
    const x = ((event.clientX - box.left) / box.width) * this.canvas.width;
    const y = ((event.clientY - box.top) / box.height) * this.canvas.height;
    const clamp = (v) => Math.min(1, Math.max(0, v));
    return { x: clamp((x - left) / (width * scale)), y: clamp((y - top) / (height * scale)) };
  }

  draw() {
    const { pen, canvas } = this;
    const { state, picture } = this.shown;
    const { scale, left, top, width, height } = this.place();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#05080B";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (picture) {
      pen.drawImage(picture, left, top, width * scale, height * scale);
      pen.fillStyle = state.tracking.measuring ? "rgba(6,10,14,.18)" : "rgba(6,10,14,.55)";
      pen.fillRect(left, top, width * scale, height * scale);
    }
    pen.setTransform(scale, 0, 0, scale, left, top);
    const unit = height / 720;
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
  const text = fps === null ? words.stage.live : words.stage.live_fps;
  setText(byId("age-text"), behind === null ? words.stage.waiting : fill(text, { age: behind.toFixed(2), fps: fps?.toFixed(0) }));
}

// The camera's picture with the region marked out, the joints, and the line a level deck runs along.
import { words } from "./bootstrap.js";
import { drawFigure } from "./skeleton.js";

export class CheckStage {
  constructor(canvas) {
    Object.assign(this, { canvas, shown: null, next: null, busy: false, region: null, corner: null, tilt: null });
    this.pen = canvas.getContext("2d", { alpha: false });
    new ResizeObserver(() => this.fit()).observe(canvas);
  }

  fit() {
    const scale = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = Math.max(1, Math.round(this.canvas.clientWidth * scale));
    this.canvas.height = Math.max(1, Math.round(this.canvas.clientHeight * scale));
    this.draw();
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
      await new Promise(requestAnimationFrame);
    }
    this.busy = false;
  }

  /** Where the picture lies in the canvas. */
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
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#05080B";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (!this.shown) return;
    const { state, picture } = this.shown;
    const { scale, left, top, width, height } = this.place();
    pen.setTransform(scale, 0, 0, scale, left, top);
    if (picture) pen.drawImage(picture, 0, 0, width, height);
    const unit = height / 720;
    const region = this.region ?? state.region;
    if (region) this.mark(region, width, height, unit);
    if (state.pose && !state.error) drawFigure(pen, state, unit, false);
    this.level(region, width, height, unit);
    if (this.corner) this.cross(this.corner.x * width, this.corner.y * height, unit);
  }

  mark({ x, y, width: w, height: h }, width, height, unit) {
    const { pen } = this;
    const [left, top, right, bottom] = [x * width, y * height, (x + w) * width, (y + h) * height];
    pen.fillStyle = "rgba(6,10,14,.56)";
    pen.beginPath();
    pen.rect(0, 0, width, height);
    pen.rect(left, top, right - left, bottom - top);
    pen.fill("evenodd");
    pen.strokeStyle = "#FFFFFF";
    pen.lineWidth = 4 * unit;
    pen.strokeRect(left, top, right - left, bottom - top);
    pen.fillStyle = "#FFFFFF";
    for (const [cx, cy] of [[left, top], [right, top], [left, bottom], [right, bottom]]) {
      pen.beginPath();
      pen.arc(cx, cy, 8 * unit, 0, 2 * Math.PI);
      pen.fill();
    }
  }

  /** A dotted line that a level deck runs along, at the lowest part of the region. */
  level(region, width, height, unit) {
    const { pen } = this;
    const bottom = region ? region.y + region.height : 1;
    const y = (bottom - 0.07 * (region?.height ?? 1)) * height;
    const [left, right] = region ? [region.x * width, (region.x + region.width) * width] : [0, width];
    pen.setLineDash([4 * unit, 9 * unit]);
    pen.lineCap = "round";
    for (const [colour, wide] of [["rgba(5,10,15,.6)", 6], ["#FFFFFF", 3]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = wide * unit;
      pen.beginPath();
      pen.moveTo(left, y);
      pen.lineTo(right, y);
      pen.stroke();
    }
    pen.setLineDash([]);
    const text = this.tilt === null ? words.check.level_line : `${words.check.level_line} ${(Math.abs(this.tilt) < 0.05 ? 0 : this.tilt).toFixed(1).replace("-", "\u2212")}°`;
    this.label(text, right - (14 * text.length + 26) * unit, y - 24 * unit, unit);
  }

  cross(x, y, unit) {
    const { pen } = this;
    pen.strokeStyle = "#FFFFFF";
    pen.lineWidth = 5 * unit;
    pen.beginPath();
    for (const [dx, dy] of [[1, 0], [0, 1]]) {
      pen.moveTo(x - 22 * unit * dx, y - 22 * unit * dy);
      pen.lineTo(x + 22 * unit * dx, y + 22 * unit * dy);
    }
    pen.stroke();
  }

  label(text, x, y, unit) {
    const { pen } = this;
    pen.font = `600 ${22 * unit}px ${getComputedStyle(document.body).fontFamily}`;
    const wide = pen.measureText(text).width + 22 * unit;
    pen.fillStyle = "rgba(8,12,17,.8)";
    pen.beginPath();
    pen.roundRect(x, y - 17 * unit, wide, 32 * unit, 7 * unit);
    pen.fill();
    pen.fillStyle = "#F2F6FA";
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    pen.fillText(text, x + 11 * unit, y);
  }
}

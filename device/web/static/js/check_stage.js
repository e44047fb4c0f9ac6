// The camera's picture with the region marked out, the joints, and the line a level deck runs along.
import { words } from "./bootstrap.js";
import { FrameView } from "./frame_view.js";
import { drawFigure } from "./skeleton.js";

export class CheckStage extends FrameView {
  constructor(canvas) {
    super(canvas);
    Object.assign(this, { region: null, corner: null, tilt: null });
  }

  over(state, { width, height, unit }) {
    const region = this.region ?? state.region;
    if (region) this.mark(region, width, height, unit);
    if (state.pose && !state.error) drawFigure(this.pen, state, unit, false);
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

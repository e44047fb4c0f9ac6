// Draws the joints of one frame, exactly where they were found; nothing is smoothed or made up.
const WHITE = "#FFFFFF";
const FAINT = "rgba(255,255,255,.55)";
const HALO = "rgba(5,10,15,.55)";
const CUE = "#6FB7FF";
const AMBER = "#F0B350";
const SURE = 0.2;
const POINT = { shoulder: [5, 6], elbow: [7, 8], wrist: [9, 10], hip: [11, 12], knee: [13, 14], ankle: [15, 16] };
const LEGS = new Set(["hip", "knee", "ankle"]);

/** Give a function (joint, near?) -> {x, y, sure} or null, with the legs put right when they were swapped. */
export function jointsOf(state) {
  const near = state.near === "right" ? 1 : 0;
  return (joint, isNear) => {
    let side = isNear ? near : 1 - near;
    if (state.swapped && LEGS.has(joint)) side = 1 - side;
    const index = POINT[joint][side];
    const point = state.pose?.points[index];
    return point ? { x: point[0], y: point[1], sure: state.pose.score[index] >= SURE } : null;
  };
}

const middle = (a, b) => {
  if (a?.sure && b?.sure) return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, sure: true };
  return a?.sure ? a : b?.sure ? b : null;
};

export const trunkOf = (at) => ({
  hip: middle(at("hip", true), at("hip", false)),
  shoulder: middle(at("shoulder", true), at("shoulder", false)),
});

function path(pen, points, width, colour, dash = []) {
  pen.setLineDash(dash);
  for (const [stroke, w] of dash.length ? [[colour, width]] : [[HALO, width + 4], [colour, width]]) {
    pen.strokeStyle = stroke;
    pen.lineWidth = w;
    pen.beginPath();
    points.forEach((p, i) => {
      const joined = i > 0 && p?.sure && points[i - 1]?.sure;
      if (joined) pen.lineTo(p.x, p.y);
      else if (p) pen.moveTo(p.x, p.y);
    });
    pen.stroke();
  }
  pen.setLineDash([]);
}

function dot(pen, point, radius, colour = WHITE) {
  if (!point?.sure) return;
  pen.beginPath();
  pen.arc(point.x, point.y, radius, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
  pen.lineWidth = radius / 3;
  pen.strokeStyle = "rgba(5,10,15,.7)";
  pen.stroke();
}

/** Draw the whole figure; `unit` is the picture's height in pixels / 720. */
export function drawFigure(pen, state, unit, outside) {
  const at = jointsOf(state);
  const arm = (near) => ["shoulder", "elbow", "wrist"].map((joint) => at(joint, near));
  const leg = (near) => ["hip", "knee", "ankle"].map((joint) => at(joint, near));
  const trunk = trunkOf(at);
  pen.lineCap = pen.lineJoin = "round";
  const faint = state.near ? FAINT : WHITE;
  path(pen, arm(false), 3.2 * unit, faint);
  path(pen, leg(false), 3.2 * unit, faint);
  path(pen, [trunk.hip, trunk.shoulder], 4.5 * unit, outside ? CUE : WHITE);
  path(pen, arm(true), 4.5 * unit, WHITE);
  path(pen, leg(true), 4.5 * unit, WHITE);
  for (const point of [...arm(true), ...leg(true)]) dot(pen, point, 6 * unit);
  dot(pen, trunk.shoulder, 5.4 * unit, outside ? CUE : WHITE);
}

/** Draw a figure that is not believed: dotted, with a triangle on each joint that is not sure. */
export function drawDoubt(pen, state, unit) {
  const at = jointsOf(state);
  const sure = (point) => (point ? { ...point, sure: true } : null);
  for (const near of [false, true]) {
    for (const limb of [["shoulder", "elbow", "wrist"], ["shoulder", "hip", "knee", "ankle"]]) {
      path(pen, limb.map((joint) => sure(at(joint, near))), 3.4 * unit, "rgba(255,255,255,.8)", [0.1, 9 * unit]);
    }
  }
  for (const joint of Object.keys(POINT)) {
    for (const near of [false, true]) {
      const point = at(joint, near);
      if (point && !point.sure) triangle(pen, point, 13 * unit);
    }
  }
}

function triangle(pen, { x, y }, r) {
  pen.beginPath();
  pen.moveTo(x, y - r);
  pen.lineTo(x + r, y + 0.75 * r);
  pen.lineTo(x - r, y + 0.75 * r);
  pen.closePath();
  pen.lineWidth = r / 5;
  pen.strokeStyle = "rgba(5,10,15,.8)";
  pen.fillStyle = AMBER;
  pen.fill();
  pen.stroke();
}

/** Draw the vertical, the scale and the band of trunk lean above the hip, and the line that is measured. */
export function drawLean(pen, state, unit, label, outside) {
  const at = jointsOf(state);
  const { hip, shoulder } = trunkOf(at);
  const forward = { right: 1, left: -1 }[state.tracking.facing];
  if (!hip || !shoulder || !forward) return;
  const trunk = Math.hypot(shoulder.x - hip.x, shoulder.y - hip.y);
  const radius = Math.min(1.85 * trunk, hip.y - 34 * unit);
  if (radius < 1.1 * trunk) return;
  const offset = state.run.lean_offset_deg ?? 0;
  const angle = (deg) => -Math.PI / 2 + (forward * (deg + offset) * Math.PI) / 180;
  const spot = (deg, r) => ({ x: hip.x + r * Math.cos(angle(deg)), y: hip.y + r * Math.sin(angle(deg)) });
  const { low, high } = state.cue;
  const [from, to] = [low ?? high - 15, high ?? low + 15];
  pen.lineCap = "round";
  pen.strokeStyle = "rgba(255,255,255,.85)";
  pen.lineWidth = 2.2 * unit;
  pen.beginPath();
  for (let deg = -4; deg <= 16; deg += 2) {
    const [inner, outer] = [spot(deg - offset, radius), spot(deg - offset, radius + 10 * unit)];
    pen.moveTo(inner.x, inner.y);
    pen.lineTo(outer.x, outer.y);
  }
  pen.stroke();
  pen.beginPath();
  pen.arc(hip.x, hip.y, radius + 5 * unit, Math.min(angle(-4 - offset), angle(16 - offset)), Math.max(angle(-4 - offset), angle(16 - offset)));
  pen.stroke();
  pen.beginPath();
  for (const deg of [from, to]) {
    const [inner, outer] = [spot(deg, 0.2 * radius), spot(deg, radius + 16 * unit)];
    if (deg === from) pen.moveTo(inner.x, inner.y);
    pen.lineTo(outer.x, outer.y);
    if (deg === to) pen.lineTo(inner.x, inner.y);
  }
  pen.closePath();
  pen.fillStyle = "rgba(255,255,255,.3)";
  pen.fill();
  const [a, b, c, d] = [spot(from, radius - 22 * unit), spot(from, radius + 16 * unit), spot(to, radius + 16 * unit), spot(to, radius - 22 * unit)];
  pen.beginPath();
  [a, b, c, d].forEach((p, i) => (i ? pen.lineTo(p.x, p.y) : pen.moveTo(p.x, p.y)));
  pen.closePath();
  pen.lineWidth = 4 * unit;
  pen.strokeStyle = WHITE;
  pen.stroke();
  pen.setLineDash([3 * unit, 7 * unit]);
  pen.lineWidth = 2.4 * unit;
  pen.beginPath();
  pen.moveTo(hip.x, hip.y);
  pen.lineTo(hip.x, hip.y - radius);
  pen.stroke();
  pen.setLineDash([]);
  const reach = radius / trunk;
  const tip = { x: hip.x + (shoulder.x - hip.x) * reach, y: hip.y + (shoulder.y - hip.y) * reach, sure: true };
  path(pen, [hip, tip], 5 * unit, outside ? CUE : WHITE);
  dot(pen, tip, 7.5 * unit, outside ? CUE : WHITE);
  dot(pen, hip, 8 * unit, outside ? CUE : WHITE);
  write(pen, label, spot(Math.max(to, 16), radius), forward, unit);
}

function write(pen, text, { x, y }, side, unit) {
  pen.font = `600 ${22 * unit}px ${getComputedStyle(document.body).fontFamily}`;
  const width = pen.measureText(text).width + 24 * unit;
  const left = side > 0 ? x + 18 * unit : x - 18 * unit - width;
  pen.fillStyle = "rgba(8,12,17,.8)";
  pen.beginPath();
  pen.roundRect(left, y - 18 * unit, width, 32 * unit, 7 * unit);
  pen.fill();
  pen.fillStyle = "#F2F6FA";
  pen.textBaseline = "middle";
  pen.fillText(text, left + 12 * unit, y - 1 * unit);
}

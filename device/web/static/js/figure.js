// A runner drawn from named points: a jointed figure when there is no picture, lines over one when there is.
const LIMBS = [["shoulder", "elbow", "wrist"], ["hip", "knee", "ankle"]];
const WIDTHS = { shoulder: 34, elbow: 26, hip: 56, knee: 38 };
const PICTURED = { ground: "#05080B", ink: "#F2F6FA", faint: "rgba(255,255,255,.45)", halo: "rgba(5,10,15,.6)" };

/** The page's own colours, dark or light. */
function pageColours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { ground: of("--s2"), ink: of("--tx"), faint: of("--edge"), halo: of("--s2"), body: of("--limb"), far: of("--limb-far") };
}

/** Make points by name from an array in the order of `names`; what was not believed is absent. */
export const named = (names, row) => Object.fromEntries(names.map((name, i) => [name, row[i]]).filter(([, point]) => point));

/** Draw one frame: `points` in frame pixels, `box` the part of the frame that fills the canvas. */
export function drawRunner(canvas, { points, box, picture = null, place = null, measured = true }) {
  const scale = Math.min(2, devicePixelRatio || 1);
  const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
  if (!width || !height) return;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext("2d", { alpha: false });
  const [left, top, right, bottom] = box;
  const zoom = Math.min(width / (right - left), height / (bottom - top));
  pen.setTransform(1, 0, 0, 1, 0, 0);
  const colours = picture ? PICTURED : pageColours();
  pen.fillStyle = colours.ground;
  pen.fillRect(0, 0, width, height);
  pen.setTransform(zoom, 0, 0, zoom, width / 2 - (zoom * (left + right)) / 2, height / 2 - (zoom * (top + bottom)) / 2);
  const unit = (bottom - top) / 690;
  pen.lineCap = pen.lineJoin = "round";
  if (picture) pen.drawImage(picture, place[0], place[1], place[2] - place[0], place[3] - place[1]);
  else body(pen, points, unit, colours);
  if (measured) lines(pen, points, unit, colours);
}

function line(pen, a, b, width, colour) {
  if (!a || !b) return;
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.moveTo(...a);
  pen.lineTo(...b);
  pen.stroke();
}

function disc(pen, at, radius, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(at[0], at[1], radius, 0, 2 * Math.PI);
  pen.fill();
}

const jointsOf = (points, leg) => (joint) => (joint === "shoulder" || joint === "hip" ? points[joint] : points[`${leg}_${joint}`]);

function limbs(pen, points, leg, draw) {
  const at = jointsOf(points, leg);
  for (const limb of LIMBS) limb.slice(1).forEach((lower, i) => draw(at(limb[i]), at(lower), limb[i]));
}

function body(pen, points, unit, { body: near, far }) {
  limbs(pen, points, "far", (a, b, upper) => line(pen, a, b, WIDTHS[upper] * unit, far));
  line(pen, points.shoulder, points.hip, 84 * unit, near);
  if (points.head && points.shoulder) {
    line(pen, points.shoulder, points.head, 34 * unit, near);
    disc(pen, points.head, 44 * unit, near);
  }
  limbs(pen, points, "near", (a, b, upper) => line(pen, a, b, WIDTHS[upper] * unit, near));
}

function lines(pen, points, unit, { ink, faint, halo }) {
  for (const [leg, width, colour] of [["far", 3, faint], ["near", 4.4, ink]]) {
    limbs(pen, points, leg, (a, b) => line(pen, a, b, (width + 4) * unit, halo));
    limbs(pen, points, leg, (a, b) => line(pen, a, b, width * unit, colour));
  }
  line(pen, points.hip, points.shoulder, 8.4 * unit, halo);
  line(pen, points.hip, points.shoulder, 4.4 * unit, ink);
  for (const name of ["shoulder", "hip", "near_elbow", "near_wrist", "near_knee", "near_ankle"]) {
    if (!points[name]) continue;
    disc(pen, points[name], 8 * unit, halo);
    disc(pen, points[name], 6 * unit, ink);
  }
}

// The Health page: asks for the figures every few seconds and draws what has changed.

const EVERY_MS = 3000;
const SVG = "http://www.w3.org/2000/svg";
const { words, health: first } = JSON.parse(document.getElementById("bootstrap").textContent);
const byId = (id) => document.getElementById(id);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "–");
const when = (iso) => new Date(iso).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function shape(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function span(seconds) {
  const hours = Math.floor(seconds / 3600);
  if (hours >= 48) return `${Math.floor(hours / 24)} d`;
  return hours ? `${hours} h` : `${Math.max(1, Math.floor(seconds / 60))} min`;
}

function tile(id, value, unit, note, samples) {
  const box = byId(id);
  box.querySelector("b").textContent = value ?? "–";
  box.querySelector("small").textContent = value === null ? "" : unit;
  box.querySelector(".xs").textContent = note;
  spark(box.querySelector("svg"), samples);
}

function spark(svg, samples) {
  svg.replaceChildren();
  const seen = samples.filter((value) => value !== null);
  svg.toggleAttribute("hidden", seen.length < 2);
  if (seen.length < 2) return;
  const low = Math.min(...seen), high = Math.max(...seen), room = Math.max(high - low, 0.1 * Math.abs(high), 1e-6);
  const at = (value, i) => [2 + (100 * i) / (samples.length - 1), 38 - (32 * (value - (high + low - room) / 2)) / room];
  let path = "", last = null;
  samples.forEach((value, i) => {
    if (value === null) { last = null; return; }
    const [x, y] = at(value, i);
    path += `${last ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    last = [x, y];
  });
  svg.append(shape("path", { d: path, fill: "none", stroke: "var(--tx)", "stroke-width": 2, "stroke-linejoin": "round" }));
  if (last) svg.append(shape("circle", { cx: last[0], cy: last[1], r: 4, fill: "var(--tx)" }));
}

function power(flags) {
  if (flags === null) return words.health.power_unknown;
  if (flags & 0xf) return words.health.power_now;
  return flags & 0xf0000 ? words.health.power_before : words.health.power_ok;
}

function figures(f) {
  const values = (name) => f.samples.map((sample) => sample[name]);
  const fps = f.fps === null ? words.health.fps_none : fill(words.health.fps_note, { asked: f.fps_asked, skipped: f.skipped, all: f.frames + f.skipped });
  tile("fps", f.fps, words.health.fps_unit, fps, values("fps"));
  tile("latency", f.latency_p50_ms, "ms", fill(words.health.latency_note, { p95: f.latency_p95_ms }), values("latency_ms"));
  const warmth = f.temperature_c === null ? words.health.temperature_none : fill(words.health.temperature_note, { power: power(f.throttle_flags) });
  tile("temperature", f.temperature_c, "°C", warmth, values("temperature_c"));
  const room = f.recording_h === null ? null : f.recording_h > 100 ? Math.round(f.recording_h) : f.recording_h;
  tile("room", room, words.health.room_unit, fill(words.health.room_note, { free: f.disk_free_gb, memory: f.memory_mb }), []);
  byId("about").textContent = fill(words.health.text, { software: f.software, up: span(f.running_s) });
}

const triangle = () => {
  const svg = shape("svg", { width: 26, height: 26, viewBox: "0 0 24 24", "aria-hidden": "true" });
  svg.append(shape("path", { d: "M12 2.8 22 20.5H2z", fill: "currentColor" }));
  svg.append(shape("path", { d: "M12 9v5.2M12 17v.6", stroke: "var(--eq-soft)", "stroke-width": 2.2, "stroke-linecap": "round" }));
  return svg;
};

function fixes(problems, verdict) {
  const chip = byId("verdict");
  chip.classList.toggle("eq", verdict !== "works");
  const said = verdict === "stopped" ? words.health.stopped : verdict === "works" ? words.health.works : problems.length === 1 ? words.health.fix_one : fill(words.health.fix_many, { n: problems.length });
  if (chip.textContent !== said) chip.replaceChildren(...(verdict === "works" ? [] : [triangle()]), said);
  const list = byId("fixes");
  const key = JSON.stringify(problems);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...problems.map((problem) => {
    const box = element("div", undefined, "fixb"), text = element("div");
    text.append(element("div", problem.cause, "t"), element("div", problem.fix));
    box.append(triangle(), text);
    return box;
  }));
  if (!problems.length) {
    const box = element("div", undefined, "none"), text = element("div");
    text.append(element("b", words.health.nothing), element("p", words.health.nothing_text, "sm"));
    const ring = shape("svg", { width: 28, height: 28, viewBox: "0 0 24 24", "aria-hidden": "true" });
    ring.append(shape("circle", { cx: 12, cy: 12, r: 9, fill: "none", stroke: "currentColor", "stroke-width": 2 }), shape("path", { d: "M8 12.3l2.8 2.8L16.2 9.4", fill: "none", stroke: "currentColor", "stroke-width": 2 }));
    box.append(ring, text);
    list.append(box);
  }
}

function cells(tag, texts) {
  const row = element("tr");
  row.append(...texts.map((text) => { const cell = element(tag, text); if (tag === "th") cell.scope = "col"; return cell; }));
  return row;
}

function selfTest(test) {
  const box = byId("self"), button = byId("self-run");
  if (button) { button.disabled = test.running; }
  const key = JSON.stringify(test);
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  const open = box.querySelector("details")?.open ?? false;
  box.replaceChildren();
  if (test.running) {
    const bar = element("progress");
    bar.max = 1; bar.value = test.progress;
    const said = fill(words.health.self_running, { percent: Math.round(100 * test.progress) });
    bar.setAttribute("aria-label", said);
    box.append(element("p", said, "sm"), bar);
    return;
  }
  if (test.fault) box.append(element("p", `${words.health.self_fault} ${test.fault}`, "sm"));
  if (!test.last) { box.append(element("p", words.health.self_never, "sm")); return; }
  const { last } = test;
  const verdict = element("p", fill(words.health.self_when, { verdict: last.passed ? words.health.self_passed : words.health.self_failed, when: when(last.finished) }));
  if (!last.passed) verdict.className = "out";
  const table = element("table"), head = element("thead"), body = element("tbody");
  head.append(cells("th", [words.health.self_value, words.health.self_form, words.health.self_error, words.health.self_result]));
  for (const row of last.rows) {
    const line = cells("td", [row.label, row.form || words.health.self_whole, row.error, row.passed ? words.health.pass : words.health.fail]);
    if (!row.passed) line.lastChild.className = "out";
    body.append(line);
  }
  table.append(head, body);
  const details = element("details");
  details.open = open;
  details.append(element("summary", words.health.more), table);
  box.append(verdict, element("p", last.limits, "xs"), details);
}

function light(state) {
  const said = byId("light-said"), button = byId("light-run");
  const cannot = state.kind === "mock" ? words.health.light_mock : state.kind === "disabled" ? words.health.light_disabled : null;
  if (button) button.disabled = cannot !== null || state.progress !== null;
  let text = words.health.light_never;
  if (cannot) text = cannot;
  else if (state.progress !== null) text = fill(words.health.light_running, { percent: Math.round(100 * state.progress) });
  else if (state.last?.seen) text = fill(words.health.light_seen, { ms: state.last.delay_ms, levels: Math.round(state.last.levels) });
  else if (state.last) text = `${words.health.light_not} ${state.last.why}`;
  if (said.textContent !== text) said.textContent = text;
}

function device(found, f, backup) {
  const kept = backup ? fill(backup.ok ? words.health.backup_ok : words.health.backup_failed, { when: when(backup.at) }) : words.health.backup_none;
  const rows = [[words.health.software, f.software], [words.health.model, found.model ? `${found.model}, ${found.model_sha256.slice(0, 12)}` : "–"], [words.health.runtime, found.runtime ?? "–"], [words.health.camera, found.camera === "picamera" ? words.health.camera_pi : found.camera?.split("/").pop() ?? "–"], [words.health.backup, kept]];
  byId("device").replaceChildren(...rows.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
}

function strips() {
  const marks = { alive: [[6, 4], [81, 4]], cue: [[0, 150]], not_measuring: [[0, 15], [30, 15], [60, 15], [90, 15], [120, 15]], off: [] };
  for (const svg of document.querySelectorAll(".strip[data-state]")) {
    const { state } = svg.dataset;
    svg.append(shape("path", { d: "M0 7H150", stroke: "var(--edge)", "stroke-width": 1.5, "stroke-dasharray": state === "off" ? "3 4" : "none" }));
    for (const [x, width] of marks[state]) svg.append(shape("rect", { x, y: 1, width, height: 12, rx: 2, fill: state === "cue" ? "var(--cue)" : "var(--tx2)" }));
  }
}

function show(health) {
  figures(health.figures);
  fixes(health.problems, health.verdict);
  selfTest(health.self_test);
  light(health.light);
  device(health.device, health.figures, health.backup);
}

function say(text) {
  const problem = byId("problem");
  problem.hidden = !text;
  problem.textContent = text;
}

async function follow() {
  let busy = false;
  try {
    const answer = await fetch("/health/figures.json", { cache: "no-store" });
    if (answer.status === 401) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const health = await answer.json();
    show(health);
    say("");
    busy = health.self_test.running || health.light.progress !== null;
  } catch {
    say(words.health.lost);
  }
  setTimeout(follow, busy ? EVERY_MS / 4 : EVERY_MS);
}

async function post(path) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: "{}" });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).message ?? words.health.problem);
}

function press(id, path) {
  byId(id)?.addEventListener("click", async (event) => {
    event.currentTarget.disabled = true;
    try { await post(path); } catch (error) { say(error.message || words.health.problem); }
  });
}

strips();
show(first);
press("self-run", "/health/self-test");
press("light-run", "/health/light-test");
setTimeout(follow, EVERY_MS / 3);

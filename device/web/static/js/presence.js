// Keeps a tablet that is being touched unlocked, says when it will lock, and leads to the login when it has.
const SAY_S = 240;
const TELL_EVERY_MS = 30_000;
const body = document.body;
const note = document.getElementById("lock-note");
let leftS = Number(body.dataset.left);
let askedAt = performance.now();
let toldAt = performance.now();

const remaining = () => leftS - (performance.now() - askedAt) / 1000;

async function ask(path, options = {}) {
  const response = await fetch(path, options).catch(() => null);
  if (response === null) return;
  if (response.status === 401) return lock();
  if (!response.ok) return;
  leftS = (await response.json()).left_s;
  askedAt = performance.now();
  show();
}

function lock() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function touched() {
  if (performance.now() - toldAt < TELL_EVERY_MS) return;
  toldAt = performance.now();
  ask("/api/here", { method: "POST", headers: { "X-CSRFToken": body.dataset.token } });
}

function show() {
  const left = remaining();
  note.hidden = left > SAY_S;
  note.textContent = body.dataset.locks.replace("{min}", Math.max(1, Math.ceil(left / 60)));
}

for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, touched, { passive: true });
addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask("/api/lock"));
// Another page of the same tablet may have been touched meanwhile: the device knows.
setInterval(() => (remaining() <= 0 ? ask("/api/lock") : show()), 5000);
show();

const menu = document.getElementById("menu");
addEventListener("click", (event) => !menu.contains(event.target) && (menu.open = false));
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

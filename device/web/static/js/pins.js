// Which measures this therapist wants on the tiles: kept on this tablet, four at most.
const KEY = "treadlight-tiles";
export const MOST = 4;

let chosen = read();

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((name) => typeof name === "string").slice(0, MOST) : [];
  } catch {
    return []; // storage may be blocked or hold something else; the usual tiles are shown
  }
}

export const pinned = () => chosen;

/** Pin or unpin; gives false when there is no place for one more. */
export function togglePin(name) {
  if (chosen.includes(name)) chosen = chosen.filter((other) => other !== name);
  else if (chosen.length >= MOST) return false;
  else chosen = [...chosen, name];
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // as above: the choice then lasts as long as the page
  }
  return true;
}

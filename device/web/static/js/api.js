// What buttons ask of the device.
import { words } from "./bootstrap.js";

const token = document.querySelector("meta[name=csrf-token]").content;

/** Send one request; throws an Error whose message is fit to be shown beside the control. */
export const ask = (path, body = {}) =>
  request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  });

/** Read what the device knows; throws as `ask` does. */
export const read = (path) => request(path, {});

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, signal: AbortSignal.timeout(6000) });
  } catch {
    throw new Error(words.controls.failed);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.message ?? words.controls.failed);
  return answer;
}

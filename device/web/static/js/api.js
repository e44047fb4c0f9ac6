// What buttons ask of the device.
import { words } from "./bootstrap.js";

const token = document.querySelector("meta[name=csrf-token]").content;

/** Send one request; throws an Error whose message is fit to be shown beside the control. */
export async function ask(path, body = {}) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(6000),
    });
  } catch {
    throw new Error(words.controls.failed);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.message ?? words.controls.failed);
  return answer;
}

// "Add a phone": new phones are let in while somebody has this page before them, and no longer.

import { status } from "./main.mjs";

const EVERY_MS = 20_000;
const LONGEST_MS = 30 * 60_000;

let timer = 0;

/** Each time lets phones in for a little longer than until the next time (web/ui/add_phone_page.py). */
async function letIn() {
  clearTimeout(timer);
  if (document.hidden) return;
  timer = setTimeout(letIn, EVERY_MS);
  try {
    await fetch("/pairing/open", { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams() });
  } catch {
    return; // the page says so itself, where its state is shown
  }
  await status.refresh();
}

function leave() {
  clearTimeout(timer);
  navigator.sendBeacon("/pairing/close", new URLSearchParams());
}

addEventListener("pagehide", leave);
addEventListener("pageshow", (event) => event.persisted && letIn());
document.addEventListener("visibilitychange", letIn);
// A page that was forgotten must not let anybody in all night.
setTimeout(() => location.assign("/"), LONGEST_MS);
letIn();
